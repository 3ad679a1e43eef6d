package rehearse

import (
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
)

// How families get in touch, and in what shares.
var (
	enquiryChannels = []string{"phone", "voicemail", "email", "web", "text", "letter", "in-person"}
	enquiryShares   = []float64{0.28, 0.17, 0.32, 0.14, 0.05, 0.02, 0.02}
)

// special puts one family into each state.
func (p *past) special() {
	family := p.next()
	p.waits(family, p.soon[len(p.soon)-1], events.Enquiry{Channel: "phone"})
	p.show(DueSoon, family)

	family = p.next()
	p.waits(family, p.longLate(), events.Enquiry{Channel: "voicemail", About: "Left a third message; asks why nobody has called back."})
	p.show(Escalated, family)

	family = p.kind(LandlineOnly)
	p.waits(family, p.any(p.fresh), events.Enquiry{Channel: "letter"})
	p.show(Unreachable, family)

	family = p.kind(MustNotContact)
	p.waits(family, p.any(p.fresh), events.Enquiry{Channel: "phone"})
	p.show(DoNotContact, family)

	family = p.kind(OtherLanguage)
	p.waits(family, p.any(p.fresh), events.Enquiry{Channel: "web"})
	p.show(Language, family)

	family = p.next()
	days := p.any(p.fresh)
	p.waits(family, days, events.Enquiry{Channel: "phone", About: "Asks who their officer is now."})
	p.waits(family, days, events.Enquiry{Channel: "email", About: "Sends a report and asks that somebody reads it."})
	p.show(TwoEnquiries, family)

	family = p.next()
	p.enquire(waiting, family, p.now.Add(-25*time.Minute), events.Enquiry{Channel: "phone", Urgent: true, About: "There is no school place from Monday."})
	p.open++
	p.show(Urgent, family)

	p.show(Answered, p.answered())
	p.show(AnsweredLate, p.answeredLate())
	p.show(Postponed, p.postponed())

	family = p.next()
	p.enquire(lastWords, family, p.now.Add(-2*time.Minute), events.Enquiry{Channel: "web"})
	p.open++
	p.show(JustAcknowledged, family)
}

// crowd adds what else goes on in a council of this size.
func (p *past) crowd() {
	families := float64(len(p.council.Families))
	for range int(families*answeredShare) - 1 {
		p.answered()
	}
	wanted := int(families * openShare)
	for p.open < wanted {
		family, from := p.next(), p.fresh
		switch {
		case float64(p.openLate) < lateShare*float64(wanted):
			// Most are late by a few days, some by many.
			from = p.late[:min(len(p.late), 1+p.random.IntN(12))]
		case p.random.IntN(3) == 0:
			from = p.soon
		}
		p.waits(family, p.any(from), events.Enquiry{From: p.whoAsks(family)})
	}
}

// waits tells of an enquiry of so many working days ago that nobody has answered.
func (p *past) waits(family, days int, q events.Enquiry) {
	at := p.during(days)
	id := p.enquire(waiting, family, at, q)
	p.open++
	if deadline, ok := p.deadline(p.council.Enquiry(family, id, at, q)); ok && !deadline.At.After(p.now) {
		p.openLate++
	}
}

// answered tells of an enquiry of the last days and of the reply in time.
func (p *past) answered() int {
	family := p.next()
	at := p.during(p.any(p.fresh))
	id := p.enquire(answered, family, at, events.Enquiry{From: p.whoAsks(family)})
	p.reply(waiting, family, id, p.between(at))
	return family
}

// answeredLate tells of a reply that came when the promise was late already.
func (p *past) answeredLate() int {
	family := p.next()
	days := p.late[min(3, len(p.late)-1)]
	id := p.enquire(waiting, family, p.during(days), events.Enquiry{Channel: "email"})
	p.reply(changes, family, id, p.now.Add(-40*time.Minute))
	return family
}

// postponed tells of an enquiry that was given a later date, about a week from now.
func (p *past) postponed() int {
	family := p.next()
	at := p.during(p.any(p.fresh))
	id := p.enquire(answered, family, at, events.Enquiry{Channel: "email", About: "Asks for a copy of the last letter."})
	p.open++
	until := calendar.DateOf(p.now, p.book.Calendar.Location).AddDays(7)
	for range 31 { // a date in a closure would move back, perhaps before now
		if works, _ := p.book.Calendar.IsWorkingDay(until); works {
			break
		}
		until = until.AddDays(1)
	}
	p.Stages[changes] = append(p.Stages[changes], p.council.Postpone(family, "later-"+id, p.between(at),
		events.Postponement{Enquiry: id, Until: until.String(), Reason: "We wait for one more report.", By: p.council.Families[family].Officer}))
	return family
}

// whoAsks is a contact who may be told, or nobody by name, as where a message
// says only which child it is about.
func (p *past) whoAsks(family int) string {
	if p.random.IntN(3) == 0 {
		return ""
	}
	for _, k := range p.council.Families[family].Contacts {
		if len(k.DoNot) == 0 {
			return k.ID
		}
	}
	return ""
}

// between is a time after at and before now.
func (p *past) between(at time.Time) time.Time {
	return at.Add(time.Duration((0.2 + 0.7*p.random.Float64()) * float64(p.now.Sub(at)))).Truncate(time.Second)
}

// longLate is how long ago an enquiry came in whose whole ladder has been climbed.
func (p *past) longLate() int {
	for i, by := range p.lateBy {
		if by >= escalatedAfter {
			return p.late[i]
		}
	}
	return p.late[len(p.late)-1]
}
