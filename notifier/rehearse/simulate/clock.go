package simulate

import (
	"math/rand/v2"
	"time"

	"hearback/notifier/calendar"
)

// margin is how many days before and after the plan are known to a diary: what is
// meant for later is never played.
const margin = 120

// diary knows the working days around a plan, so that nobody has to count them anew.
type diary struct {
	calendar *calendar.Calendar
	first    calendar.Date
	days     []calendar.Date
	// works says of each day whether the council works.
	works []bool
	// begin and end are the first and last minute of each day's working time.
	begin, end []int
}

func newDiary(c *calendar.Calendar, p Plan) *diary {
	d := &diary{calendar: c, first: p.From.AddDays(-margin)}
	for i := range p.Days + 2*margin {
		day := d.first.AddDays(i)
		works, _ := c.IsWorkingDay(day)
		begin, end := 9*60, 17*60
		if spans := c.Working.Days[day.Weekday()]; len(spans) > 0 {
			begin, end = spans[0].From, spans[len(spans)-1].To
		}
		d.days = append(d.days, day)
		d.works = append(d.works, works)
		d.begin, d.end = append(d.begin, begin), append(d.end, end)
	}
	return d
}

// index is the place of t's date among the days, kept within them.
func (d *diary) index(t time.Time) int {
	day := calendar.DateOf(t, d.calendar.Location)
	from := time.Date(d.first.Year, d.first.Month, d.first.Day, 0, 0, 0, 0, time.UTC)
	to := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
	return min(max(int(to.Sub(from).Hours()/24), 0), len(d.days)-1)
}

// later is an instant so many working days after t, in the working time of a day on
// which present says the person is there. A fraction of a day is time of that day. It
// is false where there is none in the diary.
func (d *diary) later(random *rand.Rand, t time.Time, days float64, present func(day int) bool) (time.Time, bool) {
	at := d.index(t)
	local := t.In(d.calendar.Location)
	clock := local.Hour()*60 + local.Minute()
	if d.works[at] && present(at) && clock < d.begin[at] {
		clock = d.begin[at]
	}
	whole := int(days)
	within := int((days - float64(whole)) * float64(d.end[at]-d.begin[at]))
	if whole == 0 && d.works[at] && present(at) && clock+within < d.end[at] {
		return d.days[at].At(0, clock+within, d.calendar.Location), true
	}
	for left := max(whole, 1); ; {
		if at++; at >= len(d.days) {
			return time.Time{}, false
		}
		if !d.works[at] || !present(at) {
			continue
		}
		if left--; left == 0 {
			break
		}
	}
	minute := d.begin[at] + random.IntN(max(d.end[at]-d.begin[at], 1))
	return d.days[at].At(0, minute, d.calendar.Location), true
}
