package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse"
)

// style is how somebody answers families. The figures are planning figures: nobody
// publishes how long officers take.
type style struct {
	// share of the officers.
	share float64
	// days is the median of the working days until they answer unasked, and spread
	// the logarithm's deviation.
	days, spread float64
	// forgets is the share of enquiries that they answer only once somebody above the
	// team lead asks.
	forgets float64
	// heeds is how often a chase makes them answer within a day, and postpones how
	// often they give a new date instead.
	heeds, postpones float64
}

var styles = []style{
	prompt:     {share: 0.30, days: 1.2, spread: 0.7, forgets: 0.01, heeds: 0.70, postpones: 0.03},
	steady:     {share: 0.50, days: 2.6, spread: 0.7, forgets: 0.03, heeds: 0.55, postpones: 0.06},
	overloaded: {share: 0.20, days: 6.0, spread: 0.8, forgets: 0.08, heeds: 0.35, postpones: 0.12},
}

// The styles.
const (
	prompt = iota
	steady
	overloaded
)

// How often staff are away, in planning figures.
const (
	// covered is the share of leave for which somebody stands in, and coveredSick
	// that of illness.
	covered, coveredSick = 0.70, 0.50
	// fallsIll is how likely an officer is to fall ill on a working day, and
	// illAnother that the illness lasts another day.
	fallsIll, illAnother = 0.008, 0.75
	// leaveOf is the share of ordinary weeks that somebody takes off.
	leaveOf = 0.05
)

// season is a part of the year, from one month and day to another of the same year.
type season struct {
	fromMonth time.Month
	fromDay   int
	toMonth   time.Month
	toDay     int
	of        float64
}

// holidays are when more people are away than usual: the share of them in a week.
var holidays = []season{
	{time.January, 1, time.January, 3, 0.50},
	{time.February, 13, time.February, 21, 0.15},
	{time.March, 29, time.April, 12, 0.20},
	{time.May, 24, time.June, 1, 0.15},
	{time.July, 20, time.August, 31, 0.25},
	{time.October, 24, time.November, 1, 0.15},
	{time.December, 20, time.December, 31, 0.50},
}

// in is the value of the season that a date lies in, or what is usual.
func in(seasons []season, d calendar.Date, usual float64) float64 {
	at := int(d.Month)*100 + d.Day
	for _, s := range seasons {
		if at >= int(s.fromMonth)*100+s.fromDay && at <= int(s.toMonth)*100+s.toDay {
			return s.of
		}
	}
	return usual
}

// office is everybody who works for the council, for as long as it is played.
type office struct {
	diary   *diary
	book    *notifier.Book
	styles  map[string]*style
	absent  map[string][]bool
	illness map[string][]notifier.Absence
	madeUp  int
}

// newOffice gives the book the officers that the plan wants, and everybody their
// leave, and draws how they answer. The book that was passed in is left as it is.
func newOffice(book *notifier.Book, p Plan) *office {
	o := &office{diary: newDiary(book.Calendar, p), styles: map[string]*style{}, absent: map[string][]bool{}, illness: map[string][]notifier.Absence{}}
	directory := book.Directory
	if p.Caseload > 0 {
		directory, o.madeUp = rehearse.Staffed(directory, (p.Cases+p.Caseload-1)/p.Caseload, p.Seed)
	}
	directory.People = slices.Clone(directory.People)
	for i := range directory.People {
		person := &directory.People[i]
		random := rand.New(rand.NewPCG(p.Seed, 1<<60+uint64(i)))
		person.Away = slices.Clone(person.Away)
		absent := make([]bool, len(o.diary.days))
		for _, a := range person.Away {
			o.note(absent, a)
		}
		colleague := func(share float64) string {
			if random.Float64() >= share {
				return ""
			}
			return colleagueOf(random, directory.People, i)
		}
		for _, a := range o.leave(random) {
			if a.Cover = colleague(covered); a.From.Compare(p.To()) <= 0 {
				person.Away = append(person.Away, a)
			}
			o.note(absent, a)
		}
		if person.Role == notifier.Officer {
			o.styles[person.ID] = drawStyle(random)
			for _, a := range o.ill(random, absent, p) {
				a.Officer, a.Cover = person.ID, colleague(coveredSick)
				o.illness[person.ID] = append(o.illness[person.ID], a)
				o.note(absent, a)
			}
		}
		o.absent[person.ID] = absent
	}
	staffed := *book
	staffed.Directory = directory
	o.book = &staffed
	return o
}

// books are the one version that is played.
func (o *office) books() notifier.Books {
	return notifier.Books{Current: o.book, Versions: map[string]*notifier.Book{o.book.Version: o.book}}
}

// present says whether a person is at work on a day of the diary.
func (o *office) present(id string) func(day int) bool {
	absent := o.absent[id]
	return func(day int) bool { return day >= len(absent) || !absent[day] }
}

// leave draws the weeks that somebody has off, from Monday to Friday.
func (o *office) leave(random *rand.Rand) (weeks []notifier.Absence) {
	for _, day := range o.diary.days {
		if day.Weekday() != time.Monday {
			continue
		}
		if random.Float64() < in(holidays, day, leaveOf) {
			weeks = append(weeks, notifier.Absence{From: day, To: day.AddDays(4)})
		}
	}
	return weeks
}

// ill draws the days on which an officer who is not on leave falls ill.
func (o *office) ill(random *rand.Rand, absent []bool, p Plan) (times []notifier.Absence) {
	for i := 0; i < len(o.diary.days); i++ {
		day := o.diary.days[i]
		if !o.diary.works[i] || absent[i] || day.Compare(p.From) < 0 || day.Compare(p.To()) > 0 || random.Float64() >= fallsIll {
			continue
		}
		length := 1
		for random.Float64() < illAnother && length < 20 {
			length++
		}
		times = append(times, notifier.Absence{From: day, To: day.AddDays(length - 1)})
		i += length
	}
	return times
}

// note marks the days of an absence.
func (o *office) note(absent []bool, a notifier.Absence) {
	for i, day := range o.diary.days {
		if day.Compare(a.From) >= 0 && (a.To.IsZero() || day.Compare(a.To) <= 0) {
			absent[i] = true
		}
	}
}

// colleagueOf is another of the same team and role; empty where there is none.
func colleagueOf(random *rand.Rand, people []notifier.Person, of int) string {
	var others []string
	for i, p := range people {
		if i != of && p.Role == people[of].Role && p.Team == people[of].Team {
			others = append(others, p.ID)
		}
	}
	if len(others) == 0 {
		return ""
	}
	return others[random.IntN(len(others))]
}

func drawStyle(random *rand.Rand) *style {
	at := random.Float64()
	for i := range styles {
		if at -= styles[i].share; at < 0 {
			return &styles[i]
		}
	}
	return &styles[len(styles)-1]
}

// answersIn draws the working days until an enquiry is answered unasked.
func (s *style) answersIn(random *rand.Rand) float64 {
	return s.days * math.Exp(s.spread*random.NormFloat64())
}
