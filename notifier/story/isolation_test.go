package story_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/engine"
	"hearback/notifier/story"
)

// sends is a message as a service might publish it, with or without a fault.
type sends struct {
	subject string
	header  nats.Header
	body    string
}

// envelope is an enquiry in the form of CloudEvents. Each edit replaces the text
// before its arrow by the text after it.
func envelope(ref, kind, data string, edits ...string) string {
	body := fmt.Sprintf(`{"specversion":"1.0","id":"bad-1","source":"/ehc-hub","type":%q,"subject":%q,"time":%q,"datacontenttype":"application/json","data":%s}`,
		kind, ref, time.Now().UTC().Format(time.RFC3339), data)
	for i := 0; i+1 < len(edits); i += 2 {
		body = strings.Replace(body, edits[i], edits[i+1], 1)
	}
	return body
}

// badInput is what a service may get wrong, and what the refusal must say.
type badInput struct {
	name, field, words string
	send               func(ref string) sends
}

func badInputs() []badInput {
	enquiry := func(data string, edits ...string) func(string) sends {
		return func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeEnquiryReceived), body: envelope(ref, events.TypeEnquiryReceived, data, edits...)}
		}
	}
	on := func(kind, data string) func(string) sends {
		return func(ref string) sends {
			return sends{subject: events.Subject(ref, kind), body: envelope(ref, kind, data)}
		}
	}
	return []badInput{
		{"not JSON", "body", "not JSON", func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeEnquiryReceived), body: "<enquiry/>"}
		}},
		{"nothing at all", "body", "empty", func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeEnquiryReceived)}
		}},
		{"not UTF-8", "body", "UTF-8", enquiry("{\"about\":\"\xff\"}")},
		{"not CloudEvents", "specversion", "missing", func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeEnquiryReceived), body: `{"case":"H-1","what":"a family rang"}`}
		}},
		{"binary mode with half its headers", "source", "missing", func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeEnquiryReceived), body: `{}`,
				header: nats.Header{"ce-specversion": {"1.0"}, "ce-id": {"b1"}}}
		}},
		{"unknown type", "type", "not known", on("weather.changed", `{}`)},
		{"slip in the type", "type", "did you mean enquiry.received?", on("enquiry.recieved", `{}`)},
		{"subject of another case", "nats-subject", "another case", func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeEnquiryReceived), body: envelope("H-other", events.TypeEnquiryReceived, `{}`)}
		}},
		{"subject of another type", "nats-subject", "another type", func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeReplySent), body: envelope(ref, events.TypeEnquiryReceived, `{}`)}
		}},
		{"subject without a type", "nats-subject", "publish on hearback.event", func(ref string) sends {
			return sends{subject: events.EventPrefix + ref, body: envelope(ref, events.TypeEnquiryReceived, `{}`)}
		}},
		{"dot in the case", "nats-subject", "holds no dot", func(ref string) sends {
			return sends{subject: events.Subject(ref+".7", events.TypeEnquiryReceived), body: envelope(ref+".7", events.TypeEnquiryReceived, `{}`)}
		}},
		{"space in the case", "nats-subject", "another case", func(ref string) sends {
			return sends{subject: events.Subject(ref, events.TypeEnquiryReceived), body: envelope(ref+" 7", events.TypeEnquiryReceived, `{}`)}
		}},
		{"date that does not exist", "data.until", "does not exist", on(events.TypeReplyPostponed, `{"enquiry":"e1","until":"2027-02-30"}`)},
		{"time that does not exist", "time", "does not exist", enquiry(`{}`, "2026-11-23T", "2026-11-31T")},
		{"event from next year", "time", "future", enquiry(`{}`, "2026-11-23T", "2027-11-23T")},
		{"email with a newline", "data.contacts[0].email", "control character",
			on(events.TypeCaseChanged, `{"contacts":[{"id":"c1","email":"sam@family.example\nbcc: all@family.example"}]}`)},
		{"300 KB of about", "body", "256 KiB", enquiry(`{"about":"` + strings.Repeat("x", 300<<10) + `"}`)},
		{"an outcome from a service", "type", "only Hearback publishes", on(events.TypePromiseKept, `{"promise":"reply","enquiry":"e1"}`)},
	}
}

// refusals are all that is kept on hearback.rejected, oldest first.
func refusals(t *testing.T, town *story.Town) []engine.Refused {
	t.Helper()
	var list []engine.Refused
	for _, r := range town.Stored(events.RejectedWildcard) {
		var refused engine.Refused
		if err := json.Unmarshal(r.Data, &refused); err != nil {
			t.Fatalf("the refusal at %d cannot be read: %v", r.Sequence, err)
		}
		list = append(list, refused)
	}
	return list
}

// wantRefusedOnce checks that the event at a place of the stream is refused once,
// with a fault that names the field.
func wantRefusedOnce(t *testing.T, town *story.Town, sequence uint64, name, field, words string) {
	t.Helper()
	var of []engine.Refused
	for _, refused := range refusals(t, town) {
		if refused.Sequence == sequence {
			of = append(of, refused)
		}
	}
	if len(of) != 1 {
		t.Errorf("%s: refused %d times, want once: %+v", name, len(of), of)
		return
	}
	if !slices.ContainsFunc(of[0].Faults, func(f events.Fault) bool {
		return f.Field == field && strings.Contains(f.String(), words)
	}) {
		t.Errorf("%s: no fault names %s and says %q: %+v", name, field, words, of[0].Faults)
	}
	if !strings.Contains(of[0].Reason, field) || len(of[0].Reason) > 4096 {
		t.Errorf("%s: the reason should name %s in fewer than 4,096 characters: %.200q", name, field, of[0].Reason)
	}
}

// Whatever a service sends, the next enquiry of the same case is decided as if
// nothing had happened. Each fault is kept once where a person can see it,
// through restarts and crashes too.
func TestABadEventStopsNothingElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		bad := badInputs()
		sequences := make([]uint64, len(bad))
		for i, one := range bad {
			ref := fmt.Sprintf("H-%02d", i)
			town.Opens(ref, "north", "o.jane", family, "")
			before := town.Stored(events.LedgerSubject(ref))
			sent := one.send(ref)
			sequences[i] = town.Raw(sent.subject, sent.header, []byte(sent.body))
			town.Settle()
			if after := town.Stored(events.LedgerSubject(ref)); len(after) != len(before) {
				t.Errorf("%s: it was decided: the ledger has %d entries, before %d", one.name, len(after), len(before))
			}
			town.Silence()
			town.Asks(ref, "e1")
			town.Phone(family).Expects("ref " + ref + ".")
		}
		wantAll := func(when string) {
			t.Helper()
			for i, one := range bad {
				wantRefusedOnce(t, town, sequences[i], when+": "+one.name, one.field, one.words)
			}
			if kept := refusals(t, town); len(kept) != len(bad) {
				t.Errorf("%s: %d refusals are kept for %d bad events", when, len(kept), len(bad))
			}
		}
		wantAll("at first")
		hearback.Stop()
		town.Pass(time.Minute) // longer than the server recognises a repeat
		hearback = town.Start(story.Setup{})
		town.Settle()
		wantAll("after a restart")
		hearback.Kill()
		town.Pass(time.Minute)
		hearback = town.Start(story.Setup{})
		town.Settle()
		wantAll("after a crash")
		town.Silence()
		town.Replay()
	})
}

// Nothing was decided since the bad event, so the ledger does not say that it
// was dealt with; what is kept of the refusal must.
func TestABadEventThatIsTheLastIsRefusedOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		after func(*story.Town)
	}{
		{"the last of all", func(*story.Town) {}},
		{"before a gateway's refusal", func(town *story.Town) {
			data, err := json.Marshal(map[string]any{"at": time.Now(), "case": "H-9", "reason": "body: is not JSON"})
			if err != nil {
				panic(err)
			}
			town.Raw(events.RejectedSubject("H-9"), nil, data)
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
			hearback := town.Start(story.Setup{})
			town.Opens("H-1", "north", "o.jane", family, "")
			sequence := town.Raw(events.Subject("H-1", events.TypeEnquiryReceived), nil, []byte("<enquiry/>"))
			town.Settle()
			test.after(town)
			for range 3 {
				hearback.Stop()
				town.Pass(time.Minute)
				hearback = town.Start(story.Setup{})
				town.Settle()
			}
			wantRefusedOnce(t, town, sequence, test.name, "body", "not JSON")
			town.Asks("H-1", "e1")
			town.Phone(family).Expects("ref H-1")
			town.Silence()
		})
	}
}

// A number that cannot be texted is no fault of the event. The family hears by
// email, and the officer is told what is wrong with the number.
func TestNumbersThatCannotBeTexted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		for i, test := range []struct{ number, reason string }{
			{"01632 960123", "landline"},
			{"+1 202 555 0123", "outside the UK"},
			{"+353 85 012 3456", "outside the UK"},
			{"07700 90012", "too few digits"},
			{"07700 900123 or ring gran", "something other than one phone number"},
			{"07700 900123", ""},
			{"+44 (0)7700 900123", ""},
			{"00447700900123", ""},
		} {
			ref := fmt.Sprintf("H-%d", i)
			town.Opens(ref, "north", "o.jane", test.number, sam)
			town.Asks(ref, "e1")
			contact := caseOf(t, hearback, ref).Contacts[0]
			if test.reason == "" {
				town.Phone(family).Expects("ref " + ref + ".")
				if contact.Mobile != "+447700900123" || len(contact.Unusable) > 0 {
					t.Errorf("%q is kept as %q, unusable %v", test.number, contact.Mobile, contact.Unusable)
				}
				continue
			}
			town.Inbox(sam).Expects("reference " + ref)
			if len(contact.Unusable) != 1 || contact.Unusable[0].Channel != notifier.SMS || !strings.Contains(contact.Unusable[0].Reason, test.reason) {
				t.Errorf("%q should be unusable for texts because %q: %+v", test.number, test.reason, contact.Unusable)
			}
		}
		town.Silence()
		if kept := refusals(t, town); len(kept) > 0 {
			t.Errorf("an event was refused for its number: %+v", kept)
		}
	})
}

// A family whose only number cannot be texted is not forgotten: a person is
// asked to phone, and chases go on.
func TestAnOnlyNumberThatCannotBeTextedOpensATask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", "01632 960123", "")
		town.Asks("H-1", "e1")
		if tasks := hearback.Picture.Tasks(); len(tasks) != 1 || tasks[0].Case != "H-1" {
			t.Errorf("tasks %+v, want one for H-1", tasks)
		}
		town.Pass(12 * time.Minute)
		town.Inbox(jane).Expects("H-1").At("Mon 23 Nov 2026 10:10")
		town.Silence()
	})
}

// A service that repeats itself a thousand times, before and after a restart,
// opens one promise and sends one text.
func TestTheSameEventAThousandTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		same := commit.Message{Subject: events.Subject("H-1", events.TypeEnquiryReceived), Data: []byte(envelope("H-1", events.TypeEnquiryReceived, `{}`))}
		town.Write(t.Context(), slices.Repeat([]commit.Message{same}, 500)...)
		town.Settle()
		hearback.Kill()
		town.Pass(30 * time.Second)
		town.Write(t.Context(), slices.Repeat([]commit.Message{same}, 500)...)
		hearback = town.Start(story.Setup{})
		town.Pass(5 * time.Second)
		town.Phone(family).Expects("ref H-1")
		town.Silence()
		if stored := len(town.Stored(events.Subject("H-1", events.TypeEnquiryReceived))); stored != 1000 {
			t.Fatalf("%d repeats are in the stream, want 1,000", stored)
		}
		if c := caseOf(t, hearback, "H-1"); len(c.Promises) != 1 || c.Decided != 1 {
			t.Errorf("%d promises are open and %d messages were decided, want one of each", len(c.Promises), c.Decided)
		}
		if sent := town.Outcomes("H-1", events.TypeMessageSent); len(sent) != 1 {
			t.Errorf("%d message.sent, want 1", len(sent))
		}
		if kept := refusals(t, town); len(kept) > 0 {
			t.Errorf("a repeat was refused: %+v", kept)
		}
		town.Replies("H-1", "bad-1")
		town.Write(t.Context(), slices.Repeat([]commit.Message{same}, 10)...)
		town.Settle()
		if c := caseOf(t, hearback, "H-1"); len(c.Promises) != 0 {
			t.Errorf("a repeat opened again what a person had answered: %+v", c.Promises)
		}
		town.Asks("H-1", "e2")
		town.Phone(family).Expects("ref H-1")
		town.Silence()
		town.Replay()
	})
}

// An enquiry that a service delivers seven years late is late at once: everybody
// whom its ladder names hears of it, and nobody once for every rung it missed.
func TestAnEventFrom2019(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		old := envelope("H-1", events.TypeEnquiryReceived, `{"enquiry":"e1"}`, "2026-11-23T", "2019-11-25T")
		town.Raw(events.Subject("H-1", events.TypeEnquiryReceived), nil, []byte(old))
		town.Pass(5 * time.Minute)
		perRecipient := map[string]int{}
		for _, p := range []*story.Provider{town.Texts, town.Mail} {
			for _, a := range p.Accepted() {
				perRecipient[a.To]++
			}
		}
		for recipient, messages := range perRecipient {
			if messages != 1 {
				t.Errorf("%s received %d messages about it, want 1", recipient, messages)
			}
		}
		for _, recipient := range []string{"+447700900123", jane, boss} {
			if perRecipient[recipient] == 0 {
				t.Errorf("%s has not heard of it", recipient)
			}
		}
		c := caseOf(t, hearback, "H-1")
		if len(c.Promises) != 1 || !c.Promises[0].Late {
			t.Fatalf("the promise should be open and late: %+v", c.Promises)
		}
		if next := c.Promises[0].Next; !next.After(time.Now()) || next.Sub(time.Now()) > 24*time.Hour {
			t.Errorf("the next look is at %s, want within a day", next)
		}
		if late := town.Outcomes("H-1", events.TypePromiseLate); len(late) != 1 {
			t.Errorf("promise.late was published %d times", len(late))
		}
		if findings := hearback.Engine.Findings(); len(findings) > 0 {
			t.Errorf("the auditor found %q", findings)
		}
		town.Replay()
	})
}

// caseOf is a case as this Hearback sees it.
func caseOf(t *testing.T, hearback *story.Replica, ref string) notifier.Case {
	t.Helper()
	c, _, err := hearback.Picture.Case(ref)
	if err != nil {
		t.Fatalf("case %s: %v", ref, err)
	}
	return c
}
