package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Report is what a call of `hearback bench` found.
type Report struct {
	Machine  Machine   `json:"machine"`
	Seed     uint64    `json:"seed"`
	Sections []Section `json:"sections"`
}

// Machine is where it was measured.
type Machine struct {
	System     string `json:"system"`
	Processors int    `json:"processors"`
	Go         string `json:"go"`
}

// Section is what one part found.
type Section struct {
	Part    string   `json:"part"`
	Seconds float64  `json:"seconds"`
	Figures []Figure `json:"figures"`
	// Faults are promises that were broken, such as a family that was not
	// acknowledged. A figure that misses its target is none: machines differ.
	Faults []string `json:"faults,omitempty"`
}

// Figure is one measured value, the median where there are several runs.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
	// Goal is what the value should reach, none where it is nil.
	Goal *Goal `json:"goal,omitempty"`
	// Floor is what the machine reaches with nothing else to do; 0 for none.
	Floor float64 `json:"floor,omitempty"`
	// Ratio is the value's share of the floor, the median over the runs.
	Ratio float64 `json:"ratio,omitempty"`
	// Runs are the values of single runs where there are several.
	Runs []float64 `json:"runs,omitempty"`
	// Note says what a reader must know beside the value.
	Note string `json:"note,omitempty"`
}

// Goal is a bound that a figure should keep.
type Goal struct {
	Bound float64 `json:"bound"`
	// Most: the value should be at most the bound, else at least.
	Most bool `json:"most"`
}

func atLeast(bound float64) *Goal { return &Goal{Bound: bound} }

func atMost(bound float64) *Goal { return &Goal{Bound: bound, Most: true} }

// Met says whether a value keeps the goal.
func (g Goal) Met(value float64) bool {
	if g.Most {
		return value <= g.Bound
	}
	return value >= g.Bound
}

// Plan is what to measure. Numbers that are 0 are each part's own.
type Plan struct {
	// Parts are some of Parts, in the order in which they run.
	Parts []string
	// Families: in each rush of speed and faults, promises of deadlines and
	// size, calls of each kind of webhooks, cases of day, console and year.
	Families int
	// Runs of speed, deadlines and webhooks, of which the medians are given.
	Runs int
	// Kills of the whole process, and of the leader of two: where that is 0, a
	// tenth as many.
	Kills, LeaderKills int
}

// part is one kind of measurement. A call of run is one run.
type part struct {
	name, about    string
	families, runs int
	run            func(ctx context.Context, config Config, plan Plan) ([]Figure, error)
}

func parts() []part {
	return []part{
		{"speed", "families acknowledged per second, and the time from publish to hand-over", 20000, 5, speedFigures},
		{"deadlines", "promises that fall due in the same second", 100000, 3, deadlineFigures},
		{"webhooks", "Twilio's calls answered per second once they are stored, and the time that an answer takes", 20000, 3, webhookFigures},
		{"size", "memory, disk and the time to start with many open promises", 200000, 1, sizeFigures},
		{"faults", "kill -9 at random instants, repeated and reordered events: nobody is lost, no text goes twice", 5000, 1, faultFigures},
		{"day", "the day of one large council, with providers that fail now and then", dayFamilies, 1, dayFigures},
		{"console", "every page of the console of a demonstration: how soon it answers, and what it sends", 15000, 1, consoleFigures},
		{"year", "the recorded year of a large council, decided again and played under a book", 15000, 1, yearFigures},
	}
}

// Parts names what can be measured, with what it is.
func Parts() (names, about []string) {
	for _, p := range parts() {
		names, about = append(names, p.name), append(about, p.about)
	}
	return names, about
}

// Run measures every part of the plan and calls each with a section as soon as
// it is there. The error is what kept a part from being measured; promises that
// were broken stand in the sections' faults.
func Run(ctx context.Context, config Config, plan Plan, each func(Section)) (Report, error) {
	r := Report{Machine: Machine{System: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU(), Go: runtime.Version()}, Seed: config.Seed}
	for _, name := range plan.Parts {
		all := parts()
		i := slices.IndexFunc(all, func(p part) bool { return p.name == name })
		if i < 0 {
			return r, fmt.Errorf("there is no part %q; choose one of the parts that bench --help lists", name)
		}
		section, err := all[i].measure(ctx, config, plan)
		r.Sections = append(r.Sections, section)
		each(section)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
	}
	return r, nil
}

// measure makes the runs of one part.
func (p part) measure(ctx context.Context, config Config, plan Plan) (Section, error) {
	if plan.Families == 0 {
		plan.Families = p.families
	}
	runs := p.runs
	if plan.Runs != 0 && p.runs > 1 {
		runs = plan.Runs
	}
	s := Section{Part: p.name}
	begun := time.Now()
	var found [][]Figure
	for run := range runs {
		config := config
		config.Seed += uint64(run)
		figures, err := p.run(ctx, config, plan)
		if broken, is := errors.AsType[brokenPromises](err); is {
			s.Faults = append(s.Faults, broken...)
			err = nil
		}
		if err != nil {
			s.Seconds = time.Since(begun).Seconds()
			return s, err
		}
		found = append(found, figures)
	}
	s.Figures, s.Seconds = medians(found), time.Since(begun).Seconds()
	return s, nil
}

// brokenPromises are what a run showed to be wrong. Its figures stand all the same.
type brokenPromises []string

func (b brokenPromises) Error() string { return strings.Join(b, "; ") }

// broken collects what is wrong, under the name of what showed it.
func broken(found ...error) error {
	var b brokenPromises
	for _, err := range found {
		if err != nil {
			b = append(b, strings.Split(err.Error(), "\n")...)
		}
	}
	if b == nil {
		return nil
	}
	return b
}

// medians takes the middle of each figure over the runs.
func medians(runs [][]Figure) []Figure {
	var figures []Figure
	for i, f := range runs[0] {
		var values, floors, ratios []float64
		for _, run := range runs {
			values, floors = append(values, run[i].Value), append(floors, run[i].Floor)
			if run[i].Floor != 0 {
				ratios = append(ratios, run[i].Value/run[i].Floor)
			}
		}
		f.Value, f.Floor = median(values), median(floors)
		if len(ratios) > 0 {
			f.Ratio = median(ratios)
		}
		if len(runs) > 1 {
			f.Runs = values
		}
		figures = append(figures, f)
	}
	return figures
}

// Print writes a section as a table for people.
func (s Section) Print(to io.Writer) error {
	fmt.Fprintf(to, "\n%s (%.0f s)\n", s.Part, s.Seconds)
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	if len(s.Figures) > 0 {
		fmt.Fprintln(table, "  FIGURE\tVALUE\tTARGET\t\tFLOOR\tRATIO\t")
	}
	for _, f := range s.Figures {
		target, met, floor, ratio := "", "", "", ""
		if f.Goal != nil {
			side := "at least "
			if f.Goal.Most {
				side = "at most "
			}
			target, met = side+number(f.Goal.Bound), "met"
			if !f.Goal.Met(f.Value) {
				met = "MISSED"
			}
		}
		if f.Floor != 0 {
			floor, ratio = number(f.Floor), strconv.FormatFloat(f.Ratio, 'f', 2, 64)
		}
		fmt.Fprintf(table, "  %s\t%s %s\t%s\t%s\t%s\t%s\t%s\n", f.Name, number(f.Value), f.Unit, target, met, floor, ratio, f.Note)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, fault := range s.Faults {
		fmt.Fprintf(to, "  BROKEN: %s\n", fault)
	}
	return nil
}

// number writes a value with as many digits as it is worth, and commas between
// thousands.
func number(v float64) string {
	switch size := max(v, -v); {
	case v == float64(int64(v)) || size >= 100:
		digits := strconv.FormatInt(int64(math.Round(v)), 10)
		for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
		return digits
	case size >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}
