// Package proving reads and proves each version of the managers' book once, for all who
// ask: pages must come in milliseconds, and to prove a year of a large book takes a second.
package proving

import (
	"context"
	"sync"
	"time"
	_ "time/tzdata" // so that London's clock is known on every machine

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// Proofs remembers what came of reading and proving the last few versions. Only one is
// read or proved at a time, so that managers who check cannot take the whole machine;
// what is known is told meanwhile. Proofs is safe for many goroutines.
type Proofs struct {
	london  *time.Location
	working sync.Mutex // held while a book is read or proved
	proved  recent[provedOn, outcome]
	loaded  recent[string, outcome]
	words   recent[string, *rules.BookWords]
}

// provedOn is what a proof depends on: the version, and the day from which it is proved.
type provedOn struct {
	version string
	from    calendar.Date
}

// outcome is what came of a book; book is nil where it has faults.
type outcome struct {
	book   *notifier.Book
	faults []rules.Fault
}

// New knows nothing yet.
func New() *Proofs {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("proving: the time zone of London is built in and must load: " + err.Error())
	}
	return &Proofs{london: london}
}

// Today is the day from which books are proved at an instant.
func (p *Proofs) Today(now time.Time) calendar.Date { return calendar.DateOf(now, p.london) }

// Of proves a book for a year from a day on; see [rules.Prove].
func (p *Proofs) Of(files rules.Files, from calendar.Date) (*notifier.Book, []rules.Fault) {
	found := once(p, &p.proved, provedOn{files.Version(), from}, func() (o outcome) {
		var words *rules.BookWords
		o.book, o.faults, words = rules.ProveWords(files.FS(), from)
		version := files.Version()
		p.words.put(version, words)
		if o.book != nil { // else reading it alone may find no fault
			p.loaded.put(version, outcome{o.book, words.Faults})
		}
		return o
	})
	return found.book, found.faults
}

// Known reports whether a version is proved already, and nobody has to wait for it.
func (p *Proofs) Known(files rules.Files, from calendar.Date) bool {
	_, known := p.proved.get(provedOn{files.Version(), from})
	return known
}

// Load reads a book without proving it, which is quicker; see [rules.Load].
func (p *Proofs) Load(files rules.Files) (*notifier.Book, []rules.Fault) {
	found := once(p, &p.loaded, files.Version(), func() (o outcome) {
		o.book, o.faults = rules.Load(files.FS())
		return o
	})
	return found.book, found.faults
}

// Diff says what differs between two versions; see [rules.Diff].
func (p *Proofs) Diff(before, after rules.Files) ([]rules.Change, error) {
	return rules.DiffBy(p.Load, before, after)
}

// Words reads and measures the words of a book; see [rules.ReadWords].
func (p *Proofs) Words(files rules.Files) *rules.BookWords {
	return once(p, &p.words, files.Version(), func() *rules.BookWords { return rules.ReadWords(files.FS()) })
}

// Typed reads a book while one of its files is being written, and measures that file. It
// is not remembered: the next letter makes another book.
func (p *Proofs) Typed(files rules.Files, file string) *rules.BookWords {
	p.working.Lock()
	defer p.working.Unlock()
	return rules.ReadWords(files.FS(), file)
}

// InForce tells which version of the book is in force; over is closed once another was
// published.
type InForce func(ctx context.Context) (files rules.Files, over <-chan struct{}, err error)

// againAfter is when a version that could not be read is asked for again. Until then
// whoever opens a page waits for the proof.
const againAfter = 10 * time.Second

// Ahead proves each version when it comes into force, and again each day, before anybody
// asks. It returns when ctx ends; a proof that has begun is finished first.
func (p *Proofs) Ahead(ctx context.Context, inForce InForce) {
	for {
		files, over, err := inForce(ctx)
		again := againAfter
		if err == nil {
			now := time.Now()
			today := p.Today(now)
			p.Of(files, today)
			p.Load(files)
			p.Words(files)
			again = today.AddDays(1).At(0, 0, p.london).Sub(now)
		}
		timer := time.NewTimer(again)
		select {
		case <-ctx.Done():
		case <-over:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}
