package deploy_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rules"
)

// forbidden may stand in no message to a family: whoever holds the phone may read it.
var forbidden = regexp.MustCompile(`(?i)secret|\b(child(ren)?|sons?|daughters?|schools?|colleges?|needs?|outcomes?|refus\w*|agreed?|assess\w*|ehcp?|special|disab\w*|diagnos\w*|exclu\w*|tribunal|appeals?|plan)\b`)

// send is a case of the example book being played, hour after hour, without a server.
type send struct {
	t     *testing.T
	books notifier.Books
	c     notifier.Case
	now   time.Time
	seq   uint64
	told  []string
	quiet bool
}

func exampleBooks(t *testing.T) notifier.Books {
	t.Helper()
	book, faults := rules.Load(deploy.Hertfordshire())
	if book == nil || len(faults) > 0 {
		t.Fatalf("the example book has faults: %v", faults)
	}
	return notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book}}
}

// family opens a case: c1 likes texts and has email, c2 has email, c3 must not be told
// anything.
func family(t *testing.T, books notifier.Books) *send {
	t.Helper()
	s := &send{t: t, books: books, quiet: true}
	s.play(`2026-11-23 08:00 case.opened {"team":"north","officer":"o.jane","contacts":[` +
		`{"id":"c1","name":"Sam Taylor","mobile":"07700 900101","email":"sam@family.example","prefers":["sms","email"]},` +
		`{"id":"c2","name":"Alex Khan","email":"alex@family.example"},` +
		`{"id":"c3","name":"Robin Lee","mobile":"07700 900103","email":"robin@family.example","do_not":["all"]}]}`)
	s.quiet = false
	return s
}

// play takes one line: a London time, then a type and data, or "until".
func (s *send) play(line string) {
	s.t.Helper()
	when, rest := line[:16], line[17:]
	at, err := time.ParseInLocation("2006-01-02 15:04", when, s.books.Current.Calendar.Location)
	if err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	for next := s.c.Next(); !next.IsZero() && !next.After(at); next = s.c.Next() {
		s.now = next
		s.decide(notifier.Input{Due: true})
	}
	s.now = at
	if rest == "until" {
		s.handOver()
		return
	}
	kind, data, _ := strings.Cut(rest, " ")
	var members map[string]any
	if err := json.Unmarshal([]byte(data), &members); err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	for _, free := range []string{"note", "about", "text", "child", "school_name", "outcome"} {
		members[free] = "SECRET"
	}
	if kind == events.TypeContactUnsafe || kind == events.TypeMessageReceived {
		delete(members, "text")
	}
	body, err := json.Marshal(members)
	if err != nil {
		s.t.Fatal(err)
	}
	s.seq++
	e := events.Event{ID: fmt.Sprintf("e%d", s.seq), Source: "/test", Type: kind, Case: "H-1", Time: at.UTC(), Data: body}
	if err := e.Check(at); err != nil {
		s.t.Fatalf("%q would be refused: %v", line, err)
	}
	s.decide(notifier.Input{Event: &e, Sequence: s.seq})
}

// decide decides, tells what came of it in short lines, and hands over what may go.
func (s *send) decide(in notifier.Input) {
	s.t.Helper()
	before := s.c
	d := notifier.Decide(s.c, in, s.books, s.now)
	s.c = d.Case
	day := s.now.In(s.books.Current.Calendar.Location).Format("2006-01-02")
	say := func(format string, args ...any) {
		if !s.quiet {
			s.told = append(s.told, day+" "+fmt.Sprintf(format, args...))
		}
	}
	for _, p := range d.Ended {
		how := p.Ended.Why
		if p.Ended.Kept {
			how = "kept"
		}
		if p.Late {
			how += ", late"
		}
		say("ends %s: %s", p.Key(), how)
	}
	for _, p := range d.Case.Promises {
		switch was, open := before.Promise(p.Key()); {
		case !open || slices.ContainsFunc(d.Ended, func(e notifier.Promise) bool { return e.Key() == p.Key() }):
			say("opens %s due %s", p.Key(), p.DueDate)
		case was.DueDate != p.DueDate:
			say("moves %s to %s", p.Key(), p.DueDate)
		case !was.Late && p.Late:
			say("late %s", p.Key())
		}
	}
	for _, m := range d.Case.Messages {
		if _, was := before.Message(m.ID); was {
			continue
		}
		who := m.To
		if m.Staff {
			who = "staff " + m.To
		} else {
			s.checkPrivate(m)
		}
		say("tells %s by %s: %s", who, m.Channel, m.Words)
	}
	for _, task := range d.Case.Tasks {
		if !slices.ContainsFunc(before.Tasks, func(t notifier.Task) bool { return t.ID == task.ID }) {
			say("asks a person: %s", task.What)
			s.done(task.ID)
		}
	}
	s.handOver()
}

// done is a person who does at once what they are asked to.
func (s *send) done(task string) {
	s.t.Helper()
	e := events.Event{ID: task, Source: "/test", Type: events.TypeTaskDone, Case: "H-1", Time: s.now, Data: fmt.Appendf(nil, `{"task":%q}`, task)}
	s.seq++
	s.c = notifier.Decide(s.c, notifier.Input{Event: &e, Sequence: s.seq}, s.books, s.now).Case
}

// checkPrivate: a message to a family says nothing about a child, a need or what was
// decided, and nothing of what an event says.
func (s *send) checkPrivate(m notifier.Message) {
	s.t.Helper()
	if m.To == "c3" {
		s.t.Errorf("c3 must not be told anything: %s", m.Words)
	}
	text := strings.ReplaceAll(m.Subject+"\n"+m.Body, "SENDIASS", "")
	if found := forbidden.FindString(text); found != "" {
		s.t.Errorf("%s by %s says %q: %s", m.Words, m.Channel, found, text)
	}
	if strings.Contains(text, "((") {
		s.t.Errorf("%s by %s has a hole: %s", m.Words, m.Channel, text)
	}
}

// handOver plays the providers: what may go now is accepted.
func (s *send) handOver() {
	for _, m := range slices.Clone(s.c.Messages) {
		look := notifier.LastLook(s.c, m.ID, s.books.Current, s.now)
		if !look.Send {
			continue
		}
		d := notifier.Decide(s.c, notifier.Input{Result: &notifier.Result{Message: m.ID, Status: notifier.Sent, At: s.now}}, s.books, s.now)
		s.c = d.Case
	}
}

// TestEveryRowOfTheCatalogue plays one event of each row of the SEND catalogue on the
// example book: who hears what, by which channel, and which clock starts or stops, with
// its date. Lines of given have happened before.
func TestEveryRowOfTheCatalogue(t *testing.T) {
	books := exampleBooks(t)
	for _, row := range catalogueRows {
		t.Run(row.name, func(t *testing.T) {
			s := family(t, books)
			s.quiet = true
			for _, line := range row.given {
				s.play(line)
			}
			s.quiet = false
			for _, line := range row.then {
				s.play(line)
			}
			got, want := strings.Join(s.told, "\n"), strings.TrimSpace(row.want)
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
