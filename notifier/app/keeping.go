package app

import (
	"bytes"
	"context"
	"errors"

	"hearback/events"
	"hearback/notifier/keeping"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// endedMark stands in the first line of every entry that ended a promise. A text that
// holds it has its quotes escaped there.
const endedMark = `"ended":[`

// count reads from the whole ledger how promises ended, which takes a while for a big
// council, and follows it until ctx ends. It reads one entry at a time.
func (a *App) count(ctx context.Context, to *keeping.Tally) {
	last, err := a.stream.Last(ctx, events.LedgerWildcard)
	if err != nil && !errors.Is(err, stream.ErrNone) && ctx.Err() == nil {
		a.log.Warn("how far the ledger reaches is not known, so the page of promises kept cannot say when its figures are whole", "error", err)
	}
	if err == nil || errors.Is(err, stream.ErrNone) {
		to.Begin(last.Sequence)
	}
	err = a.stream.Follow(ctx, []string{events.LedgerWildcard}, 0, func(r stream.Record) {
		if head, _, _ := bytes.Cut(r.Data, []byte{'\n'}); bytes.Contains(head, []byte(endedMark)) {
			entry, err := picture.Decode(r.Data)
			if err != nil {
				a.log.Error("a ledger entry cannot be read, so the page of promises kept lacks it", "sequence", r.Sequence, "error", err)
			} else {
				to.Add(entry, a.shelf.Books())
			}
		}
		to.Reached(r.Sequence, r.Time)
	})
	if err != nil && ctx.Err() == nil {
		a.log.Error("how promises were kept is no longer counted; restart Hearback", "error", err)
	}
}

// countRejected counts what could not be understood, whoever refused it and whenever,
// and follows it until ctx ends.
func (a *App) countRejected(ctx context.Context) {
	err := a.stream.Follow(ctx, []string{events.RejectedWildcard}, 0, func(stream.Record) { a.rejected.Add(1) })
	if err != nil && ctx.Err() == nil {
		a.log.Error("rejected events are no longer counted; restart Hearback", "error", err)
	}
}
