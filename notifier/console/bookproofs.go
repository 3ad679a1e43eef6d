package console

import (
	"slices"
	"sync"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// proofs remembers what came of proving the last few books: the same book gives the
// same on the same day, and a large one takes a second. Only one is proved at a time,
// so that managers who check cannot take the whole machine.
type proofs struct {
	proving sync.Mutex
	known   []proved
}

type proved struct {
	version string
	from    calendar.Date
	book    *notifier.Book
	faults  []rules.Fault
}

// mostProofs is how many are remembered.
const mostProofs = 8

// of proves a book for a year from a day on; see [rules.Prove].
func (p *proofs) of(files rules.Files, from calendar.Date) (*notifier.Book, []rules.Fault) {
	p.proving.Lock()
	defer p.proving.Unlock()
	version := files.Version()
	for _, known := range p.known {
		if known.version == version && known.from == from {
			return known.book, known.faults
		}
	}
	book, faults := rules.Prove(files.FS(), from)
	p.known = append(p.known, proved{version, from, book, faults})
	if len(p.known) > mostProofs {
		p.known = slices.Delete(p.known, 0, 1)
	}
	return book, faults
}

// read reads a book without proving it, which is quicker; see [rules.Load].
func (p *proofs) read(files rules.Files) (*notifier.Book, []rules.Fault) {
	p.proving.Lock()
	defer p.proving.Unlock()
	return rules.Load(files.FS())
}

// today is the day from which books are proved.
func (c *console) today() calendar.Date { return calendar.DateOf(c.options.Now(), c.london) }

// checked proves a book as hearback check does.
func (c *console) checked(files rules.Files) (faults, warnings []rules.Fault) {
	_, found := c.proofs.of(files, c.today())
	for _, f := range found {
		if f.Warning {
			warnings = append(warnings, f)
		} else {
			faults = append(faults, f)
		}
	}
	return faults, warnings
}
