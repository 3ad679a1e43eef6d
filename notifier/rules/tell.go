package rules

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hearback/events"
	"hearback/events/nearest"
	"hearback/notifier"
)

var tellShape = shape{"a tell", []field{
	{"on", "on: assessment.agreed", true},
	{"when", "when: data.decision == \"cease\"", false},
	{"words", "words: news", false},
	{"via", "via: preferred", false},
	{"task", "task: Call the family and tell them what was decided", false},
}}

// tell is news, or a task, being read, with the places of what it says.
type tell struct {
	value notifier.Tell
	words text
}

// notNews are the events that have an answer of their own: the acknowledgement of a
// promise, or nothing at all.
var notNews = []string{events.TypeEnquiryReceived, events.TypeMessageReceived, events.TypeReceiptReceived, events.TypeOfficerTexted,
	events.TypeCaseStopped, events.TypeCaseClosed, events.TypeCaseOpened, events.TypeCaseChanged}

func (d *document) tell(n *yaml.Node, conditions *conditions) (tell, bool) {
	o, ok := d.object(n, tellShape)
	if !ok {
		return tell{}, false
	}
	t := tell{words: o.text("words")}
	t.value = notifier.Tell{Words: t.words.value, Via: o.via(true), Task: o.text("task").value}
	for _, on := range o.texts("on", true) {
		if slices.Contains(notNews, on.value) {
			d.fault(on.node, "\""+on.value+"\" is no news to a family", "use a promise with acknowledge for whoever gets in touch, and nothing where a case opens or ends")
		}
	}
	t.value.On = o.types("on", nil)
	if t.value.Words == "" && t.value.Task == "" && o.value("words") == nil && o.value("task") == nil {
		d.fault(o.node, "a tell has neither \"words\" nor \"task\"", "add what the family is told, such as "+tellShape.example("words"))
	}
	if when := o.value("when"); when != nil {
		switch {
		case when.Kind != yaml.ScalarNode || d.tagged(when):
			d.wrongKind(when, "\"when\"", "write "+tellShape.example("when"))
		case strings.TrimSpace(when.Value) == "":
			d.fault(when, "\"when\" is empty", "write "+tellShape.example("when")+", or take the key out")
		default:
			if c := conditions.compile(d, when, t.value.On); c != nil {
				t.value.When = c
			}
		}
	}
	return t, true
}

// checkReplaces looks at the names of the promises that one takes over.
func (r *ruleBook) checkReplaces(p *promise) {
	names := make([]string, 0, len(r.promises))
	for _, other := range r.promises {
		if !other.task {
			names = append(names, other.name.value)
		}
	}
	for _, t := range p.replaces {
		switch {
		case t.value == p.name.value:
			r.doc.fault(t.node, "a promise replaces itself", "name another promise, or take \"replaces\" out")
		case !slices.Contains(names, t.value):
			r.doc.fault(t.node, "there is no promise \""+clip(t.value)+"\" to replace", orElse(ask(nearest.Name(t.value, names)), "name a promise of this book"))
		}
	}
}
