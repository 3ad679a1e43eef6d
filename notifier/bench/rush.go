package bench

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"hearback/events"
	"hearback/notifier/channel/standin"
)

// Publishers of a rush, and how long one attempt of theirs waits for its answer.
const (
	rushPublishers = 64
	answerPatience = 400 * time.Millisecond
	answerPause    = 20 * time.Millisecond
	// overrun makes families still get in touch when their life ends.
	overrun = 1.2
)

// rush is a number of families who get in touch while processes die.
type rush struct {
	*council
	victim   victim
	families int
	lives    []life
	// begun[k] is closed when the families of life k may get in touch, which was
	// at begins[k].
	begun  []chan struct{}
	begins []time.Time
	// stored[i] is when the enquiry of family i was acknowledged as stored.
	stored    []time.Time
	storedAll atomic.Int64
	again     atomic.Int64
	// killed is when each killed process could hand over no more.
	killed []time.Time
	result Crashes
}

func newRush(c *council, v victim, families int, lives []life) *rush {
	r := &rush{council: c, victim: v, families: families, lives: lives, stored: make([]time.Time, families),
		begun: make([]chan struct{}, len(lives)), begins: make([]time.Time, len(lives))}
	for k := range r.begun {
		r.begun[k] = make(chan struct{})
	}
	return r
}

// byEmail says whether a family prefers emails: two in five do.
func byEmail(i int) bool { return i%5 >= 3 }

func (r *rush) run(ctx context.Context) error {
	running, err := r.victim.rest(ctx)
	if err != nil {
		return err
	}
	if err := running.store(ctx, r.families, func(i int) events.Event {
		if byEmail(i) {
			return openedFor("F", i, time.Now(), "email", "sms")
		}
		return opened("F", i, time.Now())
	}); err != nil {
		return err
	}
	publishing, stop := context.WithCancel(ctx)
	defer stop()
	published := make(chan error, 1)
	go func() { published <- r.publish(publishing) }()
	for k, l := range r.lives {
		begin := func() { r.begins[k] = time.Now(); close(r.begun[k]) }
		if err := r.victim.live(ctx, l, begin, r.note); err != nil {
			return err
		}
		if err := r.bury(ctx); err != nil {
			return err
		}
	}
	if running, err = r.victim.rest(ctx); err != nil {
		return err
	}
	if err := <-published; err != nil {
		return err
	}
	// What is not good by then is counted, not waited for.
	settled := running.quiet(ctx, recovery, r.families)
	if err := r.judge(ctx, running); err != nil {
		return err
	}
	if r.result.Err() == nil {
		return settled
	}
	return ctx.Err()
}

// note counts a kill that is about to come.
func (r *rush) note() {
	texts, mails := r.twilio.Counts(), r.smtp.Counts()
	handed := texts.Accepted - texts.Repeated + mails.Accepted - mails.Repeated
	if int(r.storedAll.Load()) > handed {
		r.result.Busy++
	}
	r.result.Kills++
}

// bury waits until the mail server has read the last that a killed process
// wrote: what it accepts from then on, it accepts from the next.
func (r *rush) bury(ctx context.Context) error {
	err := untilEvery(ctx, time.Millisecond, 10*time.Second, "the connections of a killed process to end", func() bool { return r.smtp.Counts().Open == 0 })
	r.killed = append(r.killed, time.Now())
	return err
}

// publish has every family get in touch, in the life that is theirs and spread
// over a little more than it. Publishers do not give up: they publish again,
// with the same identity, until it is acknowledged that the enquiry is stored.
func (r *rush) publish(ctx context.Context) error {
	publishers, err := r.plain(rushPublishers)
	if err != nil {
		return err
	}
	defer publishers.close()
	conn, err := r.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	grouped, err := events.NewPublisher(conn)
	if err != nil {
		return err
	}
	defer grouped.Close()
	return spread(rushPublishers, r.families, func(caller, i int) error {
		k, share := placeOf(i, r.families, len(r.lives))
		select {
		case <-r.begun[k]:
		case <-ctx.Done():
			return ctx.Err()
		}
		moment := r.begins[k].Add(time.Duration(share * overrun * float64(r.lives[k].lasts)))
		if err := pause(ctx, time.Until(moment)); err != nil {
			return err
		}
		// Half of the services are plain NATS clients, half use the Go publisher.
		e := enquiry("F", i, time.Now())
		if caller%2 == 0 {
			err = grouped.Publish(ctx, e)
		} else {
			err = r.insist(ctx, publishers, caller, e)
		}
		if err != nil {
			return fmt.Errorf("enquiry of family %d: %w", i, err)
		}
		r.stored[i] = time.Now()
		r.storedAll.Add(1)
		return nil
	})
}

// placeOf is the life in which a family gets in touch, and when in it: a share
// of its length.
func placeOf(i, families, lives int) (k int, share float64) {
	k = i * lives / families
	first := (k*families + lives - 1) / lives
	return k, min(float64(i-first)*float64(lives)/float64(families), 1)
}

// insist publishes until the answer comes.
func (r *rush) insist(ctx context.Context, publishers *plain, caller int, e events.Event) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, answerPatience)
		err := publishers.publish(attempt, caller, e)
		cancel()
		if err == nil {
			return nil
		}
		r.again.Add(1)
		if pause(ctx, answerPause) != nil {
			return errors.Join(err, ctx.Err())
		}
	}
}

// refIn finds a case reference of made-up families in a text.
var refIn = regexp.MustCompile(`\b[A-Z]-[0-9]{6}\b`)

// judge counts what families heard, and how the council stands.
func (r *rush) judge(ctx context.Context, running *council) error {
	c := &r.result
	c.Families, c.Republished = int(r.storedAll.Load()), int(r.again.Load())
	c.hear(r.twilio.Received(), r.smtp.Received(), r.stored, r.killed)
	counts := r.twilio.Counts()
	c.Spoilt, c.LookUps = counts.Spoilt, counts.Lookups
	stands, err := running.standing(ctx)
	if err != nil {
		return err
	}
	c.PromisesLost, c.Unsettled = c.Families-stands.promises, stands.unsettled
	c.Tasks, err = running.outcomes(ctx, events.TypeTaskOpened)
	return err
}

// hear counts what families heard. stored is when each family's enquiry was
// acknowledged as stored, and killed when killed processes could hand over no more, in order.
func (c *Crashes) hear(texts []standin.Text, mails []standin.Mail, stored, killed []time.Time) {
	heard := map[string]time.Time{}
	told := func(ref string, at time.Time) bool {
		if _, before := heard[ref]; before {
			return false
		}
		heard[ref] = at
		return true
	}
	for _, text := range texts {
		if told(refIn.FindString(text.Body), text.Created) {
			c.Texts++
		} else {
			c.TextsTwice++
		}
	}
	ids := map[string]time.Time{}
	afterKill := make([]int, len(killed)+1)
	for _, mail := range mails {
		last, again := ids[mail.MessageID]
		ids[mail.MessageID] = mail.At
		switch {
		case again:
			c.EmailsAgain++
			k := slices.IndexFunc(killed, func(at time.Time) bool { return at.After(last) })
			afterKill[max(k, 0)]++
		case told(ref("F", familyOf(mail.To)), mail.At):
			c.Emails++
		default:
			c.EmailsOdd++
		}
	}
	c.EmailsAgainMost = slices.Max(afterKill)
	for i, at := range stored {
		switch when, ok := heard[ref("F", i)]; {
		case at.IsZero():
		case !ok:
			c.Missing++
		default:
			c.Longest = max(c.Longest, when.Sub(at))
		}
	}
}

// familyOf is the number in a made-up family's address, -1 if there is none.
func familyOf(address string) int {
	var i int
	if _, err := fmt.Sscanf(strings.TrimSpace(address), "family%d@", &i); err != nil || i < 0 {
		return -1
	}
	return i
}
