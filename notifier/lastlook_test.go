package notifier_test

import (
	"testing"
	"time"

	"hearback/notifier"
)

// The last look trusts nothing that was decided before: a message whose case
// has become another in the meantime does not go.
func TestLastLookJudgesTheCaseAsItStands(t *testing.T) {
	monday := clock(t, "2026-11-23 10:00")
	sunday := clock(t, "2026-11-22 10:00")
	one := func(change func(c *notifier.Case)) notifier.Case {
		c := notifier.Case{Ref: "H-1",
			Contacts: []notifier.Contact{{ID: "c1", Mobile: "+447700900123", Email: "sam@family.example"}},
			Promises: []notifier.Promise{{Rule: "reply", Enquiry: "q1"}},
			Messages: []notifier.Message{{ID: "H-1-1", Kind: notifier.Lateness, Promise: "reply/q1", To: "c1", Channel: notifier.SMS,
				Address: "+447700900123", Expires: monday.Add(time.Hour)}}}
		change(&c)
		return c
	}
	nothing := func(*notifier.Case) {}
	for name, test := range map[string]struct {
		change func(c *notifier.Case)
		now    time.Time
		send   bool
		until  time.Time
		status notifier.Status
	}{
		"it may go":             {change: nothing, now: monday, send: true},
		"outside contact hours": {change: nothing, now: sunday, until: clock(t, "2026-11-23 08:00")},
		"at any hour":           {change: func(c *notifier.Case) { c.Messages[0].Anytime = true }, now: sunday, send: true},
		"not before noon":       {change: func(c *notifier.Case) { c.Messages[0].NotBefore = monday.Add(time.Hour) }, now: monday, until: monday.Add(time.Hour)},
		"the last moment":       {change: nothing, now: monday.Add(time.Hour), send: true},
		"too late":              {change: nothing, now: monday.Add(time.Hour + 1), status: notifier.Failed},
		"no longer wanted":      {change: func(c *notifier.Case) { c.Messages = nil }, now: monday, status: notifier.Withdrawn},
		"stopped":               {change: func(c *notifier.Case) { c.State = notifier.Stopped }, now: monday, status: notifier.Withdrawn},
		"the contact is gone":   {change: func(c *notifier.Case) { c.Contacts = nil }, now: monday, status: notifier.Withdrawn},
		"another number":        {change: func(c *notifier.Case) { c.Contacts[0].Mobile = "+447700900124" }, now: monday, status: notifier.Failed},
		"no texts":              {change: func(c *notifier.Case) { c.Contacts[0].DoNot = []string{notifier.SMS} }, now: monday, status: notifier.Failed},
		"no emails only":        {change: func(c *notifier.Case) { c.Contacts[0].DoNot = []string{notifier.Email} }, now: monday, send: true},
		"nothing at all":        {change: func(c *notifier.Case) { c.Contacts[0].DoNot = []string{notifier.Every} }, now: monday, status: notifier.Failed},
		"unsafe":                {change: wished(notifier.Wish{Contact: "c1", Channels: []string{notifier.Every}}), now: monday, status: notifier.Failed},
		"opted out of texts":    {change: wished(notifier.Wish{Contact: "c1", Channels: []string{notifier.SMS}}), now: monday, status: notifier.Failed},
		"opted out of emails":   {change: wished(notifier.Wish{Contact: "c1", Channels: []string{notifier.Email}}), now: monday, send: true},
		"an earlier owner's no": {change: wished(notifier.Wish{Contact: "c7", Channels: []string{notifier.SMS}, Mobile: "+447700900123"}), now: monday, status: notifier.Failed},
		"somebody else's no":    {change: wished(notifier.Wish{Contact: "c7", Channels: []string{notifier.SMS}, Mobile: "+447700900124"}), now: monday, send: true},
		"the number is no good": {change: func(c *notifier.Case) {
			c.Contacts[0].Unusable = []notifier.Unusable{{Channel: notifier.SMS, Reason: "dead"}}
		}, now: monday, status: notifier.Failed},
		"shared with a no": {change: func(c *notifier.Case) {
			c.Contacts = append(c.Contacts, notifier.Contact{ID: "c2", Mobile: "+447700900123", DoNot: []string{notifier.Every}})
		}, now: monday, status: notifier.Failed},
		"shared with one who is unsafe": {change: func(c *notifier.Case) {
			c.Contacts = append(c.Contacts, notifier.Contact{ID: "c2", Mobile: "+447700900123"})
			wished(notifier.Wish{Contact: "c2", Channels: []string{notifier.Every}})(c)
		}, now: monday, status: notifier.Failed},
		"staff, on a Sunday": {change: func(c *notifier.Case) {
			c.Messages[0].Staff, c.Messages[0].To, c.Messages[0].Anytime = true, "o.jane", true
		}, now: sunday, send: true},
		"a caller nobody knows": {change: func(c *notifier.Case) { c.Messages[0].To = "" }, now: monday, status: notifier.Withdrawn},
		"a caller with the number of a no": {change: func(c *notifier.Case) {
			c.Messages[0].To, c.Promises[0].Caller = "", &notifier.Contact{Mobile: "+447700900123"}
			c.Contacts[0].DoNot = []string{notifier.Every}
		}, now: monday, status: notifier.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			look := notifier.LastLook(one(test.change), "H-1-1", base().Current, test.now)
			if look.Send != test.send || !look.Until.Equal(test.until) || look.Settle.Status != test.status {
				t.Errorf("send %v, until %v, %q (%s); want send %v, until %v, %q",
					look.Send, look.Until, look.Settle.Status, look.Settle.Reason, test.send, test.until, test.status)
			}
			if look.Settle.Status != "" && (look.Settle.Message != "H-1-1" || look.Settle.Reason == "" || !look.Settle.At.Equal(test.now)) {
				t.Errorf("half a result: %+v", look.Settle)
			}
		})
	}
}

func wished(w notifier.Wish) func(c *notifier.Case) {
	return func(c *notifier.Case) { c.Wishes = append(c.Wishes, w) }
}
