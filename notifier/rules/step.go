package rules

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

var stepShape = shape{"a step", []field{
	{"at", "at: 2 working days before due", false},
	{"every", "every: 5 working days, from: 7 working days after due", false},
	{"from", "from: 7 working days after due", false},
	{"chase", "chase: [officer]", true},
	{"words", "words: reply-overdue", true},
	{"via", "via: [email]", false},
	{"tell_family", "tell_family: reply-late", false},
}}

// step is a rung being read, with the places of what it says.
type step struct {
	value      notifier.Step
	object     object
	at         *yaml.Node // what says when it fires
	chase      []text
	words      text
	tellFamily text
	// timed: when it fires could be read.
	timed bool
}

func (p *promise) readSteps() {
	o := p.object
	items := o.list("steps")
	if n := o.value("steps"); n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		o.doc.fault(n, "this promise has no steps, so nobody would be chased", "add one, such as {at: due, chase: [officer], words: reply-overdue}")
	}
	if len(items) > mostSteps {
		o.doc.fault(items[mostSteps], "a promise has more than 50 steps", "let one step repeat with \"every\"")
		items = items[:mostSteps]
	}
	for _, item := range items {
		if s, ok := o.doc.step(item); ok {
			p.steps = append(p.steps, s)
			p.rule.Steps = append(p.rule.Steps, s.value)
			p.sound = p.sound && s.timed
		} else {
			p.sound = false
		}
	}
}

func (d *document) step(n *yaml.Node) (step, bool) {
	o, ok := d.object(n, stepShape)
	if !ok {
		return step{}, false
	}
	s := step{object: o, words: o.text("words")}
	s.value.Words = s.words.value
	s.readTime()
	s.chase = o.texts("chase", false)
	if list := o.value("chase"); list != nil && list.Kind == yaml.SequenceNode && len(list.Content) == 0 {
		d.fault(list, "this step chases nobody", "name who is chased, such as "+stepShape.example("chase"))
	}
	for _, t := range s.chase {
		if slices.Contains(s.value.Chase, t.value) {
			d.fault(t.node, "\""+clip(t.value)+"\" is chased twice in one step", "keep one of the two")
			continue
		}
		s.value.Chase = append(s.value.Chase, t.value)
	}
	s.value.Via = o.via(len(s.value.Chase) > 0 && !s.chasesStaff())
	if s.tellFamily = o.text("tell_family"); s.tellFamily.given() {
		s.value.TellFamily = s.tellFamily.value
	}
	return s, true
}

// readTime reads at, or every and from.
func (s *step) readTime() {
	o := s.object
	has := func(name string) bool { _, there := o.values[name]; return there }
	switch {
	case has("at") && has("every"):
		o.doc.fault(o.key("every"), "a step has both \"at\" and \"every\"", "keep one of them: at for once, every with from for again and again")
	case has("at") && has("from"):
		o.doc.fault(o.key("from"), "\"from\" stands beside \"at\"", "take it out, or write every: 5 working days instead of at")
	case has("at"):
		s.readAt(o.text("at"), true)
	case has("every"):
		s.readEvery()
	case has("from"):
		o.doc.fault(o.node, "a step has \"from\" and no \"every\"", "add how often it repeats, such as every: 5 working days")
	default:
		o.doc.fault(o.node, "a step says neither \"at\" nor \"every\"", "add one, such as "+stepShape.example("at"))
	}
}

func (s *step) readEvery() {
	o := s.object
	every := o.text("every")
	if _, there := o.values["from"]; !there {
		o.doc.fault(o.key("every"), "a step has \"every\" and no \"from\"", "add when it first fires, such as "+stepShape.example("from"))
	}
	from := o.text("from")
	if every.given() {
		amount, err := calendar.ParseAmount(every.value)
		if err != nil {
			problem, remedy := split(err, "every: 5 working days")
			o.doc.fault(every.node, problem, remedy)
		} else {
			s.value.Every = &amount
		}
	}
	s.readAt(from, false)
	s.timed = s.timed && s.value.Every != nil
}

// readAt reads an instant relative to due. A step that repeats may not begin
// before the promise is due: nobody is late then.
func (s *step) readAt(t text, before bool) {
	if !t.given() {
		return
	}
	s.at = t.node
	if t.value == "due" {
		s.timed = true
		return
	}
	examples := "at: due, at: 2 working days before due or at: 2 working days after due"
	if !before {
		examples = stepShape.example("from")
	}
	amount, isAfter := strings.CutSuffix(t.value, " after due")
	amount, isBefore := strings.CutSuffix(amount, " before due")
	switch {
	case isAfter == isBefore:
		s.object.doc.fault(t.node, "\""+clip(t.value)+"\" is not a time of the ladder", "write "+examples)
		return
	case isBefore && !before:
		s.object.doc.fault(t.node, "a step that repeats begins before the promise is due", "write "+examples+", and a step of its own for before")
		return
	}
	offset, err := calendar.ParseAmount(amount)
	if err != nil {
		problem, remedy := split(err, examples)
		s.object.doc.fault(t.node, problem, remedy)
		return
	}
	s.value.At = notifier.Offset{Amount: offset, Before: isBefore}
	s.timed = true
}
