package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse"
)

// How families get in touch, in planning figures: 500 to 1,000 of 15,000 a working
// day, more on Mondays, when a term begins and before the dates of the law.
const (
	// perDay is how often a family gets in touch on an ordinary working day.
	perDay = 0.045
	// weekends is that of a Saturday, a Sunday or a bank holiday, as a share of it.
	weekends = 0.04
	// urgent is the share of enquiries that cannot wait.
	urgent = 0.04
	// outOfHours is the share that comes before eight or after six.
	outOfHours = 0.08
	// named is the share of which one contact of the case is known to have asked.
	named = 0.67
	// asksAgain is how often a family that still waits writes again.
	asksAgain = 0.25
)

// byWeekday is how much of a working day's usual number comes in.
var byWeekday = [7]float64{time.Monday: 1.40, time.Tuesday: 1.05, time.Wednesday: 0.95, time.Thursday: 0.90, time.Friday: 0.70}

// terms are the times of the year when more or fewer families get in touch.
var terms = []season{
	{time.January, 4, time.January, 12, 1.8},
	{time.January, 25, time.February, 15, 1.6},
	{time.March, 20, time.March, 31, 1.4},
	{time.April, 1, time.April, 12, 0.7},
	{time.July, 1, time.July, 20, 1.4},
	{time.July, 21, time.August, 28, 0.5},
	{time.September, 1, time.September, 12, 2.0},
	{time.October, 24, time.November, 1, 0.7},
	{time.December, 20, time.December, 31, 0.4},
}

// keenness is how much more or less than the average families get in touch: most
// rarely, a few all the time.
var keenness = []struct{ share, factor float64 }{{0.60, 0.45}, {0.30, 1.30}, {0.10, 3.40}}

var (
	channels      = []string{"phone", "email", "web", "voicemail", "text", "letter", "in-person"}
	channelShares = []float64{0.44, 0.34, 0.08, 0.08, 0.03, 0.02, 0.01}
)

// busyness is how likely the average family is to get in touch on each day of the plan.
func busyness(d *diary, p Plan) []float64 {
	days := make([]float64, p.Days)
	for i := range days {
		at := margin + i
		day := d.days[at]
		days[i] = perDay * in(terms, day, 1)
		if weekday := byWeekday[day.Weekday()]; d.works[at] && weekday > 0 {
			days[i] *= weekday
		} else {
			days[i] *= weekends
		}
	}
	return days
}

// tape makes up when one family gets in touch, and what the case system says.
func (w *world) tape(days []float64, from calendar.Date) []rehearse.Happening {
	location := w.office.diary.calendar.Location
	family := w.council.Families[w.family]
	opened := w.event(events.TypeCaseOpened, from.AddDays(-1).At(6, 0, location), events.CaseData{Team: &family.Team, Officer: &family.Officer, Contacts: family.Contacts})
	tape := []rehearse.Happening{opened}
	for _, a := range w.office.illness[family.Officer] {
		at := a.From.At(8, 30, location)
		tape = append(tape, w.event(events.TypeOfficerAway, at, events.OfficerAway{Officer: a.Officer, From: a.From.String(), To: a.To.String(), Cover: a.Cover}))
	}
	keen := keenness[len(keenness)-1].factor
	for at, i := w.random.Float64(), 0; i < len(keenness); i++ {
		if at -= keenness[i].share; at < 0 {
			keen = keenness[i].factor
			break
		}
	}
	for i, busy := range days {
		// Two a day are the most that anybody sends.
		for likely := busy * keen; w.random.Float64() < likely; likely *= 0.2 {
			day := from.AddDays(i)
			w.enquiries++
			id := fmt.Sprintf("%s-q%d", family.Ref, w.enquiries)
			at := w.time(day)
			q := events.Enquiry{Enquiry: id, Channel: channels[pick(w.random, channelShares)], Urgent: w.random.Float64() < urgent}
			if k := family.Contacts[w.random.IntN(len(family.Contacts))]; w.random.Float64() < named && len(k.DoNot) == 0 {
				q.From = k.ID
			}
			tape = append(tape, w.event(events.TypeEnquiryReceived, at, q))
			tape = append(tape, w.meansTo(q, at)...)
		}
	}
	return tape
}

// time is when on a day somebody gets in touch: mostly in the late morning.
func (w *world) time(day calendar.Date) time.Time {
	var minute int
	switch {
	case w.random.Float64() >= outOfHours:
		minute = 8*60 + int((w.random.Float64()+w.random.Float64())/2*10*60)
	case w.random.IntN(4) == 0:
		minute = 6*60 + w.random.IntN(2*60)
	default:
		minute = 18*60 + w.random.IntN(5*60)
	}
	return day.At(0, minute, w.office.diary.calendar.Location).Add(time.Duration(w.random.IntN(60)) * time.Second)
}

// meansTo is what follows from an enquiry if nothing else happens: the officer's
// answer, and the family's second message if it is long in coming.
func (w *world) meansTo(q events.Enquiry, at time.Time) (then []rehearse.Happening) {
	a := &asked{at: at, forgotten: w.random.Float64() < w.style.forgets}
	w.asked[q.Enquiry] = a
	if !a.forgotten {
		days := w.style.answersIn(w.random)
		if q.Urgent {
			days /= 4
		}
		then = append(then, w.answers(q.Enquiry, at, days, w.officer)...)
	}
	if w.random.Float64() < asksAgain {
		after := at.Add(time.Duration((4 + 8*w.random.Float64()) * 24 * float64(time.Hour)))
		contact := q.From
		if contact == "" {
			contact = w.council.Families[w.family].Contacts[0].ID
		}
		h := w.event(events.TypeMessageReceived, after, events.MessageReceived{Channel: events.ChannelSMS, Contact: contact, Text: "When will you call?"})
		w.about[h.ID] = q.Enquiry
		then = append(then, h)
	}
	return then
}

// pick draws one of several shares.
func pick(random *rand.Rand, shares []float64) int {
	at := random.Float64()
	for i, share := range shares {
		if at -= share; at < 0 {
			return i
		}
	}
	return len(shares) - 1
}
