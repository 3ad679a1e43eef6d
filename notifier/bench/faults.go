package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"hearback/notifier/channel/standin"
	"hearback/notifier/stream"
)

// Shape of the fault measurements.
const (
	// killsPerRush is how many kills one rush of families meets at most.
	killsPerRush = 10
	// spoiltShare of texts are accepted, and their answer is lost.
	spoiltShare = 0.005
	// listingLag is how far the stand-in's list runs behind what it accepted.
	listingLag = 500 * time.Millisecond
	// emailWorkers is how many emails may be in flight, and so repeated by one
	// kill: a setting's default.
	emailWorkers = 8
	// recovery is how long the last start may take to make everything good.
	recovery = 3 * time.Minute
)

// Crashes is what a number of kills did.
type Crashes struct {
	Rushes, Kills int
	// Busy kills came while stored enquiries were not acknowledged yet.
	Busy int
	// Families whose enquiry was acknowledged as stored, and those of them who
	// heard by text and by email. Missing heard nothing.
	Families, Texts, Emails, Missing int
	// TextsTwice were accepted again with the same number and words, or told a
	// family a second time in other words or by another way.
	TextsTwice int
	// EmailsAgain were accepted again with the same Message-ID, at most
	// EmailsAgainMost after one kill; EmailsOdd again with another Message-ID, or
	// after a text that said the same.
	EmailsAgain, EmailsAgainMost, EmailsOdd int
	// Tasks that were opened, promises not open and messages not settled at the
	// end: none of them should be.
	Tasks, PromisesLost, Unsettled int
	// Spoilt texts were accepted without their answer reaching Hearback; LookUps
	// are the provider's pages it read to settle what was in doubt.
	Spoilt, LookUps int
	// Republished is how often an enquiry was published again because the answer
	// did not come.
	Republished int
	// Starts and Takeovers are medians: from start to ready, and from the kill of
	// a leader until the standby leads. Longest is the longest time from the
	// acknowledgement of a publish until the family's message was accepted.
	Starts, Takeovers, Longest time.Duration
}

// Err says what was lost or done twice, nil where nothing was.
func (c Crashes) Err() error {
	var errs []error
	for _, fault := range []struct {
		n    int
		what string
	}{
		{c.Missing, "families were not acknowledged"},
		{c.TextsTwice, "texts were accepted twice"},
		{c.EmailsOdd, "emails were sent again with another Message-ID"},
		{max(c.EmailsAgainMost-emailWorkers, 0), "more emails were sent again after one kill than were in flight"},
		{c.Tasks, "tasks were opened where none was needed"},
		{c.PromisesLost, "promises are not open"},
		{c.Unsettled, "messages are not settled"},
	} {
		if fault.n != 0 {
			errs = append(errs, fmt.Errorf("%d %s", fault.n, fault.what))
		}
	}
	return errors.Join(errs...)
}

// RunCrashes kills the whole process at seeded random instants of rushes of so
// many families, and starts it again at once.
func RunCrashes(ctx context.Context, config Config, families, kills int) (Crashes, error) {
	return runRushes(ctx, config, families, kills, func(c *council) (victim, func(), error) {
		return &alone{council: c}, func() {}, nil
	})
}

// RunTakeovers kills whichever of two processes leads, and starts it again at
// once as the other's standby. Their NATS server lives on.
func RunTakeovers(ctx context.Context, config Config, families, kills int) (Crashes, error) {
	return runRushes(ctx, config, families, kills, func(c *council) (victim, func(), error) {
		server, err := stream.StartServer(stream.ServerConfig{Dir: filepath.Join(c.config.Dir, "nats"), Listen: "127.0.0.1:0"})
		if err != nil {
			return nil, nil, err
		}
		p, err := newPair(c, "nats://"+server.Addr())
		return p, server.Close, err
	})
}

// runRushes plays rushes, each on a council of its own, until so many kills
// were made. Their figures add up.
func runRushes(ctx context.Context, config Config, families, kills int, with func(*council) (victim, func(), error)) (total Crashes, err error) {
	var starts, takeovers []time.Duration
	for number := 0; kills > 0; number++ {
		n := min(kills, killsPerRush)
		kills -= n
		config := config
		config.Seed += uint64(number)
		one, err := runRush(ctx, config, families, n, with)
		if err != nil {
			return total, fmt.Errorf("rush %d: %w", number+1, err)
		}
		total.add(one.result)
		s, t := one.victim.durations()
		starts, takeovers = append(starts, s...), append(takeovers, t...)
	}
	if len(starts) > 0 {
		total.Starts = median(starts)
	}
	if len(takeovers) > 0 {
		total.Takeovers = median(takeovers)
	}
	return total, nil
}

// runRush plays one rush.
func runRush(ctx context.Context, config Config, families, kills int, with func(*council) (victim, func(), error)) (r *rush, err error) {
	config.Dir, err = os.MkdirTemp(config.Dir, "rush")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(config.Dir)
	c, err := open(config, days(), standin.TwilioFaults{Seed: config.Seed, ResetAfter: spoiltShare, ListingLag: listingLag}, standin.SMTPFaults{})
	if err != nil {
		return nil, err
	}
	defer c.close()
	v, closeServer, err := with(c)
	if err != nil {
		return nil, err
	}
	defer closeServer()
	defer v.end()
	r = newRush(c, v, families, drawLives(rand.New(rand.NewPCG(config.Seed, 1)), kills))
	return r, r.run(ctx)
}

func (c *Crashes) add(o Crashes) {
	c.Rushes++
	c.Kills += o.Kills
	c.Busy += o.Busy
	c.Families += o.Families
	c.Texts += o.Texts
	c.Emails += o.Emails
	c.Missing += o.Missing
	c.TextsTwice += o.TextsTwice
	c.EmailsAgain += o.EmailsAgain
	c.EmailsAgainMost = max(c.EmailsAgainMost, o.EmailsAgainMost)
	c.EmailsOdd += o.EmailsOdd
	c.Tasks += o.Tasks
	c.PromisesLost += o.PromisesLost
	c.Unsettled += o.Unsettled
	c.Spoilt += o.Spoilt
	c.LookUps += o.LookUps
	c.Republished += o.Republished
	c.Longest = max(c.Longest, o.Longest)
}
