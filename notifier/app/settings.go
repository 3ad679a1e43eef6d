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

// nearest is the known name with the fewest changes to it.
func nearest(name string, known []string) string {
	best, least := "", len(name)+100
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to add, drop or change between two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
