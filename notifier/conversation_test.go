package notifier_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/rules"
)

var rewrite = flag.Bool("rewrite", false, "write the recorded conversations anew; read every line that changes")

// TestConversations plays the stories in testdata/conversations. Lines that
// begin with ">" are commands, "|" continues one, "#" and empty lines are for
// the reader; the rest is the whole answer of the core.
//
//	> book                                 the book of testdata/books/base; "| file: old => new" changes it.
//	                                       The first is @1, the second @2, also in the data of an event
//	> forget-books                         the same, and no earlier version is kept
//	> at 2026-11-23 09:00 TYPE {DATA}      an event, taken at that London time (id=, time= and seq= may stand before DATA)
//	> given 2026-11-16 09:00 TYPE {DATA}   the same, and what came of it is no part of the story
//	> due [2026-11-25 09:00]               wakes the case at its next deadline, or at that time
//	> clock 2026-11-25 09:00               time passes and nothing happens
//	> look ID                              the last look before a hand-over
//	> send                                 hands over everything that may go now
//	> result ID STATUS [FLAG…] WHY         what became of a message (flags: unusable, opted-out, receipt, bounce, asked)
//	> pen sms ADDRESS                      the case is the holding pen of an address
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			recorded, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			told := play(t, string(recorded))
			if told == string(recorded) {
				return
			}
			if !*rewrite {
				t.Errorf("%s went otherwise (-rewrite records it anew):\n%s", file, difference(string(recorded), told))
				return
			}
			if err := os.WriteFile(file, []byte(told), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// play runs the commands of a story and returns it with the answers given now.
func play(t *testing.T, story string) string {
	var told strings.Builder
	s := &conversation{t: t, told: &told, ref: "H-1"}
	lines := strings.Split(strings.TrimSuffix(story, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			fmt.Fprintln(&told, line)
		case strings.HasPrefix(line, "> "):
			fmt.Fprintln(&told, line)
			var more []string
			for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "| ") {
				i++
				fmt.Fprintln(&told, lines[i])
				more = append(more, strings.TrimPrefix(lines[i], "| "))
			}
			s.command(strings.TrimPrefix(line, "> "), more)
		}
	}
	return told.String()
}

// conversation is one story being played.
type conversation struct {
	t     *testing.T
	told  *strings.Builder
	books notifier.Books
	files rules.Files
	c     notifier.Case
	ref   string
	now   time.Time
	count int
	// versions are those of the books, in the order in which they came into force.
	versions []string
}

// printf writes @1 for the first version of the book, so that no story hangs on what
// else stands in it.
func (s *conversation) printf(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	for i, version := range s.versions {
		line = strings.ReplaceAll(line, version, fmt.Sprintf("@%d", i+1))
	}
	fmt.Fprintln(s.told, line)
}

func (s *conversation) command(line string, more []string) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "book":
		s.book(more)
	case "forget-books":
		s.books.Versions = nil
		s.book(more)
	case "at":
		s.event(rest)
	case "given":
		told := s.told
		s.told = &strings.Builder{}
		s.event(rest)
		s.told = told
	case "clock":
		s.now = clock(s.t, rest)
	case "due":
		s.now = s.c.Next()
		if rest != "" {
			s.now = clock(s.t, rest)
		}
		s.printf("  it is %s", moment(s.now))
		s.answer(notifier.Input{Due: true})
	case "look":
		s.printf("  %s", s.look(rest))
	case "send":
		s.send()
	case "result":
		s.result(rest)
	case "pen":
		way, address, _ := strings.Cut(rest, " ")
		s.ref = notifier.PenRef(way, address)
	default:
		s.t.Fatalf("%q is not a command of a conversation", line)
	}
}

// book puts a book in force; promises that are open keep their own.
func (s *conversation) book(changes []string) {
	if s.files == nil {
		s.files = bookFiles(s.t)
	}
	for _, change := range changes {
		file, what, found := strings.Cut(change, ": ")
		from, to, arrow := strings.Cut(what, " => ")
		if !found || !arrow {
			s.t.Fatalf("%q is not a change; write | rules.yaml: old => new", change)
		}
		s.files = changed(s.t, s.files, file, strings.ReplaceAll(from, `\n`, "\n"), strings.ReplaceAll(to, `\n`, "\n"))
	}
	book := load(s.t, s.files.FS())
	if s.books.Versions == nil {
		s.books.Versions = map[string]*notifier.Book{}
	}
	s.books.Current = book
	s.books.Versions[book.Version] = book
	if !slices.Contains(s.versions, book.Version) {
		s.versions = append(s.versions, book.Version)
	}
}

func (s *conversation) event(rest string) {
	head, data, ok := strings.Cut(rest, "{")
	if !ok {
		s.t.Fatalf("%q has no data; write {} for none", rest)
	}
	fields := strings.Fields(head)
	if len(fields) < 3 {
		s.t.Fatalf("%q is no event; write at 2026-11-23 09:00 TYPE {DATA}", rest)
	}
	s.now = clock(s.t, fields[0]+" "+fields[1])
	s.count++
	for i, version := range s.versions {
		data = strings.ReplaceAll(data, fmt.Sprintf(`"@%d"`, i+1), `"`+version+`"`)
	}
	e := happened(fmt.Sprintf("e%d", s.count), fields[2], s.ref, s.now, "{"+data)
	sequence := uint64(s.count)
	for _, option := range fields[3:] {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "id":
			e.ID = value
		case "time":
			e.Time = clock(s.t, strings.Replace(value, "T", " ", 1))
		case "seq":
			if _, err := fmt.Sscan(value, &sequence); err != nil {
				s.t.Fatalf("%s: %v", option, err)
			}
		default:
			s.t.Fatalf("%q is not an option of an event", option)
		}
	}
	// The event comes as from the stream, so that no story tells of what would be refused.
	body, err := e.MarshalJSON()
	if err != nil {
		s.t.Fatalf("%s: %v", rest, err)
	}
	if err := e.UnmarshalJSON(body); err != nil {
		s.t.Fatalf("%s: %v", rest, err)
	}
	if err := e.Check(s.now); err != nil {
		s.t.Fatalf("%s: this event would be refused: %v", rest, err)
	}
	s.answer(notifier.Input{Event: e, Sequence: sequence})
}

// answer decides and tells all that was decided, and the case afterwards in short.
func (s *conversation) answer(in notifier.Input) {
	d := decide(s.t, s.c, in, s.books, s.now)
	if !d.Changed {
		s.printf("  nothing changed")
		return
	}
	before := map[string]bool{}
	for _, m := range s.c.Messages {
		before[m.ID] = true
	}
	for _, line := range d.Lines {
		s.printf("  %s", line.What)
		if line.Why != "" {
			s.printf("    because %s", line.Why)
		}
	}
	for _, r := range d.Settled {
		s.printf("  settled %s %s: %s", r.Message, r.Status, r.Reason)
	}
	for _, m := range d.Case.Messages {
		if !before[m.ID] {
			s.message(m)
		}
	}
	for _, p := range d.Ended {
		s.printf("  ended %s: kept %v at %s by %q, late %v", p.Key(), p.Ended.Kept, moment(p.Ended.At), p.Ended.By, p.Late)
	}
	for _, o := range d.Outcomes {
		s.printf("  outcome %s %s", o.Type, asJSON(s.t, o.Data))
	}
	s.c = d.Case
	s.state()
}

func (s *conversation) message(m notifier.Message) {
	who := "contact " + m.To
	switch {
	case m.Staff:
		who = m.To + " (" + m.Role + ")"
	case m.To == "":
		who = "the caller"
	}
	s.printf("  message %s: %s by %s to %s, %s", m.ID, m.Kind, m.Channel, who, strings.ReplaceAll(m.Address, "\n", ", "))
	hours := "in contact hours"
	if m.Anytime || m.Channel == notifier.Letter {
		hours = "at any hour"
	}
	if !m.NotBefore.IsZero() {
		hours += ", not before " + moment(m.NotBefore)
	}
	s.printf("    goes %s, expires %s, then %v, tried %v", hours, moment(m.Expires), m.Via, m.Tried)
	if m.Subject != "" {
		s.printf("    Subject: %s", m.Subject)
	}
	for line := range strings.Lines(m.Body) {
		if line = strings.TrimSpace(line); line != "" {
			s.printf("    %s", line)
		}
	}
	if m.Brief != "" {
		s.printf("    in a digest: %s", m.Brief)
	}
}

// state tells the case in short.
func (s *conversation) state() {
	c := s.c
	s.printf("  = case %s%s, team %s, officer %s, next %s", c.Ref, prefixed(" ", string(c.State)), orNone(c.Team), orNone(c.Officer), moment(c.Next()))
	for _, p := range c.Promises {
		flags := ""
		if p.Late {
			flags += ", late"
		}
		if len(p.Unheard) > 0 {
			flags += fmt.Sprintf(", not heard: %q", p.Unheard)
		}
		s.printf("  = promise %s due %s, next %s%s", p.Key(), moment(p.Due), moment(p.Next), flags)
	}
	for _, m := range c.Messages {
		s.printf("  = waiting %s (%s, %s to %s)", m.ID, m.Words, m.Channel, orNone(m.To))
	}
	for _, k := range c.Tasks {
		due := ""
		if !k.Next.IsZero() {
			due = ", due " + moment(k.Due) + ", next " + moment(k.Next)
		}
		s.printf("  = task %s: %s (%s)%s", k.ID, k.What, k.Why, due)
	}
	for _, a := range c.Sent {
		asks := ""
		if a.Ask {
			asks = ", to be asked about now"
		} else if !a.AskAt.IsZero() {
			asks = ", to be asked about " + moment(a.AskAt)
		}
		s.printf("  = handed over %s: %s%s", a.Message.ID, a.Status, asks)
	}
	for _, w := range c.Wishes {
		s.printf("  = wish of %s: not by %v, opted out %v", w.Contact, w.Channels, w.OptedOut)
	}
	for _, w := range c.Preferences {
		s.printf("  = preference of %s: first by %v, language %q, not by %v, hours %q", w.Contact, w.Prefers, w.Language, w.DoNot, w.Hours)
	}
	for _, k := range c.Contacts {
		if channels := c.Unconfirmed(k); len(channels) > 0 {
			s.printf("  = contact %s: not confirmed %v", k.ID, channels)
		}
	}
	for _, a := range c.Asked {
		s.printf("  = asked by text: %s for %s", a.Person, a.Promise)
	}
	for _, e := range c.Early {
		s.printf("  = early reply to %s", e.Enquiry)
	}
}

func (s *conversation) look(id string) string {
	look := notifier.LastLook(s.c, id, s.books.Current, s.now)
	switch {
	case look.Send:
		return "look " + id + ": send"
	case !look.Until.IsZero():
		return "look " + id + ": wait until " + moment(look.Until)
	default:
		return fmt.Sprintf("look %s: %s, %s", id, look.Settle.Status, look.Settle.Reason)
	}
}

// send plays the outbox: what may go is accepted, what must not go is settled.
func (s *conversation) send() {
	for _, m := range append([]notifier.Message{}, s.c.Messages...) {
		look := notifier.LastLook(s.c, m.ID, s.books.Current, s.now)
		s.printf("  %s", s.look(m.ID))
		result := look.Settle
		switch {
		case look.Send:
			result = notifier.Result{Message: m.ID, Status: notifier.Sent, Provider: "accepted-" + m.ID, At: s.now}
			d := decide(s.t, s.c, notifier.Input{Result: &result}, s.books, s.now)
			s.c = d.Case
		case look.Until.IsZero():
			s.answer(notifier.Input{Result: &result})
		}
	}
}

func (s *conversation) result(rest string) {
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		s.t.Fatalf("%q is no result; write ID sent or ID failed WHY", rest)
	}
	r := notifier.Result{Message: fields[0], Status: notifier.Status(fields[1]), At: s.now}
	fields = fields[2:]
	flags := map[string]func(){
		"unusable":  func() { r.Unusable = true },
		"opted-out": func() { r.OptedOut = true },
		"receipt":   func() { r.Awaits = notifier.AwaitsReceipt },
		"bounce":    func() { r.Awaits = notifier.AwaitsBounce },
		"asked":     func() { r.Asked = true },
	}
	for len(fields) > 0 && flags[fields[0]] != nil {
		flags[fields[0]]()
		fields = fields[1:]
	}
	r.Reason = strings.Join(fields, " ")
	if r.Status == notifier.Sent {
		r.Provider = "accepted-" + r.Message
	}
	s.answer(notifier.Input{Result: &r})
}

// moment is an instant as a London reader would say it.
func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(london()).Format("Mon 2 Jan 2006 15:04:05")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// difference shows the lines from the first that differs.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	at := 0
	for at < len(w) && at < len(g) && w[at] == g[at] {
		at++
	}
	from := max(0, at-6)
	show := func(lines []string) string { return strings.Join(lines[from:min(len(lines), at+12)], "\n") }
	return fmt.Sprintf("recorded, from line %d:\n%s\n\nnow:\n%s", from+1, show(w), show(g))
}
