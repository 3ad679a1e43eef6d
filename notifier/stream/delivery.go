package stream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Why a delivery ended before its time. The reader begins anew behind the last
// record it saw.
var (
	errGap         = errors.New("messages were lost on the way")
	errInterrupted = errors.New("the server ended the delivery")
	errReconnected = errors.New("the connection was lost and made again")
	errSilent      = errors.New("the server has given no sign of life")
)

// Subjects and headers of JetStream's deliveries.
const (
	replyTokens           = 9
	statusHeader          = "Status"
	statusControl         = "100"
	lastDeliveredHeader   = "Nats-Last-Consumer"
	consumerStalledHeader = "Nats-Consumer-Stalled"
	deleteConsumerSubject = "$JS.API.CONSUMER.DELETE." + Name + "."
)

// abandonedAfter is how soon the server forgets the consumer of a reader that
// went away without a word.
const abandonedAfter = 30 * time.Second

// delivery is one consumer's messages, pushed to us in order. A push consumer
// without acknowledgements costs the least for each message, on both sides.
type delivery struct {
	conn    *nats.Conn
	receive func(record Record, pending uint64) (done bool)

	// running is held while receive runs, so that it never runs after deliver
	// has returned. A channel, because receive may wait for time to pass.
	running  chan struct{}
	stopped  bool   // under running
	sequence uint64 // under running: the consumer's last sequence

	alive atomic.Uint64 // counts signs of life
	idle  chan struct{} // a heartbeat came: there is nothing to deliver
	over  chan error
}

// reader is who receives a delivery.
type reader struct {
	// receive is called for every message, with how many more were pending, from
	// another goroutine, one call at a time. True ends the delivery.
	receive func(record Record, pending uint64) (done bool)
	// started, if there is one, is called with the consumer as it was made. True
	// ends the delivery.
	started func(info *jetstream.ConsumerInfo) (done bool)
	// idle, if there is one, is called when the server says that there is nothing
	// to deliver. True ends the delivery.
	idle func(consumer jetstream.PushConsumer) (done bool)
}

// deliver runs a consumer until the reader is done, and returns nil then; the
// cause when ctx has ended; else why the delivery broke off.
func (s *Stream) deliver(ctx context.Context, config jetstream.ConsumerConfig, reader reader) error {
	d := &delivery{
		conn:    s.nc,
		receive: reader.receive,
		running: make(chan struct{}, 1),
		idle:    make(chan struct{}, 1),
		over:    make(chan error, 1),
	}
	config.AckPolicy = jetstream.AckNonePolicy
	config.DeliverSubject = s.nc.NewInbox()
	config.FlowControl = true
	if config.IdleHeartbeat == 0 {
		config.IdleHeartbeat = s.heartbeat
	}
	config.InactiveThreshold = max(abandonedAfter, 2*config.IdleHeartbeat)
	config.MaxDeliver = -1
	config.MemoryStorage = true
	config.Replicas = 1
	config.ReplayPolicy = jetstream.ReplayInstantPolicy

	status := s.nc.StatusChanged(nats.CONNECTED, nats.CLOSED)
	defer s.nc.RemoveStatusListener(status)
	subscription, err := s.nc.Subscribe(config.DeliverSubject, d.message)
	if err != nil {
		return fmt.Errorf("cannot subscribe: %w", err)
	}
	defer d.stop(subscription)
	// Flow control bounds what is on its way; dropping some of it would only
	// make us ask for it again.
	if err := subscription.SetPendingLimits(-1, -1); err != nil {
		return err
	}
	consumer, err := s.stream.CreatePushConsumer(ctx, config)
	if err != nil {
		return fmt.Errorf("cannot read stream %s: %w", Name, err)
	}
	defer s.deleteConsumer(consumer.CachedInfo().Name)
	if reader.started != nil && reader.started(consumer.CachedInfo()) {
		return nil
	}
	silence := time.NewTicker(5 * config.IdleHeartbeat / 2)
	defer silence.Stop()
	seen := d.alive.Load()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case err := <-d.over:
			return err
		case state, ok := <-status:
			if !ok || state == nats.CLOSED {
				return nats.ErrConnectionClosed
			}
			return errReconnected
		case <-d.idle:
			if reader.idle != nil && reader.idle(consumer) {
				return nil
			}
		case <-silence.C:
			now := d.alive.Load()
			if now == seen && !d.busy() {
				return errSilent
			}
			seen = now
		}
	}
}

// message handles what the server pushes.
func (d *delivery) message(message *nats.Msg) {
	d.alive.Add(1)
	d.running <- struct{}{}
	defer func() { <-d.running }()
	if d.stopped {
		return
	}
	if status := message.Header.Get(statusHeader); status != "" && len(message.Data) == 0 {
		d.control(message, status)
		return
	}
	record, sequence, pending, err := parse(message)
	switch {
	case err != nil:
		d.end(err)
	case sequence != d.sequence+1:
		d.end(errGap)
	default:
		d.sequence = sequence
		if d.receive(record, pending) {
			d.end(nil)
		}
	}
}

// control handles heartbeats, flow control, and the end of the consumer.
func (d *delivery) control(message *nats.Msg, status string) {
	if status != statusControl {
		d.end(fmt.Errorf("%w: %s", errInterrupted, message.Header.Get("Description")))
		return
	}
	if message.Reply != "" { // flow control: we have got this far
		if err := message.Respond(nil); err != nil {
			d.end(err)
		}
		return
	}
	if stalled := message.Header.Get(consumerStalledHeader); stalled != "" {
		if err := d.conn.Publish(stalled, nil); err != nil {
			d.end(err)
		}
	}
	if last, err := strconv.ParseUint(message.Header.Get(lastDeliveredHeader), 10, 64); err == nil && last != d.sequence {
		d.end(errGap)
		return
	}
	select {
	case d.idle <- struct{}{}:
	default:
	}
}

// end ends the delivery, well where err is nil. The caller holds running.
func (d *delivery) end(err error) {
	d.stopped = true
	select {
	case d.over <- err:
	default:
	}
}

// stop returns when receive has been called for the last time.
func (d *delivery) stop(subscription *nats.Subscription) {
	d.running <- struct{}{}
	d.stopped = true
	<-d.running
	// An error means that the connection, and with it the subscription, is gone.
	_ = subscription.Unsubscribe()
}

func (d *delivery) busy() bool {
	select {
	case d.running <- struct{}{}:
		<-d.running
		return false
	default:
		return true
	}
}

// deleteConsumer tells the server that nobody listens any more. It does not
// wait: the server finds out by itself too, only later.
func (s *Stream) deleteConsumer(name string) {
	if !s.nc.IsConnected() {
		return
	}
	if err := s.nc.PublishRequest(deleteConsumerSubject+name, s.nc.NewInbox(), nil); err != nil {
		s.log.Debug("a reader's consumer is left for the server to remove", "error", err)
	}
}

// parse makes a record of a delivered message. Its reply subject says where it
// stands: $JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.
// <consumer sequence>.<nanoseconds>.<pending>, with two or three more tokens in
// the middle where the server names its domain and account.
func parse(message *nats.Msg) (record Record, sequence, pending uint64, err error) {
	var tokens [replyTokens + 3]string
	count := 0
	for token := range strings.SplitSeq(message.Reply, ".") {
		if count == len(tokens) {
			break
		}
		tokens[count] = token
		count++
	}
	first := 4
	if count > replyTokens {
		first = 6
	}
	if count < replyTokens || tokens[0] != "$JS" || tokens[1] != "ACK" {
		return Record{}, 0, 0, fmt.Errorf("a delivered message does not say where it stands in the stream")
	}
	var numbers [5]uint64 // deliveries, stream, consumer, time, pending
	for i := range numbers {
		if numbers[i], err = strconv.ParseUint(tokens[first+i], 10, 64); err != nil {
			return Record{}, 0, 0, fmt.Errorf("a delivered message does not say where it stands in the stream: %w", err)
		}
	}
	return Record{
		Sequence: numbers[1],
		Subject:  message.Subject,
		Header:   message.Header,
		Data:     message.Data,
		Time:     time.Unix(0, int64(numbers[3])).UTC(),
	}, numbers[2], numbers[4], nil
}
