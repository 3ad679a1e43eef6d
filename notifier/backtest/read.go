// Package backtest decides the recorded life of a council again: under the books
// that really ran, which must give the ledger as it stands, and under a book that
// nobody has published yet, to see what it would have done.
//
// It reads the stream beside whatever runs, changes nothing and stops nothing.
package backtest

import (
	"context"
	"hash/crc32"
	"runtime"
	"slices"
	"strings"
	"sync"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/engine"
	"hearback/notifier/stream"
)

// Source is a council's stream.
type Source interface {
	Info(ctx context.Context) (stream.Info, error)
	// History gives what was stored on the subjects before the call, oldest first;
	// without a subject, everything.
	History(ctx context.Context, subjects []string, fn func(stream.Record)) error
}

// item is a record with the case it is about and the books that stood before it
// in the stream.
type item struct {
	stream.Record
	ref   string
	books notifier.Books
}

// How records go to those who work on them. Together they bound what waits in memory.
const (
	batchSize    = 128
	batchesAhead = 8
)

// reading is what was found of the whole stream on the way.
type reading struct {
	books *engine.Shelf
	// unread are versions of the book that this build cannot read, by sequence.
	unread map[uint64]error
	first  uint64
	last   uint64
}

// deal reads the stream and gives each record whose subject begins with one of the
// prefixes to the worker of its case, so that those of one case stay in the order of the stream. It returns
// once every worker has returned. book, where there is one, is told of each version
// as it comes.
func deal(ctx context.Context, source Source, prefixes []string, workers []func(<-chan []item), book func(stream.Record, notifier.Books)) (r reading, err error) {
	r = reading{books: engine.NewShelf(), unread: map[uint64]error{}}
	info, err := source.Info(ctx)
	if err != nil {
		return r, err
	}
	r.first, r.last = info.FirstSequence, info.LastSequence
	queues := make([]chan []item, len(workers))
	waiting := make([][]item, len(workers))
	var working sync.WaitGroup
	for i, work := range workers {
		queues[i] = make(chan []item, batchesAhead)
		working.Go(func() { work(queues[i]) })
	}
	// The whole stream, because the server is slow to find what fits several subjects
	// among those of many cases.
	err = source.History(ctx, nil, func(record stream.Record) {
		if strings.HasPrefix(record.Subject, events.BookPrefix) {
			if err := r.books.Take(record.Sequence, record.Data); err != nil {
				r.unread[record.Sequence] = err
			} else if book != nil {
				book(record, r.books.Books())
			}
			return
		}
		if !slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(record.Subject, prefix) }) {
			return
		}
		ref := caseOf(record.Subject)
		i := int(crc32.ChecksumIEEE([]byte(ref)) % uint32(len(workers)))
		if waiting[i] = append(waiting[i], item{record, ref, r.books.Books()}); len(waiting[i]) == batchSize {
			queues[i] <- waiting[i]
			waiting[i] = make([]item, 0, batchSize)
		}
	})
	for i, queue := range queues {
		queue <- waiting[i]
		close(queue)
	}
	working.Wait()
	return r, err
}

// atOnce is how many cases are worked on at once.
func atOnce() int { return runtime.GOMAXPROCS(0) }

// caseOf is the case that a subject of the stream is about.
func caseOf(subject string) string {
	for _, prefix := range []string{events.LedgerPrefix, events.RejectedPrefix} {
		if ref, is := strings.CutPrefix(subject, prefix); is {
			return ref
		}
	}
	ref, _, ok := events.ParseSubject(subject)
	if !ok {
		return events.UnknownCase
	}
	return ref
}
