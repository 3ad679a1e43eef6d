package picture_test

import (
	"slices"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/picture"
)

func TestWhoHasAnAddress(t *testing.T) {
	p := picture.New()
	told := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	sam := notifier.Contact{ID: "c1", Mobile: "+447700900123", Email: "Sam@family.example", Told: told}
	put(t, p, 1, notifier.Case{Ref: "H-1", Contacts: []notifier.Contact{sam}}, false)
	put(t, p, 2, notifier.Case{Ref: "H-2", Contacts: []notifier.Contact{{ID: "p", Mobile: "+447700900123", DoNot: []string{notifier.SMS}}}}, false)
	put(t, p, 3, notifier.Case{Ref: "H-3", Promises: []notifier.Promise{{Rule: "reply", Enquiry: "q", Opened: told, Next: told, Caller: &notifier.Contact{Mobile: "+447700900124"}}}}, false)
	put(t, p, 4, notifier.Case{Ref: notifier.PenRef(notifier.SMS, "+447700900123"), Contacts: []notifier.Contact{{ID: "sender", Mobile: "+447700900123"}}}, false)

	expect := func(what, channel, address string, want ...picture.Match) {
		t.Helper()
		if got := p.Matches(channel, address); !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	one := picture.Match{Case: "H-1", Contact: "c1", Last: told}
	expect("shared, in another spelling", notifier.SMS, " 07700 900123", one, picture.Match{Case: "H-2", Contact: "p"})
	expect("an email in other letters", notifier.Email, "sam@FAMILY.example", one)
	expect("a caller", notifier.SMS, "+447700900124", picture.Match{Case: "H-3", Last: told, Open: true})
	expect("nobody", notifier.SMS, "+447700900999")
	expect("an email as a number", notifier.SMS, "sam@family.example")
	if !p.ForbiddenElsewhere("H-1", notifier.SMS, "+447700900123") {
		t.Error("H-2 forbids texts to the number, and H-1 does not hear of it")
	}
	if p.ForbiddenElsewhere("H-2", notifier.SMS, "+447700900123") || p.ForbiddenElsewhere("H-1", notifier.Email, "Sam@family.example") {
		t.Error("something is forbidden that is not")
	}

	// Whoever lives where letters are unsafe gets none, whatever name stands on them.
	put(t, p, 7, notifier.Case{Ref: "H-4", Contacts: []notifier.Contact{{ID: "c", Name: "Alex", Postal: "Flat 2\n1 High Street\nSG5 1AA", DoNot: []string{notifier.Letter}}}}, false)
	if !p.ForbiddenElsewhere("H-1", notifier.Letter, "Sam Taylor\n1 HIGH ST, Flat 2\nHitchin\nsg51aa") {
		t.Error("H-4 forbids letters to the home, and H-1 does not hear of it")
	}
	if p.ForbiddenElsewhere("H-1", notifier.Letter, "Sam Taylor\n2 High Street\nSG5 1AA") || p.ForbiddenElsewhere("H-4", notifier.Letter, "Alex\nFlat 2\n1 High Street\nSG5 1AA") {
		t.Error("letters to a home are forbidden that are not")
	}

	// A case that loses an address no longer has it; one that is forgotten has none.
	sam.Mobile = "+447700900130"
	put(t, p, 5, notifier.Case{Ref: "H-1", Contacts: []notifier.Contact{sam}}, false)
	expect("the old number", notifier.SMS, "+447700900123", picture.Match{Case: "H-2", Contact: "p"})
	expect("the new number", notifier.SMS, "+447700900130", one)
	p.Forget("H-1")
	expect("forgotten", notifier.SMS, "+447700900130")
	p.Forget("H-2")
	expect("forgotten too", notifier.SMS, "+447700900123")
}

// Who was chased by text may answer by text, for some days: also where the reply is no
// longer owed, for the answer may be about that.
func TestWhatSomebodyWasAskedByText(t *testing.T) {
	p := picture.New()
	now := time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)
	open := func(enquiry string) notifier.Promise {
		return notifier.Promise{Rule: "reply", Enquiry: enquiry, Due: now, Next: now}
	}
	asked := func(person, enquiry string, ago time.Duration) notifier.Asked {
		return notifier.Asked{Person: person, Promise: "reply/" + enquiry, At: now.Add(-ago)}
	}
	put(t, p, 1, notifier.Case{Ref: "H-1", Promises: []notifier.Promise{open("a"), open("b")}, Asked: []notifier.Asked{asked("o.jane", "a", 48*time.Hour)}}, false)
	put(t, p, 2, notifier.Case{Ref: "H-2", Asked: []notifier.Asked{asked("p.lead", "a", time.Hour), asked("o.jane", "a", 2*time.Hour)}}, false)
	put(t, p, 3, notifier.Case{Ref: "H-3", Promises: []notifier.Promise{open("a")}, Asked: []notifier.Asked{asked("o.jane", "a", notifier.AnswerFor+time.Hour)}}, false)
	put(t, p, 4, notifier.Case{Ref: "H-4", State: notifier.Stopped, Asked: []notifier.Asked{asked("o.jane", "a", time.Hour)}}, false)
	expect := func(person string, owed bool, want ...string) {
		t.Helper()
		if got, open := p.Asked(person, now); !slices.Equal(got, want) || open != owed {
			t.Errorf("%s was asked for %v, owed %v, want %v, %v", person, got, open, want, owed)
		}
	}
	expect("o.jane", true, "H-2", "H-1")
	expect("p.lead", false, "H-2")
	expect("o.amir", false)
	p.Forget("H-1")
	expect("o.jane", false, "H-2")
}
