package commit

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
)

// replies receives the acknowledgements of publishes that are sent one behind
// the other: one subscription for all of them, a token for each.
type replies struct {
	conn *nats.Conn

	mu           sync.Mutex
	next         uint64
	prefix       string
	subscription *nats.Subscription
	waiting      map[string]func(Result)
}

func newReplies(conn *nats.Conn) *replies {
	return &replies{conn: conn, waiting: map[string]func(Result){}}
}

// expect returns the subject on which one answer is awaited. Answered is called
// once with it, from the subscription's goroutine, unless forget comes first.
func (r *replies) expect(answered func(Result)) (subject string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.subscription == nil || !r.subscription.IsValid() {
		prefix := r.conn.NewInbox() + "."
		subscription, err := r.conn.Subscribe(prefix+"*", r.receive)
		if err != nil {
			return "", err
		}
		r.prefix, r.subscription = prefix, subscription
	}
	r.next++
	token := strconv.FormatUint(r.next, 36)
	r.waiting[token] = answered
	return r.prefix + token, nil
}

// forget gives up waiting and reports whether the answer had not come. After
// it, answered has been called or never will be.
func (r *replies) forget(subject string) bool {
	return r.take(subject) != nil
}

func (r *replies) receive(reply *nats.Msg) {
	if answered := r.take(reply.Subject); answered != nil {
		answered(understand(reply))
	}
}

func (r *replies) take(subject string) func(Result) {
	token := subject[strings.LastIndexByte(subject, '.')+1:]
	r.mu.Lock()
	defer r.mu.Unlock()
	answered := r.waiting[token]
	delete(r.waiting, token)
	return answered
}
