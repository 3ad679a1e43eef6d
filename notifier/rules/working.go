package rules

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"hearback/notifier"
	"hearback/notifier/brand"
	"hearback/notifier/calendar"
)

var councilShape = shape{"the council", []field{
	{"name", "name: Hertfordshire County Council", true},
	{"short", "short: Herts SEND", true},
	{"phone", "phone: 01632 960123", true},
	{"timezone", "timezone: Europe/London", false},
	{"colour", `colour: "#12403f"`, false},
}}

var costsShape = shape{"the costs", []field{
	{"text", "text: 4p", false},
	{"letter", "letter: 95p", false},
}}

const defaultTimezone = "Europe/London"

// timezone is that of a book that names none.
func (d *document) timezone() *time.Location {
	location, err := time.LoadLocation(defaultTimezone)
	if err != nil {
		d.faultAt(1, 1, "the time zone "+defaultTimezone+" is not known on this machine", "install its time zone data")
		return time.UTC
	}
	return location
}

// council reads who signs the messages and whose clocks count.
func (d *document) council(n *yaml.Node) (notifier.Council, *time.Location) {
	location := d.timezone()
	o, ok := d.object(n, councilShape)
	if !ok {
		return notifier.Council{}, location
	}
	council := notifier.Council{Name: o.text("name").value, Short: o.text("short").value, Phone: o.text("phone").value}
	if zone := o.text("timezone"); zone.given() {
		named, err := time.LoadLocation(zone.value)
		if err != nil || zone.value == "Local" {
			d.fault(zone.node, "\""+clip(zone.value)+"\" is not a time zone", "write timezone: Europe/London")
		} else {
			location = named
		}
	}
	if colour := o.text("colour"); colour.given() {
		if err := brand.Check(colour.value); err != nil {
			cause, remedy, _ := strings.Cut(err.Error(), "; ")
			d.fault(colour.node, "\""+clip(colour.value)+"\" cannot be the colour of the pages: "+cause, remedy)
		}
		council.Colour = colour.value
	}
	return council, location
}

// costs reads what the council pays for messages.
func (d *document) costs(n *yaml.Node) (costs notifier.Costs) {
	o, ok := d.object(n, costsShape)
	if !ok {
		return costs
	}
	for name, cost := range map[string]*float64{"text": &costs.Text, "letter": &costs.Letter} {
		t := o.text(name)
		if !t.given() {
			continue
		}
		pence, err := strconv.ParseFloat(strings.TrimSuffix(t.value, "p"), 64)
		if err != nil || !strings.HasSuffix(t.value, "p") || !(pence > 0 && pence <= 1000) {
			d.fault(t.node, "\""+clip(t.value)+"\" is not what one costs", "write "+costsShape.example(name)+", in pence, at most 1000p")
			continue
		}
		*cost = pence
	}
	return costs
}

var workingShape = shape{"working_time", []field{
	{"bank_holidays", "bank_holidays: england-and-wales", true},
	{"hours", `hours: {mon-thu: ["09:00-17:00"], fri: ["09:00-16:30"]}`, true},
	{"closures", "closures: [{from: 2026-12-24, to: 2027-01-01, name: Christmas closure}]", false},
}}

// workingTime reads when the council works. The calendar is nil where it could
// not count.
func (d *document) workingTime(n *yaml.Node, location *time.Location, holidays *holidayTables) *calendar.Calendar {
	o, ok := d.object(n, workingShape)
	if !ok {
		return nil
	}
	c := &calendar.Calendar{Location: location}
	sound := true
	if division := o.text("bank_holidays"); division.given() {
		if table, ok := holidays.of(division.value); ok {
			c.Holidays = *table
		} else {
			d.fault(division.node, "\""+clip(division.value)+"\" is not a table of bank holidays", didYouMean(division.value, divisions()))
			sound = false
		}
	}
	hours := o.value("hours")
	if hours == nil {
		return nil
	}
	if c.Working, ok = d.hours(hours, "working_time.hours", false); !ok {
		return nil
	}
	if c.Working.Empty() {
		d.fault(hours, "there are no working hours, so nothing could ever fall due", "give at least one day a span, such as "+workingShape.example("hours"))
		return nil
	}
	c.Closures = o.closures()
	if !sound {
		return nil
	}
	return c
}

var closureShape = shape{"a closure", []field{
	{"from", "from: 2026-12-24", true},
	{"to", "to: 2027-01-01", true},
	{"name", "name: Christmas closure", true},
}}

// longestClosure in days. A slip in the year would stop every clock.
const longestClosure = 366

// mostClosures keeps counting quick: every day is held against every closure.
const mostClosures = 200

func (o object) closures() []calendar.Closure {
	var closures []calendar.Closure
	items := o.list("closures")
	if len(items) > mostClosures {
		o.doc.fault(items[mostClosures], "there are more than 200 closures", "take out those that are long past")
		items = items[:mostClosures]
	}
	for _, item := range items {
		c, ok := o.doc.object(item, closureShape)
		if !ok {
			continue
		}
		from, to, ok := c.span("the closure")
		closure := calendar.Closure{From: from, To: to, Name: c.text("name").value}
		switch {
		case !ok:
		case to.Compare(from.AddDays(longestClosure)) > 0:
			o.doc.fault(c.value("to"), "the closure is longer than a year", "look at the years of its two dates")
		default:
			closures = append(closures, closure)
		}
	}
	return closures
}

// span reads the dates from and to, both included.
func (o object) span(what string) (from, to calendar.Date, ok bool) {
	from, fromOK := o.date("from")
	to, toOK := o.date("to")
	if !fromOK || !toOK {
		return from, to, false
	}
	if to.Compare(from) < 0 {
		o.doc.fault(o.value("to"), what+" ends on "+to.String()+", before it begins on "+from.String(), "put the earlier date in \"from\"")
		return from, to, false
	}
	return from, to, true
}

func (o object) date(name string) (calendar.Date, bool) {
	t := o.text(name)
	if !t.given() {
		return calendar.Date{}, false
	}
	date, err := calendar.ParseDate(t.value)
	if err != nil {
		o.doc.fault(t.node, "\""+clip(t.value)+"\" is not a date", "write year-month-day and a day that exists, such as "+o.shape.example(name))
		return calendar.Date{}, false
	}
	return date, true
}

// defaultContactHours are those of a book that names none: families are not
// disturbed on Sundays or at night.
func defaultContactHours() calendar.Hours {
	var hours calendar.Hours
	for day := time.Monday; day <= time.Saturday; day++ {
		hours.Days[day] = []calendar.Span{{From: 8 * 60, To: 20 * 60}}
	}
	return hours
}

// bankHolidaysKey stands among the days of contact_hours.
const bankHolidaysKey = "bank_holidays"

const hoursExample = `{mon-sat: ["08:00-20:00"]}`

// hours reads spans by day. bankHolidays says whether they may close on bank
// holidays, as contact hours may; working hours always do.
func (d *document) hours(n *yaml.Node, what string, bankHolidays bool) (calendar.Hours, bool) {
	pairs, _, ok := d.pairs(n, what, hoursExample)
	if !ok {
		return calendar.Hours{}, false
	}
	week, sound, closed := make(map[string][]string, len(pairs)), true, false
	places := make(map[string]place, len(pairs))
	for _, p := range pairs {
		day := d.resolveQuietly(p.key).Value
		if day == bankHolidaysKey && bankHolidays {
			t := d.line(p.value, "\""+bankHolidaysKey+"\"", "write bank_holidays: closed")
			if t.given() && t.value != "closed" {
				d.fault(t.node, "\""+clip(t.value)+"\" says nothing about bank holidays", "write bank_holidays: closed, or take the key out: the day is then as its weekday is")
			}
			sound = sound && t.value == "closed"
			closed = true
			continue
		}
		if day == bankHolidaysKey {
			d.fault(p.key, "bank_holidays does not stand among the days of "+what, "put it beside hours, such as "+workingShape.example("bank_holidays"))
			sound = false
			continue
		}
		at := place{key: p.key}
		for _, item := range d.items(p.value, "the hours of \""+clip(day)+"\"", hoursExample) {
			if t := d.line(item, "a span of hours", `write it as "09:00-17:00", in quotes`); t.given() {
				at.spans = append(at.spans, t)
				week[day] = append(week[day], t.value)
			}
		}
		sound = sound && len(at.spans) == len(p.value.Content)
		if len(at.spans) == 0 {
			week[day] = nil
		}
		places[day] = at
	}
	hours, err := calendar.ParseHours(week)
	hours.ClosedOnBankHolidays = closed
	for _, fault := range hoursFaults(err) {
		at := places[fault.Key]
		problem := "\"" + clip(orElse(fault.Span, fault.Key)) + "\": " + fault.Problem
		d.fault(at.of(fault.Span), problem, fault.Remedy)
	}
	return hours, sound && err == nil
}

// place is where a day's hours stand.
type place struct {
	key   *yaml.Node
	spans []text
}

// of finds the node of a span. Of two that are written the same, the second is
// the one to mend.
func (p place) of(span string) *yaml.Node {
	plain := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	for _, t := range slices.Backward(p.spans) {
		if span != "" && plain(t.value) == plain(span) {
			return t.node
		}
	}
	return p.key
}

// hoursFaults takes the calendar's joined error apart.
func hoursFaults(err error) []*calendar.HoursFault {
	if err == nil {
		return nil
	}
	var faults []*calendar.HoursFault
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, inner := range joined.Unwrap() {
			faults = append(faults, hoursFaults(inner)...)
		}
		return faults
	}
	if fault, ok := errors.AsType[*calendar.HoursFault](err); ok {
		return append(faults, fault)
	}
	return append(faults, &calendar.HoursFault{Problem: "these hours cannot be read", Remedy: "write them as " + hoursExample})
}
