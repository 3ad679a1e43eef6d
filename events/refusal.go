package events

import "strings"

// Fault names one thing that is wrong, where it is, and what to do about it.
// It never holds the value of a field that could be a name, a number, an address
// or free text.
type Fault struct {
	Index   int    `json:"index"`   // place of the event in its batch, from 0; 0 outside a batch
	Field   string `json:"field"`   // such as "time" or "data.contacts[0].email"
	Problem string `json:"problem"` // reads on from the field: "is missing"
	Remedy  string `json:"remedy"`  // an instruction: "write …"
}

// String gives the fault as one line: "field: problem; remedy".
func (f Fault) String() string {
	return f.Field + ": " + f.Problem + "; " + f.Remedy
}

// Refusal is the error of every Parse function, of [Event.Check] and of [DataOf].
// It lists every fault that was found, at least one, in the order of the fields.
// Find it with errors.AsType[*Refusal].
type Refusal struct {
	Faults []Fault
}

// Error gives each fault on a line of its own.
func (r *Refusal) Error() string {
	lines := make([]string, len(r.Faults))
	for i, fault := range r.Faults {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// At returns the same refusal for the event at the given place of a batch.
func (r *Refusal) At(index int) *Refusal {
	moved := &Refusal{Faults: make([]Fault, len(r.Faults))}
	for i, fault := range r.Faults {
		fault.Index = index
		moved.Faults[i] = fault
	}
	return moved
}

// faults collects what is wrong while an event is read, so that a sender hears of
// everything at once.
type faults []Fault

func (f *faults) add(field, problem, remedy string) {
	*f = append(*f, Fault{Field: field, Problem: problem, Remedy: remedy})
}

// refusal is nil when nothing is wrong.
func (f faults) refusal() error {
	if len(f) == 0 {
		return nil
	}
	return &Refusal{Faults: f}
}
