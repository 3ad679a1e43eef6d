package simulate_test

import (
	"bytes"
	"encoding/json"
	"runtime"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/simulate"
	"hearback/notifier/rules"
)

// exampleBook is the built-in book, read anew.
func exampleBook(t testing.TB) *notifier.Book {
	t.Helper()
	book, faults := rules.Load(deploy.Hertfordshire())
	if book == nil {
		t.Fatalf("the example book has faults: %v", faults)
	}
	return book
}

func autumn() calendar.Date { return calendar.Date{Year: 2026, Month: time.September, Day: 1} }

func run(t testing.TB, book *notifier.Book, p simulate.Plan) *simulate.Result {
	t.Helper()
	r, err := simulate.Run(t.Context(), book, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func bytesOf(t testing.TB, r *simulate.Result) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func small(seed uint64) simulate.Plan {
	return simulate.Plan{Cases: 400, From: autumn(), Days: 60, Seed: seed, Caseload: 50}
}

func TestSameSeedSameBytes(t *testing.T) {
	book := exampleBook(t)
	many := bytesOf(t, run(t, book, small(7)))
	if again := bytesOf(t, run(t, book, small(7))); !bytes.Equal(many, again) {
		t.Error("the same seed gave two results")
	}
	before := runtime.GOMAXPROCS(1)
	one := bytesOf(t, run(t, book, small(7)))
	runtime.GOMAXPROCS(before)
	if !bytes.Equal(many, one) {
		t.Error("one processor gave another result than many")
	}
	if other := bytesOf(t, run(t, book, small(8))); bytes.Equal(many, other) {
		t.Error("another seed gave the same result")
	}
}

func BenchmarkQuarter(b *testing.B) {
	book := exampleBook(b)
	b.ReportAllocs()
	for b.Loop() {
		run(b, book, simulate.Usual(autumn()))
	}
}
