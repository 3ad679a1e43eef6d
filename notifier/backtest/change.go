package backtest

import (
	"fmt"
	"math"
	"strings"
)

func changeOf(ref string, tallies [columns]*tally) Change {
	c := Change{Case: ref, Happened: tallies[happened].all(), Again: tallies[again].all(), Candidate: tallies[candidate].all()}
	if c.Again.Chased > 0 && c.Candidate.Chased > 0 {
		c.Sooner = c.Again.toFirst() - c.Candidate.toFirst()
	}
	return c
}

// toFirst is the average time in hours from a promise to its first chase.
func (c Counts) toFirst() float64 {
	if c.Chased == 0 {
		return 0
	}
	return float64(c.Waited) / 3600 / float64(c.Chased)
}

// same compares what is counted; the time to a chase is as exact as the hand-overs
// were quick, and is not counted.
func (c Counts) same(o Counts) bool {
	c.Waited, o.Waited = 0, 0
	return c == o
}

// size orders changes: what a family hears or is promised weighs more than a chase,
// and that more than a day.
func (c Change) size() float64 {
	apart := func(a, b int) float64 { return math.Abs(float64(a - b)) }
	return 10*apart(c.Again.Late, c.Candidate.Late) + 10*apart(c.Again.Opened, c.Candidate.Opened) + 5*apart(c.Again.Family, c.Candidate.Family) +
		5*apart(c.Again.Tasks, c.Candidate.Tasks) + 2*apart(c.Again.Chases, c.Candidate.Chases) + math.Floor(math.Abs(c.Sooner)/24)
}

// Words say what changes for the family, against what the same play gives under the
// book that was in force.
func (c Change) Words() string {
	var parts []string
	say := func(was, is int, one, many string) {
		if was != is {
			parts = append(parts, fmt.Sprintf("%s instead of %d", number(is, one, many), was))
		}
	}
	say(c.Again.Opened, c.Candidate.Opened, "promise", "promises")
	say(c.Again.Late, c.Candidate.Late, "reply late", "replies late")
	say(c.Again.Family, c.Candidate.Family, "message to the family", "messages to the family")
	say(c.Again.Chases, c.Candidate.Chases, "chase of staff", "chases of staff")
	say(c.Again.Heads, c.Candidate.Heads, "chase of the head of service", "chases of the head of service")
	say(c.Again.Tasks, c.Candidate.Tasks, "task", "tasks")
	if days := math.Round(math.Abs(c.Sooner) / 24); days > 0 {
		when := "sooner"
		if c.Sooner < 0 {
			when = "later"
		}
		parts = append(parts, fmt.Sprintf("the first chase %s %s", number(int(days), "day", "days"), when))
	}
	return strings.Join(parts, "; ")
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (l Load) change() int { return max(l.Candidate-l.Again, l.Again-l.Candidate) }
