package rules

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
)

var promiseShape = shape{"a promise", []field{
	{"name", "name: reply", true},
	{"opened_by", "opened_by: enquiry.received", true},
	{"when", "when: data.urgent != true", false},
	{"kept_by", "kept_by: [reply.sent]", false},
	{"due", "due: 5 working days", true},
	{"counts_from", "counts_from: served_on", false},
	{"statutory", "statutory: true", false},
	{"cites", "cites: the regulation that sets the date", false},
	{"calendar", "calendar: united-kingdom", false},
	{"rolls", "rolls: next working day", false},
	{"applies", "applies: {from: 2026-09-01, until: 2029-08-31}", false},
	{"duty", "duty: decide whether to assess, and tell the family", false},
	{"each", "each: adviser", false},
	{"restarted_by", "restarted_by: [update.sent]", false},
	{"replaces", "replaces: [reply]", false},
	{"family_time", "family_time: true", false},
	{"private", "private: true", false},
	{"acknowledge", "acknowledge: {words: enquiry-received, via: preferred}", false},
	{"steps", "steps: [{at: due, chase: [officer], words: reply-overdue}]", true},
}}

var acknowledgeShape = shape{"acknowledge", []field{
	{"words", "words: enquiry-received", true},
	{"via", "via: preferred", false},
	{"any_hour", "any_hour: true", false},
}}

// promise is a rule being read, with the places of what it says.
type promise struct {
	rule        notifier.Rule
	object      object
	name, due   text
	replaces    []text
	when        text
	condition   *condition
	steps       []step
	acknowledge text // the words
	// sound: everything about time could be read.
	sound bool
	// task: it is the ladder of tasks, which no event opens.
	task bool
}

// mostPromises and mostSteps bound what a book may ask to be checked.
const (
	mostPromises = 200
	mostSteps    = 50
)

func (d *document) promises(items []*yaml.Node, conditions *conditions, holidays *holidayTables) []promise {
	var promises []promise
	if len(items) > mostPromises {
		d.fault(items[mostPromises], "there are more than 200 promises", "take out those that nothing opens")
		items = items[:mostPromises]
	}
	for _, item := range items {
		if p, ok := d.promise(item, conditions, holidays); ok {
			promises = append(promises, p)
		}
	}
	return promises
}

func (d *document) promise(n *yaml.Node, conditions *conditions, holidays *holidayTables) (promise, bool) {
	o, ok := d.object(n, promiseShape)
	if !ok {
		return promise{}, false
	}
	p := promise{object: o, name: o.text("name"), due: o.text("due"), sound: true}
	p.rule.Name = p.name.value
	if p.name.given() && !isName(p.name.value) {
		d.fault(p.name.node, "\""+clip(p.name.value)+"\" cannot be the name of a promise", "use letters, digits, dots, hyphens and underscores, at most 64 of them")
	}
	p.rule.OpenedBy = o.types("opened_by", nil)
	p.rule.KeptBy = []string{events.TypeReplySent}
	if o.value("kept_by") != nil {
		p.rule.KeptBy = o.types("kept_by", []string{events.TypeEnquiryReceived, events.TypeMessageReceived})
	}
	if o.value("restarted_by") != nil {
		p.rule.RestartedBy = o.types("restarted_by", nil)
	}
	p.rule.FamilyTime = o.flag("family_time", false)
	p.rule.Private = o.flag("private", false)
	p.rule.Duty = o.text("duty").value
	p.rule.Each = o.text("each").value
	for _, t := range o.texts("replaces", true) {
		p.replaces = append(p.replaces, t)
		p.rule.Replaces = append(p.rule.Replaces, t.value)
	}
	p.readDue()
	p.rule.Statutory = o.flag("statutory", false)
	p.rule.Cites = o.text("cites").value
	if p.rule.Statutory && o.values["cites"].key == nil {
		d.fault(o.key("statutory"), "a statutory promise has no \"cites\"", "name the law that sets the date, such as "+promiseShape.example("cites"))
	}
	p.readCountsFrom()
	p.readLaw(holidays)
	p.rule.Applies = o.applies()
	if when := o.value("when"); when != nil {
		p.readWhen(when, conditions)
	}
	if n := o.value("acknowledge"); n != nil {
		p.readAcknowledge(n)
	}
	p.readSteps()
	return p, true
}

// types reads the types of events that open or keep a promise.
func (o object) types(name string, never []string) []string {
	var types []string
	listed := o.texts(name, true)
	if n := o.value(name); n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		o.doc.fault(n, "\""+name+"\" lists no event", "write "+o.shape.example(name))
	}
	for _, t := range listed {
		switch {
		case events.IsOutcome(t.value):
			o.doc.fault(t.node, "\""+t.value+"\" is what Hearback itself publishes, so it never comes in", "name an event that services send, such as "+o.shape.example(name))
		case !events.Known(t.value):
			o.doc.fault(t.node, "there is no event \""+clip(t.value)+"\"", orElse(ask(events.Nearest(t.value)), "see the list of events in the README"))
		case slices.Contains(types, t.value):
			o.doc.fault(t.node, "\""+t.value+"\" stands twice in \""+name+"\"", "keep one of the two")
		case slices.Contains(never, t.value):
			o.doc.fault(t.node, "a family that gets in touch has not been answered, so \""+t.value+"\" cannot keep a promise", "write kept_by: [reply.sent]")
		default:
			types = append(types, t.value)
		}
	}
	return types
}

func (p *promise) readDue() {
	if !p.due.given() {
		p.sound = false
		return
	}
	due, err := calendar.ParseDue(p.due.value)
	if err != nil {
		problem, remedy := split(err, promiseShape.example("due"))
		p.object.doc.fault(p.due.node, problem, remedy)
		p.sound = false
		return
	}
	p.rule.Due = due
}

// split parts one of the calendar's errors into what is wrong and what to do.
func split(err error, example string) (problem, remedy string) {
	message := err.Error()
	if i := strings.LastIndex(message, ": write "); i >= 0 && len(message) < 400 {
		return message[:i], message[i+2:]
	}
	return "this is not a length of time", "write " + example
}

func (p *promise) readWhen(n *yaml.Node, conditions *conditions) {
	d := p.object.doc
	switch {
	case n.Kind != yaml.ScalarNode || d.tagged(n):
		d.wrongKind(n, "\"when\"", "write "+promiseShape.example("when"))
	case strings.TrimSpace(n.Value) == "":
		d.fault(n, "\"when\" is empty", "write "+promiseShape.example("when")+", or take the key out")
	default:
		p.when = text{n.Value, n}
		if p.condition = conditions.compile(d, n, p.rule.OpenedBy); p.condition != nil {
			p.rule.When = p.condition
		}
	}
}

func (p *promise) readAcknowledge(n *yaml.Node) {
	o, ok := p.object.doc.object(n, acknowledgeShape)
	if !ok {
		return
	}
	p.acknowledge = o.text("words")
	p.rule.Acknowledge = &notifier.Acknowledge{Words: p.acknowledge.value, Via: o.via(true), AnyHour: o.flag("any_hour", true)}
}

// via reads how a message may travel. Letters go to families only.
func (o object) via(family bool) notifier.Via {
	n := o.value("via")
	switch {
	case n == nil:
		return notifier.Via{}
	case n.Kind == yaml.ScalarNode && n.Value == "preferred":
		return notifier.Via{}
	case n.Kind == yaml.ScalarNode && n.Value == "all":
		return notifier.Via{All: true}
	case n.Kind == yaml.ScalarNode:
		remedy := "write via: preferred, via: all or via: [sms, email]"
		if n.Value == notifier.SMS || n.Value == notifier.Email || n.Value == notifier.Letter {
			remedy = "write it as a list: via: [" + n.Value + "]"
		}
		if t := o.doc.line(n, "\"via\"", remedy); t.given() {
			o.doc.fault(n, "\""+clip(t.value)+"\" is not a way for messages to travel", remedy)
		}
		return notifier.Via{}
	}
	var via notifier.Via
	may := "list sms, email or both"
	if family {
		may = "list sms, email or letter"
	}
	for _, t := range o.texts("via", false) {
		switch {
		case t.value == notifier.Letter && !family:
			o.doc.fault(t.node, "letters go to families, and this step chases staff", may)
		case t.value != notifier.SMS && t.value != notifier.Email && t.value != notifier.Letter:
			o.doc.fault(t.node, "Hearback cannot send by \""+clip(t.value)+"\"", may)
		case slices.Contains(via.Channels, t.value):
			o.doc.fault(t.node, "\""+t.value+"\" stands twice in \"via\"", "keep one of the two")
		default:
			via.Channels = append(via.Channels, t.value)
		}
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		o.doc.fault(n, "\"via\" lists no channel", "write via: [sms, email], or take the key out")
	}
	return via
}
