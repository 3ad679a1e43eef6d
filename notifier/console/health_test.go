package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/notifier/console"
)

type runs console.Health

func (h runs) Running(context.Context) console.Health { return console.Health(h) }

func TestHealthInWords(t *testing.T) {
	d := newDistrict(t, console.Caller{ID: "op", Name: "An operator", Roles: []console.Role{console.Operator}, Teams: []string{}})
	d.put("H-1", "north", "o.jane", 3)
	sound(t, d.get("/health"), http.StatusOK, "All is well", "Leader: it decides and sends")
	now := morning()
	h := console.Health{Troubles: []string{"No replica has renewed the lease for 1m0s: nobody leads. " + nasty}, Leading: true, LeaseAge: 3 * time.Minute, Lag: 20 * time.Millisecond, Undecided: 4, Cases: 15_000, Promises: 1, Unsettled: 7,
		Messages: 200, Bytes: 3 << 30, DiskFree: 1 << 29, Memory: 51 << 20, Build: "abc123", Book: "b1", Server: "2.15.2",
		Ends: []console.Ending{{What: "Bank holidays of the book", On: now.AddDate(2, 0, 0)}, {What: "Certificate of the NATS server", On: now.AddDate(0, 0, 9)}, {What: "An old one", On: now.AddDate(0, 0, -1)}},
		Channels: []console.ChannelHealth{{Name: "sms", Ready: 3, Later: 2, Oldest: now.Add(-time.Hour), Accepted: now.Add(-2 * time.Hour), Failed: now.Add(-time.Minute), Failure: "Twilio answers 503 " + nasty, Slowed: 90 * time.Second},
			{Name: "email", Captured: true, Accepted: now, Failed: now.Add(-time.Hour), Failure: "the mail server was busy"},
			{Name: "letter", Accepted: now.Add(-time.Hour), Failed: now, Failure: "the address is not one", Refused: true}}}
	d.open(console.Options{Running: runs(h)})
	m := sound(t, d.get("/health"), http.StatusOK, "Needs attention", "nobody leads", "3 minutes ago", "The last one was 20 milliseconds old", "15,000 1 promise is open; in 7 cases a message is on its way",
		"3.0 GB in 200 messages", "Nearly full 512.0 MB Make room", "51.0 MB", "abc123", "2.15.2", "Until Thursday 30 November 2028", "Ends soon Until Wednesday 9 December 2026", "Ended Until Sunday 29 November 2026",
		"Texts Slow 3 the oldest was decided 1 hour ago 2 Monday 30 November 2026 at 7:30am Fails Monday 30 November 2026 at 9:29am Twilio answers 503", "1 minute in all", "Captured, not sent Emails", "Works again", "One message")
	if strings.Contains(m.text, "H-1") {
		t.Error("the page names a case")
	}
	d.open(console.Options{Running: runs(console.Health{})})
	d.council.status.Leader = false
	sound(t, d.get("/health"), http.StatusOK, "Standby: another process decides and sends", "Open this page on the leader", "Not known")
}
