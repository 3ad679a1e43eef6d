package app

import (
	"reflect"
	"strings"
)

// settings reads names, defaults and descriptions off Config, so that help and
// documentation cannot drift from what is read.
func settings() []Setting {
	var list []Setting
	for field := range reflect.TypeFor[Config]().Fields() {
		name := field.Tag.Get("envconfig")
		if name == "" {
			name = upper(field.Name)
		}
		list = append(list, Setting{Name: Prefix + "_" + name, Default: field.Tag.Get("default"), Description: field.Tag.Get("desc")})
	}
	return list
}

// upper turns DataDir into DATA_DIR.
func upper(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}
