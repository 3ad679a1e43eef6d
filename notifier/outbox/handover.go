package outbox

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/templates"
)

// Retries back off from backoffFirst to backoffMost; a provider's Retry-After
// goes before both.
const (
	backoffFirst = time.Second
	backoffMost  = 5 * time.Minute
	// leasePause is how long a worker waits where the lease could not be shown
	// to be ours; either it is renewed or this outbox ends.
	leasePause = 200 * time.Millisecond
)

var errTooSlow = errors.New("the provider did not answer in time")

// work hands over one item after the other.
func (o *Outbox) work(ctx context.Context, name string, l *lane) {
	for {
		it, ok := l.take(ctx)
		if !ok {
			return
		}
		if it.ask {
			o.ask(ctx, name, l, it)
			continue
		}
		if finder, can := l.sender.(channel.Finder); can && it.doubt {
			if !o.found(ctx, finder, l, it) {
				it.doubt = false
				l.push(it)
			}
			continue
		}
		asked := time.Now()
		if err := l.limiter.Wait(ctx); err != nil {
			return
		}
		l.slowed(time.Since(asked))
		if !o.config.Held(time.Now()) {
			l.later(it, time.Now().Add(leasePause))
			continue
		}
		o.handOver(ctx, name, l, it)
	}
}

// wanted is a member that passed the last look.
type wanted struct {
	member
	c       notifier.Case
	message notifier.Message
}

func (o *Outbox) handOver(ctx context.Context, name string, l *lane, it item) {
	may := o.lastLook(l, it)
	if len(may) == 0 {
		return
	}
	it.members = make([]member, len(may))
	for i, w := range may {
		it.members[i] = w.member
	}
	m, err := o.compose(may)
	if err != nil {
		o.settle(ctx, l, may, notifier.Result{Status: notifier.Failed, Code: "words", Reason: err.Error()})
		return
	}
	// The hand-over outlives the leadership's end: what is in flight is finished
	// and its result recorded, within the time a reply may take.
	call, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), o.config.ReplyTimeout, errTooSlow)
	defer cancel()
	repeats := 0
	if it.doubt {
		repeats = 1 // it cannot be asked: sent again with the same Message-ID, and counted
	}
	receipt, err := l.sender.Send(call, m)
	if err == nil {
		l.answered(nil)
		o.settle(ctx, l, may, notifier.Result{Status: notifier.Sent, Provider: receipt.ProviderID, Repeats: repeats, Digest: digestID(may, m), Awaits: l.awaits})
		return
	}
	failure := channel.FailureOf(err)
	l.answered(failure)
	o.config.Log.Warn("message not handed over", "channel", name, "message", may[0].id, "case", may[0].ref,
		"verdict", failure.Verdict, "code", failure.Code, "attempt", it.attempts+1)
	switch failure.Verdict {
	case channel.Never:
		o.settle(ctx, l, may, notifier.Result{Status: notifier.Failed, Code: failure.Code, Reason: failure.Reason, Unusable: !failure.OptedOut && !failure.Blameless, OptedOut: failure.OptedOut})
	default:
		if failure.Verdict == channel.Unknown {
			it.doubt, it.since = true, time.Now()
		}
		it.attempts++
		at := time.Now().Add(max(failure.After, backoff(it.attempts)))
		for _, w := range may {
			// However long the provider asks us to wait, a message that expires
			// meanwhile falls over to the next channel when it does.
			if expired := w.message.Expires.Add(time.Millisecond); expired.Before(at) {
				at = expired
			}
		}
		l.later(it, at)
	}
}

// lastLook keeps the members that may go now, and settles or puts off the rest.
func (o *Outbox) lastLook(l *lane, it item) (may []wanted) {
	now := time.Now()
	putOff := func(m member, until time.Time) {
		l.later(item{members: []member{m}, doubt: it.doubt, since: it.since, attempts: it.attempts}, until)
	}
	for _, m := range it.members {
		c, err := o.config.Case(m.ref)
		if err != nil {
			o.config.Log.Error("the case of a message cannot be read", "case", m.ref, "message", m.id, "error", err)
			putOff(m, now.Add(backoffMost))
			continue
		}
		message, there := c.Message(m.id)
		if !there {
			o.forget(m.id) // withdrawn: its end is in the ledger already
			continue
		}
		look := notifier.LastLook(c, m.id, o.config.Books().Current, now)
		switch {
		case look.Send && !message.Staff && message.Kind != notifier.Confirmation && o.config.Forbidden(m.ref, message.Channel, message.Address):
			o.config.Settle(m.ref, notifier.Result{Message: m.id, Status: notifier.Failed, Code: notifier.CodeShared, At: now,
				Reason: "another case with the same address says that it must not be used"})
		case look.Send:
			may = append(may, wanted{m, c, message})
		case !look.Until.IsZero():
			putOff(m, look.Until)
		default:
			o.config.Settle(m.ref, look.Settle)
		}
	}
	return may
}

// found asks the provider whether it has the message already. It is true when
// the item needs nothing more now: it was settled, or will be asked about later.
func (o *Outbox) found(ctx context.Context, finder channel.Finder, l *lane, it item) bool {
	if ready := it.since.Add(o.config.ListingLag); time.Now().Before(ready) {
		l.later(it, ready)
		return true
	}
	m := it.members[0] // only emails go together, and no mail server can be asked
	c, err := o.config.Case(m.ref)
	message, there := c.Message(m.id)
	if err != nil || !there || time.Now().After(message.Expires) {
		return false // the last look deals with it
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.config.ReplyTimeout, errTooSlow)
	defer cancel()
	list, err := finder.Find(ctx, message.Decided, channel.Message{ID: m.id, To: message.Address, Text: o.filled(m.ref, message)})
	if err != nil {
		it.attempts++
		at := time.Now().Add(max(channel.FailureOf(err).After, backoff(it.attempts)))
		if expired := message.Expires.Add(time.Millisecond); expired.Before(at) {
			at = expired
		}
		l.later(it, at)
		return true
	}
	for _, f := range list {
		if slices.ContainsFunc(c.Recent, func(h notifier.Handed) bool { return h.Provider == f.ProviderID }) {
			continue // that is an earlier message which said the same
		}
		o.settle(ctx, l, []wanted{{m, c, message}}, notifier.Result{Status: notifier.Sent, Provider: f.ProviderID, Reason: "the provider already had it", Awaits: l.awaits})
		return true
	}
	return false
}

// settle reports what became of messages. Where the provider cannot be asked
// afterwards, it waits until that is recorded: then no more than one hand-over
// of each worker can be in doubt after a crash.
func (o *Outbox) settle(ctx context.Context, l *lane, may []wanted, r notifier.Result) {
	r.At = time.Now().UTC().Truncate(time.Millisecond)
	recorded := make([]<-chan struct{}, len(may))
	for i, w := range may {
		r.Message = w.id
		recorded[i] = o.config.Settle(w.ref, r)
	}
	if _, can := l.sender.(channel.Finder); can {
		return
	}
	for _, stored := range recorded {
		select {
		case <-stored:
		case <-ctx.Done():
		}
	}
}

func backoff(attempts int) time.Duration {
	return min(backoffFirst<<min(attempts-1, 12), backoffMost)
}

// compose makes what goes over the wire.
func (o *Outbox) compose(may []wanted) (channel.Message, error) {
	w := may[0]
	body := o.filled(w.ref, w.message)
	m := channel.Message{ID: w.id, To: w.message.Address, Text: body, Date: w.message.Decided, Language: w.message.Language}
	switch w.message.Channel {
	case notifier.Letter:
		m.Subject, m.Text = w.message.Subject, templates.Print(body)
		return m, nil
	case notifier.Email:
	default:
		return m, nil
	}
	m.Subject, m.MessageID = w.message.Subject, w.id+"@"+o.config.Domain
	if len(may) > 1 {
		rendered, err := o.digest(may)
		if err != nil {
			return m, err
		}
		m.Subject, body, m.Language = rendered.Subject, rendered.Body, rendered.Language
		m.MessageID = digestName(may) + "@" + o.config.Domain
	}
	book := o.config.Books().Current
	m.Text = templates.Text(body)
	m.HTML = templates.HTML(body, templates.Frame{Title: m.Subject, Council: book.Council.Name, Language: cmp.Or(m.Language, "en")})
	return m, nil
}

// filled is what a message says, its links made. The same message says the same
// however often it is handed over.
func (o *Outbox) filled(ref string, m notifier.Message) string {
	return notifier.FillLinks(m.Body, func(kind notifier.LinkKind) string { return o.link(ref, m, kind) })
}

func (o *Outbox) link(ref string, m notifier.Message, kind notifier.LinkKind) string {
	if o.config.Link == nil {
		return ""
	}
	return o.config.Link(ref, m, kind)
}

// digest is one email for the chases of one person, the longest wait first.
func (o *Outbox) digest(may []wanted) (templates.Rendered, error) {
	slices.SortStableFunc(may, func(a, b wanted) int {
		pa, _ := a.c.Promise(a.promise)
		pb, _ := b.c.Promise(b.promise)
		return cmp.Or(pa.Opened.Compare(pb.Opened), cmp.Compare(a.id, b.id))
	})
	book := o.config.Books().Current
	person, _ := book.Directory.Person(may[0].message.To)
	briefs := make([]string, len(may))
	for i, w := range may {
		briefs[i] = templates.Item(w.message.Brief, "Record the answer", o.link(w.ref, w.message, notifier.LinkAnswer))
	}
	return book.Words.Render(templates.ChasesDigest, templates.Email, "", templates.Values{
		"staff name": person.Name, "council": book.Council.Name, "phone": book.Council.Phone,
		"count": strconv.Itoa(len(briefs)), templates.ListName: strings.Join(briefs, "\n"),
	})
}

// digestName is the same for the same messages, so that a repeat of the email is recognised.
func digestName(may []wanted) string {
	ids := make([]string, len(may))
	for i, w := range may {
		ids[i] = w.id
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, " ")))
	return "digest-" + hex.EncodeToString(sum[:12])
}

func digestID(may []wanted, m channel.Message) string {
	if len(may) < 2 {
		return ""
	}
	return m.MessageID
}
