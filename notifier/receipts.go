package notifier

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hearback/events"
)

const (
	// awaitedFor is how long after its hand-over a message may still come back: a
	// mail server gives up after 4 to 5 days (RFC 5321, 4.5.4.1).
	awaitedFor = 5 * 24 * time.Hour
	// partsFor is how long after the first receipt of a delivery another part of
	// the same text may still fail.
	partsFor = time.Hour
	// stillAtOnce is how long after it was decided a message may go by another
	// channel at any hour: later, the family no longer sits beside the phone.
	stillAtOnce = 30 * time.Minute
)

// What may still be heard of a message that was handed over.
const (
	// AwaitsReceipt: the provider says by itself, or when asked, what became of it.
	AwaitsReceipt = "receipt"
	// AwaitsBounce: nothing is heard of it unless it comes back.
	AwaitsBounce = "bounce"
)

// Awaited is a message that a provider accepted and that may yet turn out not to
// have arrived.
type Awaited struct {
	// Message is as it was decided, without its words.
	Message  Message   `json:"message"`
	Provider string    `json:"provider,omitempty"`
	At       time.Time `json:"at"`
	Status   Status    `json:"status"`
	// AskAt is when the provider is asked, for want of a receipt; zero: it is not.
	AskAt time.Time `json:"ask_at,omitzero"`
	// Ask: the provider is to be asked now.
	Ask bool `json:"ask,omitempty"`
	// Printed: it is a letter, and the printer has posted it. No more is known of one
	// unless it comes back.
	Printed bool `json:"printed,omitempty"`
}

// await keeps what is needed to find another way should the message not arrive.
func (d *decider) await(m Message, r Result) {
	if r.Awaits == "" && m.Channel != Letter { // a letter is kept, so that the same does not go again at once
		return
	}
	m.Subject, m.Body, m.Brief = "", "", ""
	a := Awaited{Message: m, Provider: r.Provider, At: r.At, Status: Sent}
	if r.Awaits == AwaitsReceipt {
		within := d.book().ReceiptWithin
		if m.Channel == Letter {
			within = letterReceipt
		}
		a.AskAt = r.At.Add(within)
	}
	d.c.Sent = append(d.c.Sent, a)
}

// forgetSent lets go of messages of which nothing more can be heard.
func (d *decider) forgetSent() {
	d.c.Sent = slices.DeleteFunc(d.c.Sent, func(a Awaited) bool {
		old, most := d.now.Sub(a.At), awaitedFor
		if a.Message.Channel == Letter {
			most = letterBack
		}
		return !a.Ask && a.AskAt.IsZero() && (old > most || a.Status == Delivered && old > partsFor)
	})
}

// receiptReceived takes what a provider says of a message.
func (d *decider) receiptReceived(e events.Event) {
	said := data[events.Receipt](e)
	r := Result{Message: said.Message, Provider: said.ProviderID, Code: said.Code, Reason: said.Reason, Unusable: said.Unusable,
		At: e.Time.UTC(), Awaits: AwaitsReceipt, Channel: said.Channel}
	switch said.Status {
	case events.ReceiptSent:
		r.Status = Sent
	case events.ReceiptDelivered:
		r.Status = Delivered
	case events.ReceiptFailed:
		r.Status = Failed
	default:
		return // still on its way: the hand-over has said as much
	}
	if m, waits := d.c.Message(said.Message); waits && (said.Channel == "" || said.Channel == m.Channel) {
		// The hand-over was never recorded, and here is the proof that it happened.
		accepted := r
		accepted.Status, accepted.Code, accepted.Unusable, accepted.Reason = Sent, "", false, "a receipt shows that the provider has it"
		if m.Channel == Email {
			accepted.Awaits = AwaitsBounce
		}
		d.result(accepted)
		if !slices.ContainsFunc(d.c.Recent, func(h Handed) bool { return h.ID == m.ID }) {
			// The hand-over's own result is still to come, and says nothing new then.
			d.c.Recent = append(d.c.Recent, Handed{ID: m.ID, Provider: r.Provider, At: r.At})
		}
	}
	d.cameOf(r)
}

// cameOf moves a message that was handed over forward, never back: what failed in
// part has failed, whatever another part's receipt says.
func (d *decider) cameOf(r Result) {
	i := slices.IndexFunc(d.c.Sent, func(a Awaited) bool { return a.Message.ID == r.Message })
	if i < 0 {
		return
	}
	a := &d.c.Sent[i]
	if r.Provider != "" && a.Provider != "" && r.Provider != a.Provider || r.Channel != "" && r.Channel != a.Message.Channel {
		// It speaks of another hand-over, or of what another system named alike.
		return
	}
	if r.Status == Sent && a.Status == Sent && a.Message.Channel == Letter {
		d.printed(a, r)
		return
	}
	if rank(r.Status) <= rank(a.Status) {
		return
	}
	d.changed = true
	before := a.Status
	a.Status, a.AskAt, a.Ask = r.Status, time.Time{}, false
	r.Channel, r.Awaits = a.Message.Channel, ""
	if r.Provider == "" {
		r.Provider = a.Provider
	}
	m := a.Message
	d.settled = append(d.settled, Settled{Result: r, To: m.To})
	outcome := events.Outcome{Message: m.ID, Channel: m.Channel, Contact: m.To, ProviderID: r.Provider, Reason: r.Reason}
	outcome.Promise, outcome.Enquiry, _ = strings.Cut(m.Promise, "/")
	switch r.Status {
	case Delivered:
		d.tell(events.TypeMessageDelivered, outcome)
		return
	case Unknown:
		d.say("Nobody can say whether message "+m.ID+" arrived", r.Reason)
	default:
		what := "Message " + m.ID + " did not arrive"
		if before == Delivered {
			what = "A part of message " + m.ID + " did not arrive"
		}
		d.say(what, r.Reason)
		d.tell(events.TypeMessageFailed, outcome)
		d.c.Sent = slices.Delete(d.c.Sent, i, i+1)
	}
	if before == Unknown {
		m.Promise, m.Also = "", nil // another way was taken then; only the address is learned of
	}
	m.Anytime = m.Anytime && (m.Staff || d.now.Sub(m.Decided) <= stillAtOnce)
	d.fallOver(m, r)
}

// printed takes that a letter was posted. The first report of it is recorded, and the
// provider need not be asked any more.
func (d *decider) printed(a *Awaited, r Result) {
	if a.Printed && !a.Ask {
		return
	}
	d.changed = true
	if !a.Printed {
		r.Channel, r.Provider, r.Awaits = Letter, cmp.Or(r.Provider, a.Provider), ""
		d.settled = append(d.settled, Settled{Result: r, To: a.Message.To})
		d.say("Letter "+a.Message.ID+" was printed and posted", cmp.Or(r.Reason, "the provider says so"))
	}
	a.Printed, a.AskAt, a.Ask = true, time.Time{}, false
}

// rank orders what may be known of a message that was handed over.
func rank(s Status) int { return slices.Index([]Status{Sent, Unknown, Delivered, Failed}, s) }

// askForReceipts marks the messages whose receipt has not come in the book's time.
func (d *decider) askForReceipts() {
	for i := range d.c.Sent {
		a := &d.c.Sent[i]
		if a.AskAt.IsZero() || a.AskAt.After(d.now) {
			continue
		}
		a.AskAt, a.Ask = time.Time{}, true
		d.changed = true
		why := "the book's time for it is over, so the provider is asked"
		if a.Message.Channel == Letter {
			why = "by now it should have been printed and posted, so the provider is asked"
		}
		d.say("No receipt came for message "+a.Message.ID, why)
	}
}
