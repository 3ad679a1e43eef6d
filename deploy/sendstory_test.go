package deploy_test

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the story anew; read every line that changes")

// TestAWholeAssessment plays one family from the request to the review a year after the
// plan: everything in time but one adviser and the plan itself, whose lateness a person
// excuses. The story is kept in testdata, as what happened and what came of it.
func TestAWholeAssessment(t *testing.T) {
	const file = "testdata/a-whole-assessment.txt"
	s := family(t, exampleBooks(t))
	for _, line := range []string{
		"2026-11-23 09:30 assessment.requested {}",
		"2026-12-04 11:00 update.sent {\"by\":\"o.jane\"}",
		"2026-12-17 15:00 assessment.agreed {}",
		"2026-12-18 10:00 advice.requested {\"adviser\":\"a-1\"}",
		"2026-12-18 10:01 advice.requested {\"adviser\":\"a-2\"}",
		"2027-01-08 10:00 update.sent {\"by\":\"o.jane\"}",
		"2027-01-20 10:00 advice.received {\"adviser\":\"a-1\"}",
		// The second adviser is late: nothing until it comes stops that chase.
		"2027-02-02 10:00 update.sent {\"by\":\"o.jane\"}",
		"2027-02-08 10:00 advice.received {\"adviser\":\"a-2\"}",
		"2027-02-19 10:00 update.sent {\"by\":\"o.jane\"}",
		"2027-03-01 09:00 plan.draft-sent {}",
		"2027-03-12 14:00 plan.family-comments-received {}",
		"2027-03-15 10:00 school.consulted {\"school\":\"s-1\"}",
		"2027-03-15 10:01 school.consulted {\"school\":\"s-2\"}",
		"2027-03-25 10:00 school.replied {\"school\":\"s-2\"}",
		"2027-03-29 18:00 until",
		// The twenty weeks end on 12 April. A person says before that they will be missed.
		"2027-04-06 10:00 exception.recorded {\"promise\":\"final-plan\",\"kind\":\"other\",\"reason\":\"We wait for one more answer.\",\"until\":\"2027-04-28\",\"by\":\"o.jane\"}",
		"2027-04-13 10:00 school.replied {\"school\":\"s-1\"}",
		"2027-04-29 10:00 until",
		"2027-05-04 10:00 plan.final-issued {}",
		// A year passes. The review is held in time, and the plan is to be amended.
		"2028-02-01 09:00 review.meeting-booked {\"meeting_on\":\"2028-03-09\"}",
		"2028-02-15 09:00 review.invitation-sent {}",
		"2028-03-09 16:00 review.meeting-held {}",
		"2028-03-22 09:00 review.report-received {}",
		"2028-04-05 09:00 review.decision {\"decision\":\"amend\",\"meeting_on\":\"2028-03-09\"}",
		"2028-04-14 09:00 plan.family-comments-received {}",
		"2028-05-30 09:00 plan.amended-final {}",
		"2028-06-01 09:00 until",
	} {
		if words := strings.Fields(line); words[2] != "until" {
			s.play(words[0] + " " + words[1] + " until")
			s.told = append(s.told, "-- "+words[0]+" "+words[2])
		}
		s.play(line)
	}
	got := strings.Join(s.told, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("it went otherwise (-update writes it anew); got\n%s", got)
	}
}
