package story

import (
	"fmt"
	"strings"
	"time"

	"hearback/notifier/phone"
)

// Recipient is a phone or an inbox that a story expects things of.
type Recipient struct {
	town     *Town
	provider *Provider
	address  string
}

// Phone is a family's mobile, by its number as a family writes it.
func (town *Town) Phone(number string) *Recipient {
	town.t.Helper()
	mobile, err := phone.Mobile(number)
	if err != nil {
		town.t.Fatalf("no phone in a story has the number %s: %v", number, err)
	}
	return &Recipient{town, town.Texts, string(mobile)}
}

// Inbox is somebody's email, family or staff.
func (town *Town) Inbox(address string) *Recipient {
	return &Recipient{town, town.Mail, address}
}

// Expects takes the oldest message that was not expected yet. It must hold
// every one of the parts, in its subject or its text.
func (r *Recipient) Expects(parts ...string) Received {
	r.town.t.Helper()
	got, ok := r.provider.claim(r.address)
	if !ok {
		r.town.t.Errorf("%s: %s has received nothing more; expected %q", r.town.clock(time.Now()), r.address, parts)
		return Received{town: r.town}
	}
	words := strings.Join(strings.Fields(got.Subject+" "+got.Text), " ") // lines may break anywhere
	for _, part := range parts {
		if !strings.Contains(words, part) {
			r.town.t.Errorf("%s: expected %q in\n%s", r.town.clock(time.Now()), part, describe(r.provider.name, got))
		}
	}
	return Received{got, r.town}
}

// ExpectsNothing is for a recipient who must not have received anything more.
func (r *Recipient) ExpectsNothing() {
	r.town.t.Helper()
	for got, ok := r.provider.claim(r.address); ok; got, ok = r.provider.claim(r.address) {
		r.town.t.Errorf("not expected:\n%s", describe(r.provider.name, got))
	}
}

// Received is a message that was expected and came.
type Received struct {
	Accepted
	town *Town
}

// clockLayout is how stories write a moment, as London's clocks show it.
const clockLayout = "Mon 2 Jan 2006 15:04"

// At checks the minute at which it came, as London's clocks show it, such as
// "Mon 23 Nov 2026 09:00".
func (r Received) At(want string) Received {
	r.town.t.Helper()
	if r.Accepted.At.IsZero() {
		return r // Expects has failed already
	}
	if got := r.town.clock(r.Accepted.At); got != want {
		r.town.t.Errorf("%s came at %s, want %s", r.Subject+r.ID, got, want)
	}
	return r
}

// Before checks that one part of the text stands before another.
func (r Received) Before(first, second string) Received {
	r.town.t.Helper()
	a, b := strings.Index(r.Text, first), strings.Index(r.Text, second)
	if a < 0 || b < 0 || a > b {
		r.town.t.Errorf("%q should stand before %q in\n%s", first, second, r.Text)
	}
	return r
}

func describe(provider string, a Accepted) string {
	return fmt.Sprintf("%s %s at %s to %s: %s\n%s", provider, a.Message.ID, a.At.UTC().Format(time.RFC3339), a.To, a.Subject, a.Text)
}
