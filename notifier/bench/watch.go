package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// metricsEvery is how often a running process is asked for its metrics: seldom
// enough that the asking does not show in what is measured.
const metricsEvery = 50 * time.Millisecond

// metric is one of the process's own figures, the sum over its labels; 0 while
// the process cannot be asked.
func (c *council) metric(name string) float64 {
	response, err := http.Get("http://" + c.httpAddr + "/metrics")
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return sumMetric(response.Body, name)
}

// sumMetric adds up a metric's values in the text that Prometheus reads.
func sumMetric(text io.Reader, name string) float64 {
	sum := 0.0
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		rest, found := strings.CutPrefix(lines.Text(), name)
		if !found || rest == "" || rest[0] != ' ' && rest[0] != '{' {
			continue
		}
		if value, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64); err == nil {
			sum += value
		}
	}
	return sum
}

// leads waits until the process decides and sends.
func (c *council) leads(ctx context.Context) error {
	return untilEvery(ctx, 5*time.Millisecond, time.Minute, "a leader", func() bool { return c.metric("hearback_leading") == 1 })
}

// quiet waits until so many promises are open and nothing waits to be handed over.
func (c *council) quiet(ctx context.Context, patience time.Duration, promises int) error {
	return untilEvery(ctx, metricsEvery, patience, fmt.Sprintf("%d open promises and no message on its way", promises), func() bool {
		return c.metric("hearback_promises_open") == float64(promises) && c.metric("hearback_cases_unsettled") == 0
	})
}

// standing is how the cases of a council stand, as the ledger has it.
type standing struct{ cases, promises, unsettled, tasks int }

// standing reads the last ledger entry of every case, past the process that
// wrote it.
func (c *council) standing(ctx context.Context) (s standing, err error) {
	err = c.reading(ctx, func(from *stream.Stream) error {
		var unreadable error
		s = standing{}
		through, err := from.LoadLast(ctx, events.LedgerWildcard, func(r stream.Record) {
			mark, err := picture.ParseMark(strings.TrimPrefix(r.Subject, events.LedgerPrefix), r.Header)
			if err != nil {
				unreadable = err
			}
			s.cases++
			s.promises += mark.Promises
			s.unsettled += mark.Messages
			s.tasks += mark.Tasks
		})
		if err = errors.Join(err, unreadable); err != nil {
			return err
		}
		// A case that was written while the others were read is not among them.
		last, err := from.Last(ctx, events.LedgerWildcard)
		if err == nil && last.Sequence > through {
			return errMoved
		}
		if errors.Is(err, stream.ErrNone) {
			return nil
		}
		return err
	})
	if errors.Is(err, errMoved) && pause(ctx, metricsEvery) == nil {
		return c.standing(ctx)
	}
	return s, err
}

// errMoved: the ledger went on while it was read.
var errMoved = errors.New("the ledger went on")

// outcomes counts what was published about a kind of outcome, on all cases.
func (c *council) outcomes(ctx context.Context, kind string) (n int, err error) {
	err = c.reading(ctx, func(from *stream.Stream) error {
		return from.History(ctx, []string{events.OutcomeSubject("*", kind)}, func(stream.Record) { n++ })
	})
	return n, err
}

// reading opens the stream of the running process.
func (c *council) reading(ctx context.Context, read func(*stream.Stream) error) error {
	conn, err := c.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	s, err := stream.Open(ctx, conn, stream.Options{})
	if err != nil {
		return err
	}
	return read(s)
}

// decided waits until everything that was stored so far has been answered: an
// event that is refused comes last and says when.
func (c *council) decided(ctx context.Context) error {
	before := c.metric("hearback_events_rejected_total")
	conn, err := c.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	if _, err := js.Publish(ctx, events.Subject("last", events.TypeEnquiryReceived), []byte("not an event")); err != nil {
		return err
	}
	return untilEvery(ctx, metricsEvery, 10*time.Minute, "the last event to be decided", func() bool {
		return c.metric("hearback_events_rejected_total") > before
	})
}

// last is the newest sequence of the stream.
func (c *council) last(ctx context.Context) (sequence uint64, err error) {
	err = c.reading(ctx, func(from *stream.Stream) error {
		sequence, err = from.LastSequence(ctx)
		return err
	})
	return sequence, err
}
