package simulate

import (
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rehearse"
	"hearback/templates"
)

// atOnce is how soon an acknowledgement must be handed over to count as at once.
const atOnce = time.Minute

// tally is what happened around one case.
type tally struct {
	diary *diary
	book  *notifier.Book
	ref   string
	// promises are in the order in which they were opened; open finds those that still
	// are by their keys.
	promises []promised
	open     map[string]int
	chases   []chase
	told     [kinds]int
	// enquiries, again: how often the family got in touch, and how often while it waited.
	enquiries, again                  int
	texts, segments, emails, letters  int
	failed, outOfHours                int
	tasksOpened, tasksDone, tasksLeft int
	postponements                     int
}

// promised is one promise and what became of it.
type promised struct {
	rule, enquiry, team, officer string
	opened, due, heard, ended    time.Time
	// acknowledges: the rule tells the family at once. unreached: at some time no
	// message could reach somebody whom it concerns.
	// asked: a family got in touch, and no event of the law opened it.
	// theirs: the time is the family's own.
	acknowledges, asked, theirs, unreached, late, kept, postponed bool
	chases                                                        int
	highest                                                       rung
}

// chase is one message to a member of staff.
type chase struct {
	to   string
	at   time.Time
	rung rung
	text bool
}

// rung is who was chased, lowest first.
type rung int

const (
	toOfficer rung = iota
	toLead
	toManager
	toHead
	toOthers
	rungs
)

// rungOf reads the role of a chase.
func rungOf(role string) rung {
	if i := slices.Index([]string{notifier.Officer, notifier.TeamLead, notifier.Manager, notifier.HeadOfService}, role); i >= 0 {
		return rung(i)
	}
	return toOthers
}

// kind is what a family hears.
type kind int

const (
	acknowledged kind = iota
	toldLate
	toldPostponed
	askedThemselves
	otherwise
	kinds
)

func kindOf(k notifier.Kind) kind {
	switch k {
	case notifier.Acknowledgement:
		return acknowledged
	case notifier.Lateness:
		return toldLate
	case notifier.Postponement:
		return toldPostponed
	case notifier.FamilyChase:
		return askedThemselves
	default:
		return otherwise
	}
}

func newTally(o *office, ref string) *tally {
	return &tally{diary: o.diary, book: o.book, ref: ref, open: map[string]int{}}
}

// handed counts a message that was handed over.
func (t *tally) handed(c *notifier.Case, m notifier.Message, now time.Time) {
	keys := append([]string{m.Promise}, m.Also...)
	if m.Staff {
		r := rungOf(m.Role)
		t.chases = append(t.chases, chase{to: m.To, at: now, rung: r, text: m.Channel == notifier.SMS})
		for _, key := range keys {
			if i, ok := t.open[key]; ok {
				t.promises[i].chases++
				t.promises[i].highest = max(t.promises[i].highest, r)
			}
		}
		return
	}
	switch m.Channel {
	case notifier.SMS:
		t.texts++
		t.segments += templates.Measure(notifier.WithoutLinks(m.Body)).Parts
	case notifier.Letter:
		t.letters++
	default:
		t.emails++
	}
	t.told[kindOf(m.Kind)]++
	if m.Kind != notifier.Acknowledgement && m.Kind != notifier.Confirmation && m.Channel != notifier.Letter && !t.diary.calendar.Open(t.book.ContactHours, now) {
		t.outOfHours++
	}
	for _, key := range keys {
		if i, ok := t.open[key]; ok && t.promises[i].heard.IsZero() {
			t.promises[i].heard = now
		}
	}
}

// saw counts what was decided.
func (t *tally) saw(m rehearse.Move) {
	c := &m.Decision.Case
	if e := m.Input.Event; e != nil {
		switch e.Type {
		case events.TypeEnquiryReceived:
			t.enquiries++
		case events.TypeMessageReceived:
			t.again++
		case events.TypeReplyPostponed:
			t.postponements++
		case events.TypeTaskDone:
			t.tasksDone++
		}
	}
	for _, o := range m.Decision.Outcomes {
		if o.Type == events.TypeTaskOpened {
			t.tasksOpened++
		}
	}
	t.tasksLeft = len(c.Tasks)
	for i := range c.Promises {
		p := &c.Promises[i]
		at, known := t.open[p.Key()]
		if !known {
			at = t.opened(c, p)
		}
		r := &t.promises[at]
		r.due, r.late = p.Due, r.late || p.Late
		r.postponed = r.postponed || p.Postponed != nil
		r.unreached = r.unreached || len(p.Unheard) > 0
	}
	for i := range m.Decision.Ended {
		p := &m.Decision.Ended[i]
		at, known := t.open[p.Key()]
		if !known {
			at = t.opened(c, p)
		}
		r := &t.promises[at]
		r.late, r.ended, r.kept = r.late || p.Late, p.Ended.At, p.Ended.Kept
		delete(t.open, p.Key())
	}
}

func (t *tally) opened(c *notifier.Case, p *notifier.Promise) int {
	rule, _ := t.book.Rule(p.Rule)
	t.promises = append(t.promises, promised{rule: rule.Name, enquiry: p.Enquiry, team: c.Team, officer: c.Officer,
		opened: p.Opened, due: p.Due, acknowledges: rule.Acknowledge != nil, theirs: rule.FamilyTime,
		asked: rule.Asked()})
	t.open[strings.Clone(p.Key())] = len(t.promises) - 1
	return len(t.promises) - 1
}
