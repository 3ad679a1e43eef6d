package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
)

// source is who the made-up events come from.
const source = "/bench"

func ref(prefix string, i int) string { return fmt.Sprintf("%s-%06d", prefix, i) }

// opened is the case.opened of family i, whose first channel is a text.
func opened(prefix string, i int, at time.Time) events.Event {
	return openedFor(prefix, i, at, "sms", "email")
}

// openedFor is the case.opened of family i, who prefers channels in this order.
func openedFor(prefix string, i int, at time.Time, prefers ...string) events.Event {
	return made(ref(prefix, i), "o", events.TypeCaseOpened, at, map[string]any{
		"team": "north", "officer": fmt.Sprintf("o.%d", i%75),
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "relationship": "parent",
			"mobile": fmt.Sprintf("+447700900%03d", i%1000), "email": fmt.Sprintf("family%d@home.example", i), "prefers": prefers}},
	})
}

func enquiry(prefix string, i int, at time.Time) events.Event {
	return made(ref(prefix, i), "e", events.TypeEnquiryReceived, at, map[string]any{"channel": "phone"})
}

func made(ref, id, kind string, at time.Time, data map[string]any) events.Event {
	body, err := json.Marshal(data)
	if err != nil {
		panic(err) // maps of plain values always encode
	}
	return events.Event{ID: ref + "-" + id, Source: source, Type: kind, Case: ref, Time: at.UTC(), Data: body}
}

// spread runs publish(i) for 0 ≤ i < n on some goroutines and returns the first error.
func spread(callers, n int, publish func(caller, i int) error) error {
	var next atomic.Int64
	var all sync.WaitGroup
	errs := make(chan error, callers)
	for caller := range callers {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := publish(caller, i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(errs)
	return <-errs
}

// plain publishes as a service in any language would: one message, one acknowledgement.
type plain struct {
	conns []*nats.Conn
	js    []jetstream.JetStream
}

func (c *council) plain(callers int) (*plain, error) {
	p := &plain{}
	for range callers {
		conn, err := c.connect()
		if err != nil {
			return nil, err
		}
		js, err := jetstream.New(conn)
		if err != nil {
			return nil, err
		}
		p.conns, p.js = append(p.conns, conn), append(p.js, js)
	}
	return p, nil
}

func (p *plain) publish(ctx context.Context, caller int, e events.Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = p.js[caller].Publish(ctx, events.Subject(e.Case, e.Type), body)
	return err
}

// raw publishes what the stream keeps and nobody decides about.
func (p *plain) raw(ctx context.Context, caller, i int) error {
	_, err := p.js[caller].Publish(ctx, events.OutcomeSubject(ref("R", i), "floor"), make([]byte, rawBody))
	return err
}

// rawBody is about what an enquiry takes.
const rawBody = 400

func (p *plain) close() {
	for _, conn := range p.conns {
		conn.Close()
	}
}

// store publishes n events through events.Publisher, as fast as they are stored.
func (c *council) store(ctx context.Context, n int, event func(i int) events.Event) error {
	conn, err := c.connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	publisher, err := events.NewPublisher(conn)
	if err != nil {
		return err
	}
	defer publisher.Close()
	return spread(256, n, func(_, i int) error { return publisher.Publish(ctx, event(i)) })
}
