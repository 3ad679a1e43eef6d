package events_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
)

func TestMessageIDsNameTheirCase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ref := rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, "case")
		number := rapid.IntRange(1, 1_000_000).Draw(t, "number")
		if got, ok := events.CaseOfMessage(events.MessageID(ref, number)); !ok || got != ref {
			t.Fatalf("case %q, %v; want %q", got, ok, ref)
		}
	})
	for _, wrong := range []string{"", "-", "-1", "H", "H-", "H-0", "H-01", "H-+1", "H.1-2", "H 1-2", "H-1 ", "H--", "H-99999999999999999999"} {
		if ref, ok := events.CaseOfMessage(wrong); ok {
			t.Errorf("%q is a message of %q, want none", wrong, ref)
		}
	}
}

func TestSpansOfADay(t *testing.T) {
	if from, to, ok := events.SpanOf("09:30-24:00"); !ok || from != 9*time.Hour+30*time.Minute || to != 24*time.Hour {
		t.Errorf("%v to %v, %v", from, to, ok)
	}
	for _, wrong := range []string{"", "any", "9:00-18:00", "18:00-09:00", "09:00-09:00", "09:00", "09:00-25:00", "09:00-18:00 ", "24:00-24:00"} {
		if _, _, ok := events.SpanOf(wrong); ok {
			t.Errorf("%q is a span, want none", wrong)
		}
	}
}
