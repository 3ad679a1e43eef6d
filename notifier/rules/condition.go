package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"go.yaml.in/yaml/v3"

	"hearback/events"
	"hearback/events/nearest"
	"hearback/notifier"
)

// conditions compiles the `when` of promises. It is a machine of one Load.
type conditions struct {
	env      *cel.Env
	err      error
	location *time.Location
}

// The names that a condition may use.
const (
	nameData   = "data"
	nameType   = "type"
	nameSource = "source"
	nameTime   = "time"
	nameCase   = "case"
)

// Limits of a condition. The cost limit ends what works through long lists and
// texts: one condition must not hold up every family's acknowledgement.
const (
	longestCondition = 2000
	deepestCondition = 50
	costliest        = 100_000
)

const simpler = "write it more simply, such as when: data.urgent != true"

func newConditions(location *time.Location) *conditions {
	env, err := cel.NewEnv(
		cel.Variable(nameData, cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable(nameType, cel.StringType),
		cel.Variable(nameSource, cel.StringType),
		cel.Variable(nameTime, cel.TimestampType),
		cel.Variable(nameCase, cel.MapType(cel.StringType, cel.StringType)),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(false), // hours and days are the council's
		cel.ParserExpressionSizeLimit(longestCondition),
		cel.ParserRecursionLimit(deepestCondition),
	)
	return &conditions{env: env, err: err, location: location}
}

// condition is a `when` in CEL. It is never changed once made and may be shared
// between goroutines.
type condition struct {
	source   string
	program  cel.Program
	location *time.Location
	// members are the members of data that the condition asks for by name.
	members []string
	// whole: it asks for data in another way, so that every member is needed.
	whole bool
	// fallbacks are ready for the types of events that open the promise.
	fallbacks map[string][]fallback
	// asked is what it compares, for the search for a gap between promises.
	asked []question
}

// compile notes what is wrong with a condition at its place in the file, and
// gives nil then.
func (c *conditions) compile(d *document, n *yaml.Node, openedBy []string) *condition {
	at := func(line, column int) (int, int) { return d.locate(n, line, column) }
	if c.err != nil {
		d.fault(n, "conditions cannot be read by this program", "report it, and take \"when\" out for now")
		return nil
	}
	if utf8.RuneCountInString(n.Value) > longestCondition {
		d.fault(n, fmt.Sprintf("this condition is longer than %d characters", longestCondition), simpler)
		return nil
	}
	ast, issues := c.env.Compile(n.Value)
	if issues.Err() != nil {
		seen := make(map[string]bool)
		for _, e := range issues.Errors() {
			problem, remedy, syntax := celWords(e.Message)
			if !seen[problem] {
				line, column := at(e.Location.Line(), e.Location.Column())
				d.faultAt(line, column, problem, remedy)
			}
			if seen[problem] = true; syntax {
				break // what follows is the same slip, seen from further on
			}
		}
		return nil
	}
	if kind := ast.OutputType(); !kind.IsExactType(cel.BoolType) && !kind.IsExactType(cel.DynType) {
		d.fault(n, "\"when\" gives "+kindWords(kind)+", and must give true or false", "compare it with something, such as data.urgent == true")
		return nil
	}
	var options []cel.ProgramOption
	if mayBeCostly(ast.NativeRep()) {
		options = append(options, cel.CostLimit(costliest))
	}
	program, err := c.env.Program(ast, options...)
	if err != nil {
		d.fault(n, "this condition cannot be carried out", simpler)
		return nil
	}
	made := &condition{source: strings.TrimSpace(n.Value), program: program, location: c.location}
	if !made.study(d, n, ast.NativeRep(), openedBy) || !made.givesBool(d, n, openedBy) {
		return nil
	}
	return made
}

// mayBeCostly reports a condition whose work depends on how much an event says.
// Keeping count doubles the time that a plain one takes, and that is bounded by
// its own length.
func mayBeCostly(ast *celast.AST) bool {
	plain := []string{"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "_?_:_", "_[_]", "size"}
	return len(celast.MatchDescendants(celast.NavigateAST(ast), func(e celast.NavigableExpr) bool {
		return e.Kind() == celast.ComprehensionKind || e.Kind() == celast.CallKind && !slices.Contains(plain, e.AsCall().FunctionName())
	})) > 0
}

// givesBool tries the condition on an event that says nothing: a known member
// that is no flag shows itself.
func (c *condition) givesBool(d *document, n *yaml.Node, openedBy []string) bool {
	for _, kind := range openedBy {
		_, err := c.Holds(events.Event{Type: kind}, notifier.Case{})
		switch {
		case errors.Is(err, errNotBool):
			d.fault(n, "\"when\" gives a text or a list for "+kind+", and must give true or false", "compare it with something, such as data.channel == \"phone\"")
			return false
		case errors.Is(err, errFailed):
			d.warn(n, "\"when\" cannot be judged for an event "+kind+" that says nothing more, and the promise is then opened", "ask first whether there is anything to judge, such as data.about != \"\" && …")
			return true
		}
	}
	return true
}

// study finds what the condition asks for, and warns of a member that looks
// like a slip of the pen.
func (c *condition) study(d *document, n *yaml.Node, ast *celast.AST, openedBy []string) bool {
	sound := true
	root := celast.NavigateAST(ast)
	for _, e := range celast.MatchDescendants(root, func(e celast.NavigableExpr) bool {
		return e.Kind() == celast.IdentKind && (e.AsIdent() == nameData || e.AsIdent() == nameCase)
	}) {
		name, ok := memberAsked(e)
		line, column := d.locateID(n, ast, e.ID())
		switch {
		case e.AsIdent() == nameCase && ok && !slices.Contains(caseMembers(), name):
			d.faultAt(line, column, "a case has no \""+clip(name)+"\"", orElse(ask(nearest.Name(name, caseMembers())), "use case.team, case.officer or case.state"))
			sound = false
		case e.AsIdent() == nameCase:
		case !ok:
			c.whole = true
		default:
			c.members = append(c.members, name)
			d.warnUnknownMember(line, column, name, openedBy)
		}
	}
	slices.Sort(c.members)
	c.members = slices.Compact(c.members)
	c.fallbacks = make(map[string][]fallback, len(openedBy))
	for _, kind := range openedBy {
		c.fallbacks[kind] = c.fallbacksFor(kind)
	}
	c.asked = questions(root)
	return sound
}

// memberAsked gives x where e is the data of data.x or data["x"].
func memberAsked(e celast.NavigableExpr) (name string, ok bool) {
	parent, hasParent := e.Parent()
	if !hasParent {
		return "", false
	}
	switch parent.Kind() {
	case celast.SelectKind:
		return parent.AsSelect().FieldName(), true
	case celast.CallKind:
		call := parent.AsCall()
		if args := call.Args(); call.FunctionName() == "_[_]" && len(args) == 2 && args[0].ID() == e.ID() && args[1].Kind() == celast.LiteralKind {
			name, ok = args[1].AsLiteral().Value().(string)
			return name, ok
		}
	}
	return "", false
}

// warnUnknownMember speaks up only where a known member is close: data may hold
// members of the council's own.
func (d *document) warnUnknownMember(line, column int, name string, openedBy []string) {
	var known []string
	for _, kind := range openedBy {
		if _, is := absent(kind, name); is {
			return
		}
		known = append(known, members(kind)...)
	}
	if close := nearest.Name(name, known); close != "" {
		d.faults.add(Fault{File: d.file, Line: line, Column: column, Warning: true,
			Problem: "data." + clip(name) + " is not a member that these events are known to have; where it is absent the promise is opened",
			Remedy:  "did you mean data." + close + "?"})
	}
}

var (
	errNotBool = errors.New("the condition gives neither true nor false; compare its value with something in the book")
	errFailed  = errors.New("the condition fails on this event; look at the promise's \"when\" in the book")
)

// Holds judges the condition for an event of a case. Known members of data that
// the event lacks count as false, "" or empty; so has() is true of them. It is
// an error where the event lacks another member, where the values cannot be
// compared, or where the work would take too long. An error names members and
// never what they say.
func (c *condition) Holds(event events.Event, of notifier.Case) (bool, error) {
	f := facts{condition: c, kind: event.Type, source: event.Source, time: event.Time, raw: event.Data, team: of.Team, officer: of.Officer, state: of.State}
	value, _, err := c.program.Eval(&f)
	if f.err != nil {
		return false, f.err
	}
	if err != nil {
		if name, ok := f.lacking(); ok {
			return false, fmt.Errorf("the event has no data.%s, which the condition asks for; send it, or ask has(data.%s) first in the book", name, name)
		}
		return false, errFailed
	}
	holds, ok := value.Value().(bool)
	if !ok {
		return false, errNotBool
	}
	return holds, nil
}

// String gives the condition as the book writes it.
func (c *condition) String() string { return strings.Join(strings.Fields(c.source), " ") }

// celWords says in plain words what CEL found. syntax marks a slip that hides
// all that follows it.
func celWords(message string) (problem, remedy string, syntax bool) {
	quoted := func(after string) string {
		_, rest, _ := strings.Cut(message, after)
		name, _, _ := strings.Cut(rest, "'")
		return clip(name)
	}
	switch {
	case strings.HasPrefix(message, "Syntax error: token recognition error at: '= "):
		return "one = compares nothing", "write ==", true
	case strings.Contains(message, "recursion limit"):
		return "this condition is nested too deeply", simpler, true
	case strings.HasPrefix(message, "Syntax error"):
		return "this condition breaks off or is not written as CEL wants it", "look for a missing bracket, quote or ==; such as " + promiseShape.example("when"), true
	case strings.HasPrefix(message, "undeclared reference to '_"), strings.Contains(message, "no matching overload"):
		return "these values cannot be compared or joined like this", "compare text with \"text\" in quotes, numbers with numbers, flags with true or false", false
	case strings.HasPrefix(message, "undeclared reference to '"):
		name := quoted("undeclared reference to '")
		known := []string{nameData, nameType, nameSource, nameTime, nameCase}
		return "there is nothing called \"" + name + "\"",
			orElse(ask(nearest.Name(name, known)), "use data, type, source, time or case; put text in quotes"), false
	}
	return "CEL cannot read this condition: " + clip(message), "write it more simply, such as " + promiseShape.example("when"), false
}

func kindWords(kind *cel.Type) string {
	switch kind.Kind() {
	case cel.StringKind:
		return "a text"
	case cel.IntKind, cel.UintKind, cel.DoubleKind:
		return "a number"
	case cel.ListKind:
		return "a list"
	case cel.MapKind:
		return "a mapping"
	}
	return "something else"
}
