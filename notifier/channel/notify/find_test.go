package notify_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/standin"
)

func TestFindSeesWhatWasAcceptedThroughASpoiltAnswer(t *testing.T) {
	for name, faults := range map[string]standin.NotifyFaults{
		"reset": {ResetAfter: 1}, "cut": {Truncated: 1}, "odd": {Odd: 1},
	} {
		for kind, with := range map[string]maker{"text": newTexts, "letter": newLetters} {
			t.Run(name+" "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					network, provider := channeltest.NewNetwork(), standin.NewNotify(apiKey, faults)
					made, closeAll := overPipes(t, with, network, provider)
					defer closeAll()
					sent, begun := message(7), time.Now()
					if kind == "letter" {
						sent = letter(7)
					}
					if _, err := made.Send(t.Context(), sent); channel.FailureOf(err).Verdict != channel.Unknown {
						t.Fatalf("Send = %v, want the verdict unknown", err)
					}
					found := find(t, made, begun, sent)
					if len(found) != 1 || found[0].ProviderID != provider.Received()[0].ID || found[0].Created != begun.UTC() {
						t.Errorf("found %v, want the accepted %s", found, kind)
					}
				})
			})
		}
	}
}

func find(t *testing.T, made sender, since time.Time, m channel.Message) []channel.Found {
	t.Helper()
	found, err := made.Find(t.Context(), since, m)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestFindGoesByOurID: the same words went to the same number as other messages, and
// the same message went by letter; neither is this text.
func TestFindGoesByOurID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider := standin.NewNotify(apiKey, standin.NotifyFaults{})
		config := notify.Config{HTTPClient: &http.Client{Transport: direct{provider}}}
		text, post := newTexts(t, config), newLetters(t, config)
		give := func(made sender, m channel.Message) {
			t.Helper()
			if _, err := made.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		ours, other := message(7), message(7)
		other.ID = "H-1-70"
		byPost := letter(7)
		byPost.ID = ours.ID
		begun := time.Now()
		give(text, other)
		give(post, byPost)
		if found := find(t, text, begun, ours); len(found) != 0 {
			t.Errorf("found %v, want nothing", found)
		}
		give(text, ours)
		time.Sleep(time.Hour)
		later := time.Now()
		give(text, ours)
		received := provider.Received()
		if found := find(t, text, begun, ours); len(found) != 2 || found[0].ProviderID != received[3].ID || found[1].ProviderID != received[2].ID {
			t.Errorf("found %v, want both, newest first", found)
		}
		if found := find(t, text, later.Add(2*time.Minute), ours); len(found) != 1 || found[0].ProviderID != received[3].ID {
			t.Errorf("found %v with two minutes between the clocks, want the later one", found)
		}
	})
}

// TestFindNeverSaysNotAcceptedWithoutKnowing: an empty list makes the caller send
// again, so every doubt must be an error.
func TestFindNeverSaysNotAcceptedWithoutKnowing(t *testing.T) {
	one := func(members string) answer {
		return answer{status: 200, body: `{"notifications": [{` + members + `}]}`}
	}
	for name, reply := range map[string]answer{
		"outage":        {status: 503, body: "<html>503</html>"},
		"throttled":     {status: 429, body: refusal("RateLimitError")},
		"refused":       {status: 403, body: refusal("AuthError")},
		"refused oddly": {status: 400, body: refusal("ValidationError")},
		"not JSON":      {status: 200, body: "<html>Welcome</html>"},
		"cut":           {status: 200, body: `{"notifications": [`},
		"empty body":    {status: 200},
		"no content":    {status: 204},
		"not a listing": {status: 200, body: `{"status": "ok"}`},
		"not filtered":  one(`"id": "` + anID + `", "reference": "H-9-9", "type": "sms", "created_at": "2026-11-23T09:00:00.000000Z"`),
		"another kind":  one(`"id": "` + anID + `", "reference": "H-1-1", "type": "letter", "created_at": "2026-11-23T09:00:00.000000Z"`),
		"no date":       one(`"id": "` + anID + `", "reference": "H-1-1", "type": "sms"`),
		"odd date":      one(`"id": "` + anID + `", "reference": "H-1-1", "type": "sms", "created_at": "yesterday"`),
		"no id":         one(`"reference": "H-1-1", "type": "sms", "created_at": "2026-11-23T09:00:00.000000Z"`),
	} {
		t.Run(name, func(t *testing.T) {
			made := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: &reply}})
			found, err := made.Find(t.Context(), time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC), message(1))
			failure, ok := errors.AsType[*channel.Failure](err)
			if !ok || found != nil || failure.Verdict != channel.Retry {
				t.Fatalf("Find = %v, %v, want nothing and a failure to be tried again", found, err)
			}
			if strings.Contains(err.Error(), "7700900501") {
				t.Errorf("%v holds the number", err)
			}
		})
	}
	reply := &answer{status: 200, body: `{"notifications": []}`}
	made := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: reply}})
	if _, err := made.Find(t.Context(), time.Time{}, channel.Message{To: "+447700900501"}); err == nil || reply.asked != nil {
		t.Errorf("Find = %v for a message without an id, want a failure and no question", err)
	}
}

func TestFindAsksForTheReference(t *testing.T) {
	reply := &answer{status: 200, body: `{"notifications": [{"id": "` + anID + `", "reference": "H-1-1", "type": "sms", "created_at": "2026-11-23 09:00:00.123456"}]}`}
	made := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: reply}})
	nine := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	found := find(t, made, nine, message(1))
	if len(found) != 1 || !found[0].Created.Equal(nine.Add(123456*time.Microsecond)) {
		t.Errorf("found %v", found)
	}
	if got := reply.asked.URL.RequestURI(); got != "/v2/notifications?reference=H-1-1&template_type=sms" || reply.asked.Method != http.MethodGet {
		t.Errorf("asked %s %s", reply.asked.Method, got)
	}
}
