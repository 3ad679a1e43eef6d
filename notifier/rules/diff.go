package rules

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// Change is one thing that differs between two versions of a book.
type Change struct {
	Part string `json:"part"` // council, hours, holidays, promises, people or words
	What string `json:"what"` // a sentence that a manager reads
	// Before and After are the words themselves, where words differ: the lines that do.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Diff says what differs between two versions of a book, in sentences. It is empty
// where they are the same. The error names a version that this Hearback cannot read.
func Diff(before, after Files) ([]Change, error) {
	return DiffBy(func(files Files) (*notifier.Book, []Fault) { return Load(files.FS()) }, before, after)
}

// DiffBy is Diff for whoever has read the versions already: load is [Load], or gives
// what that gave.
func DiffBy(load func(Files) (*notifier.Book, []Fault), before, after Files) ([]Change, error) {
	a, err := readable(load, before)
	if err != nil {
		return nil, err
	}
	b, err := readable(load, after)
	if err != nil {
		return nil, err
	}
	d := &differences{}
	if before[rulesFile] != after[rulesFile] {
		d.book(a, b)
		d.rules(a.Rules, b.Rules)
		d.tells(a.Tells, b.Tells)
		if len(d.list) == 0 {
			d.say("promises", "rules.yaml is written differently, and means the same.")
		}
	}
	d.holidays(a.Calendar.Holidays, b.Calendar.Holidays, before[holidaysFile] != after[holidaysFile])
	if before[directoryFile] != after[directoryFile] {
		d.directory(a.Directory, b.Directory)
	}
	d.words(before, after)
	return d.list, nil
}

// readable loads a version that was checked when it was published.
func readable(load func(Files) (*notifier.Book, []Fault), files Files) (*notifier.Book, error) {
	book, faults := load(files)
	if book != nil {
		return book, nil
	}
	errs := []error{fmt.Errorf("version %s of the book cannot be read by this Hearback", files.Version())}
	for _, f := range faults {
		if !f.Warning {
			errs = append(errs, errors.New(f.String()))
		}
	}
	return nil, errors.Join(errs...)
}

// differences are changes being collected.
type differences struct{ list []Change }

func (d *differences) say(part, format string, values ...any) {
	d.list = append(d.list, Change{Part: part, What: fmt.Sprintf(format, values...)})
}

// now says what a thing is and was, if that differs.
func (d *differences) now(part, subject, now, was string) {
	if now != was {
		d.say(part, "%s %s (was %s).", subject, orNothing(now), orNothing(was))
	}
}

func orNothing(text string) string { return orElse(text, "nothing") }

// book tells of what stands in rules.yaml beside the promises.
func (d *differences) book(a, b *notifier.Book) {
	d.now("council", "The council is named", b.Council.Name, a.Council.Name)
	d.now("council", "The council's short name is", b.Council.Short, a.Council.Short)
	d.now("council", "The council's number is", b.Council.Phone, a.Council.Phone)
	d.now("council", "The colour of its pages is", orElse(b.Council.Colour, "the usual one"), orElse(a.Council.Colour, "the usual one"))
	d.now("council", "A text costs", costWords(b.Costs.Text), costWords(a.Costs.Text))
	d.now("council", "A letter costs", costWords(b.Costs.Letter), costWords(a.Costs.Letter))
	d.now("hours", "The council works", weekWords(b.Calendar.Working), weekWords(a.Calendar.Working))
	d.now("hours", "Families are contacted unprompted", contactWords(b.ContactHours), contactWords(a.ContactHours))
	d.now("hours", "The time zone is", b.Calendar.Location.String(), a.Calendar.Location.String())
	for _, c := range a.Calendar.Closures {
		if !slices.Contains(b.Calendar.Closures, c) {
			d.say("hours", "The council is no longer closed from %s to %s (%s).", c.From.Words(), c.To.Words(), c.Name)
		}
	}
	for _, c := range b.Calendar.Closures {
		if !slices.Contains(a.Calendar.Closures, c) {
			d.say("hours", "The council is closed from %s to %s (%s).", c.From.Words(), c.To.Words(), c.Name)
		}
	}
	d.now("promises", "Proof that a message arrived is waited for", calendar.Elapsed(b.ReceiptWithin), calendar.Elapsed(a.ReceiptWithin))
	d.now("promises", "Somebody who writes and is not known hears", b.Strangers.Reply, a.Strangers.Reply)
	d.now("words", "The words that an officer may send by hand are", orNothing(listWords(b.Updates, "and")), orNothing(listWords(a.Updates, "and")))
	d.now("words", "The languages in use are", languagesOf(b), languagesOf(a))
	if !reflect.DeepEqual(a.Keywords, b.Keywords) {
		d.say("promises", "The words with which families opt out or in, or ask for help, differ.")
	}
}

func costWords(pence float64) string {
	if pence == 0 {
		return "what the book does not say"
	}
	return strconv.FormatFloat(pence, 'f', -1, 64) + "p"
}

// languagesOf are the languages that words are used in.
func languagesOf(b *notifier.Book) string {
	var list []string
	for _, name := range b.Words.Names() {
		for _, channel := range templates.Channels() {
			for _, language := range b.Words.Languages(name, channel) {
				list = append(list, templates.LanguageName(language))
			}
		}
	}
	slices.Sort(list)
	return listWords(slices.Compact(list), "and")
}

func contactWords(hours calendar.Hours) string {
	words := weekWords(hours)
	if hours.ClosedOnBankHolidays {
		words += ", and not on bank holidays"
	}
	return words
}

// rules tells which promises are new, gone or otherwise.
func (d *differences) rules(before, after []notifier.Rule) {
	named := func(list []notifier.Rule, name string) int {
		return slices.IndexFunc(list, func(r notifier.Rule) bool { return r.Name == name })
	}
	for _, r := range before {
		if named(after, r.Name) < 0 {
			d.say("promises", "%s is gone. Open ones stay under the version that they are under.", promiseName(r))
		}
	}
	for _, r := range after {
		i := named(before, r.Name)
		if i < 0 {
			d.say("promises", "New: %s", ruleWords(r))
			continue
		}
		d.rule(before[i], r)
	}
}

// tells tells of news and tasks that events bring by themselves.
func (d *differences) tells(before, after []notifier.Tell) {
	words := func(list []notifier.Tell) (said []string) {
		for _, t := range list {
			said = append(said, strings.TrimSpace(tellWords(t)))
		}
		return said
	}
	was, is := words(before), words(after)
	for _, t := range was {
		if !slices.Contains(is, t) {
			d.say("promises", "No longer: %s", t)
		}
	}
	for _, t := range is {
		if !slices.Contains(was, t) {
			d.say("promises", "New: %s", t)
		}
	}
}

func promiseName(r notifier.Rule) string {
	if r.Name == notifier.TaskRule {
		return "The promise that tasks are done"
	}
	return fmt.Sprintf("The promise %q", r.Name)
}

func (d *differences) rule(a, b notifier.Rule) {
	const part = "promises"
	name := promiseName(b)
	d.now(part, name+" is due", dueWords(b), dueWords(a))
	d.now(part, name+" opens with", listWords(b.OpenedBy, "or"), listWords(a.OpenedBy, "or"))
	d.now(part, name+" opens", whenWords(b.When), whenWords(a.When))
	d.now(part, name+" is kept by", listWords(b.KeptBy, "or"), listWords(a.KeptBy, "or"))
	d.now(part, name+": its date is set by", orElse(b.Cites, "the council"), orElse(a.Cites, "the council"))
	d.now(part, name+": when it opens, the family", heardWords(b.Acknowledge), heardWords(a.Acknowledge))
	was, is := stepsWords(a.Steps), stepsWords(b.Steps)
	for _, s := range was {
		if !slices.Contains(is, s) {
			d.say(part, "%s has no longer the step: %s", name, s)
		}
	}
	for _, s := range is {
		if !slices.Contains(was, s) {
			d.say(part, "%s has the new step: %s", name, s)
		}
	}
	rest := a // what no sentence above tells
	rest.Due, rest.OpenedBy, rest.KeptBy, rest.Cites, rest.Acknowledge, rest.Steps = b.Due, b.OpenedBy, b.KeptBy, b.Cites, b.Acknowledge, b.Steps
	if !reflect.DeepEqual(bare(rest), bare(b)) {
		d.list = append(d.list, Change{Part: part, What: name + " differs.", Before: ruleWords(a), After: ruleWords(b)})
	}
}

// bare leaves out the condition, which is compared by its text, and the holidays,
// which are compared by their days.
func bare(r notifier.Rule) notifier.Rule {
	r.When, r.Law.Holidays = nil, nil
	return r
}

func whenWords(when notifier.Condition) string {
	if when == nil {
		return "whatever the event says"
	}
	if words, ok := when.(fmt.Stringer); ok {
		return "where " + words.String()
	}
	return "where its condition holds"
}

func heardWords(a *notifier.Acknowledge) string {
	if a == nil {
		return "is told nothing"
	}
	words := "hears " + a.Words + ", " + viaWords(a.Via)
	if a.AnyHour {
		words += ", at any hour"
	}
	return words
}

func stepsWords(steps []notifier.Step) (list []string) {
	for _, s := range steps {
		words := stepWords(s)
		if s.Via.All || len(s.Via.Channels) > 0 {
			words = strings.TrimSuffix(words, ".") + ", " + viaWords(s.Via) + "."
		}
		list = append(list, words)
	}
	return list
}

// holidays tells which days are bank holidays now. changed: the book's own table is
// another.
func (d *differences) holidays(a, b calendar.Holidays, changed bool) {
	from := len(d.list)
	for _, day := range b.All() {
		if _, was := a.On(day); !was {
			name, _ := b.On(day)
			d.say("holidays", "%s is a bank holiday (%s).", day.Words(), name)
		}
	}
	for _, day := range a.All() {
		if _, is := b.On(day); !is {
			d.say("holidays", "%s is no bank holiday any more.", day.Words())
		}
	}
	if last := b.Last(); last != a.Last() {
		d.say("holidays", "Bank holidays are known until %s (was %s).", last.Words(), a.Last().Words())
	}
	if changed && len(d.list) == from {
		d.say("holidays", "The book's own table of bank holidays is another, and no day on which this council works changes.")
	}
}

// directory tells of teams and people.
func (d *differences) directory(a, b notifier.Directory) {
	const part = "people"
	from := len(d.list)
	for _, t := range a.Teams {
		if _, is := b.Team(t.ID); !is {
			d.say(part, "Team %s (%s) is gone.", t.Name, t.ID)
		}
	}
	for _, t := range b.Teams {
		was, known := a.Team(t.ID)
		if !known {
			d.say(part, "Team %s (%s) is new; lead %s, manager %s, head of service %s.", t.Name, t.ID, orNothing(t.Lead), orNothing(t.Manager), orNothing(t.HeadOfService))
			continue
		}
		team := "Team " + t.ID + ": the "
		d.now(part, team+"name is", t.Name, was.Name)
		d.now(part, team+"lead is", t.Lead, was.Lead)
		d.now(part, team+"manager is", t.Manager, was.Manager)
		d.now(part, team+"head of service is", t.HeadOfService, was.HeadOfService)
		d.now(part, team+"number is", t.Phone, was.Phone)
		d.now(part, team+"email address is", t.Email, was.Email)
	}
	for _, p := range a.People {
		if _, is := b.Person(p.ID); !is {
			d.say(part, "%s (%s) is no longer in the directory.", p.Name, p.ID)
		}
	}
	for _, p := range b.People {
		was, known := a.Person(p.ID)
		if !known {
			d.say(part, "%s (%s) is new, %s in team %s.", p.Name, p.ID, orElse(p.Role, "without a role"), orNothing(p.Team))
			continue
		}
		d.now(part, p.ID+": the name is", p.Name, was.Name)
		d.now(part, p.Name+"'s email address is", p.Email, was.Email)
		d.now(part, p.Name+"'s mobile is", p.Mobile, was.Mobile)
		d.now(part, p.Name+"'s team is", p.Team, was.Team)
		d.now(part, p.Name+"'s role is", p.Role, was.Role)
		d.now(part, p.Name+" is away", awayWords(p.Away), awayWords(was.Away))
	}
	if len(d.list) == from {
		d.say(part, "directory.yaml is written differently, and means the same.")
	}
}

func awayWords(list []notifier.Absence) string {
	var spans []string
	for _, a := range list {
		span := "from " + a.From.Words()
		if !a.To.IsZero() {
			span += " to " + a.To.Words()
		}
		if a.Cover != "" {
			span += " and " + a.Cover + " covers"
		}
		spans = append(spans, span)
	}
	return orElse(strings.Join(spans, "; "), "at no time")
}

// words tells of what families and staff are sent, by language and channel.
func (d *differences) words(before, after Files) {
	names := maps.Clone(before)
	maps.Copy(names, after)
	for _, file := range slices.Sorted(maps.Keys(names)) {
		if !strings.HasPrefix(file, wordsFolder+"/") || before[file] == after[file] {
			continue
		}
		_, was := before[file]
		_, is := after[file]
		what := fileWords(file)
		switch {
		case !was:
			d.list = append(d.list, Change{Part: "words", What: what + " are new.", After: strings.TrimSpace(after[file])})
		case !is:
			d.list = append(d.list, Change{Part: "words", What: what + " are gone.", Before: strings.TrimSpace(before[file])})
		default:
			a, b := differing(before[file], after[file])
			d.list = append(d.list, Change{Part: "words", What: what + " read differently.", Before: a, After: b})
		}
	}
}

// fileWords names a file of words, such as words/cy/reply-late.sms.txt.
func fileWords(file string) string {
	language := path.Base(path.Dir(file))
	parts := strings.Split(path.Base(file), ".")
	if len(parts) != 3 {
		return file + ": the words"
	}
	channel := map[string]string{notifier.SMS: "texts", notifier.Email: "emails", notifier.Letter: "letters"}[parts[1]]
	return fmt.Sprintf("The words %q for %s in %s", parts[0], orElse(channel, parts[1]), templates.LanguageName(language))
}

// differing are the lines of two texts between those that both begin and end with.
func differing(a, b string) (string, string) {
	left, right := strings.Split(strings.TrimSpace(a), "\n"), strings.Split(strings.TrimSpace(b), "\n")
	for len(left) > 0 && len(right) > 0 && left[0] == right[0] {
		left, right = left[1:], right[1:]
	}
	for len(left) > 0 && len(right) > 0 && left[len(left)-1] == right[len(right)-1] {
		left, right = left[:len(left)-1], right[:len(right)-1]
	}
	return strings.Join(left, "\n"), strings.Join(right, "\n")
}
