package bench

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 1: "1", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234",
		0.35: "0.35", 1.6: "1.60", 12.34: "12.3", 123.6: "124", 2512.7: "2,513", 0.004: "0.00"} {
		if got := number(value); got != want {
			t.Errorf("number(%v) = %q, want %q", value, got, want)
		}
	}
}

func TestMediansAreTakenFigureByFigure(t *testing.T) {
	run := func(rate, floor float64) []Figure {
		return []Figure{{Name: "rate", Value: rate, Floor: floor, Goal: atLeast(20)}, {Name: "plain", Value: -rate}}
	}
	got := medians([][]Figure{run(30, 100), run(10, 50), run(20, 10)})
	if got[0].Value != 20 || got[0].Floor != 50 || got[0].Ratio != 0.3 || len(got[0].Runs) != 3 || got[1].Value != -20 || got[1].Ratio != 0 {
		t.Errorf("medians are %+v", got)
	}
	if one := medians([][]Figure{run(30, 100)}); one[0].Runs != nil || one[0].Ratio != 0.3 {
		t.Errorf("of one run %+v", one)
	}
}

func TestTheTableShowsWhatWasMissedAndBroken(t *testing.T) {
	s := Section{Part: "speed", Figures: []Figure{
		{Name: "fast enough", Value: 3000, Goal: atLeast(2500), Floor: 4000, Ratio: 0.75},
		{Name: "too slow", Value: 3, Unit: "ms", Goal: atMost(1.6)},
	}, Faults: []string{"1 families were not acknowledged"}}
	var out strings.Builder
	if err := s.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"at least 2,500", "met", "0.75", "at most 1.60", "MISSED", "BROKEN: 1 families"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}

func TestBrokenPromisesKeepTheirFigures(t *testing.T) {
	p := part{name: "x", families: 7, runs: 2, run: func(_ context.Context, config Config, plan Plan) ([]Figure, error) {
		if plan.Families != 7 {
			t.Errorf("%d families, want the part's own", plan.Families)
		}
		return []Figure{{Name: "f", Value: float64(config.Seed)}}, broken(within("here", errors.Join(errors.New("one"), errors.New("two"))), nil)
	}}
	s, err := p.measure(t.Context(), Config{Seed: 5}, Plan{Runs: 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Faults) != 6 || len(s.Figures) != 1 || s.Figures[0].Value != 6 {
		t.Errorf("section %+v", s)
	}
	p.run = func(context.Context, Config, Plan) ([]Figure, error) { return nil, errors.New("no disk") }
	if _, err := p.measure(t.Context(), Config{}, Plan{}); err == nil {
		t.Error("a part that could not be measured gave no error")
	}
	if broken(nil, nil) != nil {
		t.Error("nothing broken is an error")
	}
}

func TestAnUnknownPartIsRefused(t *testing.T) {
	if _, err := Run(t.Context(), Config{}, Plan{Parts: []string{"sped"}}, func(Section) {}); err == nil {
		t.Error("an unknown part was measured")
	}
}

func TestReportsAreJSON(t *testing.T) {
	text, err := json.Marshal(Report{Sections: []Section{{Part: "size", Figures: []Figure{none("lost", 0)}}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"name":"lost","value":0,"goal":{"bound":0,"most":true}}`; !strings.Contains(string(text), want) {
		t.Errorf("%s lacks %s", text, want)
	}
}

func TestEveryLossIsAFault(t *testing.T) {
	if err := (Crashes{Families: 5, Texts: 3, Emails: 2, EmailsAgain: 9, EmailsAgainMost: emailWorkers}).Err(); err != nil {
		t.Errorf("nothing was lost, and yet: %v", err)
	}
	for _, c := range []Crashes{{Missing: 1}, {TextsTwice: 1}, {EmailsOdd: 1}, {EmailsAgainMost: emailWorkers + 1}, {Tasks: 1}, {PromisesLost: 1}, {Unsettled: 1}} {
		if c.Err() == nil {
			t.Errorf("%+v is no fault", c)
		}
	}
	for _, d := range []Day{{Asked: Asked{Silent: 1}}, {TextsTwice: 1}, {Unsettled: 1}} {
		if d.Err() == nil {
			t.Errorf("%+v is no fault", d)
		}
	}
	var calls Calls
	calls.compare([]call{{stored: "a"}, {stored: "b"}, {stored: "c"}, {stored: "d"}}, []int{204, 200, 503, 503}, map[string]int{"a": 2, "d": 1})
	if want := (Calls{Lost: 1, Twice: 1}); calls != want {
		t.Errorf("answered and not stored once: %+v, want %+v", calls, want)
	}
	if err := (Webhooks{Receipts: Calls{Answered: 5}, Texts: Calls{Answered: 5, Refused: 1}, Delivered: 5}).Err(); err != nil {
		t.Errorf("nothing was lost, and yet: %v", err)
	}
	for _, w := range []Webhooks{{Receipts: Calls{Lost: 1}}, {Texts: Calls{Twice: 1}}, {Receipts: Calls{Answered: 2}, Delivered: 1}} {
		if w.Err() == nil {
			t.Errorf("%+v is no fault", w)
		}
	}
	if (Disorder{Clean: Totals{Heard: 2}, Disordered: Totals{Heard: 1}}).Err() == nil || (Disorder{Clean: Totals{Unheard: 1}, Disordered: Totals{Unheard: 1}}).Err() == nil {
		t.Error("a difference, or a loss without disorder, is no fault")
	}
}

func TestCrashesAddUp(t *testing.T) {
	one := Crashes{Kills: 1, Busy: 2, Families: 3, Texts: 4, Emails: 5, Missing: 6, TextsTwice: 7, EmailsAgain: 8, EmailsAgainMost: 9, EmailsOdd: 10,
		Tasks: 11, PromisesLost: 12, Unsettled: 13, Spoilt: 14, LookUps: 15, Republished: 16, Longest: time.Second}
	var sum Crashes
	sum.add(one)
	sum.add(one)
	want := Crashes{Rushes: 2, Kills: 2, Busy: 4, Families: 6, Texts: 8, Emails: 10, Missing: 12, TextsTwice: 14, EmailsAgain: 16, EmailsAgainMost: 9, EmailsOdd: 20,
		Tasks: 22, PromisesLost: 24, Unsettled: 26, Spoilt: 28, LookUps: 30, Republished: 32, Longest: time.Second}
	if sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
}

func TestTheMiddleIsBetweenTheEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 1e12), 1, 50).Draw(t, "values")
		durations := make([]time.Duration, len(values))
		for i, v := range values {
			durations[i] = time.Duration(v)
		}
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		least, at, most := percentile(durations, 0), percentile(durations, p), percentile(durations, 1)
		if at < least || at > most || median(durations) < least || median(durations) > most {
			t.Fatalf("percentile %v of %v is %v", p, durations, at)
		}
	})
}
