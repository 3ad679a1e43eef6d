package bench

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/channel/standin"
	"hearback/notifier/rehearse"
	"hearback/notifier/rules"
)

// How often a large council's messages fail, of all numbers and addresses
// (permanent) and of all attempts (temporary): planning figures for councils.
const (
	textsPermanent  = 0.03
	textsTemporary  = 0.04
	emailsPermanent = 0.02
	emailsTemporary = 0.03
)

const (
	// burstFaster is how many times faster than life the batch of 06:00 comes in:
	// ten minutes in thirty seconds.
	burstFaster = 20
	// dayLanes publish at once; the events of one case go one after the other.
	dayLanes = 64
	// dayPatience is how long after the last event the last message may take:
	// providers that fail for a while are tried again minutes later.
	dayPatience = 10 * time.Minute
)

// Day is a day of one large council, played through the pipeline.
type Day struct {
	// Date is the London date that was played: the last working day, since
	// events from the future are refused.
	Date                       string
	Families, Contacts, Events int
	// Before is what the council's history gave before the day began.
	Before, Played Tally
	// Asked are the enquiries and messages of families in the day.
	Asked Asked
	// LongestBurst and MedianBurst are of the families in the batch of 06:00, at
	// twenty times the pace of life, from publish until a provider accepted the
	// first message; LongestRest and MedianRest of the rest of the day, as fast
	// as it could be stored.
	LongestBurst, MedianBurst, LongestRest, MedianRest time.Duration
	// LongestMended is of those whom no message could reach at first: a task asked
	// a person to phone them, and a later event brought a way to write to them.
	LongestMended time.Duration
	// Backlog is the most cases at once that had messages on their way.
	Backlog int
	// Rest is how many of the day's other events were stored per second.
	Rest float64
	// TextsTwice is how many more texts were accepted than were decided, and
	// EmailsAgain were accepted again with the same Message-ID.
	TextsTwice, EmailsAgain int
	// Unsettled messages at the end: none should be.
	Unsettled int
}

// Err says what must not happen on any day, nil where it did not.
func (d Day) Err() error {
	var errs []error
	for _, fault := range []struct {
		n    int
		what string
	}{
		{d.Asked.Silent, "families who asked heard nothing, and nobody was told to phone them"},
		{d.TextsTwice, "texts were accepted twice"},
		{d.Unsettled, "messages are not settled"},
	} {
		if fault.n != 0 {
			errs = append(errs, fmt.Errorf("%d %s", fault.n, fault.what))
		}
	}
	return errors.Join(errs...)
}

// dayFamilies are those of one large council: 15,000 children with a plan and
// 3,500 whose plan has been asked for. They have some 31,000 contacts.
const dayFamilies = 18_500

// RunDay plays a day of a council of so many families.
func RunDay(ctx context.Context, config Config, families int) (Day, error) {
	return runDay(ctx, config, families, rehearse.LargeCouncil())
}

func runDay(ctx context.Context, config Config, families int, plan rehearse.Plan) (d Day, err error) {
	config.Dir, err = os.MkdirTemp(config.Dir, "day")
	if err != nil {
		return d, err
	}
	defer os.RemoveAll(config.Dir)
	files := largeCouncil()
	book, faults := rules.Load(files)
	if book == nil {
		return d, fmt.Errorf("the book of the large council is broken: %v", faults)
	}
	c, err := open(config, files, standin.TwilioFaults{Seed: config.Seed, Permanent: textsPermanent, Temporary: textsTemporary},
		standin.SMTPFaults{Seed: config.Seed, Permanent: emailsPermanent, Temporary: emailsTemporary})
	if err != nil {
		return d, err
	}
	defer c.close()
	if _, err := c.start(ctx); err != nil {
		return d, err
	}
	made := rehearse.Invent(book.Directory, families, config.Seed)
	d.Families = families
	for _, f := range made.Families {
		d.Contacts += len(f.Contacts)
	}
	if err := c.tellPast(ctx, made, book); err != nil {
		return d, fmt.Errorf("before the day: %w", err)
	}
	began, err := c.last(ctx)
	if err != nil {
		return d, err
	}
	date := lastWorkingDay(book.Calendar, time.Now())
	d.Date = date.String()
	told := made.Day(date, book.Calendar.Location, plan)
	d.Events = len(told)
	p := &dayPlay{council: c, published: map[string]time.Time{}}
	backlog := p.watch(ctx)
	if err := p.play(ctx, told, plan, &d); err != nil {
		return d, err
	}
	d.Backlog = backlog()
	d.EmailsAgain = c.smtp.Counts().Repeated
	stands, err := c.standing(ctx)
	if err != nil {
		return d, err
	}
	d.Unsettled = stands.unsettled
	return d, p.account(ctx, began, told, plan, &d)
}

// tellPast tells the openings and the history of a council, stage by stage.
func (c *council) tellPast(ctx context.Context, made *rehearse.Council, book *notifier.Book) error {
	now := time.Now()
	openings := made.Openings(now.AddDate(-1, 0, 0))
	stages := append([][]events.Event{openings}, made.Past(book, now).Stages...)
	for _, stage := range stages {
		if err := c.store(ctx, len(stage), func(i int) events.Event { return stage[i] }); err != nil {
			return err
		}
		if err := c.settled(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settled waits until what was published is decided and handed over.
func (c *council) settled(ctx context.Context) error {
	if err := c.decided(ctx); err != nil {
		return err
	}
	return untilEvery(ctx, metricsEvery, dayPatience, "the last message to be handed over", func() bool { return c.metric("hearback_cases_unsettled") == 0 })
}

func lastWorkingDay(c *calendar.Calendar, now time.Time) calendar.Date {
	for date := calendar.DateOf(now, c.Location).AddDays(-1); ; date = date.AddDays(-1) {
		if works, _ := c.IsWorkingDay(date); works {
			return date
		}
	}
}

// dayPlay is a day being played.
type dayPlay struct {
	*council
	mu sync.Mutex
	// published is when each event was published, by its id.
	published map[string]time.Time
}

// watch looks at the backlog until the returned function is called for it.
func (p *dayPlay) watch(ctx context.Context) (most func() int) {
	ctx, stop := context.WithCancel(ctx)
	var highest atomic.Int64
	var watching sync.WaitGroup
	watching.Go(func() {
		for pause(ctx, metricsEvery) == nil {
			highest.Store(max(highest.Load(), int64(p.metric("hearback_cases_unsettled"))))
		}
	})
	return func() int {
		stop()
		watching.Wait()
		return int(highest.Load())
	}
}

// play publishes the batch of the early morning at its pace, and then the rest.
func (p *dayPlay) play(ctx context.Context, told []rehearse.Timed, plan rehearse.Plan, d *Day) error {
	var batch, rest []rehearse.Timed
	for _, e := range told {
		if inBatch(e, plan) {
			batch = append(batch, e)
		} else {
			rest = append(rest, e)
		}
	}
	begun := time.Now()
	if err := p.inOrder(ctx, batch, func(e rehearse.Timed) time.Time { return begun.Add((e.At - plan.BatchAt) / burstFaster) }); err != nil {
		return err
	}
	if err := p.settled(ctx); err != nil {
		return err
	}
	begun = time.Now()
	if err := p.inOrder(ctx, rest, func(rehearse.Timed) time.Time { return begun }); err != nil {
		return err
	}
	d.Rest = float64(len(rest)) / time.Since(begun).Seconds()
	return p.settled(ctx)
}

// inBatch says whether an event came in with the batch of the early morning.
func inBatch(e rehearse.Timed, plan rehearse.Plan) bool {
	return plan.Batch > 0 && e.At >= plan.BatchAt && e.At < plan.BatchAt+plan.BatchTime
}

// inOrder publishes each event at its moment, those of one case in their order.
func (p *dayPlay) inOrder(ctx context.Context, told []rehearse.Timed, moment func(rehearse.Timed) time.Time) error {
	conn, err := p.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	publisher, err := events.NewPublisher(conn)
	if err != nil {
		return err
	}
	defer publisher.Close()
	lanes := make([]chan rehearse.Timed, dayLanes)
	errs := make(chan error, dayLanes)
	publishing, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	for i := range lanes {
		lanes[i] = make(chan rehearse.Timed, 1)
		all.Go(func() {
			for e := range lanes[i] {
				p.mu.Lock()
				p.published[e.ID] = time.Now()
				p.mu.Unlock()
				if err := publisher.Publish(publishing, e.Event); err != nil && publishing.Err() == nil {
					errs <- fmt.Errorf("event %s of the day: %w", e.ID, err)
					stop()
				}
			}
		})
	}
	for _, e := range told {
		if pause(publishing, time.Until(moment(e))) != nil {
			break
		}
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(e.Case))
		lanes[hash.Sum32()%dayLanes] <- e
	}
	for _, lane := range lanes {
		close(lane)
	}
	all.Wait()
	close(errs)
	return errors.Join(<-errs, ctx.Err())
}
