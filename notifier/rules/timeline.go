package rules

import (
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// Timeline is what one promise of a book means for an event on one day, if nobody
// ever replies. It holds what a Gantt chart of it needs.
type Timeline struct {
	Promise  string        `json:"promise"`
	OpenedBy string        `json:"opened_by,omitempty"` // empty for tasks
	Opened   time.Time     `json:"opened"`
	Due      time.Time     `json:"due"`
	DueDate  calendar.Date `json:"due_date"`
	// Working are the steps by which the due date was reached.
	Working []string `json:"working"`
	Moments []Moment `json:"moments"`
}

// What a moment of a timeline is.
const (
	MomentOpened = "opened"
	MomentTold   = "told"   // the family hears
	MomentChased = "chased" // staff are chased
	MomentDue    = "due"
	MomentClosed = "closed" // the office is closed, up to and including Until
)

// Moment is one point of a timeline, in the order in which they come.
type Moment struct {
	At    time.Time     `json:"at"`
	Kind  string        `json:"kind"`
	Until calendar.Date `json:"until,omitzero"`
	Whom  []string      `json:"whom,omitempty"`  // as the book names them
	Words string        `json:"words,omitempty"` // the name of the words
	Every string        `json:"every,omitempty"` // it repeats so often from then on
	Said  string        `json:"said"`            // the moment as a sentence
	// Message is the text that the family reads, with a made-up name and reference.
	Message string `json:"message,omitempty"`
}

// Timelines gives the timeline of every promise of a book, each opened at one
// instant. The steps are placed by the ladder that really fires them.
func Timelines(b *notifier.Book, at time.Time) []Timeline {
	var list []Timeline
	for _, rule := range b.Rules {
		if t, ok := timelineOf(b, rule, at); ok {
			list = append(list, t)
		}
	}
	return list
}

// timelineOf is false where the promise cannot open then, such as under a law that
// is no longer in force.
func timelineOf(b *notifier.Book, rule notifier.Rule, at time.Time) (Timeline, bool) {
	cal := b.Calendar
	due, err := deadline(b, rule, at)
	if err != nil || !rule.AppliesOn(calendar.DateOf(at, cal.Location)) {
		return Timeline{}, false
	}
	t := Timeline{Promise: rule.Name, Opened: at, Due: due.At, DueDate: due.Date, Working: due.Working}
	if len(rule.OpenedBy) > 0 {
		t.OpenedBy = rule.OpenedBy[0]
	}
	m := moments{book: b, rule: rule, timeline: &t}
	m.add(Moment{At: at, Kind: MomentOpened, Said: m.opening()})
	if a := rule.Acknowledge; a != nil {
		heard := at
		if !a.AnyHour {
			heard = cal.NextOpening(b.ContactHours, at)
		}
		m.tell(heard, a.Words, a.Via, "The family hears that it was heard")
	}
	m.add(Moment{At: due.At, Kind: MomentDue, Said: m.dueSaid()})
	p := notifier.Promise{Rule: rule.Name, Opened: at, Due: due.At, DueDate: due.Date}
	for _, r := range notifier.Ladder(rule, p, cal) {
		if !rule.FamilyTime || r.First.Before(due.At) {
			m.rung(r)
		}
	}
	m.closed()
	slices.SortStableFunc(t.Moments, func(a, b Moment) int { return a.At.Compare(b.At) })
	return t, true
}

// moments collects the moments of one timeline.
type moments struct {
	book     *notifier.Book
	rule     notifier.Rule
	timeline *Timeline
	told     string // the highest role that was chased when the family was told
}

func (m *moments) add(moment Moment) {
	m.timeline.Moments = append(m.timeline.Moments, moment)
}

func (m *moments) opening() string {
	switch {
	case m.rule.Name == notifier.TaskRule:
		return "Something comes up that only a person can do: a task opens."
	case m.timeline.OpenedBy == events.TypeEnquiryReceived, m.timeline.OpenedBy == events.TypeMessageReceived:
		return "A family gets in touch."
	}
	return "The service records " + m.timeline.OpenedBy + "."
}

func (m *moments) dueSaid() string {
	switch {
	case m.rule.FamilyTime:
		return "The family's own time is over, and this ends."
	case m.rule.Statutory:
		return "The last day that the law allows."
	}
	return "The promise is due."
}

// unless says under what condition a rung fires.
func (m *moments) unless() string {
	if slices.Equal(m.rule.KeptBy, []string{events.TypeReplySent}) {
		return "If nobody has replied, "
	}
	if m.rule.Name == notifier.TaskRule {
		return "If it has not been done, "
	}
	return "If nobody has recorded " + listWords(m.rule.KeptBy, "or") + ", "
}

// rung adds what a rung of the ladder does, and when it first does so again.
func (m *moments) rung(r notifier.Rung) {
	m.fire(r, r.First, "")
	if r.Every != nil {
		again := r.FiresAfter(r.First, m.book.Calendar)
		m.fire(r, again, r.Every.String())
	}
}

func (m *moments) fire(r notifier.Rung, at time.Time, every string) {
	var staff, targets []string
	for _, target := range r.Step.Chase {
		if target != notifier.Family {
			targets, staff = append(targets, target), append(staff, targetWords(target))
		}
	}
	again := ""
	if every != "" {
		again = "again, and so every " + strings.TrimPrefix(every, "1 ") + " from then on"
	}
	if len(staff) > 0 {
		verb := " is"
		if len(staff) > 1 {
			verb = " are"
		}
		said := m.unless() + listWords(staff, "and") + verb + " chased " + byChannels(r.Step.Via) + spaced(again) + "."
		m.add(Moment{At: at, Kind: MomentChased, Whom: targets, Words: r.Step.Words, Every: every, Said: said})
	}
	words := r.Step.TellFamily
	if slices.Contains(r.Step.Chase, notifier.Family) {
		words = orElse(words, r.Step.Words)
	}
	if words == "" {
		return
	}
	m.told = highest(m.told, r.Step.Chase)
	m.tell(m.book.Calendar.NextOpening(m.book.ContactHours, at), words, notifier.Via{}, m.unless()+"the family is told"+spaced(again))
	told := &m.timeline.Moments[len(m.timeline.Moments)-1]
	if told.Every = every; every != "" {
		told.Message = "" // it stands above
	}
}

// highest is the highest role that a family can be told of: that of a step, or the
// one before where it chases no role above.
func highest(before string, chase []string) string {
	for _, target := range chase {
		if slices.Index(roles(), target) > slices.Index(roles(), before) {
			before = target
		}
	}
	return before
}

// tell adds what a family hears, with the text that it reads where one can be made.
func (m *moments) tell(at time.Time, words string, via notifier.Via, said string) {
	m.add(Moment{At: at, Kind: MomentTold, Whom: []string{notifier.Family}, Words: words,
		Said: said + ", " + viaWords(via) + ".", Message: m.text(words)})
}

// text is the text message, with made-up names where it has some.
func (m *moments) text(words string) string {
	if m.book.Words == nil {
		return ""
	}
	values := make(templates.Values)
	for _, p := range templates.FamilyPlaceholders() {
		values[p.Name] = p.Example
	}
	loc := m.book.Calendar.Location
	values["council"], values["phone"] = m.book.Council.Name, m.book.Council.Phone
	values["due date"], values["due day"], values["due time"] = m.timeline.DueDate.Words(), m.timeline.DueDate.Short(), calendar.Clock(m.timeline.Due, loc)
	if delete(values, "told"); slices.Index(roles(), m.told) > 0 {
		values["told"] = targetWords(m.told)
	}
	rendered, err := m.book.Words.Render(words, templates.SMS, templates.DefaultLanguage, values)
	if err != nil {
		return ""
	}
	return rendered.Body
}

// closed adds the bank holidays and closures that the timeline crosses.
func (m *moments) closed() {
	cal := m.book.Calendar
	last := m.timeline.Due
	for _, moment := range m.timeline.Moments {
		if moment.At.After(last) {
			last = moment.At
		}
	}
	end := calendar.DateOf(last, cal.Location)
	for day := calendar.DateOf(m.timeline.Opened, cal.Location); day.Compare(end) <= 0; day = day.AddDays(1) {
		name := dayOff(cal, day)
		if name == "" {
			continue
		}
		names, until := []string{name}, day
		for next := day.AddDays(1); ; next = next.AddDays(1) { // weekends between belong to it
			works, _ := cal.IsWorkingDay(next)
			if works {
				break
			}
			if name := dayOff(cal, next); name != "" {
				until = next
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		said := "The office is closed"
		if until != day {
			said += " until " + until.Words()
		}
		m.add(Moment{At: day.At(0, 0, cal.Location), Kind: MomentClosed, Until: until, Said: said + ": " + listWords(names, "and") + "."})
		day = until
	}
}

// dayOff names the bank holiday or closure of a day on which the council would work.
func dayOff(cal *calendar.Calendar, day calendar.Date) string {
	works, why := cal.IsWorkingDay(day)
	if works || why == day.Weekday().String() {
		return ""
	}
	return why
}

func byChannels(via notifier.Via) string {
	var names []string
	for _, channel := range staffChannels(via) {
		name := "email"
		if channel == templates.SMS {
			name = "text"
		}
		names = append(names, name)
	}
	joint := "or"
	if via.All {
		joint = "and"
	}
	return "by " + listWords(names, joint)
}

// spaced puts a space before what is there.
func spaced(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}
