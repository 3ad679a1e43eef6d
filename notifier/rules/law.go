package rules

import (
	"slices"
	"strings"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
)

// The calendars of a statutory promise, beside the divisions of bank holidays.
const (
	tribunalActs   = "tribunal"
	tribunalAppeal = "tribunal-appeal"
	rollsOn        = "next working day"
)

var appliesShape = shape{"the dates of effect", []field{
	{"from", "from: 2026-09-01", false},
	{"until", "until: 2029-08-31", false},
}}

// readCountsFrom reads the date that a promise counts from, once its due is known.
func (p *promise) readCountsFrom() {
	d, due := p.object.doc, p.rule.Due
	from := p.object.text("counts_from")
	if !from.given() {
		if p.sound && due.Way == calendar.Ahead && p.object.value("counts_from") == nil {
			d.fault(p.due.node, "\""+clip(p.due.value)+"\" says before, and not before which date", "add the date in the event's data, such as counts_from: meeting_on")
			p.sound = false
		}
	} else {
		p.rule.CountsFrom = from.value
		p.checkDate(from, from.value)
		if unit := due.Amount.Unit; p.sound && due.Before == nil && !countsDays(unit) {
			d.fault(from.node, "a date has no time of day from which "+unit.String()+" could be counted", "let due count days, weeks, months or working days, or take counts_from out")
			p.sound = false
		}
	}
	if due.Or != nil && due.Or.From != "" {
		p.checkDate(p.due, due.Or.From)
	}
}

func countsDays(unit calendar.Unit) bool {
	return unit == calendar.Days || unit == calendar.Weeks || unit == calendar.Months || unit == calendar.WorkingDays
}

// checkDate looks at the name of a date in the events that open the promise.
func (p *promise) checkDate(at text, name string) {
	if !isName(name) || strings.ContainsAny(name, ".-") {
		p.object.doc.fault(at.node, "\""+clip(name)+"\" cannot be the name of a date in an event's data", "write its name as it stands there, such as "+promiseShape.example("counts_from"))
		p.sound = false
		return
	}
	for _, kind := range p.rule.OpenedBy {
		known := members(kind)
		if !fromCatalogue(kind) && !slices.Contains(known, name) {
			p.object.doc.warn(at.node, kind+" is not known to have \""+clip(name)+"\", so the promise would count from when it happened, and a task would ask for the date", didYouMean(name, known))
		}
	}
}

// fromCatalogue reports an event of the SEND catalogue, whose data may hold
// whatever dates the council's systems know.
func fromCatalogue(eventType string) bool {
	return slices.ContainsFunc(events.Catalogue(), func(k events.Kind) bool { return k.Type == eventType && k.Origin == events.FromSENDSystem })
}

// readLaw reads how a statutory date is counted.
func (p *promise) readLaw(holidays *holidayTables) {
	d := p.object.doc
	for _, name := range []string{"calendar", "rolls"} {
		if t := p.object.text(name); t.given() && !p.rule.Statutory {
			d.fault(p.object.key(name), "only a statutory promise has \""+name+"\": what the council promises follows its own working time", "add statutory: true and cites, or take the key out")
			return
		}
	}
	if t := p.object.text("calendar"); t.given() {
		p.readCalendar(t, holidays)
	}
	rolls := p.object.text("rolls")
	if !rolls.given() {
		return
	}
	switch due := p.rule.Due; {
	case rolls.value != rollsOn:
		d.fault(rolls.node, "\""+clip(rolls.value)+"\" is no way in which a date rolls", "write "+promiseShape.example("rolls")+", or take the key out: the lawful date then stays")
	case p.sound && (due.Before != nil || due.Way == calendar.Ahead || !countsDays(due.Amount.Unit)):
		d.fault(p.object.key("rolls"), "\""+clip(p.due.value)+"\" cannot roll on: what must be done before something is late after it", "take rolls out")
	default:
		p.rule.Law.RollsOn = true
	}
}

func (p *promise) readCalendar(t text, holidays *holidayTables) {
	d, division := p.object.doc, t.value
	law := &p.rule.Law
	switch t.value {
	case tribunalActs:
		division, law.Tribunal = "england-and-wales", calendar.OtherActs
	case tribunalAppeal:
		division, law.Tribunal = "england-and-wales", calendar.StartingAppeal
	}
	table, ok := holidays.of(division)
	if !ok {
		d.fault(t.node, "\""+clip(t.value)+"\" is not a calendar", didYouMean(t.value, append(divisions(), tribunalActs, tribunalAppeal)))
		return
	}
	law.Holidays = table
	if due := p.rule.Due; law.Tribunal != calendar.NoTribunal && p.sound && (due.Before != nil || due.Way == calendar.Ahead || !countsDays(due.Amount.Unit)) {
		d.fault(t.node, "the Tribunal's rules do not count \""+clip(p.due.value)+"\"", "let due count days, weeks, months or working days forward, or name another calendar")
	}
}

// applies reads the dates of effect.
func (o object) applies() notifier.Span {
	n := o.value("applies")
	if n == nil {
		return notifier.Span{}
	}
	a, ok := o.doc.object(n, appliesShape)
	if !ok {
		return notifier.Span{}
	}
	if a.values["from"].key == nil && a.values["until"].key == nil {
		o.doc.fault(n, "the dates of effect name no date", "write "+promiseShape.example("applies")+", or one of the two")
		return notifier.Span{}
	}
	var span notifier.Span
	if a.value("from") != nil {
		span.From, _ = a.date("from")
	}
	if a.value("until") != nil {
		span.Until, _ = a.date("until")
	}
	if !span.From.IsZero() && !span.Until.IsZero() && span.Until.Compare(span.From) < 0 {
		o.doc.fault(a.value("until"), "the dates of effect end on "+span.Until.String()+", before they begin on "+span.From.String(), "put the earlier date in \"from\"")
		return notifier.Span{}
	}
	return span
}

// namesDate reports a promise that counts from a date which the event names.
func namesDate(rule notifier.Rule) bool {
	return rule.CountsFrom != "" || rule.Due.Or != nil && rule.Due.Or.From != ""
}
