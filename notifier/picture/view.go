package picture

import (
	"cmp"
	"slices"
	"time"

	"hearback/notifier"
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
	Promises []Waiting          `json:"promises"`
	Messages []MessageView      `json:"messages"`
	Tasks    []notifier.Task    `json:"tasks"`
	Timeline []Line             `json:"timeline"`
}

// Rejected is an input that could not be understood.
type Rejected struct {
	At       time.Time `json:"at"`
	Case     string    `json:"case"`
	Reason   string    `json:"reason"`
	Sequence uint64    `json:"sequence,omitempty"`
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

// text is what the recipient reads.
func text(m notifier.Message) string {
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
				Decided: m.Decided, Why: m.Why, Kind: m.Kind, Staff: m.Staff, Subject: m.Subject, Text: text(m)})
		}
		for _, s := range e.Settled {
			i, known := place[s.Message]
			if !known {
				continue
			}
			m := &v.Messages[i]
			m.Status, m.Settled, m.Reason, m.Provider = s.Status, new(s.At), s.Reason, s.Provider
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
	v.Tasks = append(v.Tasks, last.Tasks...)
	for _, p := range last.Promises {
		v.Promises = append(v.Promises, view(last, p, books))
	}
	slices.SortStableFunc(v.Promises, func(a, b Waiting) int { return a.Opened.Compare(b.Opened) })
	return v
}
