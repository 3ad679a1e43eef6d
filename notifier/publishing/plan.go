package publishing

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// firstMost is how many promises a plan shows one by one.
const firstMost = 10

// Plan is what re-planning would do to the open promises of the council.
type Plan struct {
	Version string `json:"version"`
	// Kinds counts by kind of promise, in the order of their names: all open promises
	// of the council, or those of the cases that are touched.
	Kinds []Kind `json:"kinds"`
	// First are the first promises whose date moves, those that become late at once
	// before the others.
	First []notifier.Replanning `json:"first"`
	// Cases are those to be re-planned, in order.
	Cases []string `json:"cases"`
	// Unreadable are cases whose last entry cannot be read: they stay as they are, and
	// /readyz of hearback run names them until they are mended.
	Unreadable []string `json:"unreadable,omitempty"`
}

// Kind counts the open promises of one kind by what becomes of their dates.
type Kind struct {
	Rule          string `json:"rule"`
	Earlier       int    `json:"earlier"`
	Later         int    `json:"later"`
	Unmoved       int    `json:"unmoved"`
	LateAtOnce    int    `json:"late_at_once"`
	LeftPostponed int    `json:"left_postponed"`
	LeftAsItWas   int    `json:"left_as_it_was"`
}

func (k *Kind) count(e notifier.Effect) {
	switch e {
	case notifier.Earlier:
		k.Earlier++
	case notifier.Later:
		k.Later++
	case notifier.Unmoved:
		k.Unmoved++
	case notifier.LateAtOnce:
		k.LateAtOnce++
	case notifier.LeftPostponed:
		k.LeftPostponed++
	case notifier.LeftAsItWas:
		k.LeftAsItWas++
	}
}

// Reach says which open promises are to be re-planned.
type Reach bool

const (
	// Everything: every open promise under another version, also where its date stays,
	// because the ladder may differ.
	Everything Reach = false
	// Touched: only the cases of promises whose date a new bank holiday moves.
	Touched Reach = true
)

// has reports whether a promise brings its case within reach.
func (r Reach) has(one notifier.Replanning) bool {
	if r == Touched {
		return moves(one) && one.Holidays != ""
	}
	return one.Effect != notifier.LeftAsItWas
}

func moves(one notifier.Replanning) bool {
	return one.Effect == notifier.Earlier || one.Effect == notifier.Later || one.Effect == notifier.LateAtOnce
}

// Look says what re-planning to a version would do now. books holds that version.
func Look(ctx context.Context, s *stream.Stream, books notifier.Books, version string, reach Reach, now time.Time) (Plan, error) {
	if _, known := books.Versions[version]; !known {
		return Plan{}, notifier.UnknownVersion(version)
	}
	plan := Plan{Version: version, Kinds: []Kind{}, First: []notifier.Replanning{}, Cases: []string{}}
	kinds := map[string]*Kind{}
	var moving []notifier.Replanning
	_, err := s.LoadLast(ctx, events.LedgerWildcard, func(r stream.Record) {
		c, err := caseOf(r)
		if err != nil {
			plan.Unreadable = append(plan.Unreadable, strings.TrimPrefix(r.Subject, events.LedgerPrefix))
			return
		}
		list, _ := notifier.Replan(c, books, version, now)
		to := slices.ContainsFunc(list, reach.has)
		if reach == Touched && !to {
			return
		}
		for _, one := range list {
			if moves(one) {
				moving = append(moving, one)
			}
			if kinds[one.Rule] == nil {
				kinds[one.Rule] = &Kind{Rule: one.Rule}
			}
			kinds[one.Rule].count(one.Effect)
		}
		if to {
			plan.Cases = append(plan.Cases, c.Ref)
		}
	})
	if err != nil {
		return Plan{}, fmt.Errorf("read the open promises: %w", err)
	}
	for _, k := range kinds {
		plan.Kinds = append(plan.Kinds, *k)
	}
	slices.SortFunc(plan.Kinds, func(a, b Kind) int { return strings.Compare(a.Rule, b.Rule) })
	slices.Sort(plan.Cases)
	slices.Sort(plan.Unreadable)
	slices.SortFunc(moving, func(a, b notifier.Replanning) int {
		late := func(r notifier.Replanning) int {
			if r.Effect == notifier.LateAtOnce {
				return 0
			}
			return 1
		}
		return cmp.Or(late(a)-late(b), a.After.Compare(b.After), strings.Compare(a.Case, b.Case), strings.Compare(a.Promise, b.Promise))
	})
	plan.First = append(plan.First, moving[:min(firstMost, len(moving))]...)
	return plan, nil
}

// caseOf is the case as its last ledger entry has it.
func caseOf(r stream.Record) (c notifier.Case, err error) {
	line, err := picture.CaseLine(r.Data)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(line, &c)
}
