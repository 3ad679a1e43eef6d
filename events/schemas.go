package events

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed schemas/*.json
var schemaFiles embed.FS

// Schemas holds a JSON Schema (draft 2020-12) for every family of events, beside the
// definitions they share. Each describes a whole event in structured mode. A schema
// refers to the others by file name. What a schema cannot say, such as that a date is
// not after today, is for [Event.Check] alone.
func Schemas() fs.FS {
	files, err := fs.Sub(schemaFiles, "schemas")
	if err != nil {
		panic(err) // cannot happen: the folder is in the binary
	}
	return files
}

// SchemaOf is the name of the file in [Schemas] that describes a known type; "" for
// any other.
func SchemaOf(eventType string) string {
	kind, known := kindOf()[eventType]
	switch {
	case !known:
		return ""
	case kind.Origin == FromHearback:
		return "outcome.json"
	case kind.Origin == FromSENDSystem:
		return "catalogue.json"
	}
	family, _, _ := strings.Cut(eventType, ".")
	return family + ".json"
}
