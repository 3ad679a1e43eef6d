package console_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/console"
	"hearback/notifier/picture"
)

// matching is what the rest of Hearback makes of what is passed on and what is done.
func matching(c *council, e events.Event) {
	switch e.Type {
	case events.TypeMessageReceived:
		view := c.cases[e.Case]
		view.Timeline = append(slices.Clone(view.Timeline), picture.Line{What: "Event message.received", Why: "from " + e.Source + ", id " + e.ID + "; it happened"})
		c.cases[e.Case] = view
	case events.TypeTaskDone:
		done, _ := events.DataOf[events.TaskDone](e)
		c.tasks = slices.DeleteFunc(slices.Clone(c.tasks), func(t picture.CaseTask) bool { return t.Case == e.Case && t.ID == done.Task })
		view := c.cases[e.Case]
		view.Timeline = append(slices.Clone(view.Timeline), picture.Line{What: "Task " + done.Task + " done"})
		c.cases[e.Case] = view
	}
}

const stranger = "+447700900777"

func penOf() string { return notifier.PenRef(notifier.SMS, stranger) }

func passAnswers() url.Values {
	return url.Values{"event": {"SM0", "SM1", "SM2"}, "case": {" H-10480 "}, "contact": {"contact:c1"}, "by": {"o.jane"}}
}

func TestWhatNobodyMatchedIsShown(t *testing.T) {
	c := busyCouncil()
	h := demo(c)
	text := parseMarkup(t, get(h, "/unmatched").Body.String()).text
	for _, wanted := range []string{"Not matched 2", "Text from &#43;447700900777", "Monday 30 November 2026 at 6:30am Is this the SEND team? My reference is H-10480", "It is Sam",
		"Email from stranger@family.example", "Pass it on, or end it"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page does not say %q: %s", wanted, text)
		}
	}
	// Nothing of it stands on any other page before a person has passed it on, not
	// even on that of the case that they name.
	for _, path := range []string{"/", "/tasks", "/messages", "/rejected", "/cases/H-10480", "/cases/H-10487"} {
		if text := parseMarkup(t, get(h, path).Body.String()).text; strings.Contains(text, "Is this the SEND team") || strings.Contains(text, "447700900777") {
			t.Errorf("%s shows what nobody has matched", path)
		}
	}
	// Step by step: the case, then who of it wrote.
	if text := parseMarkup(t, get(h, "/unmatched/"+penOf()).Body.String()).text; !strings.Contains(text, "Next: who wrote") || strings.Contains(text, "Sam Taylor") {
		t.Errorf("the first step says %s", text)
	}
	c.change("H-10480", func(v *picture.CaseView) { v.Contacts[1].Mobile = stranger })
	text = parseMarkup(t, get(h, "/unmatched/"+penOf()+"?case=H-10480").Body.String()).text
	for _, wanted := range []string{"Sam Taylor, parent Alex Taylor, parent They have this number or address. Somebody who is not on this case", "Pass it on to H-10480"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the second step does not say %q: %s", wanted, text)
		}
	}
	for ref, wanted := range map[string]string{"": "Enter a case reference", "H-0": "No case H-0 is known. Check the reference", "a+b": "Case reference must be 1 to 64", penOf(): "That is no family", notifier.PenRef("email", "x@y.example"): "That is no family"} {
		w := get(h, "/unmatched/"+penOf()+"?case="+ref)
		m := parseMarkup(t, w.Body.String())
		if w.Code != http.StatusUnprocessableEntity || strings.Count(m.text, wanted) != 2 || len(m.faults()) > 0 || m.count("fieldset") > 0 {
			t.Errorf("case %q: status %d, %v: %s", ref, w.Code, m.faults(), m.text)
		}
	}
}

// change alters a case.
func (c *council) change(ref string, to func(*picture.CaseView)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	view := c.cases[ref]
	view.Contacts = slices.Clone(view.Contacts)
	to(&view)
	c.cases[ref] = view
}

// Everything that was read is passed on as it was written, before the task is done.
func TestPassesOnWhatSomebodyWrote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for contact, want := range map[string]string{"contact:c1": "c1", "somebody-else": ""} {
			c := busyCouncil()
			c.decide = matching
			h := demo(c)
			form := passAnswers()
			form.Set("contact", contact)
			w := send(h, "/unmatched/"+penOf()+"/pass-on", form)
			if w.Code != http.StatusSeeOther || len(c.published) != 4 {
				t.Fatalf("status %d, %d published: %s", w.Code, len(c.published), w.Body)
			}
			for i, e := range c.published[:3] {
				original := c.written[penOf()][i]
				was, _ := events.DataOf[events.MessageReceived](original)
				was.Contact = want
				said, err := events.DataOf[events.MessageReceived](e)
				if err != nil || e.Check(morning()) != nil || e.Case != "H-10480" || e.Type != events.TypeMessageReceived || !e.Time.Equal(original.Time) || said != was {
					t.Errorf("passed on %+v with %+v, want %+v (%v)", e, said, was, err)
				}
			}
			done, err := events.DataOf[events.TaskDone](c.published[3])
			if err != nil || c.published[3].Check(morning()) != nil || c.published[3].Case != penOf() || done.Task != penOf()+"-t1" || done.By != "o.jane" ||
				done.Note != "passed on to case H-10480" || !slices.Equal(done.Events, []string{"SM0", "SM1", "SM2"}) {
				t.Errorf("done is %+v, %v", done, err)
			}
			if text := parseMarkup(t, get(h, w.Header().Get("Location")).Body.String()).text; !strings.Contains(text, "Passed on. What they wrote now belongs to this case.") {
				t.Errorf("the notice is missing: %.600s", text)
			}
			// The second press finds it dealt with.
			if w := send(h, "/unmatched/"+penOf()+"/pass-on", form); w.Code != http.StatusNotFound || len(c.published) != 4 {
				t.Errorf("the second press: status %d, %d published", w.Code, len(c.published))
			}
		}
	})
}

// Whatever fails on the way, the task stays, and pressing again passes on once.
func TestNothingIsLostHalfway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for stored := range 4 {
			c := busyCouncil()
			left := stored
			actions := failing{c, &left}
			h := console.New(c, actions, console.Options{Demo: true, Now: morning})
			w := send(h, "/unmatched/"+penOf()+"/pass-on", passAnswers())
			m := parseMarkup(t, w.Body.String())
			if w.Code != http.StatusServiceUnavailable || !strings.Contains(m.text, "It is not known whether this was stored. Send it again") || len(m.faults()) > 0 || strings.Contains(m.text, "192.0.2.1") {
				t.Fatalf("%d stored: status %d, %v: %s", stored, w.Code, m.faults(), m.text)
			}
			if len(c.published) != stored || slices.ContainsFunc(c.published, func(e events.Event) bool { return e.Type == events.TypeTaskDone }) {
				t.Fatalf("%d stored: %+v", stored, c.published)
			}
			left = 100
			for range 2 {
				if w := send(h, "/unmatched/"+penOf()+"/pass-on", passAnswers()); w.Code != http.StatusSeeOther {
					t.Fatalf("status %d", w.Code)
				}
			}
			identities := map[uint64]bool{}
			for _, e := range c.published {
				identities[e.Identity()] = true
			}
			if len(identities) != 4 {
				t.Errorf("%d stored first: in the end %d events, want 4", stored, len(identities))
			}
		}
	})
}

// failing stores so many events and then no more.
type failing struct {
	*council
	left *int
}

func (f failing) Publish(ctx context.Context, e events.Event) error {
	if *f.left == 0 {
		return errors.New("dial 192.0.2.1: refused")
	}
	*f.left--
	return f.council.Publish(ctx, e)
}

// What came in while the page was open is not passed on unread, and not ended either.
func TestWhatNobodyReadStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := busyCouncil()
		h := demo(c)
		form := passAnswers()
		form["event"] = []string{"SM0", "SM1"}
		send(h, "/unmatched/"+penOf()+"/pass-on", form)
		if len(c.published) != 3 {
			t.Fatalf("%d published", len(c.published))
		}
		if done, _ := events.DataOf[events.TaskDone](c.published[2]); !slices.Equal(done.Events, []string{"SM0", "SM1"}) {
			t.Errorf("done is %+v", done)
		}
		for _, path := range []string{"/pass-on", "/nothing"} {
			form["event"] = []string{"SM7"}
			form.Set("note", "an advertisement")
			w := send(h, "/unmatched/"+penOf()+path, form)
			if m := parseMarkup(t, w.Body.String()); w.Code != http.StatusConflict || len(c.published) != 3 || len(m.faults()) > 0 || !strings.Contains(m.text, "they have written again. Read it first") {
				t.Errorf("%s: status %d, %v: %s", path, w.Code, m.faults(), m.text)
			}
		}
	})
}

// Only what the task is about is shown: nothing that was dealt with before, nor what a
// machine wrote.
func TestWhatIsDealtWithIsShownNoMore(t *testing.T) {
	c := busyCouncil()
	at := slices.IndexFunc(c.tasks, func(t picture.CaseTask) bool { return t.Case == penOf() })
	c.tasks[at].Events = []string{"SM1", "SM2"}
	machine := c.written[penOf()][2]
	machine.Data = []byte(`{"channel":"text","text":"I am a machine","address":"` + stranger + `","automatic":true}`)
	c.written[penOf()][2] = machine
	text := parseMarkup(t, get(demo(c), "/unmatched/"+penOf()).Body.String()).text
	if strings.Contains(text, "Is this the SEND team") || strings.Contains(text, "I am a machine") || !strings.Contains(text, "It is Sam") {
		t.Errorf("the page says %s", text)
	}
	// An older ledger does not say what it is about: then all of it.
	c.tasks[at].Events = nil
	if text := parseMarkup(t, get(demo(c), "/unmatched/"+penOf()).Body.String()).text; !strings.Contains(text, "Is this the SEND team") || !strings.Contains(text, "It is Sam") {
		t.Errorf("the page says %s", text)
	}
	// Their words may have been erased.
	delete(c.written, penOf())
	if text := parseMarkup(t, get(demo(c), "/unmatched/"+penOf()).Body.String()).text; !strings.Contains(text, "What they wrote is no longer kept.") {
		t.Errorf("the page says %s", text)
	}
	if w := send(demo(c), "/unmatched/"+penOf()+"/pass-on", passAnswers()); w.Code != http.StatusUnprocessableEntity || len(c.published) != 0 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

func TestThereIsNothingToDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := busyCouncil()
		c.decide = matching
		h := demo(c)
		w := send(h, "/unmatched/"+penOf()+"/nothing", url.Values{"event": {"SM0", "SM1", "SM2"}, "note": {"A wrong number.\r\nThey said so."}, "by": {"p.lead"}})
		if w.Code != http.StatusSeeOther || len(c.published) != 1 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		done, err := events.DataOf[events.TaskDone](c.published[0])
		if err != nil || c.published[0].Check(morning()) != nil || done.Note != "A wrong number.\r\nThey said so." || done.By != "p.lead" || len(done.Events) != 3 {
			t.Errorf("done is %+v, %v", done, err)
		}
		text := parseMarkup(t, get(h, w.Header().Get("Location")).Body.String()).text
		if !strings.Contains(text, "Stored. The task is done") || strings.Contains(text, "It is Sam") || !strings.Contains(text, "stranger@family.example") {
			t.Errorf("the list says %s", text)
		}
	})
}

func TestShowsWhatIsWrongWithAMatch(t *testing.T) {
	for name, test := range map[string]struct {
		path     string
		change   url.Values
		messages []string
	}{
		"nobody chosen":       {"/pass-on", url.Values{"contact": nil, "by": nil}, []string{"Choose who wrote", "Enter who you are"}},
		"a made-up contact":   {"/pass-on", url.Values{"contact": {"contact:c9"}}, []string{"Choose who wrote"}},
		"an unknown case":     {"/pass-on", url.Values{"case": {"H-0"}}, []string{"No case H-0 is known. Check the reference"}},
		"no case":             {"/pass-on", url.Values{"case": nil}, []string{"Enter a case reference"}},
		"another pen":         {"/pass-on", url.Values{"case": {penOf()}}, []string{"That is no family&#39;s case"}},
		"who in 2 lines":      {"/pass-on", url.Values{"by": {"a\nb"}}, []string{"Who you are must be a name or a staff id on one line"}},
		"no reason":           {"/nothing", url.Values{"by": {strings.Repeat("é", 101)}}, []string{"Enter why there is nothing to do", "Who you are must be 100 characters or fewer"}},
		"a reason in control": {"/nothing", url.Values{"note": {"\x00"}}, []string{"What you write must be plain text"}},
		"a very long reason":  {"/nothing", url.Values{"note": {strings.Repeat("é", 1001)}}, []string{"What you write must be 1,000 characters or fewer"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := busyCouncil()
			form := passAnswers()
			maps.Copy(form, test.change)
			w := send(demo(c), "/unmatched/"+penOf()+test.path, form)
			m := parseMarkup(t, w.Body.String())
			if w.Code != http.StatusUnprocessableEntity || len(c.published) != 0 || !strings.HasPrefix(m.text, "Error: ") {
				t.Fatalf("status %d, %d published: %.300s", w.Code, len(c.published), m.text)
			}
			for _, fault := range m.faults() {
				t.Error(fault)
			}
			for _, message := range test.messages {
				if strings.Count(m.text, message) != 2 || strings.Count(m.text, "Error: "+message) != 1 {
					t.Errorf("%q does not stand once in the summary and once at its field: %s", message, m.text)
				}
			}
		})
	}
}

// A task shows when it is due, who is reminded and what failed; a press ends it once.
func TestATaskIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := busyCouncil()
		c.decide = func(c *council, e events.Event) {
			go func() {
				time.Sleep(300 * time.Millisecond)
				c.mu.Lock()
				defer c.mu.Unlock()
				matching(c, e)
			}()
		}
		h := demo(c)
		for path, words := range map[string][]string{
			"/tasks": {"Text no longer works: It is a landline; ask the family for a mobile number. Do this task", "Late Monday 30 November 2026 at 8:30am", "p.lead and p.manager Monday 30 November 2026 at 10:30am", "No date"},
			"/tasks/H-10508/1": {"Phone the family: no message can reach them", "To be done by Monday 30 November 2026 at 8:30am Late", "Reminded next p.lead and p.manager, Monday 30 November 2026 at 10:30am",
				"What failed, what to ask Text: It is a landline; ask the family for a mobile number.", "Alex Taylor", "Text 01632 960456 Cannot be used"},
			"/cases/H-10508": {"Do this task"},
		} {
			text := parseMarkup(t, get(h, path).Body.String()).text
			for _, wanted := range words {
				if !strings.Contains(text, wanted) {
					t.Errorf("%s does not say %q: %s", path, wanted, text)
				}
			}
		}
		if w := send(h, "/tasks/H-10508/1", url.Values{"note": {"x"}}); w.Code != http.StatusUnprocessableEntity || len(c.published) != 0 {
			t.Fatalf("nobody is named: status %d", w.Code)
		}
		w := send(h, "/tasks/H-10508/1", url.Values{"by": {"o.jane"}, "note": {"Rang them; they have a new number."}})
		if w.Code != http.StatusSeeOther || len(c.published) != 1 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		done, err := events.DataOf[events.TaskDone](c.published[0])
		if err != nil || c.published[0].Check(morning()) != nil || c.published[0].Case != "H-10508" || done.Task != "H-10508-t1" || done.By != "o.jane" || done.Note == "" || done.Events != nil {
			t.Errorf("done is %+v, %v", done, err)
		}
		if text := parseMarkup(t, get(h, w.Header().Get("Location")).Body.String()).text; !strings.Contains(text, "Stored. The task is done, and nobody is reminded of it any more.") {
			t.Errorf("the notice is missing: %.600s", text)
		}
		if w := send(h, "/tasks/H-10508/1", url.Values{"by": {"o.jane"}}); w.Code != http.StatusNotFound || len(c.published) != 1 {
			t.Errorf("the second press: status %d", w.Code)
		}
		// The task of a pen is done where what was written can be read.
		if w := get(h, "/tasks/"+penOf()+"/1"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/unmatched/"+penOf() {
			t.Errorf("the pen's task: status %d to %s", w.Code, w.Header().Get("Location"))
		}
		if w := send(h, "/tasks/"+penOf()+"/1", url.Values{"by": {"o.jane"}}); w.Code != http.StatusSeeOther || len(c.published) != 1 {
			t.Errorf("the pen's task was ended unread: status %d", w.Code)
		}
	})
}

func TestSaysWhenATaskCouldNotBeStored(t *testing.T) {
	c := busyCouncil()
	c.refuse = errors.New("dial 192.0.2.1: refused")
	for path, form := range map[string]url.Values{
		"/tasks/H-10508/1":                   {"by": {"o.jane"}, "note": {"kept words"}},
		"/unmatched/" + penOf() + "/nothing": {"event": {"SM0"}, "by": {"o.jane"}, "note": {"kept words"}},
	} {
		w := send(demo(c), path, form)
		m := parseMarkup(t, w.Body.String())
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(m.text, "It is not known whether this was stored") || !strings.Contains(m.text, "kept words") || len(m.faults()) > 0 || strings.Contains(m.text, "192.0.2.1") {
			t.Errorf("%s: status %d, %v: %s", path, w.Code, m.faults(), m.text)
		}
	}
}

// Nobody can make a page claim that something was done by making up an address.
func TestNoticesOfTasksCannotBeMadeUp(t *testing.T) {
	h := demo(busyCouncil())
	for _, path := range []string{"/cases/H-10508?done=H-10508-t1", "/cases/H-10480?passed=passed-on-1", "/unmatched?done=x&from=" + penOf(), "/unmatched?done=x&from=H-10480"} {
		if text := parseMarkup(t, get(h, path).Body.String()).text; strings.Contains(text, "Stored.") || strings.Contains(text, "Passed on.") {
			t.Errorf("%s: %.600s", path, text)
		}
	}
}

func TestAPenThatCannotBeRead(t *testing.T) {
	c := busyCouncil()
	h := console.New(unreadable{c}, c, console.Options{Who: anybody, Now: morning})
	for _, path := range []string{"/unmatched", "/unmatched/" + penOf()} {
		w := get(h, path)
		if text := parseMarkup(t, w.Body.String()).text; w.Code != http.StatusServiceUnavailable || !strings.Contains(text, "Nothing is lost.") || strings.Contains(text, "secret") {
			t.Errorf("%s: status %d: %s", path, w.Code, text)
		}
	}
}

// A number that changed is confirmed as it was seen, by somebody who is named.
func TestAChangedNumberIsConfirmed(t *testing.T) {
	c := busyCouncil()
	const ref = "H-10480"
	view := c.cases[ref]
	view.Contacts = []notifier.Contact{{ID: "c1", Name: "Sam Taylor", Mobile: "+447700900456", Postal: "1 High Street\nSG5 1AA"}}
	view.Ways = map[string][]notifier.Way{"c1": {{Channel: "sms", Address: "+447700900456", Unconfirmed: true}, {Channel: "email", Address: "sam@family.example"},
		{Channel: "letter", Address: "Sam Taylor\n1 High Street\nSG5 1AA", Unconfirmed: true}}}
	c.cases[ref] = view
	c.tasks = append(c.tasks, picture.CaseTask{Case: ref, Task: notifier.Task{ID: ref + "-t9", What: notifier.TaskConfirm, Contact: "c1", Opened: morning()}})
	h := demo(c)
	const path = "/tasks/" + ref + "/9"
	page := parseMarkup(t, get(h, path).Body.String())
	for _, wanted := range []string{"What has the contact confirmed?", "Text: &#43;447700900456", "Letter: 1 High Street, SG5 1AA", "never by the new number"} {
		if !strings.Contains(page.text, wanted) {
			t.Errorf("the page does not say %q: %s", wanted, page.text)
		}
	}
	for name, form := range map[string]url.Values{
		"nothing ticked":       {"by": {"o.jane"}},
		"nobody named":         {"confirm": {"sms"}, "address-sms": {"+447700900456"}},
		"it has changed since": {"by": {"o.jane"}, "confirm": {"sms"}, "address-sms": {"+447700900455"}},
	} {
		if w := send(h, path, form); w.Code != http.StatusUnprocessableEntity || len(c.published) != 0 {
			t.Errorf("%s: status %d, published %+v", name, w.Code, c.published)
		}
	}
	w := send(h, path, url.Values{"by": {"o.jane"}, "confirm": {"sms"}, "address-sms": {"+447700900456"}})
	if w.Code != http.StatusSeeOther || len(c.published) != 1 {
		t.Fatalf("status %d, published %+v", w.Code, c.published)
	}
	said, err := events.DataOf[events.Confirmed](c.published[0])
	if want := (events.Confirmed{Contact: "c1", Channel: "sms", Address: "+447700900456", By: "o.jane"}); err != nil || said != want || c.published[0].Type != events.TypeContactConfirmed || c.published[0].Check(morning()) != nil {
		t.Errorf("published %+v, %v", said, err)
	}
}
