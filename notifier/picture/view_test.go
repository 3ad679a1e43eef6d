package picture_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/picture"
)

// story is a ledger in which four messages end in the four ways there are.
func story() []notifier.Entry {
	first := caseOf("H-1", monday.Add(time.Hour), 2, 4, 1)
	second := first
	second.Messages, second.Promises = first.Messages[:1], first.Promises[:1]
	kept := first.Promises[1]
	kept.Ended = &notifier.Ended{At: monday, Kept: true, Why: "A person replied."}
	end := func(i int, status notifier.Status) notifier.Settled {
		return notifier.Settled{Result: notifier.Result{Message: first.Messages[i].ID, Status: status, Reason: "because", At: monday}}
	}
	return []notifier.Entry{
		{At: monday, Lines: []notifier.Line{{What: "opened", Why: "asked"}}, Case: first},
		{At: monday, Lines: []notifier.Line{{What: "kept", Why: "replied"}}, Ended: []notifier.Promise{kept}, Case: second,
			Settled: []notifier.Settled{end(1, notifier.Sent), end(2, notifier.Failed), end(3, notifier.Withdrawn)}},
	}
}

func books() notifier.Books { return notifier.Books{Current: &notifier.Book{}} }

func TestAStoryTellsWhatBecameOfEveryMessage(t *testing.T) {
	v := picture.Story(story(), books())
	want := []notifier.Status{notifier.Waiting, notifier.Sent, notifier.Failed, notifier.Withdrawn}
	if len(v.Messages) != len(want) || len(v.Promises) != 2 || len(v.Tasks) != 1 || len(v.Timeline) != 2 || v.State != "open" {
		t.Fatalf("got %+v", v)
	}
	for i, m := range v.Messages {
		if m.Status != want[i] || (m.Settled == nil) != (i == 0) {
			t.Errorf("message %s is %s, settled at %v; want %s", m.ID, m.Status, m.Settled, want[i])
		}
	}
	for _, p := range v.Promises {
		if (p.Kept != nil) != (p.Enquiry == "q1") {
			t.Errorf("promise to %s is kept at %v", p.Enquiry, p.Kept)
		}
	}
}

// The names are promised to whoever reads the output of the command line.
func TestTheNamesInJSONAreThoseThatArePromised(t *testing.T) {
	p := picture.New()
	put(t, p, 1, story()[0].Case, false)
	data, err := json.Marshal(map[string]any{"case": picture.Story(story(), books()), "waiting": p.Waiting(books())})
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Case    map[string]any
		Waiting []map[string]any
	}
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	promise := []string{"case", "promise", "enquiry", "opened", "due", "due_date", "kept", "late", "officer", "team", "working"}
	hold := func(what string, object map[string]any, names ...string) {
		t.Helper()
		for _, name := range names {
			if _, ok := object[name]; !ok {
				t.Errorf("%s has no %q, only %v", what, name, slices.Sorted(maps.Keys(object)))
			}
		}
	}
	hold("case", read.Case, "promises", "messages", "timeline")
	if len(read.Waiting) != 2 {
		t.Fatalf("%d wait, want 2", len(read.Waiting))
	}
	for _, w := range read.Waiting {
		hold("waiting", w, promise...)
		if w["kept"] != nil {
			t.Errorf("an open promise is kept at %v, want null", w["kept"])
		}
		if _, is := w["working"].([]any); !is {
			t.Errorf("working is %v, want an array", w["working"])
		}
	}
	each := func(list string, names ...string) {
		t.Helper()
		objects, _ := read.Case[list].([]any)
		if len(objects) == 0 {
			t.Errorf("case has no %s", list)
		}
		for _, o := range objects {
			hold(list, o.(map[string]any), names...)
		}
	}
	each("promises", promise...)
	each("messages", "id", "to", "channel", "words", "status", "decided", "settled", "why")
	each("timeline", "at", "what", "why")
}

func TestNothingIsAnEmptyListAndNotNull(t *testing.T) {
	data, err := json.Marshal([]any{picture.New().Waiting(books()), picture.New().Tasks()})
	if err != nil || string(data) != "[[],[]]" {
		t.Errorf("got %s (%v)", data, err)
	}
}
