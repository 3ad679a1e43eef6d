package rules_test

import (
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// What a book says in YAML is what the core is given.
func TestBookMeansWhatItSays(t *testing.T) {
	book, faults := rules.Load(sound(t).FS())
	if book == nil {
		t.Fatal(faults)
	}
	reply, ok := book.Rule("reply")
	if !ok || reply.When == nil || reply.Statutory || len(reply.KeptBy) != 1 || reply.KeptBy[0] != "reply.sent" || reply.Due.String() != "5 working days" {
		t.Errorf("reply: %+v", reply)
	}
	if reply.Acknowledge == nil || !reply.Acknowledge.AnyHour || reply.Acknowledge.Via.All || reply.Acknowledge.Via.Channels != nil {
		t.Errorf("acknowledge: %+v", reply.Acknowledge)
	}
	var ladder []string
	for _, s := range reply.Steps {
		ladder = append(ladder, s.String()+" "+strings.Join(s.Chase, ",")+" "+s.Words+" "+s.TellFamily)
	}
	want := "2 working days before due officer soon |at due officer,team_lead overdue late|every 5 working days from 7 working days after due manager,person:p.head overdue "
	if got := strings.Join(ladder, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if hours := book.ContactHours; !hours.ClosedOnBankHolidays || len(hours.Days[time.Sunday]) != 0 || hours.Days[time.Saturday][0] != (calendar.Span{From: 480, To: 1200}) {
		t.Errorf("contact hours: %+v", hours)
	}
	if c := book.Calendar; len(c.Working.Days[time.Monday]) != 2 || len(c.Closures) != 1 || c.Location.String() != "Europe/London" || c.Holidays.Last().IsZero() {
		t.Errorf("calendar: %+v", c.Working)
	}
	jane, _ := book.Directory.Person("o.jane")
	if jane.Mobile != "+447700900200" || len(jane.Away) != 1 || jane.Away[0].Cover != "p.lead" || jane.Away[0].Officer != "o.jane" {
		t.Errorf("person: %+v", jane)
	}
}

func TestContactHoursHaveADefault(t *testing.T) {
	files := sound(t)
	files[rulesFile] = strings.Replace(files[rulesFile], "contact_hours:\n  mon-sat: [\"08:00-20:00\"]\n  bank_holidays: closed\n", "", 1)
	files[rulesFile] = strings.Replace(files[rulesFile], "  timezone: Europe/London\n", "", 1)
	book, faults := rules.Load(files.FS())
	if book == nil || len(faults) > 0 {
		t.Fatal(faults)
	}
	want, err := calendar.ParseHours(map[string][]string{"mon-sat": {"08:00-20:00"}})
	if err != nil {
		t.Fatal(err)
	}
	for day, spans := range want.Days {
		if got := book.ContactHours.Days[day]; len(got) != len(spans) || len(spans) > 0 && got[0] != spans[0] {
			t.Errorf("day %d: %v", day, got)
		}
	}
	if book.Calendar.Location.String() != "Europe/London" {
		t.Errorf("time zone %s", book.Calendar.Location)
	}
}

// What an alias repeats is mended in one place, and is one fault.
func TestAliasesRepeatNoFault(t *testing.T) {
	files := sound(t)
	files[rulesFile] = strings.NewReplacer("acknowledge: {words: heard, via: [sms, email]}", "acknowledge: *heard",
		"acknowledge:\n      words: heard\n      via: preferred", "acknowledge: &heard\n      words: heard\n      via: letter").Replace(files[rulesFile])
	_, faults := rules.Load(files.FS())
	if len(faults) != 1 || !strings.HasPrefix(faults[0].String(), "rules.yaml:23:12: ") {
		t.Errorf("got %v", faults)
	}
}

func TestSoundAliasesAreFollowed(t *testing.T) {
	files := sound(t)
	files[rulesFile] = strings.NewReplacer("acknowledge: {words: heard, via: [sms, email]}", "acknowledge: *heard",
		"acknowledge:\n      words", "acknowledge: &heard\n      words").Replace(files[rulesFile])
	book, faults := rules.Load(files.FS())
	if book == nil || len(faults) > 0 || book.Rules[1].Acknowledge.Words != "heard" {
		t.Errorf("got %v", faults)
	}
}

// A book that Windows wrote reads as any other.
func TestWindowsLineEndsAreAccepted(t *testing.T) {
	files := sound(t)
	for name, content := range files {
		files[name] = "\ufeff" + strings.ReplaceAll(content, "\n", "\r\n")
	}
	if book, faults := rules.Load(files.FS()); book == nil || len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
}

func TestExplainSaysEveryKindOfRule(t *testing.T) {
	files := sound(t)
	files[rulesFile] = strings.NewReplacer("    due: 4 working hours", "    due: before 15 February\n    statutory: true\n    cites: regulation 18",
		"    acknowledge: {words: heard, via: [sms, email]}\n", "", "hours:\n    mon-thu: [\"09:00-12:30\", \"13:30-17:00\"]\n    fri: [\"09:00-16:30\"]", "hours: {sat-sun: [\"00:00-12:00\"], mon: [\"12:00-24:00\"]}",
		"via: preferred", "via: all").Replace(files[rulesFile])
	book, faults := rules.Load(files.FS())
	if book == nil {
		t.Fatal(faults)
	}
	got := rules.Explain(book)
	for _, want := range []string{
		"works Monday midday to midnight; Saturday to Sunday midnight to midday.",
		"and not on bank holidays.",
		"(heard, by every channel that works, at any hour)",
		"It is due before 15 February and is kept by reply.sent. The date is set by law: regulation 18. The family is not told that it opened.",
		"1 hour before it is due, team north is chased (soon).",
		"When it is due and every 30 minutes from then on, the head of service and the family are chased (both).",
		"the manager and person p.head are chased (overdue).",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
