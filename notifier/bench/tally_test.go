package bench

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/channel/standin"
	"hearback/notifier/rehearse"
)

// told is the ledger of one case whose family asked twice: the first text was
// accepted and recorded late, so that it served both; a chase went to an officer.
func told(start time.Time) (*ledger, *dayPlay, rehearse.Timed, rehearse.Timed) {
	l := newLedger()
	body := "We have your message, ref D-000001."
	waiting := notifier.Case{Ref: "D-000001", Messages: []notifier.Message{
		{ID: "D-000001-1", Kind: notifier.Acknowledgement, Promise: "reply/q1", Channel: notifier.SMS, Address: "+447700900001", Body: body, Decided: start},
		{ID: "D-000001-2", Kind: notifier.Chase, Promise: "reply/q1", Channel: notifier.Email, Address: "officer1@council.example", Decided: start},
	}}
	l.take(notifier.Entry{At: start, Case: waiting, Outcomes: []notifier.Outcome{{Type: events.TypePromiseLate}, {Type: events.TypeTaskOpened}}})
	l.take(notifier.Entry{At: start.Add(3 * time.Second), Case: notifier.Case{Ref: "D-000001"}, Settled: []notifier.Settled{
		{Result: notifier.Result{Message: "D-000001-1", Status: notifier.Sent, Channel: notifier.SMS}},
		{Result: notifier.Result{Message: "D-000001-2", Status: notifier.Sent, Channel: notifier.Email, Digest: "digest-1@council.example"}},
	}})
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	p := &dayPlay{council: &council{twilio: twilio, smtp: standin.NewSMTP(standin.SMTPFaults{})}}
	asked := func(id string) rehearse.Timed {
		return rehearse.Timed{Event: events.Event{ID: id, Case: "D-000001"}}
	}
	return l, p, asked("q1"), asked("q2")
}

func TestALedgerIsTallied(t *testing.T) {
	l, _, _, _ := told(time.Now())
	l.take(notifier.Entry{Case: notifier.Case{Ref: "D-000002"}, Settled: []notifier.Settled{
		{Result: notifier.Result{Message: "D-000002-1", Status: notifier.Failed, Channel: notifier.SMS}},
		{Result: notifier.Result{Message: "D-000002-2", Status: notifier.Failed, Channel: notifier.Email}},
		{Result: notifier.Result{Message: "D-000002-3", Status: notifier.Withdrawn, Channel: notifier.Email}},
	}, Outcomes: []notifier.Outcome{{Type: events.TypePromiseKept}}})
	want := Tally{Acknowledgements: 1, Chases: 1, Digests: 1, FailedTexts: 1, FailedEmails: 1, Withdrawn: 1, Late: 1, Kept: 1, Tasks: 1}
	if l.tally != want {
		t.Errorf("%+v, want %+v", l.tally, want)
	}
}

func TestAMessageOnItsWayServesALaterEnquiryToo(t *testing.T) {
	start := time.Now()
	l, _, first, second := told(start)
	accepted := map[string]time.Time{"D-000001-1": start.Add(time.Second)}
	for _, ask := range []struct {
		event       rehearse.Timed
		published   time.Duration
		wait        time.Duration
		mustBeHeard bool
	}{
		{first, 0, time.Second, true},
		{second, 2 * time.Second, 0, true},                                   // accepted, not recorded: it served
		{second, 500 * time.Millisecond, 500e6, true},                        // not even accepted
		{second, 4 * time.Second, 0, false},                                  // recorded before: it cannot have served
		{rehearse.Timed{Event: events.Event{Case: "D-000009"}}, 0, 0, false}, // another family
	} {
		published := start.Add(ask.published)
		at, heard := l.firstHeard(ask.event, published, accepted)
		if heard != ask.mustBeHeard || heard && at.Sub(published) != ask.wait {
			t.Errorf("%s published after %s: heard %v after %s, want %v after %s", ask.event.ID, ask.published, heard, at.Sub(published), ask.mustBeHeard, ask.wait)
		}
	}
}

func TestATextThatNobodyDecidedTwiceIsFound(t *testing.T) {
	l, p, _, _ := told(time.Now())
	form := url.Values{"To": {"+447700900001"}, "From": {"+447700900000"}, "Body": {"We have your message, ref D-000001."}}.Encode()
	for times, want := range []int{0, 1, 2} {
		request := httptest.NewRequest(http.MethodPost, "/2010-04-01/Accounts/AC1/Messages.json", strings.NewReader(form))
		p.twilio.ServeHTTP(httptest.NewRecorder(), request)
		if got := p.textsTwice(newLedger(), l); got != want {
			t.Errorf("accepted %d times and decided once: %d twice, want %d", times+1, got, want)
		}
	}
	if at, known := p.accepted(l)["D-000001-1"]; !known || at != p.twilio.Received()[0].Created {
		t.Errorf("the text was accepted at %v (known: %v)", at, known)
	}
}

func TestWhoeverNoMessageReachesIsToBePhoned(t *testing.T) {
	open := func(ref string, tasks []notifier.Task, messages ...notifier.Message) notifier.Entry {
		return notifier.Entry{Case: notifier.Case{Ref: ref, Tasks: tasks, Messages: messages, Promises: []notifier.Promise{{Rule: "reply", Enquiry: "q"}}}}
	}
	task := []notifier.Task{{ID: "t1"}}
	l := newLedger()
	l.take(open("D-1", task))
	l.take(open("D-1", nil, notifier.Message{ID: "D-1-1", Promise: "reply/q"})) // a way to them became known later
	l.take(open("D-2", task, notifier.Message{ID: "D-2-1", Promise: "reply/q"}))
	l.take(open("D-3", task, notifier.Message{ID: "D-3-1", Promise: "reply/p", Also: []string{"reply/q"}}))
	l.take(open("D-4", nil))
	for key, want := range map[string]bool{"D-1 q": true, "D-2 q": false, "D-3 q": false, "D-4 q": false} {
		if l.phone[key] != want {
			t.Errorf("case and enquiry %s: to be phoned %v, want %v", key, l.phone[key], want)
		}
	}
}
