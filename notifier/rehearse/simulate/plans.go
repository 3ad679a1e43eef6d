package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse"
)

// What the law has a council do, in planning figures for a council of 15,000 cases:
// 3,300 requests for an assessment a year, of which three in four are agreed and six in
// seven of these end in a plan; four in five cases have a plan that is reviewed each
// year; one complaint a year for thirty cases. How many ask for their data or for
// information nobody publishes by council.
const (
	requestsYearly   = 0.22
	agreedShare      = 0.74
	issuedShare      = 0.86
	reviewsYearly    = 0.80
	amendedShare     = 0.30
	endedShare       = 0.03
	complaintsYearly = 0.033
	rightsYearly     = 0.01
	// unsteady is how much longer or shorter than the law says a step takes for which it
	// gives weeks, as the logarithm's deviation: about half of them are late.
	unsteady = 0.22
	// updatesEach is the median of the days between two updates to a family.
	updatesEach = 11
)

var advisers = []string{"educational-psychologist", "health", "social-care"}

// life is what becomes of one case by law, while it is made up.
type life struct {
	*world
	random *rand.Rand
	tape   []rehearse.Happening
	// pace is how much longer than others the case's officer takes.
	pace float64
}

// lives makes up what the law has the council do for one case. Everything begins within
// the plan, so that nobody waits on its first day; chases make nobody quicker here.
func (w *world) lives(p Plan) []rehearse.Happening {
	l := &life{world: w, random: rand.New(rand.NewPCG(p.Seed^1<<58, uint64(w.family))), pace: 1}
	switch w.style {
	case &styles[prompt]:
		l.pace = 0.9
	case &styles[overloaded]:
		l.pace = 1.15
	}
	for _, of := range []struct {
		yearly float64
		begin  func(time.Time)
	}{{requestsYearly, l.assessment}, {reviewsYearly, l.review}, {complaintsYearly, l.complaint}, {rightsYearly, l.rights}} {
		if day := l.random.Float64() / of.yearly * 365; day < float64(p.Days) {
			if at, ok := l.at(p.From.AddDays(int(day)).At(8, 0, w.office.diary.calendar.Location), 0.5*l.random.Float64()); ok {
				of.begin(at)
			}
		}
	}
	return l.tape
}

// at is an instant of working time so many working days after another. It is false
// beyond what is played.
func (l *life) at(from time.Time, days float64) (time.Time, bool) {
	return l.office.diary.later(l.random, from, days, l.office.present(l.officer))
}

// says puts an event on the tape.
func (l *life) says(at time.Time, kind string, data map[string]any) {
	l.tape = append(l.tape, l.event(kind, at, data))
}

// within is when a step is done for which the law gives so many calendar days: half the
// time after that.
func (l *life) within(from time.Time, days float64) (time.Time, bool) {
	took := days * l.pace * math.Exp(unsteady*l.random.NormFloat64())
	return l.at(from.AddDate(0, 0, int(took)), 0.1+0.6*l.random.Float64())
}

// then is within, and puts the event on the tape.
func (l *life) then(from time.Time, days float64, kind string, data map[string]any) (time.Time, bool) {
	at, ok := l.within(from, days)
	if ok {
		l.says(at, kind, data)
	}
	return at, ok
}

// assessment is a request and what follows from it, to the final plan in 20 weeks.
func (l *life) assessment(at time.Time) {
	l.says(at, events.TypeAssessmentRequested, map[string]any{})
	if l.random.Float64() >= agreedShare {
		if refused, ok := l.then(at, 6*7, events.TypeAssessmentRefused, map[string]any{}); ok {
			l.updates(at, refused)
		}
		return
	}
	agreed, ok := l.then(at, 6*7, events.TypeAssessmentAgreed, map[string]any{})
	if !ok {
		return
	}
	for _, adviser := range advisers {
		asked, ok := l.at(agreed, 1+2*l.random.Float64())
		if !ok {
			break
		}
		l.says(asked, events.TypeAdviceRequested, map[string]any{"adviser": adviser})
		l.then(asked, 6*7, events.TypeAdviceReceived, map[string]any{"adviser": adviser})
	}
	end := agreed
	if l.random.Float64() >= issuedShare {
		if no, ok := l.then(at, 16*7, events.TypePlanNotToIssue, map[string]any{}); ok {
			end = no
		}
	} else if draft, ok := l.then(at, 16*7, events.TypePlanDraftSent, map[string]any{}); ok {
		l.then(draft, 12, events.TypePlanFamilyCommentsReceived, map[string]any{})
		l.says(draft, events.TypeSchoolConsulted, map[string]any{"school": "first-choice"})
		l.then(draft, 15, events.TypeSchoolReplied, map[string]any{"school": "first-choice"})
		if final, ok := l.within(at, 20*7); ok && final.After(draft) {
			l.says(final, events.TypePlanFinalIssued, map[string]any{})
			end = final
		}
	}
	l.updates(at, end)
}

// updates are what an officer tells a family between two instants.
func (l *life) updates(from, to time.Time) {
	for {
		at, ok := l.within(from, updatesEach)
		if !ok || !at.Before(to) {
			return
		}
		l.says(at, events.TypeUpdateSent, map[string]any{"by": l.officer})
		from = at
	}
}

// review is an annual review, from the meeting's booking to the amended plan.
func (l *life) review(booked time.Time) {
	location := l.office.diary.calendar.Location
	held, ok := l.at(booked.AddDate(0, 0, 21+l.random.IntN(15)), 0.2)
	if !ok {
		return
	}
	on := calendar.DateOf(held, location).String()
	l.says(booked, events.TypeReviewMeetingBooked, map[string]any{"meeting_on": on})
	if sent, ok := l.at(booked, 1+4*l.random.Float64()); ok {
		l.says(sent, events.TypeReviewInvitationSent, map[string]any{})
	}
	l.says(held, events.TypeReviewMeetingHeld, map[string]any{"meeting_on": on})
	l.then(held, 14, events.TypeReviewReportReceived, map[string]any{})
	decision := "keep"
	switch at := l.random.Float64(); {
	case at < endedShare:
		decision = "cease"
	case at < endedShare+amendedShare:
		decision = "amend"
	}
	decided, ok := l.then(held, 28, events.TypeReviewDecision, map[string]any{"decision": decision, "meeting_on": on})
	if ok && decision == "amend" {
		l.then(decided, 12, events.TypePlanFamilyCommentsReceived, map[string]any{})
		l.then(decided, 8*7, events.TypePlanAmendedFinal, map[string]any{})
	}
}

// complaint is one at stage 1.
func (l *life) complaint(at time.Time) {
	data := l.from("complaint")
	l.says(at, events.TypeComplaintReceived, data)
	if known, ok := l.then(at, 6, events.TypeComplaintAcknowledged, data); ok {
		l.then(known, 14, events.TypeComplaintReplied, data)
	}
}

// rights is a request for somebody's own data, or for information.
func (l *life) rights(at time.Time) {
	data := l.from("request")
	if l.random.IntN(2) == 0 {
		l.says(at, events.TypeSARReceived, data)
		l.then(at, 28, events.TypeSARAnswered, data)
		return
	}
	l.says(at, events.TypeFOIReceived, data)
	l.then(at, 28, events.TypeFOIAnswered, data)
}

// from is the data of something that one contact sent.
func (l *life) from(what string) map[string]any {
	contacts := l.council.Families[l.family].Contacts
	data := map[string]any{what: fmt.Sprintf("%s-%s%d", l.council.Families[l.family].Ref, what[:1], len(l.tape)+1)}
	if i := slices.IndexFunc(contacts, func(k events.Contact) bool { return len(k.DoNot) == 0 }); i >= 0 {
		data["contact"] = contacts[i].ID
	}
	return data
}
