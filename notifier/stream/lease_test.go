package stream_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

const term = 8 * time.Second

// replica is one process that wants to lead.
type replica struct {
	lease   *stream.Lease
	leading atomic.Bool
	led     atomic.Int64
	lost    atomic.Int64
	stop    context.CancelFunc
	ended   chan error
}

// stand starts a replica that leads for as long as it may.
func stand(t *testing.T, nc *nats.Conn, name string, sole bool) *replica {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r := &replica{lease: streamtest.OpenOn(t, nc).Lease(name, term, sole), stop: stop, ended: make(chan error, 1)}
	go func() {
		r.ended <- r.lease.Run(ctx, func(ctx context.Context) error {
			r.leading.Store(true)
			r.led.Add(1)
			<-ctx.Done()
			if errors.Is(context.Cause(ctx), stream.ErrLeaseLost) {
				r.lost.Add(1)
			}
			r.leading.Store(false)
			return nil
		})
	}()
	return r
}

// end stops a replica as a clean shutdown does.
func (r *replica) end(t *testing.T) {
	t.Helper()
	r.stop()
	if err := <-r.ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("the replica ended with %v", err)
	}
}

// A new stream has no lease: the first replica leads at once, for as long as it
// lives, and the second stands by.
func TestTheFirstLeadsAndTheSecondStandsBy(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := streamtest.Server(t)
		first := stand(t, streamtest.Connect(t, server), "first", false)
		synctest.Wait()
		if !first.leading.Load() || !first.lease.Held(time.Now()) || first.lease.Holder() != "first" {
			t.Fatal("the first does not lead")
		}
		second := stand(t, streamtest.Connect(t, server), "second", false)
		for range 200 {
			time.Sleep(time.Second)
			synctest.Wait()
			if !first.leading.Load() || second.leading.Load() || !first.lease.Held(time.Now()) || second.lease.Held(time.Now()) {
				t.Fatalf("first leads: %v, second leads: %v", first.leading.Load(), second.leading.Load())
			}
			if age := second.lease.Age(time.Now()); age > term/3+time.Second {
				t.Fatalf("the lease is %v old", age)
			}
		}
		if first.led.Load() != 1 || second.lease.Holder() != "first" {
			t.Errorf("the first led %d times; the second knows %q", first.led.Load(), second.lease.Holder())
		}
		second.end(t)
		first.end(t)
	})
}

func TestAReleasedLeaseIsTakenAtOnce(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := streamtest.Server(t)
		first := stand(t, streamtest.Connect(t, server), "first", false)
		synctest.Wait()
		second := stand(t, streamtest.Connect(t, server), "second", false)
		time.Sleep(time.Minute)
		began := time.Now()
		first.end(t)
		synctest.Wait()
		if !second.leading.Load() || time.Since(began) != 0 {
			t.Errorf("second leads: %v, after %v", second.leading.Load(), time.Since(began))
		}
		if first.leading.Load() || first.lease.Held(time.Now()) {
			t.Error("the first still leads")
		}
		second.end(t)
	})
}

// A leader that is cut off stops by itself before a standby begins, and of two
// standbys one takes over.
func TestACutOffLeader(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := streamtest.Server(t)
		nc, gate := streamtest.ConnectGated(t, server)
		leader := stand(t, nc, "leader", false)
		synctest.Wait()
		standbys := []*replica{
			stand(t, streamtest.Connect(t, server), "a", false),
			stand(t, streamtest.Connect(t, server), "b", false),
		}
		time.Sleep(10*time.Second + 123*time.Millisecond)
		gate.Close()
		began := time.Now()
		for !standbys[0].leading.Load() && !standbys[1].leading.Load() {
			if time.Since(began) > 3*term {
				t.Fatal("no standby took over")
			}
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
			if holders := held(leader, standbys[0], standbys[1]); holders > 1 {
				t.Fatalf("%d replicas hold the lease after %v", holders, time.Since(began))
			}
			if leading := standbys[0].leading.Load() || standbys[1].leading.Load(); leading && leader.leading.Load() {
				t.Fatalf("two lead after %v", time.Since(began))
			}
		}
		if took := time.Since(began); took > term+term/2 {
			t.Errorf("taking over took %v", took)
		}
		if leader.lost.Load() != 1 {
			t.Errorf("the leader lost its lease %d times", leader.lost.Load())
		}
		gate.Open()
		for range 60 {
			time.Sleep(time.Second)
			synctest.Wait()
			if holders := held(leader, standbys[0], standbys[1]); holders != 1 {
				t.Fatalf("%d replicas hold the lease", holders)
			}
		}
		if leader.leading.Load() || standbys[0].leading.Load() == standbys[1].leading.Load() {
			t.Errorf("old leader leads: %v, standbys: %v, %v", leader.leading.Load(), standbys[0].leading.Load(), standbys[1].leading.Load())
		}
		leader.end(t)
		standbys[0].end(t)
		standbys[1].end(t)
	})
}

func held(replicas ...*replica) int {
	count := 0
	for _, replica := range replicas {
		if replica.lease.Held(time.Now()) {
			count++
		}
	}
	return count
}

// A leader that crashes leaves its lease behind. Alone with the folder it takes
// it up at once; where others may be alive it waits out the term.
func TestAfterACrash(t *testing.T) {
	for _, sole := range []bool{true, false} {
		t.Run(fmt.Sprintf("sole=%v", sole), func(t *testing.T) {
			streamtest.Bubble(t, func(t *testing.T) {
				server := streamtest.Server(t)
				s := streamtest.OpenOn(t, streamtest.Connect(t, server))
				data, err := json.Marshal(map[string]any{"holder": "me", "at": time.Now(), "state": "held"})
				if err != nil {
					t.Fatal(err)
				}
				write(t, s, note("hearback.leader", string(data)))
				began := time.Now()
				me := stand(t, streamtest.Connect(t, server), "me", sole)
				synctest.Wait()
				if me.leading.Load() != sole {
					t.Errorf("leads at once: %v", me.leading.Load())
				}
				other := stand(t, streamtest.Connect(t, server), "other", sole)
				for !me.leading.Load() && !other.leading.Load() {
					time.Sleep(time.Second)
					synctest.Wait()
				}
				if took := time.Since(began); !sole && (took < term || took > 2*term) {
					t.Errorf("taking over took %v", took)
				}
				if sole && other.leading.Load() {
					t.Error("another id was taken for ours")
				}
				me.end(t)
				other.end(t)
			})
		})
	}
}

// What is not a lease is waited out like one, and then replaced.
func TestAnUnreadableLease(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := streamtest.Server(t)
		write(t, streamtest.OpenOn(t, streamtest.Connect(t, server)), note("hearback.leader", "not JSON"))
		me := stand(t, streamtest.Connect(t, server), "me", true)
		time.Sleep(term)
		synctest.Wait()
		if me.leading.Load() {
			t.Error("it was not waited out")
		}
		time.Sleep(term)
		synctest.Wait()
		if !me.leading.Load() {
			t.Error("it was never replaced")
		}
		me.end(t)
	})
}

// A leader that gives up by itself releases the lease and says why.
func TestLeadReturns(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := streamtest.Server(t)
		tired := errors.New("tired")
		s := streamtest.OpenOn(t, streamtest.Connect(t, server))
		err := s.Lease("me", term, false).Run(t.Context(), func(context.Context) error { return tired })
		if !errors.Is(err, tired) {
			t.Errorf("error %v", err)
		}
		other := stand(t, streamtest.Connect(t, server), "other", false)
		synctest.Wait()
		if !other.leading.Load() {
			t.Error("the lease was not released")
		}
		other.end(t)
		last, err := s.Last(t.Context(), "hearback.leader")
		if err != nil {
			t.Fatal(err)
		}
		if info, err := s.Info(t.Context()); err != nil || info.Messages != 1 {
			t.Errorf("old leases are kept: %+v, %v, %s", info, err, last.Data)
		}
	})
}

// While the leader is stopping it still holds the lease: what it hands over
// until then must not be done twice.
func TestTheLeaseIsKeptWhileTheLeaderStops(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := streamtest.Server(t)
		s := streamtest.OpenOn(t, streamtest.Connect(t, server))
		lease := s.Lease("me", term, false)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- lease.Run(ctx, func(ctx context.Context) error {
				<-ctx.Done()
				for range 10 {
					time.Sleep(term / 2)
					if !lease.Held(time.Now()) {
						t.Error("the lease was lost while the leader was stopping")
					}
				}
				return nil
			})
		}()
		synctest.Wait()
		other := stand(t, streamtest.Connect(t, server), "other", false)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if !other.leading.Load() {
			t.Error("the standby did not take over")
		}
		other.end(t)
	})
}

// Whoever purges the lease of a living leader must not make two of them.
func TestAPurgedLease(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := streamtest.Server(t)
		first := stand(t, streamtest.Connect(t, server), "first", false)
		synctest.Wait()
		second := stand(t, streamtest.Connect(t, server), "second", false)
		time.Sleep(time.Minute)
		if err := streamtest.OpenOn(t, streamtest.Connect(t, server)).Purge(t.Context(), "hearback.leader"); err != nil {
			t.Fatal(err)
		}
		for range 60 {
			time.Sleep(time.Second)
			synctest.Wait()
			if held(first, second) > 1 || first.leading.Load() && second.leading.Load() {
				t.Fatal("two lead")
			}
		}
		if held(first, second) != 1 {
			t.Error("nobody leads any more")
		}
		first.end(t)
		second.end(t)
	})
}
