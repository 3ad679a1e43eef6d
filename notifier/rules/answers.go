package rules

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/keyword"
)

// receiptUsual is how long to wait for a receipt where the book does not say: most
// phones that are on have a text within seconds, and a family that has heard
// nothing for this long deserves a second way.
const receiptUsual = 2 * time.Hour

// receiptMost bounds it: Twilio itself gives up after four hours
// (https://www.twilio.com/docs/messaging/api/message-resource, ValidityPeriod).
const receiptMost = 3 * 24 * time.Hour

var tasksShape = shape{"the tasks", []field{
	{"due", "due: 4 working hours", true},
	{"steps", "steps: [{at: due, chase: [officer, team_lead], words: task-overdue}]", true},
}}

var strangersShape = shape{"the unknown senders", []field{
	{"reply", "reply: unknown-sender", true},
}}

var keywordsShape = shape{"the keywords", []field{
	{"stop", "stop: [leave me alone]", false},
	{"start", "start: [text me again]", false},
	{"help", "help: [who is this]", false},
}}

// answers is what the rules say of what comes back: receipts, tasks, and what
// families and strangers write.
type answers struct {
	receiptWithin time.Duration
	strangers     notifier.Strangers
	reply         text
	keywords      keyword.Words
}

func (r *ruleBook) readAnswers() {
	r.answers.receiptWithin = receiptUsual
	if t := r.object.text("receipt_within"); t.given() {
		r.readReceiptWithin(t)
	}
	if n := r.object.value("unknown_senders"); n != nil {
		if o, ok := r.doc.object(n, strangersShape); ok {
			r.answers.reply = o.text("reply")
			r.answers.strangers = notifier.Strangers{Reply: r.answers.reply.value}
		}
	}
	if n := r.object.value("keywords"); n != nil {
		if o, ok := r.doc.object(n, keywordsShape); ok {
			r.answers.keywords = keyword.Words{Stop: values(o.texts("stop", false)), Start: values(o.texts("start", false)), Help: values(o.texts("help", false))}
		}
	}
	if n := r.object.value("tasks"); n != nil {
		r.readTasks(n)
	}
}

func values(texts []text) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = t.value
	}
	return list
}

func (r *ruleBook) readReceiptWithin(t text) {
	const remedy = "write receipt_within: 2 hours, between 1 minute and 3 days"
	amount, err := calendar.ParseAmount(t.value)
	within := time.Duration(0)
	if err == nil {
		switch amount.Unit {
		case calendar.Minutes:
			within = time.Duration(amount.N) * time.Minute
		case calendar.ElapsedHours:
			within = time.Duration(amount.N) * time.Hour
		case calendar.Days:
			within = time.Duration(amount.N) * 24 * time.Hour
		}
	}
	if within < time.Minute || within > receiptMost {
		r.doc.fault(t.node, "\""+clip(t.value)+"\" is not a time to wait for a receipt", remedy)
		return
	}
	r.answers.receiptWithin = within
}

// readTasks reads the ladder of what only a person can do. It is a promise like
// the others, which no event opens.
func (r *ruleBook) readTasks(n *yaml.Node) {
	o, ok := r.doc.object(n, tasksShape)
	if !ok {
		return
	}
	p := promise{object: o, due: o.text("due"), sound: true, task: true}
	p.rule.Name, p.rule.KeptBy = notifier.TaskRule, []string{events.TypeTaskDone}
	p.readDue()
	p.readSteps()
	for _, s := range p.steps {
		if s.tellFamily.given() || slices.Contains(s.value.Chase, notifier.Family) {
			r.doc.fault(s.object.node, "a step of \"tasks\" speaks to the family", "take it out: a task is for staff, and the family's own promise tells the family")
		}
	}
	r.promises = append(r.promises, p)
}

// checkTaskName keeps the name of the ladder of tasks for it.
func (r *ruleBook) checkTaskName() {
	for _, p := range r.promises {
		if strings.EqualFold(p.name.value, notifier.NewsRule) {
			r.doc.fault(p.name.node, "a promise may not be called \""+notifier.NewsRule+"\"", "give it another name: news has a place of its own, under the key tells")
		}
		if !p.task && strings.EqualFold(p.name.value, notifier.TaskRule) {
			r.doc.fault(p.name.node, "a promise may not be called \""+notifier.TaskRule+"\"", "give it another name: tasks have a ladder of their own, under the key tasks")
		}
	}
}
