package keeping

import (
	"cmp"
	"slices"
)

// DaysMost is the longest wait that is told apart, in working days: a year. A longer
// one counts as that long.
const DaysMost = 260

// Waits counts waits by whole working days. The zero value has none. It is exact up
// to [DaysMost].
type Waits struct{ days []day }

// day is how often a wait took so many working days.
type day struct {
	days uint16
	n    uint32
}

// Add counts one wait. A negative one counts as none at all.
func (w *Waits) Add(days int) { w.put(day{uint16(min(max(days, 0), DaysMost)), 1}) }

func (w *Waits) put(d day) {
	i, known := slices.BinarySearchFunc(w.days, d, func(a, b day) int { return cmp.Compare(a.days, b.days) })
	if known {
		w.days[i].n += d.n
		return
	}
	w.days = slices.Insert(w.days, i, d)
}

func (w *Waits) merge(other Waits) {
	for _, d := range other.days {
		w.put(d)
	}
}

// Count is how many waits there are.
func (w Waits) Count() (n int) {
	for _, d := range w.days {
		n += int(d.n)
	}
	return n
}

// Within counts the waits from so many working days to so many, both included.
func (w Waits) Within(from, to int) (n int) {
	for _, d := range w.days {
		if int(d.days) >= from && int(d.days) <= to {
			n += int(d.n)
		}
	}
	return n
}

// Percentile is the fewest working days within which that share of all waits, in per
// cent from 1 to 100, was over: the median is Percentile(50). ok is false where there
// are no waits.
func (w Waits) Percentile(percent int) (days int, ok bool) {
	need := (w.Count()*percent + 99) / 100
	for _, d := range w.days {
		if need -= int(d.n); need <= 0 {
			return int(d.days), true
		}
	}
	return 0, false
}
