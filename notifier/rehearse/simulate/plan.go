package simulate

import (
	"fmt"

	"hearback/notifier/calendar"
)

// Bounds of a Plan.
const (
	mostCases = 500_000
	mostDays  = 3 * 366
)

// Plan is what to play.
type Plan struct {
	Cases int           `json:"cases"`
	From  calendar.Date `json:"from"`
	Days  int           `json:"days"`
	Seed  uint64        `json:"seed"`
	// Caseload is how many cases an officer has. Officers whom the book lacks for it
	// are made up; 0 leaves the directory as it is.
	Caseload int `json:"caseload"`
}

// Usual is a large council's quarter: 15,000 cases for 90 days, 200 an officer.
func Usual(from calendar.Date) Plan {
	return Plan{Cases: 15_000, From: from, Days: 90, Seed: 1, Caseload: 200}
}

// Check says what is wrong with a plan, and what to do.
func (p Plan) Check() error {
	switch {
	case p.Cases < 1 || p.Cases > mostCases:
		return fmt.Errorf("%d cases cannot be played; give a number from 1 to %d", p.Cases, mostCases)
	case p.Days < 1 || p.Days > mostDays:
		return fmt.Errorf("%d days cannot be played; give a number from 1 to %d", p.Days, mostDays)
	case p.Caseload < 0:
		return fmt.Errorf("an officer cannot have %d cases; give 0 to leave the directory as it is, or more", p.Caseload)
	case p.From.IsZero():
		return fmt.Errorf("the first day is missing; give a date such as 2026-09-01")
	}
	return nil
}

// To is the last day played.
func (p Plan) To() calendar.Date { return p.From.AddDays(p.Days - 1) }
