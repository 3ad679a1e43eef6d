package rehearse

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
)

// Timed is an event at its time of a day.
type Timed struct {
	// At is how long after the midnight that starts the day the event is told.
	At time.Duration
	events.Event
}

// Plan is how much happens in a day.
type Plan struct {
	// Events are told between From and To, times of day, most of them in the
	// late morning.
	Events   int
	From, To time.Duration
	// Batch events are told at the same pace from BatchAt until BatchTime
	// later: what a case system sends of the night before.
	Batch     int
	BatchAt   time.Duration
	BatchTime time.Duration
}

// LargeCouncil is the day of one large council: 3,000 events over the working
// day, and 5,000 in ten minutes from 06:00. Play it with about 15,000 families.
func LargeCouncil() Plan {
	return Plan{Events: 3000, From: 8 * time.Hour, To: 18 * time.Hour,
		Batch: 5000, BatchAt: 6 * time.Hour, BatchTime: 10 * time.Minute}
}

// share is how often a type of event occurs among others.
type share struct {
	eventType string
	of        float64
}

// What happens in a working day, from planning figures: 500 to 1,000 families
// get in touch with a council of 15,000 cases, and officers answer most of them.
var dayShares = []share{
	{events.TypeEnquiryReceived, 0.28},
	{events.TypeReplySent, 0.25},
	{events.TypeContactChanged, 0.06},
	{events.TypeOfficerChanged, 0.04},
	{events.TypeReplyPostponed, 0.03},
	{events.TypeMessageReceived, 0.03},
	{events.TypeCallAttemptedNoAnswer, 0.03},
	{events.TypeCaseChanged, 0.03},
	{events.TypeOfficerAway, 0.01},
	{events.TypeContactUnsafe, 0.005},
	{events.TypeCaseClosed, 0.005},
	{events.TypeAdviceReceived, 0.06},
	{events.TypeAdviceRequested, 0.05},
	{events.TypeReviewMeetingHeld, 0.04},
	{events.TypeReviewReportReceived, 0.03},
	{events.TypeSchoolReplied, 0.03},
	{events.TypePlanDraftSent, 0.02},
	{events.TypePlanFinalIssued, 0.01},
	{events.TypeAssessmentRequested, 0.01},
}

// What a case system sends of the night before: records that changed, and what
// families left on forms and answering machines after hours.
var batchShares = []share{
	{events.TypeCaseChanged, 0.40},
	{events.TypeContactChanged, 0.18},
	{events.TypeEnquiryReceived, 0.12},
	{events.TypeOfficerChanged, 0.06},
	{events.TypeCaseClosed, 0.01},
	{events.TypeReviewMeetingBooked, 0.09},
	{events.TypeAdviceReceived, 0.07},
	{events.TypeSchoolConsulted, 0.05},
	{events.TypePlanDraftSent, 0.02},
}

// Day makes up one day of the council, in order of time. Times are those that
// clocks in the given location show on the date, the two days a year when they
// change included. Replies go to enquiries of the same day or of before; a
// family that was closed may get in touch again. Openings must have been told.
//
// Each date has its own events: the identities of two days never collide.
func (c *Council) Day(date calendar.Date, location *time.Location, plan Plan) []Timed {
	if len(c.Families) == 0 {
		return nil
	}
	seed := uint64(date.At(0, 0, time.UTC).Unix())
	d := &day{council: c, date: date, location: location, random: rand.New(rand.NewPCG(c.seed, seed^1<<62)), asked: map[int][]string{}}
	var slots []slot
	for i := range plan.Batch {
		slots = append(slots, slot{plan.BatchAt + plan.BatchTime*time.Duration(i)/time.Duration(plan.Batch), batchShares})
	}
	for range plan.Events {
		slots = append(slots, slot{plan.From + time.Duration(d.hour()*float64(plan.To-plan.From)), dayShares})
	}
	slices.SortStableFunc(slots, func(a, b slot) int { return cmp.Compare(a.clock, b.clock) })
	told := make([]Timed, 0, len(slots))
	midnight := date.At(0, 0, location)
	for _, s := range slots {
		at := d.instant(s.clock)
		told = append(told, Timed{At: at.Sub(midnight), Event: d.event(at, s.shares)})
	}
	return told
}

// slot is a time of day at which something happens.
type slot struct {
	clock  time.Duration
	shares []share
}

// day is a day in the making.
type day struct {
	council  *Council
	date     calendar.Date
	location *time.Location
	random   *rand.Rand
	told     int
	// asked are the enquiries of today that nobody has answered, by family, and
	// askers the families of all enquiries, so that replies go where they are due.
	asked  map[int][]string
	askers []int
}

// hour is a part of the working day: the mean of two draws, so that its middle
// is its busiest time.
func (d *day) hour() float64 { return (d.random.Float64() + d.random.Float64()) / 2 }

// instant is a time of day on the date.
func (d *day) instant(clock time.Duration) time.Time {
	minutes := int(clock / time.Minute)
	return d.date.At(minutes/60, minutes%60, d.location).Add(clock % time.Minute)
}

// event is the next thing that happens, of a type drawn by its share.
func (d *day) event(at time.Time, shares []share) events.Event {
	d.told++
	id := fmt.Sprintf("%s-%05d", d.date, d.told)
	eventType := shares[len(shares)-1].eventType
	drawn := d.random.Float64()
	for _, s := range shares {
		if drawn -= s.of; drawn < 0 {
			eventType = s.eventType
			break
		}
	}
	family := d.random.IntN(len(d.council.Families))
	f := d.council.Families[family]
	if f.Officer == "" && (eventType == events.TypeOfficerChanged || eventType == events.TypeOfficerAway) {
		eventType = events.TypeCaseChanged // a council without officers
	}
	data := any(struct{}{})
	switch eventType {
	case events.TypeEnquiryReceived:
		d.asked[family] = append(d.asked[family], id)
		d.askers = append(d.askers, family)
		data = d.enquiry(f)
	case events.TypeReplySent:
		family, data = d.reply(family)
	case events.TypeReplyPostponed:
		until := at.In(d.location).AddDate(0, 0, 7+d.random.IntN(7)).Format(time.DateOnly)
		data = events.Postponement{Until: until, Reason: "We wait for a report.", By: f.Officer}
	case events.TypeContactChanged:
		data = d.changed(f)
	case events.TypeContactUnsafe:
		data = events.ContactUnsafe{ID: f.Contacts[0].ID, DoNot: doNot[d.random.IntN(len(doNot))]}
	case events.TypeMessageReceived:
		data = events.MessageReceived{Channel: events.ChannelSMS, Contact: f.Contacts[0].ID, Text: pick(d.random, texts)}
	case events.TypeCaseChanged:
		data = f.data()
	case events.TypeOfficerChanged:
		data = events.OfficerChanged{Officer: d.colleague(f)}
	case events.TypeOfficerAway:
		data = events.OfficerAway{Officer: f.Officer, From: d.date.String(), To: d.date.AddDays(1 + d.random.IntN(10)).String(), Cover: d.colleague(f)}
	case events.TypeCaseClosed:
		data = events.Closure{Reason: pick(d.random, []string{"moved to another council", "the plan has ended"})}
	}
	return d.council.Event(family, eventType, id, at, data)
}

func (d *day) enquiry(f Family) events.Enquiry {
	q := events.Enquiry{Channel: enquiryChannels[draw(d.random, enquiryShares)], About: pick(d.random, abouts), Urgent: d.random.IntN(25) == 0}
	if k := f.Contacts[d.random.IntN(len(f.Contacts))]; d.random.IntN(3) > 0 && len(k.DoNot) == 0 {
		q.From = k.ID
	}
	return q
}

// reply answers one of today's enquiries four times in five, the one that has
// waited longest or a later one, and otherwise whatever is open of the family.
func (d *day) reply(family int) (int, events.Reply) {
	q := events.Reply{Channel: events.ChannelCall, Note: pick(d.random, replyNotes)}
	if len(d.askers) > 0 && d.random.IntN(5) > 0 {
		i := min(d.random.IntN(len(d.askers)), d.random.IntN(len(d.askers)))
		family = d.askers[i]
		q.Enquiry = d.asked[family][0]
		d.asked[family] = d.asked[family][1:]
		d.askers = slices.Delete(d.askers, i, i+1)
	}
	q.By = d.council.Families[family].Officer
	return family, q
}

// changed is one contact of the family with a new number or address.
func (d *day) changed(f Family) events.ContactChange {
	k := f.Contacts[d.random.IntN(len(f.Contacts))]
	used := map[string]bool{}
	for _, other := range f.Contacts {
		used[other.Mobile] = true
	}
	k.Mobile = mobile(d.random, used)
	return k
}

// colleague is another family's officer, in the same team where one is found soon.
func (d *day) colleague(f Family) string {
	other := f
	for range 20 {
		other = d.council.Families[d.random.IntN(len(d.council.Families))]
		if other.Team == f.Team && other.Officer != f.Officer {
			break
		}
	}
	return other.Officer
}
