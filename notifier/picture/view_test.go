package picture_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
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

// A message keeps when it was handed over, whatever became of it then.
func TestAStoryTellsHowLongADeliveryTook(t *testing.T) {
	c := caseOf("H-1", monday, 0, 1, 0)
	id := c.Messages[0].ID
	c.Messages[0].NotBefore = monday.Add(time.Hour)
	after := c
	after.Messages = nil
	at := func(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }
	settled := func(status notifier.Status, minutes int, code string) notifier.Entry {
		return notifier.Entry{At: at(minutes), Case: after, Settled: []notifier.Settled{{Result: notifier.Result{Message: id, Status: status, Code: code, Unusable: code != "", Awaits: notifier.AwaitsReceipt, At: at(minutes)}}}}
	}
	held, sent := notifier.Entry{At: monday, Case: c}, settled(notifier.Sent, 60, "")
	for words, entries := range map[string][]notifier.Entry{
		"Waiting for contact hours":    {held},
		"Delivering":                   {held, sent},
		"Not known whether it arrived": {held, sent, settled(notifier.Unknown, 180, "")},
		"Delivered":                    {held, sent, settled(notifier.Unknown, 180, ""), settled(notifier.Delivered, 96, "")},
		"Not delivered":                {held, sent, settled(notifier.Failed, 70, "permanent-failure")},
		"Not sent":                     {held, {At: monday, Case: after, Settled: []notifier.Settled{{Result: notifier.Result{Message: id, Status: notifier.Failed, Code: "expired", At: monday}}}}},
	} {
		m := picture.Story(entries, books()).Messages[0]
		if got := m.Delivery(false, monday).Words(); got != words {
			t.Errorf("%+v is %q, want %q", m, got, words)
		}
		if handed := m.HandedOver != nil && m.HandedOver.Equal(at(60)); handed != (len(entries) > 1 && words != "Not sent") {
			t.Errorf("%s: handed over %v", words, m.HandedOver)
		}
	}
}

// Behind a task stand what failed for good, for a contact or for a caller, and whom its
// ladder chases next.
func TestWhatStandsBehindATask(t *testing.T) {
	broken := []notifier.Unusable{{Channel: "sms", Reason: "The phone number does not exist. Ask the family for the right one."}}
	c := notifier.Case{Ref: "H-1", Officer: "o.jane",
		Contacts: []notifier.Contact{{ID: "c1", Unusable: broken}, {ID: "c2"}},
		Promises: []notifier.Promise{{Rule: "reply", Enquiry: "q", Opened: monday, Next: monday, Caller: &notifier.Contact{Mobile: "+447700900124", Unusable: broken}}},
		Tasks: []notifier.Task{{ID: "H-1-t1", Contact: "c1"}, {ID: "H-1-t2", Contact: "c2"}, {ID: "H-1-t3", Promise: "reply/q"}, {ID: "H-1-t4"},
			{ID: "H-1-t5", Opened: monday, Due: monday.Add(time.Hour), Done: monday, Next: monday.Add(time.Hour)}}}
	p := picture.New()
	put(t, p, 1, c, false)
	for task, failed := range map[string]bool{"H-1-t1": true, "H-1-t2": false, "H-1-t3": true, "H-1-t4": false, "H-1-t9": false} {
		if b := p.Background("H-1", task, books()); (len(b.Failed) > 0) != failed || len(b.Chases) != 0 {
			t.Errorf("behind %s stands %+v", task, b)
		}
	}
	book := &notifier.Book{Rules: []notifier.Rule{{Name: notifier.TaskRule, Steps: []notifier.Step{{Chase: []string{notifier.Officer, notifier.Family}, Words: "w"}}}},
		Calendar:  &calendar.Calendar{Location: time.UTC},
		Directory: notifier.Directory{People: []notifier.Person{{ID: "o.jane", Email: "jane@council.example"}}}}
	want := []notifier.PlannedChase{{Promise: "task/H-1-t5", Person: "o.jane", At: monday.Add(time.Hour)}}
	if b := p.Background("H-1", "H-1-t5", notifier.Books{Current: book}); !slices.Equal(b.Chases, want) {
		t.Errorf("chased next are %+v, want %+v", b.Chases, want)
	}
	if b := p.Background("H-2", "H-1-t5", notifier.Books{Current: book}); len(b.Chases)+len(b.Failed) != 0 {
		t.Errorf("behind no task stands %+v", b)
	}
}
