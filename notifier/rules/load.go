package rules

import (
	"io/fs"

	"go.yaml.in/yaml/v3"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// Load reads a book: rules.yaml, directory.yaml, the folder words and, where it
// is there, bank-holidays.json.
//
// It gives every fault of every file, sorted by file, line and column. The book
// is nil if any of them is not a [Fault] with Warning. The book's version is
// that of its [Bundle].
func Load(fsys fs.FS) (*notifier.Book, []Fault) {
	faults := &collector{}
	files := gather(fsys, faults)
	var r *ruleBook
	if content, ok := files[rulesFile]; ok {
		r = readRules(rulesFile, content, readHolidays(files, faults), faults)
	}
	var dir *directory
	if content, ok := files[directoryFile]; ok {
		dir = readDirectory(directoryFile, content, faults)
	}
	words := readWords(files, r, faults)
	r.readStatus(files, words, faults)
	if r != nil {
		r.check(dir, words)
	}
	list := faults.sorted()
	for _, f := range list {
		if !f.Warning {
			return nil, list
		}
	}
	return r.book(files.Version(), dir.value, words.library.Only(r.uses)), list
}

var ruleBookShape = shape{"the rules", []field{
	{"council", "council: {name: Hertfordshire County Council, short: Herts SEND, phone: 01632 960123}", true},
	{"working_time", `working_time: {bank_holidays: england-and-wales, hours: {mon-fri: ["09:00-17:00"]}}`, true},
	{"contact_hours", "contact_hours: " + hoursExample, false},
	{"receipt_within", "receipt_within: 2 hours", false},
	{"tasks", "tasks: {due: 4 working hours, steps: [{at: due, chase: [officer, team_lead], words: task-overdue}]}", false},
	{"unknown_senders", "unknown_senders: {reply: unknown-sender}", false},
	{"keywords", "keywords: {stop: [leave me alone]}", false},
	{"languages", "languages: {approved: [pl, ur]}", false},
	{"promises", "promises: [{name: reply, opened_by: enquiry.received, due: 5 working days, steps: […]}]", true},
}}

// ruleBook is rules.yaml being read.
type ruleBook struct {
	doc          *document
	object       object
	council      notifier.Council
	calendar     *calendar.Calendar // nil where it could not count
	contactHours calendar.Hours
	promises     []promise
	answers      answers
	approved     []text // languages, by their tags
}

func readRules(file, content string, holidays *holidayTables, faults *collector) *ruleBook {
	doc, root := readDocument(file, content, faults)
	if root == nil {
		return nil
	}
	o, ok := doc.object(root, ruleBookShape)
	if !ok {
		return nil
	}
	r := &ruleBook{doc: doc, object: o, contactHours: defaultContactHours()}
	location := doc.timezone()
	if n := o.value("council"); n != nil {
		r.council, location = doc.council(n)
	}
	if n := o.value("working_time"); n != nil {
		r.calendar = doc.workingTime(n, location, holidays)
	}
	if n := o.value("contact_hours"); n != nil {
		r.readContactHours(n)
	}
	conditions := newConditions(location)
	r.promises = doc.promises(o.list("promises"), conditions, holidays)
	if n := o.value("promises"); n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		doc.fault(n, "the book promises nothing", "add a promise, such as the example book's \"reply\"")
	}
	r.readAnswers()
	r.readLanguages()
	return r
}

func (r *ruleBook) readContactHours(n *yaml.Node) {
	hours, ok := r.doc.hours(n, "contact_hours", true)
	if ok && hours.Empty() {
		r.doc.fault(n, "there are no contact hours, so families would never be told anything", "give at least one day a span, or take the key out for "+hoursExample)
	}
	r.contactHours = hours
}

func (r *ruleBook) book(version string, directory notifier.Directory, words *templates.Library) *notifier.Book {
	b := &notifier.Book{Version: version, Council: r.council, Calendar: r.calendar, ContactHours: r.contactHours, Directory: directory, Words: words,
		ReceiptWithin: r.answers.receiptWithin, Strangers: r.answers.strangers, Keywords: r.answers.keywords}
	for _, p := range r.promises {
		b.Rules = append(b.Rules, p.rule)
	}
	return b
}
