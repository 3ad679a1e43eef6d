package events

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// The walk must see what encoding/json sees, in any document that it accepts.
func FuzzWalk(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, ` { "a" : 1 , "b":[true,null,-1.5e+3,"\"}]"], "c":{"d":{}} } `, `[[],{},"",0]`, `"\ud83d\ude4f\\"`,
		`7`, `{"\u0061":{"a":[1]},"a":2}`, `[ ]`, "{\"\":\"\"}", "\"\\ud800\"", "\"\xff\"", `{"a":tru}`, `{`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !validJSON(text) {
			return
		}
		var want any
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err != nil {
			t.Fatalf("%q is valid and cannot be decoded: %v", text, err)
		}
		if got := walk(document(text)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: walked %#v, want %#v", text, got, want)
		}
	})
}

// walk builds what encoding/json would build.
func walk(v value) any {
	switch {
	case v.isObject():
		object := map[string]any{}
		for name, member := range v.members() {
			object[string(name)] = walk(member)
		}
		return object
	case v.isArray():
		array := []any{}
		for element := range v.elements() {
			array = append(array, walk(element))
		}
		return array
	case v.isText():
		return v.text()
	case v.isNull():
		return nil
	case v[0] == 't' || v[0] == 'f':
		return string(v) == "true"
	}
	return json.Number(v)
}

func TestWalkStopsWhenAsked(t *testing.T) {
	seen := 0
	for range value(`{"a":1,"b":2}`).members() {
		seen++
		break
	}
	for range value(`[1,2]`).elements() {
		seen++
		break
	}
	if seen != 2 {
		t.Errorf("%d values", seen)
	}
}
