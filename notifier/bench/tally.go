package bench

import (
	"context"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
	"hearback/notifier/rehearse"
	"hearback/notifier/stream"
)

// Tally counts what a ledger says was done.
type Tally struct {
	// Messages that providers accepted, by what they were for.
	Acknowledgements, Chases, Lateness, Postponements int
	// Digests are emails to staff that carried more than one chase.
	Digests int
	// Failed messages, for good, by channel; Withdrawn ones were no longer wanted.
	FailedTexts, FailedEmails, Withdrawn int
	// Promises that became late and that were kept, and tasks that were opened.
	Late, Kept, Tasks int
}

// Asked is what became of families who got in touch.
type Asked struct {
	Enquiries int
	// Heard were told at once; Answered had their reply before that; Phone could
	// not be reached by any message, so that a task asks a person to phone, even if
	// a way to them became known later. Mended are those of them who then had a
	// message too. Added wrote again about what is open, less than a day after a
	// message from us. Silent are none of these.
	Heard, Answered, Phone, Mended, Added, Silent int
}

// handed is a message as it was decided.
type handed struct {
	kind    notifier.Kind
	ref, to string
	body    string
	promise string
	decided time.Time
}

// ledger is what the entries of a stretch of the ledger say together.
type ledger struct {
	tally    Tally
	messages map[string]handed
	digests  map[string]bool
	// family are the ids of accepted messages to families, by case, and recorded
	// when it was recorded that they were.
	family   map[string][]string
	recorded map[string]time.Time
	// ended are the enquiries that were answered, tasks the cases with a task, and
	// opened and phone the enquiries that were decided, and those of them that a
	// task was all that could be done for.
	ended, tasks, opened, phone map[string]bool
	// again are the cases of which somebody wrote while their promise was open.
	again map[string]bool
	// called is when a task was first opened for an enquiry.
	called map[string]time.Time
}

func newLedger() *ledger {
	return &ledger{messages: map[string]handed{}, digests: map[string]bool{}, family: map[string][]string{}, recorded: map[string]time.Time{},
		ended: map[string]bool{}, tasks: map[string]bool{}, opened: map[string]bool{}, phone: map[string]bool{}, again: map[string]bool{}, called: map[string]time.Time{}}
}

// take adds an entry.
func (l *ledger) take(e notifier.Entry) {
	for _, m := range e.Case.Messages {
		if _, known := l.messages[m.ID]; !known {
			l.messages[m.ID] = handed{kind: m.Kind, ref: e.Case.Ref, to: m.Address, body: m.Body, promise: m.Promise, decided: m.Decided}
		}
	}
	for _, p := range e.Case.Promises {
		l.again[e.Case.Ref] = l.again[e.Case.Ref] || p.Again > 0
		key := e.Case.Ref + " " + p.Enquiry
		if l.opened[key] {
			continue
		}
		l.opened[key] = true
		l.phone[key] = len(e.Case.Tasks) > 0 && !slices.ContainsFunc(e.Case.Messages, func(m notifier.Message) bool {
			return m.Promise == p.Key() || slices.Contains(m.Also, p.Key())
		})
	}
	for _, p := range e.Ended {
		l.ended[e.Case.Ref+" "+p.Enquiry] = true
	}
	for _, o := range e.Outcomes {
		switch o.Type {
		case events.TypePromiseLate:
			l.tally.Late++
		case events.TypePromiseKept:
			l.tally.Kept++
		case events.TypeTaskOpened:
			l.tally.Tasks++
			if key := e.Case.Ref + " " + o.Data.Enquiry; l.called[key].IsZero() {
				l.called[key] = e.At
			}
		}
	}
	if len(e.Case.Tasks) > 0 {
		l.tasks[e.Case.Ref] = true
	}
	for _, s := range e.Settled {
		l.settle(e.Case.Ref, s, e.At)
	}
}

func (l *ledger) settle(ref string, s notifier.Settled, at time.Time) {
	m := l.messages[s.Message]
	switch s.Status {
	case notifier.Failed:
		if s.Channel == notifier.SMS {
			l.tally.FailedTexts++
		} else {
			l.tally.FailedEmails++
		}
	case notifier.Withdrawn:
		l.tally.Withdrawn++
	case notifier.Sent:
		switch m.kind {
		case notifier.Chase:
			l.tally.Chases++
			if s.Digest != "" && !l.digests[s.Digest] {
				l.digests[s.Digest] = true
				l.tally.Digests++
			}
			return
		case notifier.Acknowledgement:
			l.tally.Acknowledgements++
		case notifier.Postponement:
			l.tally.Postponements++
		case notifier.Lateness, notifier.FamilyChase:
			l.tally.Lateness++
		}
		l.family[ref] = append(l.family[ref], s.Message)
		l.recorded[s.Message] = at
	}
}

// account reads the ledger of the day and says what became of everybody.
func (p *dayPlay) account(ctx context.Context, began uint64, told []rehearse.Timed, plan rehearse.Plan, d *Day) error {
	before, played := newLedger(), newLedger()
	var unreadable error
	err := p.reading(ctx, func(from *stream.Stream) error {
		return from.History(ctx, []string{events.LedgerWildcard}, func(r stream.Record) {
			entry, err := picture.Decode(r.Data)
			if err != nil {
				unreadable = err
				return
			}
			if r.Sequence <= began {
				before.take(entry)
			} else {
				played.take(entry)
			}
		})
	})
	if err == nil {
		err = unreadable
	}
	if err != nil {
		return err
	}
	d.Before, d.Played = before.tally, played.tally
	d.TextsTwice = p.textsTwice(before, played)
	accepted := p.accepted(played)
	var burst, rest, mended []time.Duration
	for _, e := range told {
		if e.Type != events.TypeEnquiryReceived && e.Type != events.TypeMessageReceived {
			continue
		}
		d.Asked.Enquiries++
		published := p.published[e.ID]
		first, heard := played.firstHeard(e, published, accepted)
		called := played.called[e.Case+" "+e.ID]
		switch {
		case played.phone[e.Case+" "+e.ID]:
			d.Asked.Phone++
		case heard && !called.IsZero() && called.Before(first):
			// No message could reach them; a person knew, and the wait ended when somebody mended the way.
			d.Asked.Phone++
			d.Asked.Mended++
			mended = append(mended, first.Sub(published))
		case heard && inBatch(e, plan):
			d.Asked.Heard++
			burst = append(burst, first.Sub(published))
		case heard:
			d.Asked.Heard++
			rest = append(rest, first.Sub(published))
		case played.ended[e.Case+" "+e.ID]:
			d.Asked.Answered++
		case played.tasks[e.Case]:
			d.Asked.Phone++
		case e.Type == events.TypeMessageReceived && played.again[e.Case] && len(before.family[e.Case])+len(played.family[e.Case]) > 0:
			d.Asked.Added++ // all of this happens within minutes
		default:
			d.Asked.Silent++
		}
	}
	d.LongestBurst, d.MedianBurst = percentile(burst, 1), percentile(burst, 0.5)
	d.LongestRest, d.MedianRest = percentile(rest, 1), percentile(rest, 0.5)
	d.LongestMended = percentile(mended, 1)
	return nil
}

// firstHeard is when a provider accepted the first message that told the family
// about this event. One that says the same and was on its way, as far as the
// ledger knew, when the event came serves for it too; such a family need not wait.
func (l *ledger) firstHeard(e rehearse.Timed, published time.Time, accepted map[string]time.Time) (first time.Time, heard bool) {
	for _, own := range []bool{true, false} {
		for _, id := range l.family[e.Case] {
			at, known := accepted[id]
			if !known || l.recorded[id].Before(published) || own && !strings.HasSuffix(l.messages[id].promise, "/"+e.ID) {
				continue
			}
			if at.Before(published) {
				at = published
			}
			if !heard || at.Before(first) {
				first, heard = at, true
			}
		}
		if heard {
			break
		}
	}
	return first, heard
}

// textsTwice is how many more texts were accepted than messages were decided,
// number by number and words by words: two enquiries of one family may well have
// acknowledgements that say the same.
func (p *dayPlay) textsTwice(ledgers ...*ledger) (twice int) {
	more := map[string]int{}
	for _, text := range p.twilio.Received() {
		more[text.To+"\x00"+text.Body]++
	}
	for _, l := range ledgers {
		for _, m := range l.messages {
			more[m.to+"\x00"+m.body]--
		}
	}
	for _, n := range more {
		twice += max(n, 0)
	}
	return twice
}

// accepted is when the stand-ins accepted each message of a ledger that they have.
func (p *dayPlay) accepted(l *ledger) map[string]time.Time {
	texts := map[string][]time.Time{}
	for _, text := range p.twilio.Received() {
		key := text.To + "\x00" + text.Body
		texts[key] = append(texts[key], text.Created)
	}
	mails := map[string]time.Time{}
	for _, mail := range p.smtp.Received() {
		id, _, _ := strings.Cut(strings.Trim(mail.MessageID, "<>"), "@")
		if _, again := mails[id]; !again {
			mails[id] = mail.At
		}
	}
	at := map[string]time.Time{}
	for id, m := range l.messages {
		if mail, is := mails[id]; is {
			at[id] = mail
			continue
		}
		times := texts[m.to+"\x00"+m.body]
		if i := slices.IndexFunc(times, func(t time.Time) bool { return !t.Before(m.decided) }); i >= 0 {
			at[id] = times[i]
		}
	}
	return at
}
