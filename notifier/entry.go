package notifier

import (
	"encoding/json"
	"time"
)

// Entry is one message of the ledger: what was answered, what was decided and
// why, and the case afterwards. The last entry of a case is the case.
type Entry struct {
	// At is the time that Decide was given.
	At time.Time `json:"at"`
	// Book is the version in force.
	Book string `json:"book"`
	// Build names the program that decided; empty where it does not know its own.
	Build string `json:"build,omitempty"`
	// Through is the stream sequence up to which every event had been answered
	// when the entry was decided; a new leader reads on from the highest one.
	Through uint64     `json:"through"`
	Inputs  []Answered `json:"inputs"`
	Lines   []Line     `json:"lines,omitempty"`
	Ended   []Promise  `json:"ended,omitempty"`
	Settled []Settled  `json:"settled,omitempty"`
	// Outcomes are published beside the entry; kept here so that a crash between
	// the two loses none.
	Outcomes []Outcome `json:"outcomes,omitempty"`
	Case     Case      `json:"case"`
}

// Answered names an input that an entry answers. Exactly one field is set.
type Answered struct {
	// Event is the stream sequence of an event.
	Event  uint64  `json:"event,omitempty"`
	Result *Result `json:"result,omitempty"`
	Due    bool    `json:"due,omitempty"`
}

// Answer names the input for the ledger.
func (in Input) Answer() Answered {
	return Answered{Event: in.Sequence, Result: in.Result, Due: in.Due}
}

// NewEntry makes the ledger entry of a decision.
func NewEntry(d Decision, inputs []Answered, book string, through uint64, now time.Time) Entry {
	return Entry{At: now, Book: book, Through: through, Inputs: inputs, Lines: d.Lines, Ended: d.Ended,
		Settled: d.Settled, Outcomes: d.Outcomes, Case: d.Case}
}

// Stored is an entry as the picture keeps it: the case still as JSON, because
// most cases are only ever looked at again days later.
type Stored struct {
	At       time.Time       `json:"at"`
	Book     string          `json:"book"`
	Through  uint64          `json:"through"`
	Outcomes []Outcome       `json:"outcomes,omitempty"`
	Case     json.RawMessage `json:"case"`
}

// Working derives the steps by which a promise's date was reached, in words,
// from the rules it was opened under.
func (b Books) Working(p Promise) []string {
	book := b.Version(p.Book)
	rule, ok := book.Rule(p.Rule)
	if !ok {
		return nil
	}
	if p.Postponed != nil {
		working := book.Calendar.OnDate(p.DueDate, rule.Statutory).Working
		return append([]string{"A person moved the date to " + p.Postponed.Until.Words() + "."}, working...)
	}
	deadline, err := dueOf(p, rule, book.Calendar)
	if err != nil {
		return []string{uncounted(err)}
	}
	return deadline.Working
}
