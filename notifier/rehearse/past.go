package rehearse

import (
	"fmt"
	"math/rand/v2"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
)

// State is an interesting state of a family in a Past.
type State string

// The states that every Past leaves at least one family in, where the book's
// promise to an enquiry can be late and due soon within half a year.
const (
	JustAcknowledged State = "just acknowledged"
	DueSoon          State = "due within two working days"
	Escalated        State = "late, and the manager and head of service chased"
	Unreachable      State = "nobody can reach them, so somebody must phone"
	Answered         State = "answered"
	AnsweredLate     State = "answered late"
	Postponed        State = "given a new date"
	Urgent           State = "urgent"
	TwoEnquiries     State = "waiting for two replies at once"
	DoNotContact     State = "one contact must not be contacted"
	Language         State = "reads another language"
)

// Past is what happened to a council up to an instant, for a demonstration.
type Past struct {
	// Stages are to be told one after the other: the events of one are about
	// what the stages before have told. Within one the order does not matter.
	Stages [][]events.Event
	// Shown names a family's case for each state.
	Shown map[State]string
}

// FirstAnswers is the stage whose events answer enquiries of the stage before.
// Whoever wants those families to have been acknowledged first, as in life,
// waits before it until what was decided has been handed over.
const FirstAnswers = waiting

// The stages of a Past.
const (
	openings  = iota
	answered  // enquiries whose acknowledgement should have gone before the next stage
	waiting   // the replies to those, and the enquiries that are open or late
	changes   // new dates and late replies
	lastWords // one enquiry, alone: once it is decided, everything is
	stages
)

// How a Past is made.
const (
	// openShare of families have an enquiry open, and answeredShare had one
	// answered lately; most have nothing going on.
	openShare     = 0.16
	answeredShare = 0.10
	// lateShare of open promises are late.
	lateShare = 0.25
	// escalatedAfter is how many working days late the head of service has been
	// chased in the example book.
	escalatedAfter = 8
	// lookBack bounds the search for a day on which an enquiry must have come
	// in to be due as wanted, in working days.
	lookBack = 130
)

// Past makes up what happened before now, so that the book's promises stand as
// they do in a council: most families have nothing going on, about one in six
// waits for a reply, a quarter of those too long. Every event lies before now.
func (c *Council) Past(book *notifier.Book, now time.Time) Past {
	p := &past{council: c, book: book, now: now, random: rand.New(rand.NewPCG(c.seed, 1<<63)), Past: Past{Stages: make([][]events.Event, stages), Shown: map[State]string{}}}
	p.Stages[openings] = c.Openings(now.AddDate(-1, 0, 0))
	if len(c.Families) == 0 {
		return p.Past
	}
	p.shuffle()
	p.measure()
	p.special()
	p.crowd()
	return p.Past
}

// past is a Past in the making.
type past struct {
	Past
	council *Council
	book    *notifier.Book
	now     time.Time
	random  *rand.Rand
	// order is in which families are used; used counts those that were.
	order []int
	used  int
	// fresh, soon and late are how many working days ago an enquiry came in
	// that is due later, within two working days, and before now. Late is
	// sorted, and lateBy says by how many working days each is.
	fresh, soon, late, lateBy []int
	open, openLate            int
	told                      int
}

// shuffle orders the families that can be reached, those without a kind of
// their own; all of them where that leaves none.
func (p *past) shuffle() {
	for i, f := range p.council.Families {
		if Kind(i) >= Ordinary && f.Reachable() {
			p.order = append(p.order, i)
		}
	}
	if len(p.order) == 0 {
		for i := range p.council.Families {
			p.order = append(p.order, i)
		}
	}
	p.random.Shuffle(len(p.order), func(i, j int) { p.order[i], p.order[j] = p.order[j], p.order[i] })
}

// next is a family that was not used yet; a small council is used again.
func (p *past) next() int {
	p.used++
	return p.order[(p.used-1)%len(p.order)]
}

// kind is the family of a kind, or any in a council that has none.
func (p *past) kind(k Kind) int {
	if int(k) < len(p.council.Families) {
		return int(k)
	}
	return p.next()
}

// measure sorts the days on which an ordinary enquiry may have come in by when
// it is due under the book.
func (p *past) measure() {
	cal := p.book.Calendar
	today := calendar.DateOf(p.now, cal.Location)
	for days := range lookBack {
		deadline, ok := p.deadline(p.council.Enquiry(0, "measure", p.ago(days, 12*60), events.Enquiry{}))
		if !ok {
			break
		}
		switch {
		case !deadline.At.After(p.now):
			p.late = append(p.late, days)
			p.lateBy = append(p.lateBy, cal.WorkingDaysBetween(deadline.Date, today))
		case cal.WorkingDaysBetween(today, deadline.Date) <= 2:
			p.soon = append(p.soon, days)
		default:
			p.fresh = append(p.fresh, days)
		}
	}
	for _, list := range []*[]int{&p.fresh, &p.soon, &p.late} {
		if len(*list) == 0 {
			*list = []int{0}
		}
	}
}

// deadline is when the book says an enquiry is to be answered. A condition that
// cannot be judged counts as met, as it does when promises are opened.
func (p *past) deadline(e events.Event) (calendar.Deadline, bool) {
	for _, rule := range p.book.Rules {
		location := p.book.Calendar.Location
		if !opens(rule, e) || !rule.AppliesOn(calendar.DateOf(e.Time, location)) {
			continue
		}
		deadline, err := p.book.Calendar.Count(calendar.From{At: e.Time, Dates: rule.DatesOf(e, location)}, rule.Limit())
		return deadline, err == nil
	}
	return calendar.Deadline{}, false
}

func opens(rule notifier.Rule, e events.Event) bool {
	for _, opener := range rule.OpenedBy {
		if opener != e.Type {
			continue
		}
		if rule.When == nil {
			return true
		}
		holds, err := rule.When.Holds(e, notifier.Case{})
		return holds || err != nil
	}
	return false
}

// ago is a time of day so many working days back; 0 is today, whatever day that
// is. A time that has not come yet becomes minutes ago.
func (p *past) ago(workingDays, minute int) time.Time {
	day := calendar.DateOf(p.now, p.book.Calendar.Location)
	for range workingDays {
		day = p.workingDayBefore(day)
	}
	at := day.At(minute/60, minute%60, p.book.Calendar.Location)
	if !at.Before(p.now) {
		at = p.now.Add(-time.Duration(2+minute%50) * time.Minute)
	}
	return at
}

// workingDayBefore gives up after a month: a calendar may have no working days.
func (p *past) workingDayBefore(day calendar.Date) calendar.Date {
	for range 31 {
		day = day.AddDays(-1)
		if works, _ := p.book.Calendar.IsWorkingDay(day); works {
			break
		}
	}
	return day
}

// during is a time in office hours so many working days back.
func (p *past) during(workingDays int) time.Time {
	return p.ago(workingDays, 9*60+p.random.IntN(7*60))
}

func (p *past) any(from []int) int { return from[p.random.IntN(len(from))] }

// enquire tells that a family got in touch, and returns the enquiry's id.
func (p *past) enquire(stage, family int, at time.Time, q events.Enquiry) string {
	p.told++
	q.Enquiry = fmt.Sprintf("enquiry-%03d", p.told)
	if q.Channel == "" {
		q.Channel = enquiryChannels[draw(p.random, enquiryShares)]
	}
	if q.About == "" {
		q.About = pick(p.random, abouts)
	}
	e := p.council.Enquiry(family, q.Enquiry, at, q)
	p.Stages[stage] = append(p.Stages[stage], e)
	return q.Enquiry
}

// reply tells that somebody answered an enquiry.
func (p *past) reply(stage, family int, enquiry string, at time.Time) {
	p.Stages[stage] = append(p.Stages[stage], p.council.Reply(family, "reply-to-"+enquiry, at,
		events.Reply{Enquiry: enquiry, By: p.council.Families[family].Officer, Channel: events.ChannelCall, Note: pick(p.random, replyNotes)}))
}

func (p *past) show(state State, family int) { p.Shown[state] = p.council.Families[family].Ref }
