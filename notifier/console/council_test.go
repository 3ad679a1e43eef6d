package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
	"hearback/notifier/console"
	"hearback/notifier/picture"
)

// council is a made-up Source, and the Actions on it. The zero value is empty.
type council struct {
	mu       sync.Mutex
	waiting  []picture.Waiting
	cases    map[string]picture.CaseView
	status   console.Status
	rejected []picture.Rejected
	tasks    []picture.CaseTask
	captured []picture.Captured
	written  map[string][]events.Event
	behind   map[string]picture.Background // by task

	published []events.Event
	refuse    error
	// decide, where it is set, is what storing an event does to the council.
	decide func(*council, events.Event)
}

func (c *council) Waiting() []picture.Waiting {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

func (c *council) Case(_ context.Context, ref string) (picture.CaseView, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	view, ok := c.cases[ref]
	if !ok {
		return picture.CaseView{}, fmt.Errorf("case %s: %w", ref, picture.ErrUnknown)
	}
	return view, nil
}

func (c *council) Status() console.Status                      { return c.status }
func (c *council) Rejected(context.Context) []picture.Rejected { return c.rejected }
func (c *council) Captured() []picture.Captured                { return c.captured }

func (c *council) Background(_, task string) picture.Background { return c.behind[task] }

func (c *council) Tasks() []picture.CaseTask {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tasks
}

func (c *council) Written(_ context.Context, pens []string) (map[string][]events.Event, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := map[string][]events.Event{}
	for _, ref := range pens {
		found[ref] = c.written[ref]
	}
	return found, nil
}

func (c *council) Publish(_ context.Context, e events.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuse != nil {
		return c.refuse
	}
	c.published = append(c.published, e)
	if c.decide != nil {
		c.decide(c, e)
	}
	return nil
}

// morning is the clock of the made-up council: Monday 30 November 2026, 9:30 in London.
func morning() time.Time { return time.Date(2026, time.November, 30, 9, 30, 0, 0, time.UTC) }

// busyCouncil has families in every state.
func busyCouncil() *council {
	now := morning()
	c := &council{cases: map[string]picture.CaseView{}, status: console.Status{Captured: []string{"sms", "email"}, Leader: true}}
	officers := []string{"o.jane", "o.tomasz", "o.amira", ""}
	teams := []string{"north", "south", "east", notifier.Unassigned}
	for i := range 40 {
		opened := now.AddDate(0, 0, -12).Add(time.Duration(i) * 7 * time.Hour)
		due := opened.AddDate(0, 0, 7)
		ref := fmt.Sprintf("H-%05d", 10480+i*7)
		w := picture.Waiting{Case: ref, Promise: "reply", Enquiry: fmt.Sprintf("call-%d", i), Opened: opened, Due: due,
			DueDate: due.Format(time.DateOnly), Late: due.Before(now), Officer: officers[i%4], Team: teams[i%4],
			Unreachable: i%9 == 4, Working: []string{
				"5 working days from Wednesday 18 November 2026, the day after the family got in touch.",
				"Saturday 21 and Sunday 22 November are not counted: they are a weekend.",
				"The fifth working day is Wednesday 25 November 2026; it ends at 5pm."}}
		c.waiting = append(c.waiting, w)
		c.cases[ref] = story(w, now)
	}
	for i, ref := range []string{"H-10508", "H-10571", "H-10634", "H-10697"} {
		id := ref + "-t1"
		c.tasks = append(c.tasks, picture.CaseTask{Case: ref, Task: notifier.Task{ID: id, What: "Phone the family: no message can reach them", Contact: "c2",
			Why: "contact c2: the text failed, it is a landline; no email address is known", Opened: now.Add(-time.Duration(i+2) * time.Hour)}})
		if i == 0 {
			t := &c.tasks[0].Task
			t.Due, t.Next, t.Late = now.Add(-time.Hour), now.Add(time.Hour), true
			c.behind = map[string]picture.Background{id: {Chases: []notifier.PlannedChase{{Person: "p.lead", At: t.Next}, {Person: "p.manager", At: t.Next}, {Person: "p.lead", At: t.Next}},
				Failed: []notifier.Unusable{{Channel: "sms", Reason: "it is a landline; ask the family for a mobile number"}}}}
		}
	}
	c.hold("+447700900777", "text", "Is this the SEND team? My reference is H-10480", "It is Sam", nasty)
	c.hold("stranger@family.example", "email", "Dear council\n\nPlease call me.")
	c.rejected = []picture.Rejected{
		{At: now.Add(-time.Hour), Case: "H-10487", Sequence: 4711, Reason: "time: has a date that does not exist, 2026-11-31; write the day on which it happened\ndata.channel: is not a way to get in touch; write phone, voicemail, email, web, text, letter or in-person"},
		{At: now.Add(-26 * time.Hour), Case: events.UnknownCase, Reason: "body: is not JSON in UTF-8; send one CloudEvent as a JSON object"},
	}
	c.status.Rejected = len(c.rejected)
	for i := range 14 {
		at := now.Add(-time.Duration(i*11) * time.Minute)
		c.captured = append(c.captured,
			picture.Captured{At: at, ID: fmt.Sprintf("H-%d-1", 10480+i), Channel: "sms", To: fmt.Sprintf("+4477009001%02d", i), Text: textWords},
			picture.Captured{At: at, ID: fmt.Sprintf("H-%d-2", 10480+i), Channel: "email", To: fmt.Sprintf("sam%d@family.example", i), Subject: "We have your message about case H-10480", Text: emailWords})
	}
	return c
}

// hold puts what somebody wrote into the holding pen of their address, an hour apart,
// the last of it an hour ago.
func (c *council) hold(address, channel string, texts ...string) (ref string) {
	way := notifier.SMS
	if channel == "email" {
		way = notifier.Email
	}
	ref = notifier.PenRef(way, address)
	t := notifier.Task{ID: ref + "-t1", What: notifier.TaskMatch, Why: "no case has the address", Opened: morning().Add(-time.Duration(len(texts)) * time.Hour)}
	if c.written == nil {
		c.written = map[string][]events.Event{}
	}
	for i, text := range texts {
		data, err := json.Marshal(events.MessageReceived{Channel: channel, Text: text, Address: address, ProviderID: fmt.Sprintf("SM%d", i)})
		if err != nil {
			panic(err)
		}
		e := events.Event{ID: fmt.Sprintf("SM%d", i), Source: "/twilio", Type: events.TypeMessageReceived, Case: ref, Time: t.Opened.Add(time.Duration(i) * time.Hour), Data: data}
		c.written[ref], t.Events = append(c.written[ref], e), append(t.Events, e.ID)
	}
	c.tasks = append(c.tasks, picture.CaseTask{Case: ref, Task: t})
	c.cases[ref] = picture.CaseView{Case: ref, Tasks: []notifier.Task{t}, Timeline: []picture.Line{{At: t.Opened, What: "Event message.received", Why: "from /twilio, id SM0; it happened"}}}
	return ref
}

const (
	textWords  = "Herts SEND: thank you for your call. A person will reply to you by Mon 30 Nov. Your reference is H-10480. You do not need to do anything."
	emailWords = "Dear Sam Taylor\n\nThank you for your call. We have heard you.\n\nA person will reply to you by Monday 30 November 2026. If we are late, we will tell you, and a manager will be told too.\n\nYour reference is H-10480.\n\nHertfordshire County Council\n01632 960123"
)

func story(w picture.Waiting, now time.Time) picture.CaseView {
	seconds := func(n int) time.Time { return w.Opened.Add(time.Duration(n) * time.Second) }
	view := picture.CaseView{Case: w.Case, State: "open", Team: w.Team, Officer: w.Officer, Promises: []picture.Waiting{w},
		Ways: map[string][]notifier.Way{
			"c1": {{Channel: "sms", Address: "+447700900123"}, {Channel: "email", Address: "sam@family.example", Why: "they opted out"}},
			"c2": {{Channel: "sms", Address: "01632 960456", Why: "it is a landline; ask the family for a mobile number", Cannot: true},
				{Channel: "email", Why: "the service that keeps the case says so"}, {Channel: "call", Why: "the service that keeps the case says so"}},
		},
		Contacts: []notifier.Contact{
			{ID: "c1", Name: "Sam Taylor", Relationship: "parent", Mobile: "+447700900123", Email: "sam@family.example", Language: "en", Prefers: []string{"sms", "email"}},
			{ID: "c2", Name: "Alex Taylor", Relationship: "parent", Mobile: "01632 960456", DoNot: []string{"email", "call"},
				Unusable: []notifier.Unusable{{Channel: "sms", Reason: "it is a landline; ask the family for a mobile number"}}},
		},
		Messages: []picture.MessageView{
			{ID: w.Case + "-1", To: "c1", Channel: "sms", Words: "enquiry-received", Status: notifier.Sent, Kind: notifier.Acknowledgement, Decided: seconds(1), Settled: new(seconds(2)), Why: "the family got in touch by phone; text is what they prefer", Text: textWords},
			{ID: w.Case + "-2", To: "o.jane", Channel: "email", Words: "reply-due-soon", Status: notifier.Sent, Kind: notifier.Chase, Staff: true, Decided: w.Due.AddDate(0, 0, -2), Settled: new(w.Due.AddDate(0, 0, -2)), Why: "2 working days before the reply is due", Subject: "Reply due Monday 30 November: " + w.Case, Text: "Sam Taylor has waited 3 working days.\n\nPlease reply, then record it."},
		},
		Timeline: []picture.Line{
			{At: seconds(1), What: "Promise reply/call-1 opened, due Monday 30 November 2026", Why: "the family got in touch by phone"},
			{At: seconds(1), What: "Message " + w.Case + "-1 (enquiry-received, sms) decided for contact c1", Why: "the family got in touch by phone; text is what they prefer"},
			{At: w.Due.AddDate(0, 0, -2), What: "Message " + w.Case + "-2 (reply-due-soon, email) decided for o.jane, the officer", Why: "2 working days before the reply is due"},
		}}
	if w.Late {
		view.Messages = append(view.Messages, picture.MessageView{ID: w.Case + "-3", To: "c1", Channel: "email", Words: "reply-late", Status: notifier.Failed, Kind: notifier.Lateness,
			Decided: w.Due, HandedOver: new(w.Due), Settled: new(w.Due.Add(time.Hour)), Code: "5.1.1", Unusable: true, Why: "the reply is late", Reason: "the mailbox does not exist", Subject: "We are late", Text: emailWords},
			picture.MessageView{ID: w.Case + "-4", To: "c1", Channel: "letter", Words: "reply-late", Status: notifier.Delivered, Kind: notifier.Lateness, Awaits: notifier.AwaitsReceipt,
				Decided: w.Due, HandedOver: new(w.Due), Settled: new(w.Due.Add(36 * time.Minute)), Why: "the reply is late"},
			picture.MessageView{ID: w.Case + "-5", To: "c1", Channel: "letter", Words: "reply-late", Status: notifier.Waiting, Kind: notifier.Lateness, NotBefore: new(now.Add(time.Hour)), Decided: w.Due, Why: "the reply is late"})
	}
	if w.Unreachable {
		view.Tasks = []notifier.Task{{ID: w.Case + "-t1", What: "Phone the family: no message can reach them", Why: "the text failed: it is a landline", Opened: now}}
	}
	return view
}

// anybody is signed in and may do everything.
func anybody(http.ResponseWriter, *http.Request) (console.Caller, bool) {
	return console.Everybody(), true
}

// indexOf is what lists and the search box show of a council.
func indexOf(c *council) *caseload.Index {
	cases := map[string]notifier.Case{}
	for ref, view := range c.cases {
		cases[ref] = notifier.Case{Ref: ref, Team: view.Team, Officer: view.Officer, Contacts: view.Contacts}
	}
	for _, w := range c.waiting {
		one := cases[w.Case]
		one.Ref, one.Team, one.Officer = w.Case, w.Team, w.Officer
		var unheard []string
		if w.Unreachable {
			unheard = []string{"c1"}
		}
		date, _ := calendar.ParseDate(w.DueDate)
		one.Promises = append(one.Promises, notifier.Promise{Rule: w.Promise, Enquiry: w.Enquiry, Channel: "phone", Opened: w.Opened, Due: w.Due, DueDate: date, Late: w.Late, Unheard: unheard})
		cases[w.Case] = one
	}
	x := caseload.New()
	for _, one := range cases {
		x.Put(one)
	}
	return x
}
