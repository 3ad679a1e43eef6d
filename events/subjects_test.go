package events_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/events"
)

func TestSubjectsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		caseRef := rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, "case")
		eventType := rapid.StringMatching(`[a-z0-9-]{1,12}(\.[a-z0-9-]{1,12}){0,3}`).Draw(t, "type")
		if gotCase, gotType, ok := events.ParseSubject(events.Subject(caseRef, eventType)); !ok || gotCase != caseRef || gotType != eventType {
			t.Fatalf("event: %q, %q, %v", gotCase, gotType, ok)
		}
		if gotCase, gotType, ok := events.ParseOutcomeSubject(events.OutcomeSubject(caseRef, eventType)); !ok || gotCase != caseRef || gotType != eventType {
			t.Fatalf("outcome: %q, %q, %v", gotCase, gotType, ok)
		}
	})
}

// Whatever is taken for a subject is the subject that would have been written.
func TestParseSubjectTakesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		subject := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`hearback\.(event|outcome)\.[A-Za-z.*> _-]{0,80}`),
		).Draw(t, "subject")
		if caseRef, eventType, ok := events.ParseSubject(subject); ok {
			if !events.ValidCase(caseRef) || strings.ContainsAny(eventType, "*> ") || events.Subject(caseRef, eventType) != subject {
				t.Fatalf("%q was taken for case %q, type %q", subject, caseRef, eventType)
			}
		}
	})
	for _, subject := range []string{
		"", "hearback.event.", "hearback.event.H-1", "hearback.event.H-1.", "hearback.event.H-1..x", "hearback.event.H-1.x.",
		"hearback.event.H-1.*", "hearback.event.*.case.opened", "hearback.outcome.H-1.case.opened", "Hearback.event.H-1.case.opened",
	} {
		if caseRef, eventType, ok := events.ParseSubject(subject); ok {
			t.Errorf("%q was taken for case %q, type %q", subject, caseRef, eventType)
		}
	}
}

func TestValidCase(t *testing.T) {
	grammar := regexp.MustCompile(`\A[A-Za-z0-9_-]{1,64}\z`)
	rapid.Check(t, func(t *rapid.T) {
		ref := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9_.\n -]{0,66}`)).Draw(t, "ref")
		if got, want := events.ValidCase(ref), grammar.MatchString(ref); got != want {
			t.Fatalf("ValidCase(%q) = %v", ref, got)
		}
	})
}

// Subjects are data that lives for years: this table is what the stream holds.
func TestSubjectsAreSpelledAsTheStreamHoldsThem(t *testing.T) {
	for got, want := range map[string]string{
		events.Subject("H-1", "case.opened"):         "hearback.event.H-1.case.opened",
		events.EventsOf("H-1"):                       "hearback.event.H-1.>",
		events.EventWildcard:                         "hearback.event.>",
		events.LedgerSubject("H-1"):                  "hearback.ledger.H-1",
		events.LedgerWildcard:                        "hearback.ledger.*",
		events.OutcomeSubject("H-1", "promise.kept"): "hearback.outcome.H-1.promise.kept",
		events.OutcomesOf("H-1"):                     "hearback.outcome.H-1.>",
		events.OutcomeWildcard:                       "hearback.outcome.>",
		events.RejectedSubject("H-1"):                "hearback.rejected.H-1",
		events.RejectedSubject("H.1"):                "hearback.rejected.unknown",
		events.RejectedSubject(""):                   "hearback.rejected.unknown",
		events.RejectedWildcard:                      "hearback.rejected.*",
		events.BookSubject("rules"):                  "hearback.book.rules",
		events.BookWildcard:                          "hearback.book.>",
		events.DraftSubject("0f"):                    "hearback.draft.0f",
		events.LeaderSubject:                         "hearback.leader",
		events.AllSubjects:                           "hearback.>",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
