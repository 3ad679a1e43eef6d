package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/channel/standin"
	"hearback/notifier/stream"
)

// Webhooks is what the doors for Twilio's calls reached while the process decided
// about what they stored.
type Webhooks struct {
	// Floor: raw publishes to the same process, by as many callers.
	Floor Calls
	// Receipts tell of texts that were delivered, Texts are what families wrote.
	Receipts, Texts Calls
	// Delivered messages, as the ledger has it in the end.
	Delivered int
}

// Calls are calls of one kind.
type Calls struct {
	// Answered with 2xx, and otherwise.
	Answered, Refused int
	// Rate counts those answered with 2xx, per second.
	Rate     float64
	P50, P99 time.Duration
	// CPU is processor seconds per 1,000 calls, the embedded server and what is
	// decided about them included.
	CPU float64
	// Lost were answered with 2xx and are not stored; Twice are stored more
	// than once.
	Lost, Twice int
}

// Err says what was answered without being stored exactly once, nil if nothing was.
func (w Webhooks) Err() error {
	var errs []error
	for name, c := range map[string]Calls{"receipts": w.Receipts, "texts": w.Texts} {
		if c.Lost+c.Twice > 0 {
			errs = append(errs, fmt.Errorf("%s answered 2xx: %d are not stored, %d are stored twice", name, c.Lost, c.Twice))
		}
	}
	if w.Delivered < w.Receipts.Answered {
		errs = append(errs, fmt.Errorf("%d of %d receipts changed nothing", w.Receipts.Answered-w.Delivered, w.Receipts.Answered))
	}
	return errors.Join(errs...)
}

const (
	// webhookCallers are connections of Twilio's, with one call on each at a time.
	webhookCallers = 64
	// webhooksWithin bounds all the calls of one kind together.
	webhooksWithin = 2 * time.Minute

	// numbers are as many as are set aside for drama; in life, few cases share one.
	numbers = 1000

	webhooksURL = "https://hearback.council.example"
)

// RunWebhooks makes signed calls of Twilio's over loopback: one receipt for each text
// that was sent, then as many texts from families.
func RunWebhooks(ctx context.Context, config Config, families int) (w Webhooks, err error) {
	config.Dir, err = os.MkdirTemp(config.Dir, "webhooks")
	if err != nil {
		return w, err
	}
	defer os.RemoveAll(config.Dir)
	config.Env = append(slices.Clone(config.Env), "HEARBACK_PUBLIC_URL="+webhooksURL)
	c, err := open(config, days(), standin.TwilioFaults{}, standin.SMTPFaults{})
	if err != nil {
		return w, err
	}
	defer c.close()
	if _, err := c.start(ctx); err != nil {
		return w, err
	}
	if w.Floor, err = c.rawCalls(ctx, min(floorPublishes, families)); err != nil {
		return w, err
	}
	for _, event := range []func(i int) events.Event{
		func(i int) events.Event { return opened("W", i, time.Now()) },
		func(i int) events.Event { return enquiry("W", i, time.Now()) },
	} {
		if err := c.store(ctx, families, event); err != nil {
			return w, err
		}
	}
	if err := until(ctx, 2*time.Minute, "the last acknowledgement", func() bool { return c.twilio.Counts().Accepted >= families }); err != nil {
		return w, err
	}
	texts := c.twilio.Received()[:families]
	for _, one := range []struct {
		kind    string
		without int // cases that give their number up first
		call    func(i int) call
		calls   *Calls
	}{
		{events.TypeReceiptReceived, 0, func(i int) call { return delivered(texts[i]) }, &w.Receipts},
		{events.TypeMessageReceived, max(0, families-numbers), written, &w.Texts},
	} {
		if err := c.store(ctx, one.without, func(i int) events.Event { return withoutNumber(numbers + i) }); err != nil {
			return w, err
		}
		if err := c.decided(ctx); err != nil {
			return w, err
		}
		calls := make([]call, families)
		for i := range calls {
			calls[i] = one.call(i)
		}
		cpu := c.cpu()
		answers, err := c.makeCalls(ctx, calls, one.calls)
		if err == nil {
			err = c.decided(ctx)
		}
		one.calls.CPU = (c.cpu() - cpu).Seconds() / float64(families) * 1000
		if err == nil {
			err = c.lookFor(ctx, one.kind, calls, answers, one.calls)
		}
		if err != nil {
			return w, err
		}
	}
	w.Delivered, err = c.outcomes(ctx, events.TypeMessageDelivered)
	return w, err
}

// call is one of Twilio's calls.
type call struct {
	path, body, signature string
	// stored is the id of the event that must come of it.
	stored string
}

// delivered is the receipt that a text asked for.
func delivered(text standin.Text) call {
	return signed(strings.TrimPrefix(text.StatusCallback, webhooksURL), text.SID+":delivered", map[string]string{
		"MessageSid": text.SID, "MessageStatus": "delivered", "To": text.To, "From": text.From, "ApiVersion": "2010-04-01"})
}

// withoutNumber is news of family i, who has no phone any more.
func withoutNumber(i int) events.Event {
	return made(ref("W", i), "c", events.TypeCaseChanged, time.Now(), map[string]any{
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "email": fmt.Sprintf("family%d@home.example", i)}}})
}

// written is a text from a number that one case has. None comes from our own.
func written(i int) call {
	sid := fmt.Sprintf("SM%032d", i)
	return signed("/webhooks/twilio/inbound", sid, map[string]string{
		"MessageSid": sid, "From": fmt.Sprintf("+447700900%03d", 1+i%(numbers-1)), "To": "+447700900000",
		"Body": fmt.Sprintf("Thank you. When will you call me? Question %d", i), "NumMedia": "0", "ApiVersion": "2010-04-01"})
}

// signed is a call with its X-Twilio-Signature: the address, then names and values of
// the form by name (https://www.twilio.com/docs/usage/security).
func signed(path, stored string, form map[string]string) call {
	mac := hmac.New(sha1.New, []byte(twilioToken))
	_, _ = io.WriteString(mac, webhooksURL+path)
	values := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		_, _ = io.WriteString(mac, name+form[name])
		values.Set(name, form[name])
	}
	return call{path, values.Encode(), base64.StdEncoding.EncodeToString(mac.Sum(nil)), stored}
}

// rawCalls are publishes about which nothing is decided, by as many callers.
func (c *council) rawCalls(ctx context.Context, n int) (floor Calls, err error) {
	publishers, err := c.plain(webhookCallers)
	if err != nil {
		return floor, err
	}
	defer publishers.close()
	cpu := c.cpu()
	took, rate, err := timed(n, func(caller, i int) error { return publishers.raw(ctx, caller, i) })
	return Calls{Answered: n, Rate: rate, P50: percentile(took, 0.5), P99: percentile(took, 0.99), CPU: (c.cpu() - cpu).Seconds() / float64(n) * 1000}, err
}

// timed makes n calls, from all callers at once, and says how long each took and how
// many there were per second.
func timed(n int, call func(caller, i int) error) (took []time.Duration, rate float64, err error) {
	took = make([]time.Duration, n)
	begun := time.Now()
	err = spread(webhookCallers, n, func(caller, i int) error {
		begun := time.Now()
		err := call(caller, i)
		took[i] = time.Since(begun)
		return err
	})
	return took, float64(n) / time.Since(begun).Seconds(), err
}

// makeCalls makes the calls and gives the answer to each.
func (c *council) makeCalls(ctx context.Context, calls []call, r *Calls) (answers []int, err error) {
	ctx, stop := context.WithTimeout(ctx, webhooksWithin)
	defer stop()
	transport := &http.Transport{MaxConnsPerHost: webhookCallers, MaxIdleConnsPerHost: webhookCallers}
	defer transport.CloseIdleConnections()
	answers = make([]int, len(calls))
	took, rate, err := timed(len(calls), func(_, i int) (err error) {
		answers[i], err = c.makeCall(ctx, transport, calls[i])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("call as Twilio does: %w", err)
	}
	for _, answer := range answers {
		if answer/100 == 2 {
			r.Answered++
		} else {
			r.Refused++
		}
	}
	r.Rate, r.P50, r.P99 = rate*float64(r.Answered)/float64(len(calls)), percentile(took, 0.5), percentile(took, 0.99)
	return answers, nil
}

// lookFor looks into the stream for what came of each call.
func (c *council) lookFor(ctx context.Context, kind string, calls []call, answers []int, r *Calls) error {
	stored := map[string]int{}
	if err := c.reading(ctx, func(from *stream.Stream) error {
		var unreadable error
		err := from.History(ctx, []string{events.Subject("*", kind)}, func(record stream.Record) {
			event, err := events.Parse(record.Data)
			if err != nil {
				unreadable = err
			}
			stored[event.ID]++
		})
		return errors.Join(err, unreadable)
	}); err != nil {
		return err
	}
	r.compare(calls, answers, stored)
	return nil
}

// compare holds the answers to how often the stream has what must come of each call.
func (r *Calls) compare(calls []call, answers []int, stored map[string]int) {
	for i, one := range calls {
		switch n := stored[one.stored]; {
		case n == 0 && answers[i]/100 == 2:
			r.Lost++
		case n > 1:
			r.Twice++
		}
	}
}

func (c *council) makeCall(ctx context.Context, transport http.RoundTripper, one call) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.httpAddr+one.path, strings.NewReader(one.body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", one.signature)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}
