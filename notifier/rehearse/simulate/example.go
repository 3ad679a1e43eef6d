package simulate

import (
	"slices"
	"strings"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse"
)

// example plays a case once more to tell the life of one of its promises.
func (o *office) example(c *rehearse.Council, p Plan, days []float64, w Waiting) *Timeline {
	t := &Timeline{Waiting: w}
	key := w.Promise + "/" + w.Enquiry
	location := o.diary.calendar.Location
	serves := map[string]served{}
	_, _ = playCase(o, c, w.place, p, days, func(m rehearse.Move) { // it came to rest before
		for _, message := range m.Decision.Case.Messages {
			if message.Promise == key || slices.Contains(message.Also, key) {
				serves[message.ID] = servedBy(message)
			}
		}
		for _, settled := range m.Decision.Settled {
			if to, ok := serves[settled.Message]; ok && settled.Status == notifier.Sent {
				t.Events = append(t.Events, TimelineEvent{At: m.At, Date: calendar.DateOf(m.At, location), Clock: calendar.Clock(m.At, location), Who: to.who, What: to.what})
			}
		}
	})
	return t
}

// served says for whom a message is, and what it says.
type served struct{ who, what string }

func servedBy(m notifier.Message) served {
	channel := strings.Replace(m.Channel, notifier.SMS, "text", 1)
	if m.Staff {
		return served{m.Role, "chased by " + channel}
	}
	heard := [kinds]string{acknowledged: "acknowledged", toldLate: "told that the reply is late", toldPostponed: "told a new date", askedThemselves: "asked for something", otherwise: "told"}
	return served{"family", heard[kindOf(m.Kind)] + " by " + channel}
}
