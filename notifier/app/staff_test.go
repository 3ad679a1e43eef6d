package app_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
)

// byText is the hasty book, whose officers are chased by text.
func byText(t *testing.T) fs.FS {
	t.Helper()
	book := hasty(t).(fstest.MapFS)
	rules := book["rules.yaml"].Data
	book["rules.yaml"].Data = bytes.Replace(rules, []byte("words: reply-overdue}"), []byte("words: reply-overdue, via: [sms, email]}"), 1)
	if bytes.Equal(rules, book["rules.yaml"].Data) {
		t.Fatal("the hasty book has changed")
	}
	return book
}

// texted lists what was texted to a number.
func (c *council) texted(number string) (bodies []string) {
	for _, text := range c.twilio.Received() {
		if text.To == number {
			bodies = append(bodies, text.Body)
		}
	}
	return bodies
}

// An officer who was chased by text answers by text: what is not certain is asked
// back, what is certain is done, and they hear what follows.
func TestAnOfficerAnswersByText(t *testing.T) {
	c := open(t, byText(t))
	const officer = "+447700900200"
	c.twoChasedByText()
	for _, chase := range c.texted(officer) {
		if !strings.HasSuffix(chase, "\nText back 1: replied, 2 and a day: not yet, 3: not mine.") {
			t.Errorf("a chase does not say how to answer it: %q", chase)
		}
	}
	count := 0
	answers := func(body, says string) {
		t.Helper()
		before := len(c.texted(officer))
		count++
		form := map[string]string{"MessageSid": fmt.Sprint("SM", count), "From": officer, "To": "+441632960000", "Body": body}
		for range 2 { // Twilio calls twice
			if code := c.calls("/webhooks/twilio/inbound", form); code != http.StatusOK {
				t.Fatalf("%q was answered %d", body, code)
			}
		}
		c.until("what is texted back", func() bool { return len(c.texted(officer)) > before })
		if back := c.texted(officer)[before:]; len(back) != 1 || !strings.Contains(back[0], says) {
			t.Errorf("%q was texted back %q, want one text with %q", body, back, says)
		}
	}
	open := func(want int) {
		t.Helper()
		c.until(fmt.Sprintf("%d open promises", want), func() bool { _, promises, _ := c.app.Size(); return promises == want })
	}
	answers("1", "Which case?")
	answers("ok will do", "Sorry, we cannot read that.")
	open(2)
	answers("1 H-1", "H-1: thank you. It is recorded that you have replied")
	open(1)
	// A bare answer may still be about the first, so it is asked back.
	answers("3", "Which case?")
	answers("3 H-2", "H-2: recorded that it is not yours.")
	open(1)
	answers("1 H-2", "H-2: thank you.")
	open(0)
	answers("1 H-2", "H-2: no reply is asked of you there any more.")
}

// twoChasedByText opens H-1 and H-2, whose officer is chased by text for both.
func (c *council) twoChasedByText() {
	c.t.Helper()
	for _, ref := range []string{"H-1", "H-2"} {
		c.tell(ref, events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
			"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "email": "sam@family.example"}}})
		c.tell(ref, events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	}
	c.until("two chases by text", func() bool { return c.chasedByText("H-1") && c.chasedByText("H-2") })
}

// chasedByText: a chase by text of a case is recorded as handed over.
func (c *council) chasedByText(ref string) bool {
	return slices.ContainsFunc(c.story(ref).Messages, func(m picture.MessageView) bool {
		return m.Kind == notifier.Chase && m.Channel == notifier.SMS && m.Status == notifier.Sent
	})
}

// An officer has answered one of two families by phone, and texts "1" to its chase as
// well. The other family still waits for its own answer.
func TestABareAnswerEndsNoOtherFamilysWait(t *testing.T) {
	c := open(t, byText(t))
	const officer = "+447700900200"
	c.twoChasedByText()
	c.tell("H-1", events.TypeReplySent, map[string]any{"by": "o.jane", "channel": "phone"})
	c.until("the first promise to be kept", func() bool { _, promises, _ := c.app.Size(); return promises == 1 })
	if code := c.calls("/webhooks/twilio/inbound", map[string]string{"MessageSid": "SM1", "From": officer, "To": "+441632960000", "Body": "1"}); code != http.StatusOK {
		t.Fatalf("answered %d", code)
	}
	c.until("the question which case", func() bool {
		return slices.ContainsFunc(c.texted(officer), func(body string) bool { return strings.HasPrefix(body, "Which case?") })
	})
	if _, promises, _ := c.app.Size(); promises != 1 {
		t.Error("a bare answer ended the wait of another family")
	}
}

// Whoever works for the council and was asked nothing is heard like anybody else.
func TestAMemberOfStaffWhoWasAskedNothingIsHeard(t *testing.T) {
	c := open(t, nil)
	if code := c.calls("/webhooks/twilio/inbound", map[string]string{"MessageSid": "SM1", "From": "+447700900200", "Body": "My son has had no transport for a week, please ring me"}); code != http.StatusOK {
		t.Fatalf("answered %d", code)
	}
	pen := notifier.PenRef(notifier.SMS, "+447700900200")
	c.until("a task for what they wrote", func() bool { return len(c.story(pen).Tasks) == 1 })
}

// A number that a family and an officer share: a certain answer is the officer's,
// anything else is the family's word and is never lost.
func TestANumberOfAnOfficerWhoIsAlsoAParent(t *testing.T) {
	c := open(t, byText(t))
	const both = "+447700900200"
	c.tell("H-9", events.TypeCaseOpened, map[string]any{"team": "south", "officer": "o.kwame",
		"contacts": []map[string]any{{"id": "c1", "name": "Jane Okafor", "mobile": both}}})
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane", "contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "email": "sam@family.example"}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	c.until("the chase by text", func() bool { return c.chasedByText("H-1") })
	tasks, err := c.app.Conn().SubscribeSync(events.OutcomeSubject("H-9", events.TypeTaskOpened))
	if err != nil {
		t.Fatal(err)
	}
	for sid, body := range map[string]string{"SM1": "When is the meeting about my son?", "SM2": "1"} {
		if code := c.calls("/webhooks/twilio/inbound", map[string]string{"MessageSid": sid, "From": both, "Body": body}); code != http.StatusOK {
			t.Fatalf("answered %d", code)
		}
	}
	c.until("the promise of H-1 to be kept", func() bool {
		return slices.ContainsFunc(c.texted(both), func(body string) bool { return strings.HasPrefix(body, "H-1: thank you.") })
	})
	task, err := tasks.NextMsgWithContext(t.Context())
	if err != nil || !strings.Contains(string(task.Data), "Answer the family") {
		t.Errorf("the parent's own word came to nothing: %v", err)
	}
}
