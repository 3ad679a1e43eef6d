package backtest

import (
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
)

// Counts are what a book does in a time, of one kind of promise in one team.
type Counts struct {
	// Opened are promises, Late those whose date passed without a reply.
	Opened int `json:"opened"`
	Late   int `json:"late"`
	// Chases of staff that were handed over, all of them, and those of the rungs above
	// the officer.
	Chases   int `json:"chases"`
	Leads    int `json:"leads"`
	Managers int `json:"managers"`
	Heads    int `json:"heads"`
	// Family are messages to the family that were handed over.
	Family int `json:"family_messages"`
	// Tasks for people.
	Tasks int `json:"tasks"`
	// Chased are promises that somebody was chased for, and Waited the seconds from
	// their opening to the first chase, all together.
	Chased int   `json:"chased"`
	Waited int64 `json:"seconds_to_first_chase"`
}

func (c *Counts) add(o Counts) {
	c.Opened += o.Opened
	c.Late += o.Late
	c.Chases += o.Chases
	c.Leads += o.Leads
	c.Managers += o.Managers
	c.Heads += o.Heads
	c.Family += o.Family
	c.Tasks += o.Tasks
	c.Chased += o.Chased
	c.Waited += o.Waited
}

// kind is a row of the comparison.
type kind struct{ promise, team string }

// span is the time that is counted, from its first instant up to before its last.
type span struct{ from, to time.Time }

func (s span) has(t time.Time) bool { return !t.Before(s.from) && t.Before(s.to) }

// tally counts what was decided about one case, in order.
type tally struct {
	span    span
	rows    map[kind]*Counts
	chases  map[string]int // by person
	team    string
	open    map[string]*opened
	waiting map[string]note
}

type opened struct {
	at     time.Time
	chased bool
}

// note is what must be known of a message to count it once it has gone.
type note struct {
	ID      string        `json:"id"`
	Kind    notifier.Kind `json:"kind"`
	Promise string        `json:"promise"`
	To      string        `json:"to"`
	Staff   bool          `json:"staff"`
	Role    string        `json:"role"`
	Channel string        `json:"channel"`
	Words   string        `json:"words"`
}

// standing is what must be known of a case as a decision left it.
type standing struct {
	Team     string `json:"team"`
	Promises []struct {
		Rule    string    `json:"rule"`
		Enquiry string    `json:"enquiry"`
		Opened  time.Time `json:"opened"`
	} `json:"promises"`
	Messages []note     `json:"messages"`
	Tasks    []openTask `json:"tasks"`
}

type openTask struct {
	ID      string `json:"id"`
	What    string `json:"what"`
	Promise string `json:"promise"`
	Contact string `json:"contact"`
}

func newTally(s span) *tally {
	return &tally{span: s, rows: map[kind]*Counts{}, chases: map[string]int{}, open: map[string]*opened{}, waiting: map[string]note{}}
}

func (t *tally) row(promise string) *Counts {
	k := kind{promise, t.team}
	c := t.rows[k]
	if c == nil {
		c = new(Counts)
		t.rows[k] = c
	}
	return c
}

// opens notes a promise that is open after a decision.
func (t *tally) opens(at time.Time, rule, enquiry string, since time.Time) {
	key := rule + "/" + enquiry
	if t.open[key] != nil {
		return
	}
	t.open[key] = &opened{at: since}
	if t.span.has(at) {
		t.row(rule).Opened++
	}
}

// decided notes the messages and promises that a decision left.
func (t *tally) decided(at time.Time, c *notifier.Case) {
	t.team = c.Team
	for i := range c.Promises {
		p := &c.Promises[i]
		t.opens(at, p.Rule, p.Enquiry, p.Opened)
	}
	for i := range c.Messages {
		m := &c.Messages[i]
		if _, is := t.waiting[m.ID]; !is {
			t.waiting[m.ID] = note{m.ID, m.Kind, m.Promise, m.To, m.Staff, m.Role, m.Channel, m.Words}
		}
	}
}

// stood is decided for an entry of the ledger.
func (t *tally) stood(at time.Time, c *standing, n *names) {
	t.team = n.of(c.Team)
	for _, p := range c.Promises {
		t.opens(at, n.of(p.Rule), p.Enquiry, p.Opened)
	}
	for _, m := range c.Messages {
		if _, is := t.waiting[m.ID]; !is {
			m.Promise, m.To, m.Role, m.Channel, m.Words = n.of(m.Promise), n.of(m.To), n.of(m.Role), n.of(m.Channel), n.of(m.Words)
			t.waiting[m.ID] = m
		}
	}
}

// came counts what a decision ended and told.
func (t *tally) came(at time.Time, ended []notifier.Promise, settled []notifier.Settled, outcomes []notifier.Outcome) {
	for _, s := range settled {
		m, waited := t.waiting[s.Message]
		if !waited || s.Status == notifier.Withdrawn {
			continue // a receipt
		}
		delete(t.waiting, s.Message)
		if s.Status == notifier.Sent && t.span.has(at) {
			t.gone(at, m)
		}
	}
	for i := range ended {
		p := &ended[i]
		t.opens(at, p.Rule, p.Enquiry, p.Opened)
		delete(t.open, p.Key())
	}
	if !t.span.has(at) {
		return
	}
	for _, o := range outcomes {
		switch o.Type {
		case events.TypePromiseLate:
			t.row(o.Data.Promise).Late++
		case events.TypeTaskOpened:
			t.row(o.Data.Promise).Tasks++
		}
	}
}

// gone counts a message that was handed over.
func (t *tally) gone(at time.Time, m note) {
	rule, _, _ := strings.Cut(m.Promise, "/")
	row := t.row(rule)
	switch {
	case !m.Staff:
		row.Family++
		return
	case m.Kind != notifier.Chase:
		return
	}
	row.Chases++
	t.chases[m.To]++
	switch m.Role {
	case notifier.TeamLead:
		row.Leads++
	case notifier.Manager:
		row.Managers++
	case notifier.HeadOfService:
		row.Heads++
	}
	if p := t.open[m.Promise]; p != nil && !p.chased {
		p.chased = true
		row.Chased++
		row.Waited += int64(at.Sub(p.at) / time.Second)
	}
}

// all is the case's sum.
func (t *tally) all() (sum Counts) {
	for _, c := range t.rows {
		sum.add(*c)
	}
	return sum
}
