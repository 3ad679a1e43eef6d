package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A server that cannot store for a minute ends Hearback, so that it is started
// anew; one that recovers before does not.
func TestAServerThatCannotStoreEndsHearback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		full := errors.New("the disk is full")
		var fault, failed error
		var at time.Time
		go watch(ctx, func() error { return fault }, func(err error) { failed, at = err, time.Now() })
		time.Sleep(time.Hour)
		fault = full
		time.Sleep(59 * time.Second)
		fault = nil
		time.Sleep(time.Hour)
		synctest.Wait()
		if failed != nil {
			t.Fatalf("it gave up after %v", failed)
		}
		fault = full
		began := time.Now()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if took := at.Sub(began); !errors.Is(failed, full) || took < faultPatience || took > faultPatience+2*faultLookAt {
			t.Errorf("it gave up with %v after %s", failed, took)
		}
	})
}
