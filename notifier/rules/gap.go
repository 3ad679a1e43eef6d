package rules

import (
	"encoding/json"
	"iter"
	"slices"
	"time"

	celast "cel.dev/cel-go/common/ast"

	"hearback/events"
	"hearback/notifier"
)

// question is a thing that a condition asks about, with the answers it compares.
type question struct {
	of, name string // data and urgent; or type, source, and no name
	answers  []string
}

// questions finds what a condition asks and every text it compares with.
func questions(root celast.NavigableExpr) []question {
	var answers []string
	for _, e := range celast.MatchDescendants(root, celast.KindMatcher(celast.LiteralKind)) {
		if s, ok := e.AsLiteral().Value().(string); ok {
			answers = append(answers, s)
		}
	}
	var asked []question
	for _, e := range celast.MatchDescendants(root, celast.KindMatcher(celast.IdentKind)) {
		q := question{of: e.AsIdent(), answers: answers}
		if name, ok := memberAsked(e); ok {
			q.name = name
		}
		if !slices.ContainsFunc(asked, func(other question) bool { return other.of == q.of && other.name == q.name }) {
			asked = append(asked, q)
		}
	}
	return asked
}

// mostTrials bounds the search for a gap.
const mostTrials = 4096

// fits reports whether every event of a type that can be thought of opens one
// of the promises. It tries each answer that a condition compares with, and one
// that none does; it may miss a gap, and never invents one.
func fits(promises []promise, eventType string) bool {
	var conditions []*condition
	for _, p := range promises {
		if p.condition == nil {
			return true // it opens always, or its own fault is named
		}
		conditions = append(conditions, p.condition)
	}
	for tried, answers := range trials(askedBy(conditions), eventType) {
		if tried >= mostTrials {
			break
		}
		event, of := answers.event(eventType)
		if !slices.ContainsFunc(promises, func(p promise) bool {
			holds, err := p.condition.Holds(event, of)
			return holds || err != nil // an event that cannot be judged opens the promise
		}) {
			return false
		}
	}
	return true
}

// askedBy joins what conditions ask, each thing once with the answers of all.
func askedBy(conditions []*condition) []question {
	var asked []question
	for _, c := range conditions {
		for _, q := range c.asked {
			i := slices.IndexFunc(asked, func(other question) bool { return other.of == q.of && other.name == q.name })
			if i < 0 {
				asked = append(asked, q)
				continue
			}
			asked[i].answers = append(slices.Clip(asked[i].answers), q.answers...)
		}
	}
	return asked
}

// answer is one answer to one question.
type answer struct {
	question
	value any
}

type trial []answer

// trials yields every combination of answers, numbered from 0.
func trials(asked []question, eventType string) iter.Seq2[int, trial] {
	choices := make([][]answer, len(asked))
	for i, q := range asked {
		for _, value := range q.choices(eventType) {
			choices[i] = append(choices[i], answer{q, value})
		}
	}
	return func(yield func(int, trial) bool) {
		at := make([]int, len(choices))
		for n := 0; ; n++ {
			t := make(trial, len(choices))
			for i := range choices {
				t[i] = choices[i][at[i]]
			}
			if !yield(n, t) {
				return
			}
			i := 0
			for ; i < len(at); i++ {
				if at[i]++; at[i] < len(choices[i]) {
					break
				}
				at[i] = 0
			}
			if i == len(at) {
				return
			}
		}
	}
}

// choices are the answers worth trying. Every list begins with what an event
// that says nothing says.
func (q question) choices(eventType string) []any {
	texts := []any{"", "something else"}
	answers := slices.Compact(slices.Sorted(slices.Values(q.answers)))
	for _, text := range answers {
		texts = append(texts, text)
	}
	switch q.of {
	case nameData:
		switch empty, known := absent(eventType, q.name); {
		case known && empty == false:
			return []any{nil, true}
		case known && empty == "":
			return texts
		}
		return []any{nil}
	case nameCase, nameSource:
		return texts
	case nameTime:
		monday := time.Date(2026, time.November, 23, 11, 0, 0, 0, time.UTC)
		return []any{monday, monday.AddDate(0, 0, 5).Add(11 * time.Hour)}
	}
	return []any{nil}
}

// event makes up the event and the case that give the answers.
func (t trial) event(eventType string) (events.Event, notifier.Case) {
	event, of := events.Event{ID: "trial", Type: eventType}, notifier.Case{Ref: "trial"}
	data := make(map[string]any)
	for _, a := range t {
		said, _ := a.value.(string)
		switch a.of {
		case nameData:
			if a.value != nil {
				data[a.name] = a.value
			}
		case nameSource:
			event.Source = said
		case nameTime:
			event.Time, _ = a.value.(time.Time)
		case nameCase:
			switch a.name {
			case "team":
				of.Team = said
			case "officer":
				of.Officer = said
			}
		}
	}
	event.Data, _ = json.Marshal(data) // texts, flags and nothing else: it cannot fail
	return event, of
}
