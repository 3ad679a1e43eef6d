package bench

import "testing"

func TestRepeatsAndDisorderChangeNothing(t *testing.T) {
	t.Parallel()
	const families = 300
	d, err := RunDisorder(t.Context(), testConfig(t), families)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Err(); err != nil {
		t.Error(err)
	}
	want := Totals{Cases: families, Open: 200, Kept: 100, Heard: 200}
	if d.Clean != want {
		t.Errorf("in order: %+v, want %+v", d.Clean, want)
	}
	if d.Published <= d.Events || d.Events != 700 {
		t.Errorf("%d events were published %d times", d.Events, d.Published)
	}
}

func TestDeadlinesOfOneSecondAreAllKept(t *testing.T) {
	t.Parallel()
	d, err := RunDeadlines(t.Context(), testConfig(t), 300)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", d)
	if d.Early != 0 || d.First <= 0 || d.Rate <= 0 {
		t.Errorf("a chase went before its time, or none did: %+v", d)
	}
}

func TestEveryCallThatIsAnsweredIsStoredOnce(t *testing.T) {
	t.Parallel()
	const families = 300
	w, err := RunWebhooks(t.Context(), testConfig(t), families)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", w)
	if err := w.Err(); err != nil {
		t.Error(err)
	}
	for what, c := range map[string]Calls{"receipts": w.Receipts, "texts": w.Texts} {
		if c.Answered != families || c.Refused != 0 || c.Rate <= 0 || c.P50 <= 0 || c.P99 < c.P50 {
			t.Errorf("%s: %+v", what, c)
		}
	}
	if w.Delivered != families {
		t.Errorf("%d messages are known to be delivered, want %d", w.Delivered, families)
	}
}

func TestSizeOfAFewPromises(t *testing.T) {
	t.Parallel()
	s, err := runSize(t.Context(), testConfig(t), 300, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", s)
	if s.Idle <= 0 || s.Binary <= 0 || s.Cold <= 0 || s.Asked.Leading < s.Asked.Ready || s.Crashed.Leading < s.Crashed.Ready || s.Asked.Floor <= 0 || s.Crashed.Floor <= 0 || s.Disk <= 0 {
		t.Errorf("something was not measured: %+v", s)
	}
}
