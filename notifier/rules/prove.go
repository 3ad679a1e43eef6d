package rules

import (
	"io/fs"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// provedDays is how far ahead a book is proved, in days: a year, and the day on
// which it comes round.
const provedDays = 366

// Prove reads a book as [Load] does and then plays its time through, from a day
// on, for a year: every promise opened on every day, every step at the instant at
// which it would fire, every person of the directory with their leave. It also reads
// the words as a plain writer would.
//
// What it finds beyond Load's faults depends on the day, so a book that is in
// force is read with Load, and never fails because time has passed. The book is
// nil if any fault is not a warning.
func Prove(fsys fs.FS, from calendar.Date) (*notifier.Book, []Fault) {
	book, faults, _ := ProveWords(fsys, from)
	return book, faults
}

// ProveWords is Prove for whoever wants what [ReadWords] gives too: the book is read once.
func ProveWords(fsys fs.FS, from calendar.Date) (*notifier.Book, []Fault, *BookWords) {
	r := read(fsys)
	words := r.examineWords()
	if book := r.book(); book != nil {
		p := proof{reading: r, book: book, from: from, placed: make(map[placed]time.Time), dates: make(map[string]map[int64]calendar.Deadline)}
		p.cover(p.play())
		p.overlaps()
		p.unusedWords()
		p.table()
	}
	return r.book(), r.faults.sorted(), words
}

// proof is one book being proved.
type proof struct {
	reading
	book *notifier.Book
	from calendar.Date
	// placed are the instants that have been counted.
	placed map[placed]time.Time
	dates  map[string]map[int64]calendar.Deadline // see counted
	beyond *beyond                                // nil: the table of bank holidays is long enough
}

// days is a set of the days that are proved, the first being 0.
type days [(provedDays + 63) / 64]uint64

func (s *days) add(day int) {
	if day >= 0 && day < provedDays {
		s[day/64] |= 1 << (day % 64)
	}
}

func (s *days) addAll(other days) {
	for i := range s {
		s[i] |= other[i]
	}
}

// meets reports a day of the set from first up to, and not including, end.
func (s *days) meets(first, end int) bool {
	for day := max(first, 0); day < min(end, provedDays); day++ {
		if s[day/64]&(1<<(day%64)) != 0 {
			return true
		}
	}
	return false
}

// table warns where dates of the year, or what it opens, lie beyond the table of
// bank holidays: they would be counted as if there were none.
func (p *proof) table() {
	last := p.book.Calendar.Holidays.Last()
	if end := p.from.AddDays(provedDays); end.Compare(last) > 0 {
		p.rules.doc.warn(p.rules.object.key("working_time"), "the table of bank holidays ends on "+last.Words()+", and the year that is proved on "+end.Words(),
			"add the bank holidays that GOV.UK has published since, in "+holidaysFile)
		return
	}
	if b := p.beyond; b != nil {
		p.rules.doc.warn(b.promise.due.node, "a promise that opens on "+calendar.DateOf(b.start, p.book.Calendar.Location).Words()+" is due on "+b.due.Words()+", and the table of bank holidays ends on "+last.Words(),
			"add the bank holidays that GOV.UK has published since, in "+holidaysFile)
	}
}
