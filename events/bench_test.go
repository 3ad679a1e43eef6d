package events_test

import (
	"testing"

	"hearback/events"
)

// The budget is 15 µs and 40 allocations for reading and judging one event: thousands
// a second on half a core.
func TestReadingAnEventAllocatesLittle(t *testing.T) {
	body := []byte(contractExample)
	allocations := testing.AllocsPerRun(100, func() {
		e, err := events.Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Check(today); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 40 {
		t.Errorf("%v allocations, at most 40 are allowed", allocations)
	}
}

func BenchmarkParse(b *testing.B) {
	body := []byte(contractExample)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := events.Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseAndCheck(b *testing.B) {
	body := []byte(contractExample)
	b.ReportAllocs()
	for b.Loop() {
		e, err := events.Parse(body)
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Check(today); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCheckAndDataOf(b *testing.B) {
	body := []byte(contractExample)
	b.ReportAllocs()
	for b.Loop() {
		e, err := events.Parse(body)
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Check(today); err != nil {
			b.Fatal(err)
		}
		if _, err := events.DataOf[events.CaseData](e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMarshalJSON(b *testing.B) {
	e, err := events.Parse([]byte(contractExample))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.MarshalJSON(); err != nil {
			b.Fatal(err)
		}
	}
}
