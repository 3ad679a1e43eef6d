package app

import (
	"context"
	"time"
)

// An embedded server whose disk was full does not find out that there is room
// again. While it can store nothing nobody is helped by running on: whoever
// started Hearback starts it anew, and it goes on from what is stored.
const (
	faultLookAt   = 5 * time.Second
	faultPatience = time.Minute
)

// watch calls fail once fault has reported something for a minute without a
// break.
func watch(ctx context.Context, fault func() error, fail func(error)) {
	ticker := time.NewTicker(faultLookAt)
	defer ticker.Stop()
	var since time.Time
	for {
		var now time.Time
		select {
		case <-ctx.Done():
			return
		case now = <-ticker.C:
		}
		switch err := fault(); {
		case err == nil:
			since = time.Time{}
		case since.IsZero():
			since = now
		case now.Sub(since) >= faultPatience:
			fail(err)
			return
		}
	}
}
