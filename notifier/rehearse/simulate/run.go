package simulate

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hearback/notifier"
	"hearback/notifier/rehearse"
)

// atATime is how many cases a processor takes at once.
const atATime = 64

// Run plays the plan with a book and says what came of it. It uses every processor.
// The error is the context's, the plan's, or says that a case does not come to rest.
func Run(ctx context.Context, book *notifier.Book, p Plan) (*Result, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	o := newOffice(book, p)
	council := rehearse.Invent(o.book.Directory, p.Cases, p.Seed)
	days := busyness(o.diary, p)
	tallies := make([]*tally, p.Cases)
	errs := make([]error, p.Cases)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(atATime)) - atATime
				if from >= p.Cases {
					return
				}
				for i := from; i < min(from+atATime, p.Cases); i++ {
					tallies[i], errs[i] = playCase(o, council, i, p, days, nil)
				}
			}
		})
	}
	wait.Wait()
	if err := errors.Join(ctx.Err(), errors.Join(errs...)); err != nil {
		return nil, err
	}
	r := sum(o, p, tallies)
	if len(r.Longest) > 0 {
		r.Example = o.example(council, p, days, slices.MaxFunc(r.Longest, func(a, b Waiting) int { return cmp.Compare(a.Chases, b.Chases) }))
	}
	return r, nil
}

// playCase plays one case and counts what happens; also, where it is set, hears of
// every move.
func playCase(o *office, council *rehearse.Council, i int, p Plan, days []float64, also func(rehearse.Move)) (*tally, error) {
	w := newWorld(o, council, i, p.Seed)
	w.tally = newTally(o, council.Families[i].Ref)
	_, err := rehearse.Play(o.books(), append(w.tape(days, p.From), w.lives(p)...), p.end(o), w, func(m rehearse.Move) {
		w.tally.saw(m)
		if also != nil {
			also(m)
		}
	})
	return w.tally, err
}

// end is the last instant that is played.
func (p Plan) end(o *office) time.Time {
	return p.To().AddDays(1).At(0, 0, o.diary.calendar.Location).Add(-time.Second)
}
