package picture

import (
	"cmp"
	"slices"
	"time"

	"hearback/notifier"
	"hearback/notifier/delivery"
	"hearback/templates"
)

// Waiting is one promise as `hearback waiting` and `hearback case` print it.
// Times are RFC 3339; DueDate is the London date.
type Waiting struct {
	Case    string     `json:"case"`
	Promise string     `json:"promise"`
	Enquiry string     `json:"enquiry"`
	Opened  time.Time  `json:"opened"`
	Due     time.Time  `json:"due"`
	DueDate string     `json:"due_date"`
	Kept    *time.Time `json:"kept"`
	Late    bool       `json:"late"`
	Officer string     `json:"officer"`
	Team    string     `json:"team"`
	Working []string   `json:"working"`
	// Unreachable: somebody whom it concerns could not be reached by any message.
	Unreachable bool `json:"unreachable,omitempty"`
	// Ended says why a promise that is no longer open ended.
	Ended string `json:"ended,omitempty"`
}

// MessageView is one message, with what became of it in words.
type MessageView struct {
	ID       string          `json:"id"`
	To       string          `json:"to"`
	Channel  string          `json:"channel"`
	Words    string          `json:"words"`
	Status   notifier.Status `json:"status"`
	Decided  time.Time       `json:"decided"`
	Settled  *time.Time      `json:"settled"`
	Why      string          `json:"why"`
	Reason   string          `json:"reason,omitempty"`
	Kind     notifier.Kind   `json:"kind"`
	Staff    bool            `json:"staff,omitempty"`
	Provider string          `json:"provider_id,omitempty"`
	Subject  string          `json:"subject,omitempty"`
	Text     string          `json:"text,omitempty"`
	// NotBefore is the opening of contact hours that it waits for.
	NotBefore *time.Time `json:"not_before,omitempty"`
	// HandedOver is when a provider accepted it, whatever became of it then; Awaits is
	// what may still be heard of it: see notifier.Result.
	HandedOver *time.Time `json:"handed_over,omitempty"`
	Awaits     string     `json:"awaits,omitempty"`
	// Code is the provider's word for what became of it, or Hearback's. Unusable: the
	// address itself is no good.
	Code     string `json:"code,omitempty"`
	Unusable bool   `json:"unusable,omitempty"`
}

// Delivery is what is known of the message, for the words that people read. captured
// says that its channel keeps messages instead of sending them.
func (m MessageView) Delivery(captured bool, now time.Time) delivery.Message {
	return delivery.Message{Channel: m.Channel, Status: string(m.Status), Code: m.Code, Unusable: m.Unusable, HandedOver: m.HandedOver != nil,
		Awaits: m.Awaits == notifier.AwaitsReceipt, Held: m.NotBefore != nil && m.NotBefore.After(now), Captured: captured}
}

// Line is one thing that happened or was decided.
type Line struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	Why  string    `json:"why"`
}

// CaseView is everything that is known of one case.
type CaseView struct {
	Case     string             `json:"case"`
	State    string             `json:"state"`
	Team     string             `json:"team"`
	Officer  string             `json:"officer"`
	Contacts []notifier.Contact `json:"contacts"`
	// Ways are how each contact, by id, may be reached and why not otherwise.
	Ways     map[string][]notifier.Way `json:"ways,omitempty"`
	Promises []Waiting                 `json:"promises"`
	Messages []MessageView             `json:"messages"`
	Tasks    []notifier.Task           `json:"tasks"`
	Timeline []Line                    `json:"timeline"`
}

// Rejected is an input that could not be understood.
type Rejected struct {
	At       time.Time `json:"at"`
	Case     string    `json:"case"`
	Reason   string    `json:"reason"`
	Sequence uint64    `json:"sequence,omitempty"`
	// Number is where the rejection stands in the stream, Sequence where the event does.
	Number uint64 `json:"number,omitempty"`
}

// Captured is a message that was kept instead of being sent.
type Captured struct {
	At      time.Time `json:"at"`
	ID      string    `json:"id"`
	Channel string    `json:"channel"`
	To      string    `json:"to"`
	Subject string    `json:"subject,omitempty"`
	Text    string    `json:"text"`
}

func view(c notifier.Case, p notifier.Promise, books notifier.Books) Waiting {
	w := Waiting{Case: c.Ref, Promise: p.Rule, Enquiry: p.Enquiry, Opened: p.Opened, Due: p.Due, DueDate: p.DueDate.String(),
		Late: p.Late, Officer: c.Officer, Team: c.Team, Working: books.Working(p)}
	if w.Working == nil {
		w.Working = []string{}
	}
	w.Unreachable = len(p.Unheard) > 0
	if p.Ended != nil {
		w.Ended = p.Ended.Why
		if p.Ended.Kept {
			w.Kept = &p.Ended.At
		}
	}
	return w
}

// Waiting lists every open promise, the longest wait first.
func (p *Picture) Waiting(books notifier.Books) []Waiting {
	waiting := []Waiting{}
	p.Each(func(c notifier.Case) bool {
		for _, promise := range c.Promises {
			waiting = append(waiting, view(c, promise, books))
		}
		return true
	})
	slices.SortFunc(waiting, func(a, b Waiting) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Enquiry, b.Enquiry), cmp.Compare(a.Promise, b.Promise))
	})
	return waiting
}

// Tasks lists every open task with its case, the oldest first.
func (p *Picture) Tasks() []CaseTask {
	tasks := []CaseTask{}
	for _, ref := range p.WithTasks() {
		c, _, err := p.Case(ref)
		if err != nil {
			continue
		}
		for _, t := range c.Tasks {
			tasks = append(tasks, CaseTask{Case: ref, Task: t})
		}
	}
	slices.SortStableFunc(tasks, func(a, b CaseTask) int { return a.Opened.Compare(b.Opened) })
	return tasks
}

// CaseTask is a task with the case it belongs to.
type CaseTask struct {
	Case string `json:"case"`
	notifier.Task
}

// Background is what whoever does a task should know besides.
type Background struct {
	// Chases are whom the ladder of the task chases next, and when.
	Chases []notifier.PlannedChase
	// Failed is what no longer works for whomever the task is about, with what to ask.
	Failed []notifier.Unusable
}

// Background looks up what stands behind an open task; nothing where it is not open.
func (p *Picture) Background(ref, task string, books notifier.Books) (b Background) {
	c, _, err := p.Case(ref)
	i := slices.IndexFunc(c.Tasks, func(t notifier.Task) bool { return t.ID == task })
	if err != nil || i < 0 {
		return b
	}
	t := c.Tasks[i]
	b.Chases = notifier.PlannedFor(c, t, books)
	k, known := c.Contact(t.Contact)
	if promise, open := c.Promise(t.Promise); !known && t.Contact == "" && open && promise.Caller != nil {
		k = *promise.Caller
	}
	b.Failed = k.Unusable
	return b
}

// Read is what the recipient of a message reads.
func Read(m notifier.Message) string {
	body := notifier.WithoutLinks(m.Body)
	switch m.Channel {
	case notifier.Email:
		return templates.Text(body)
	case notifier.Letter:
		return templates.Print(body)
	default:
		return body
	}
}

// Story folds the whole ledger of one case, oldest entry first, into its view.
func Story(entries []notifier.Entry, books notifier.Books) CaseView {
	v := CaseView{Contacts: []notifier.Contact{}, Promises: []Waiting{}, Messages: []MessageView{}, Tasks: []notifier.Task{}, Timeline: []Line{}}
	var last notifier.Case
	place := map[string]int{}
	for _, e := range entries {
		last = e.Case
		for _, m := range e.Case.Messages {
			if _, known := place[m.ID]; known {
				continue
			}
			place[m.ID] = len(v.Messages)
			v.Messages = append(v.Messages, MessageView{ID: m.ID, To: m.To, Channel: m.Channel, Words: m.Words, Status: notifier.Waiting,
				Decided: m.Decided, Why: m.Why, Kind: m.Kind, Staff: m.Staff, Subject: m.Subject, Text: Read(m)})
			if !m.NotBefore.IsZero() {
				v.Messages[place[m.ID]].NotBefore = new(m.NotBefore)
			}
		}
		for _, s := range e.Settled {
			i, known := place[s.Message]
			if !known {
				continue
			}
			m := &v.Messages[i]
			m.Status, m.Settled, m.Reason, m.Provider, m.Code, m.Unusable = s.Status, new(s.At), s.Reason, s.Provider, s.Code, s.Unusable
			if s.Status == notifier.Sent && m.HandedOver == nil {
				m.HandedOver, m.Awaits = new(s.At), s.Awaits
			}
		}
		for _, p := range e.Ended {
			v.Promises = append(v.Promises, view(e.Case, p, books))
		}
		for _, l := range e.Lines {
			v.Timeline = append(v.Timeline, Line{At: e.At, What: l.What, Why: l.Why})
		}
	}
	v.Case, v.State, v.Team, v.Officer = last.Ref, cmp.Or(string(last.State), "open"), last.Team, last.Officer
	v.Contacts = append(v.Contacts, last.Contacts...)
	for _, k := range last.Contacts {
		if v.Ways == nil {
			v.Ways = map[string][]notifier.Way{}
		}
		v.Ways[k.ID] = last.Ways(k)
	}
	v.Tasks = append(v.Tasks, last.Tasks...)
	for _, p := range last.Promises {
		v.Promises = append(v.Promises, view(last, p, books))
	}
	slices.SortStableFunc(v.Promises, func(a, b Waiting) int { return a.Opened.Compare(b.Opened) })
	return v
}
