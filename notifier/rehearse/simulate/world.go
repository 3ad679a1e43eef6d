package simulate

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rehearse"
)

// How messages fare and what follows from chases, in planning figures.
const (
	// deadNumber and deadMailbox are the shares of addresses that no longer work.
	deadNumber, deadMailbox = 0.03, 0.02
	// answersAll is how often somebody who answers deals with everything that is open.
	answersAll = 0.5
	// leadHelps and managerHelps are how often a chase of a team lead, and of somebody
	// above, makes an answer come soon.
	leadHelps, managerHelps = 0.50, 0.85
	// doneSoon is the share of tasks that are done within a working day.
	doneSoon = 0.80
)

// world is everybody around one case.
type world struct {
	office  *office
	council *rehearse.Council
	family  int
	officer string
	style   *style
	random  *rand.Rand
	tally   *tally
	told    int
	// enquiries counts them; asked is what is meant for each, and about which of them
	// a later happening concerns, by the event's id.
	enquiries int
	asked     map[string]*asked
	about     map[string]string
}

// asked is an enquiry in the minds of those who should answer it.
type asked struct {
	at time.Time
	// forgotten: only somebody above the team lead makes an answer come.
	forgotten bool
	// soon: an answer is on its way; postponed: a new date was given.
	soon, postponed bool
}

func newWorld(o *office, c *rehearse.Council, family int, seed uint64) *world {
	officer := c.Families[family].Officer
	w := &world{office: o, council: c, family: family, officer: officer, style: o.styles[officer],
		random: rand.New(rand.NewPCG(seed^1<<59, uint64(family))), asked: map[string]*asked{}, about: map[string]string{}}
	if w.style == nil {
		w.style = &styles[steady] // nobody is the case's officer
	}
	return w
}

func (w *world) event(eventType string, at time.Time, data any) rehearse.Happening {
	w.told++
	e := w.council.Event(w.family, eventType, fmt.Sprintf("%s-%d", w.council.Families[w.family].Ref, w.told), at, data)
	return rehearse.Happening{At: at, Event: e}
}

// answers is a reply so many working days on, by somebody who must be there for it.
func (w *world) answers(enquiry string, now time.Time, days float64, by string) []rehearse.Happening {
	at, ok := w.office.diary.later(w.random, now, days, w.office.present(by))
	if !ok {
		return nil
	}
	reply := events.Reply{Enquiry: enquiry, By: by, Channel: events.ChannelCall}
	if w.random.Float64() < answersAll {
		reply.Enquiry = ""
	}
	h := w.event(events.TypeReplySent, at, reply)
	w.about[h.ID] = enquiry
	return []rehearse.Happening{h}
}

// Still implements [rehearse.Resident]: nobody answers, or asks again, once a person
// has replied, and nobody does a task twice.
func (w *world) Still(c *notifier.Case, h rehearse.Happening) bool {
	if h.Type == events.TypeTaskDone {
		done, err := events.DataOf[events.TaskDone](h.Event)
		return err == nil && slices.ContainsFunc(c.Tasks, func(t notifier.Task) bool { return t.ID == done.Task })
	}
	enquiry, ok := w.about[h.ID]
	return !ok || slices.ContainsFunc(c.Promises, func(p notifier.Promise) bool { return p.Enquiry == enquiry })
}

// Saw implements [rehearse.Resident]: tasks that were opened get done.
func (w *world) Saw(m rehearse.Move) (then []rehearse.Happening) {
	for _, o := range m.Decision.Outcomes {
		if o.Type == events.TypeTaskOpened {
			days := 0.1 + 0.5*w.random.Float64()
			if w.random.Float64() >= doneSoon {
				days = 1 + 3*w.random.Float64()
			}
			then = append(then, w.does(o.Data.Task, m.At, days, w.officer)...)
		}
	}
	return then
}

func (w *world) does(task string, now time.Time, days float64, by string) []rehearse.Happening {
	at, ok := w.office.diary.later(w.random, now, days, w.office.present(by))
	if !ok {
		return nil
	}
	return []rehearse.Happening{w.event(events.TypeTaskDone, at, events.TaskDone{Task: task, By: by})}
}

// Handed implements [rehearse.World].
func (w *world) Handed(c *notifier.Case, m notifier.Message, now time.Time) (notifier.Result, []rehearse.Happening) {
	if !m.Staff && dead(m) {
		w.tally.failed++
		return notifier.Result{Status: notifier.Failed, Unusable: true, Reason: "the address does not work any more"}, nil
	}
	w.tally.handed(c, m, now)
	if m.Kind != notifier.Chase {
		return notifier.Result{Status: notifier.Sent}, nil
	}
	return notifier.Result{Status: notifier.Sent}, w.chased(c, m, now)
}

// dead draws once for every contact and channel whether the address works. There are
// too few made-up numbers for the number alone to decide.
func dead(m notifier.Message) bool {
	share := deadMailbox
	if m.Channel == notifier.SMS {
		share = deadNumber
	}
	ref := m.ID[:strings.LastIndexByte(m.ID, '-')]
	sum := fnv.New64a()
	for _, part := range []string{ref, m.To, m.Address} {
		sum.Write([]byte(part))
		sum.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(sum.Sum64(), 0)).Float64() < share
}

// chased is what somebody does who was chased.
func (w *world) chased(c *notifier.Case, m notifier.Message, now time.Time) (then []rehearse.Happening) {
	for _, key := range append([]string{m.Promise}, m.Also...) {
		rule, enquiry, _ := strings.Cut(key, "/")
		if rule == notifier.TaskRule {
			if w.random.Float64() < w.style.heeds {
				then = append(then, w.does(enquiry, now, 0.3, m.To)...)
			}
			continue
		}
		a, p := w.asked[enquiry], w.promise(c, key)
		if a == nil || p == nil || a.soon {
			continue
		}
		days := 0.0
		switch at := w.random.Float64(); {
		case m.Role == notifier.Officer && a.forgotten:
			continue
		case m.Role == notifier.Officer && at < w.style.heeds:
			days = 0.1 + 0.9*w.random.Float64()
		case m.Role == notifier.Officer && at < w.style.heeds+w.style.postpones && !a.postponed:
			then = append(then, w.postpones(enquiry, a, p, now, m.To)...)
			continue
		case m.Role == notifier.TeamLead && at < leadHelps && !a.forgotten:
			days = 0.5 + w.random.Float64()
		case m.Role != notifier.Officer && m.Role != notifier.TeamLead && at < managerHelps:
			days = 0.3 + w.random.Float64()
		default:
			continue
		}
		a.soon = true
		then = append(then, w.answers(enquiry, now, days, m.To)...)
	}
	return then
}

func (w *world) promise(c *notifier.Case, key string) *notifier.Promise {
	i := slices.IndexFunc(c.Promises, func(p notifier.Promise) bool { return p.Key() == key })
	if i < 0 {
		return nil
	}
	return &c.Promises[i]
}

// postpones gives an honest new date, and mostly keeps it.
func (w *world) postpones(enquiry string, a *asked, p *notifier.Promise, now time.Time, by string) []rehearse.Happening {
	said, ok := w.office.diary.later(w.random, now, 0.2, w.office.present(by))
	if !ok || !said.Before(p.Due) {
		return nil // too late for a date that anybody would believe
	}
	until, ok := w.office.diary.later(w.random, p.Due, float64(3+w.random.IntN(6)), w.office.present(by))
	if !ok {
		return nil
	}
	a.postponed = true
	day := w.office.diary.days[w.office.diary.index(until)]
	h := w.event(events.TypeReplyPostponed, said, events.Postponement{Enquiry: enquiry, Until: day.String(), Reason: "We wait for a report.", By: by})
	w.about[h.ID] = enquiry
	return append([]rehearse.Happening{h}, w.answers(enquiry, until.AddDate(0, 0, -2), w.random.Float64()*2.2, by)...)
}
