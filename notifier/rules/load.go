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
	r := read(fsys)
	return r.book(), r.faults.sorted()
}

// reading is a book with the places of all that it says. A part that could not
// be read is nil.
type reading struct {
	version string
	rules   *ruleBook
	dir     *directory
	words   *wordList
	faults  *collector
}

func read(fsys fs.FS) reading {
	r := reading{faults: &collector{}}
	files := gather(fsys, r.faults)
	r.version = files.Version()
	if content, ok := files[rulesFile]; ok {
		r.rules = readRules(rulesFile, content, readHolidays(files, r.faults), r.faults)
	}
	if content, ok := files[directoryFile]; ok {
		r.dir = readDirectory(directoryFile, content, r.faults)
	}
	r.words = readWords(files, r.rules, r.faults)
	r.rules.readStatus(files, r.words, r.faults)
	if r.rules != nil {
		r.rules.check(r.dir, r.words)
	}
	return r
}

// book is nil where any of the faults is not a warning.
func (r reading) book() *notifier.Book {
	if r.faults.stop() {
		return nil
	}
	return r.rules.book(r.version, r.dir.value, r.words.library.Only(r.rules.uses))
}

var ruleBookShape = shape{"the rules", []field{
	{"council", "council: {name: Hertfordshire County Council, short: Herts SEND, phone: 01632 960123}", true},
	{"working_time", `working_time: {bank_holidays: england-and-wales, hours: {mon-fri: ["09:00-17:00"]}}`, true},
	{"contact_hours", "contact_hours: " + hoursExample, false},
	{"costs", "costs: {text: 4p, letter: 95p}", false},
	{"receipt_within", "receipt_within: 2 hours", false},
	{"tasks", "tasks: {due: 4 working hours, steps: [{at: due, chase: [officer, team_lead], words: task-overdue}]}", false},
	{"unknown_senders", "unknown_senders: {reply: unknown-sender}", false},
	{"keywords", "keywords: {stop: [leave me alone]}", false},
	{"languages", "languages: {approved: [pl, ur]}", false},
	{"tells", "tells: [{on: assessment.agreed, words: news}]", false},
	{"updates", "updates: [step-taken]", false},
	{"promises", "promises: [{name: reply, opened_by: enquiry.received, due: 5 working days, steps: […]}]", true},
}}

// ruleBook is rules.yaml being read.
type ruleBook struct {
	doc          *document
	object       object
	council      notifier.Council
	calendar     *calendar.Calendar // nil where it could not count
	contactHours calendar.Hours
	costs        notifier.Costs
	promises     []promise
	tells        []tell
	updates      []text
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
	if n := o.value("costs"); n != nil {
		r.costs = doc.costs(n)
	}
	conditions := newConditions(location)
	r.promises = doc.promises(o.list("promises"), conditions, holidays)
	if n := o.value("promises"); n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		doc.fault(n, "the book promises nothing", "add a promise, such as the example book's \"reply\"")
	}
	for _, item := range o.list("tells") {
		if t, ok := doc.tell(item, conditions); ok {
			r.tells = append(r.tells, t)
		}
	}
	r.updates = o.texts("updates", false)
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
	b := &notifier.Book{Version: version, Council: r.council, Calendar: r.calendar, ContactHours: r.contactHours, Costs: r.costs, Directory: directory, Words: words,
		ReceiptWithin: r.answers.receiptWithin, Strangers: r.answers.strangers, Keywords: r.answers.keywords}
	for _, p := range r.promises {
		b.Rules = append(b.Rules, p.rule)
	}
	for _, t := range r.tells {
		b.Tells = append(b.Tells, t.value)
	}
	for _, t := range r.updates {
		b.Updates = append(b.Updates, t.value)
	}
	return b
}
