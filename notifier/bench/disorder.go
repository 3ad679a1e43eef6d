package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"hearback/events"
	"hearback/notifier/channel/standin"
)

// Totals are what must not depend on the order or the number of publishes.
type Totals struct {
	Cases int
	// Open and Kept promises, tasks that a person still has to do, and messages
	// that are not settled.
	Open, Kept, Tasks, Unsettled int
	// Heard are families without an answer who got exactly one acknowledgement;
	// Unheard got none, Twice more than one. Whether a family that was answered
	// got one before is a matter of order.
	Heard, Unheard, Twice int
}

// Disorder compares events published once and in order with the same events
// published up to three times each and in any order.
type Disorder struct {
	Families int
	// Published is how many publishes the disordered run made of Events events.
	Events, Published int
	Clean, Disordered Totals
}

// Err says what came out differently, nil where nothing did.
func (d Disorder) Err() error {
	var errs []error
	if d.Clean.Unheard+d.Clean.Twice+d.Clean.Unsettled > 0 {
		errs = append(errs, fmt.Errorf("events in order gave %+v", d.Clean))
	}
	if d.Clean != d.Disordered {
		errs = append(errs, fmt.Errorf("repeated events in disorder gave %+v, in order %+v", d.Disordered, d.Clean))
	}
	return errors.Join(errs...)
}

// RunDisorder publishes every event one to three times, and all of them
// shuffled: enquiries come before their case is opened, replies before the
// enquiry they answer.
func RunDisorder(ctx context.Context, config Config, families int) (d Disorder, err error) {
	at := time.Now().Add(-time.Minute)
	told := stories(families, at)
	d.Families, d.Events = families, len(told)
	if d.Clean, err = play(ctx, config, families, told); err != nil {
		return d, fmt.Errorf("events in order: %w", err)
	}
	random := rand.New(rand.NewPCG(config.Seed, 2))
	var disordered []events.Event
	for _, e := range told {
		for range 1 + random.IntN(3) {
			disordered = append(disordered, e)
		}
	}
	random.Shuffle(len(disordered), func(i, j int) { disordered[i], disordered[j] = disordered[j], disordered[i] })
	d.Published = len(disordered)
	if d.Disordered, err = play(ctx, config, families, disordered); err != nil {
		return d, fmt.Errorf("repeated events in disorder: %w", err)
	}
	return d, nil
}

// answered says whether a family of the stories gets its reply: one in three.
func answered(i int) bool { return i%3 == 0 }

// stories are a case opened, an enquiry and sometimes its reply, in order for
// each family.
func stories(families int, at time.Time) []events.Event {
	told := make([]events.Event, 0, 3*families)
	for i := range families {
		told = append(told, opened("D", i, at))
	}
	for i := range families {
		told = append(told, enquiry("D", i, at.Add(time.Second)))
	}
	for i := range families {
		if answered(i) {
			told = append(told, made(ref("D", i), "r", events.TypeReplySent, at.Add(2*time.Second),
				map[string]any{"enquiry": enquiry("D", i, at).ID, "by": "o.1", "channel": "phone"}))
		}
	}
	return told
}

// play publishes events in this order to a council of its own and says how it
// ended.
func play(ctx context.Context, config Config, families int, told []events.Event) (t Totals, err error) {
	config.Dir, err = os.MkdirTemp(config.Dir, "disorder")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(config.Dir)
	c, err := open(config, days(), standin.TwilioFaults{}, standin.SMTPFaults{})
	if err != nil {
		return t, err
	}
	defer c.close()
	if _, err := c.start(ctx); err != nil {
		return t, err
	}
	if err := c.store(ctx, len(told), func(i int) events.Event { return told[i] }); err != nil {
		return t, err
	}
	open := 0
	for i := range families {
		if !answered(i) {
			open++
		}
	}
	if err := c.decided(ctx); err != nil {
		return t, err
	}
	if err := c.quiet(ctx, time.Minute, open); err != nil {
		return t, err
	}
	stands, err := c.standing(ctx)
	if err != nil {
		return t, err
	}
	t.Cases, t.Open, t.Tasks, t.Unsettled = stands.cases, stands.promises, stands.tasks, stands.unsettled
	if t.Kept, err = c.outcomes(ctx, events.TypePromiseKept); err != nil {
		return t, err
	}
	texts := map[string]int{}
	for _, text := range c.twilio.Received() {
		texts[refIn.FindString(text.Body)]++
	}
	for i := range families {
		switch n := texts[ref("D", i)]; {
		case n > 1:
			t.Twice++
		case answered(i):
		case n == 0:
			t.Unheard++
		default:
			t.Heard++
		}
	}
	return t, nil
}
