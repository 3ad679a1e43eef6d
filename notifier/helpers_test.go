package notifier_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rules"
)

// failer is what a test and a property have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// london is the zone of every council in these tests.
var london = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
})

// clock reads "2026-11-23 09:00" as London clocks show it, seconds optional.
func clock(t failer, text string) time.Time {
	t.Helper()
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, london()); err == nil {
			return at.UTC()
		}
	}
	t.Fatalf("%q is not a time; write 2026-11-23 09:00", text)
	return time.Time{}
}

// bookFiles are the files of the book that the conversations use.
func bookFiles(t failer) rules.Files {
	t.Helper()
	files, err := rules.Bundle(os.DirFS("testdata/books/base"))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return files
}

// load reads a book that must be without a fault; warnings are let pass.
func load(t failer, fsys fs.FS) *notifier.Book {
	t.Helper()
	book, faults := rules.Load(fsys)
	if book == nil {
		t.Fatalf("the book has faults: %v", faults)
	}
	return book
}

// changed is a copy of the files in which one text of one file is another.
func changed(t failer, files rules.Files, file, from, to string) rules.Files {
	t.Helper()
	content, ok := files[file]
	if !ok || !strings.Contains(content, from) {
		t.Fatalf("%s does not hold %q", file, from)
	}
	copied := rules.Files{}
	maps.Copy(copied, files)
	copied[file] = strings.Replace(content, from, to, 1)
	return copied
}

// only is a book that has always been in force.
func only(book *notifier.Book) notifier.Books {
	return notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book}}
}

// base is the book of the conversations.
var base = sync.OnceValue(func() notifier.Books {
	book, faults := rules.Load(os.DirFS("testdata/books/base"))
	if book == nil {
		panic(fmt.Sprint(faults))
	}
	return only(book)
})

// happened makes an event that a service sends.
func happened(id, kind, ref string, at time.Time, data string) *events.Event {
	return &events.Event{ID: id, Source: "/test", Type: kind, Case: ref, Time: at, Data: json.RawMessage(data)}
}

// asJSON is a value as the ledger would hold it.
func asJSON(t failer, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("it cannot be written as JSON: %v", err)
	}
	return data
}

// decide is Decide, and holds it to what every decision promises: the case that
// went in stays as it was, the same arguments give the same decision, and a
// case that was stored and read again leads to the same decision.
func decide(t failer, c notifier.Case, in notifier.Input, books notifier.Books, now time.Time) notifier.Decision {
	t.Helper()
	before := asJSON(t, c)
	d := notifier.Decide(c, in, books, now)
	if after := asJSON(t, c); !bytes.Equal(before, after) {
		t.Fatalf("the case that went in was changed:\n%s\n%s", before, after)
	}
	again := notifier.Decide(c, in, books, now)
	if !reflect.DeepEqual(d, again) {
		t.Fatalf("the same arguments gave another decision:\n%+v\n%+v", d, again)
	}
	decided := asJSON(t, d)
	var stored notifier.Case
	if err := json.Unmarshal(before, &stored); err != nil {
		t.Fatalf("the case cannot be read again: %v", err)
	}
	if read := asJSON(t, stored); !bytes.Equal(before, read) {
		t.Fatalf("the case is another once it was stored:\n%s\n%s", before, read)
	}
	if restored := asJSON(t, notifier.Decide(stored, in, books, now)); !bytes.Equal(decided, restored) {
		t.Fatalf("a stored case led to another decision:\n%s\n%s", decided, restored)
	}
	if !d.Changed && (len(d.Lines)+len(d.Outcomes)+len(d.Settled)+len(d.Ended) > 0 || !bytes.Equal(asJSON(t, d.Case), before)) {
		t.Fatalf("a decision that says nothing changed did change something: %s", decided)
	}
	return d
}

var _ failer = (*testing.T)(nil)
