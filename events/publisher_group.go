package events

import (
	"context"
	"runtime"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"hearback/events/commit"
)

// stragglerTime is how long the next group waits for one that has not been answered
// whole. A healthy server answers sooner; a single event without an answer must not
// hold up the rest.
const stragglerTime = 250 * time.Millisecond

// run collects what waits and stores it, group by group, until the publisher is
// closed. There is no timer in it that would make an event wait for company.
func (p *Publisher) run() {
	for {
		select {
		case first := <-p.queue:
			p.store(p.collect(first))
			continue
		case <-p.closed:
		}
		select {
		case first := <-p.queue: // queued before the publisher was closed
			p.store(p.collect(first))
		default:
			return
		}
	}
}

// collect takes what waits at this moment. Callers who have just been answered and
// are about to publish again get the processor first: otherwise half of them would
// always come just too late, and every group would be half as large as it could be.
func (p *Publisher) collect(first *publication) []*publication {
	for waiting := -1; waiting < len(p.queue); {
		waiting = len(p.queue)
		runtime.Gosched()
	}
	group := []*publication{first}
	for len(group) < commit.BatchSizeMax {
		select {
		case next := <-p.queue:
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// store makes one attempt to store a group. Every caller is answered as soon as its
// own event is.
func (p *Publisher) store(group []*publication) {
	messages, callers := distinct(group)
	done := make(chan struct{})
	p.stopped.Go(func() {
		defer close(done)
		p.writer.Attempt(context.Background(), messages, func(i int, result commit.Result) {
			for _, caller := range callers[i] {
				caller.result <- result
			}
		})
	})
	straggling := time.NewTimer(stragglerTime)
	defer straggling.Stop()
	select {
	case <-done:
	case <-straggling.C:
	}
}

// distinct lists each event once, with everybody who publishes it: an atomic batch
// that held one identity twice would be refused whole.
func distinct(group []*publication) (messages []commit.Message, callers [][]*publication) {
	messages = make([]commit.Message, 0, len(group))
	callers = make([][]*publication, 0, len(group))
	places := make(map[string]int, len(group))
	for _, next := range group {
		identity := next.message.Header.Get(jetstream.MsgIDHeader)
		if place, known := places[identity]; known {
			callers[place] = append(callers[place], next)
			continue
		}
		places[identity] = len(messages)
		messages = append(messages, next.message)
		callers = append(callers, []*publication{next})
	}
	return messages, callers
}
