package templates

import "slices"

// Placeholder is one value that words may use.
type Placeholder struct {
	Name    string // as in Values
	Meaning string // in a manager's words
	Example string // what it may say; no real person, number or address
}

// The names of the words that the product itself asks for. A book's rules may
// name others.
const (
	EnquiryReceived = "enquiry-received" // to a family: we have your message
	ReplyLate       = "reply-late"       // to a family: we said a date and have not replied
	ReplyPostponed  = "reply-postponed"  // to a family: a new date, and why
	// ExceptionRecorded tells a family why the council will be late by law, and its aim.
	ExceptionRecorded = "exception-recorded"
	ReplyDueSoon      = "reply-due-soon" // to staff: a family waits, the date is near
	ReplyOverdue      = "reply-overdue"  // to staff: a family waits, the date has passed
	ChasesDigest      = "chases-digest"  // to staff: several families wait
	OptedOut          = "opted-out"      // to a family: we write no more this way
	OptedIn           = "opted-in"       // to a family: we write this way again
	Help              = "help"           // to a family: who we are, and how to stop
)

// FamilyPlaceholders are the values that words to a family may use. None of
// them says anything about a child.
func FamilyPlaceholders() []Placeholder {
	return []Placeholder{
		{"name", "the person we write to; may be missing where a caller left no name", "Sam Taylor"},
		{"council", "the council's full name", "Hertfordshire County Council"},
		{"ref", "the reference to quote", "H-10482"},
		{"due date", "the day by which we said we would reply; after a new date, that day", "Monday 30 November 2026"},
		{"due day", "the same day, short, for texts", "Mon 30 Nov"},
		{"due time", "the time on that day", "5pm"},
		{"phone", "the number to call", "01632 960123"},
		{"told", "who has been told that we are late, as in \"we have told …\"; the highest one only, for a text has room for 20 letters; missing when nobody has", "the team lead"},
		{"your link", "where the family sees how its enquiry stands, in emails; missing for a caller who is not on the case", "https://hearback.council.example/f/abc"},
		{"reason", "why the date has moved, in the officer's own words; never in a text", "We are waiting for one more report."},
		{"target date", "the day we aim at now, where the law's date cannot be kept; missing where nobody recorded one", "Friday 14 May 2027"},
		{"target day", "the same day, short, for texts", "Fri 14 May"},
		{"officer", "the officer's name; missing while there is none", "Jane Okafor"},
		{"urgent", "yes when the enquiry is urgent; for optional text", "yes"},
	}
}

// StaffPlaceholders are the values that words to staff may use.
func StaffPlaceholders() []Placeholder {
	return []Placeholder{
		{"staff name", "the member of staff we write to", "Jane Okafor"},
		{"council", "the council's full name", "Hertfordshire County Council"},
		{"ref", "the case's reference", "H-10482"},
		{"family", "who is waiting", "Sam Taylor (parent)"},
		{"enquiry channel", "how they got in touch, as in \"got in touch by …\"", "voicemail"},
		{"opened date", "the day they got in touch", "Monday 23 November 2026"},
		{"waiting", "how long they have waited", "7 working days"},
		{"due date", "the day by which we said we would reply", "Monday 30 November 2026"},
		{"due day", "the same day, short, for texts", "Mon 30 Nov"},
		{"due time", "the time on that day", "5pm"},
		{"late by", "how long ago that was", "2 working days"},
		{"duty", "what the council must do, as the promise says it; missing where it owes a reply", "decide whether to assess, and tell the family"},
		{"cites", "the law that sets the date; missing where none does", "SEND Regulations 2014, regulation 5"},
		{"target date", "the day that somebody aims at now, with a reason on record; missing where there is none", "Friday 14 May 2027"},
		{"officer name", "the officer who owes the reply; missing when there is none", "Jane Okafor"},
		{"role", "why this person is told, as in \"you are …\"", "the officer for this family"},
		{"phone", "the team's number", "01632 960200"},
		{"link", "the address of the case's page; missing when there is none", "https://hearback.council.example/cases/H-10482"},
		{"replied link", "one press to record a reply, in emails; missing in a task", "https://hearback.council.example/a/abc"},
		{"until link", "one press to give a new date; missing like it", "https://hearback.council.example/a/abd"},
		{"not mine link", "one press to pass it on; missing like it", "https://hearback.council.example/a/abe"},
		{"text back", "how to answer by text, alone on a line; missing in a task, and left out where no text can come in", "Text back 1: replied, 2 and a day: not yet, 3: not mine."},
		{"task", "what only a person can do; missing where the family waits for a reply", "Phone the family: no message can reach them"},
		{"task reason", "why a person has to do it; missing like the task", "the phone number does not exist"},
		{"urgent", "yes when the enquiry is urgent; for optional text", "yes"},
	}
}

// DigestPlaceholders are the values of [ChasesDigest], which speaks of several
// families at once.
func DigestPlaceholders() []Placeholder {
	return []Placeholder{
		{"staff name", "the member of staff we write to", "Jane Okafor"},
		{"council", "the council's full name", "Hertfordshire County Council"},
		{"count", "how many families are in the list", "2"},
		{ListName, "one line for each family, the longest wait first", "H-10482: Sam Taylor has waited 7 working days.\nH-10519: Alex Khan has waited 4 working days."},
		{"phone", "the team's number", "01632 960200"},
		{"link", "the address of the page of those who wait; missing when there is none", "https://hearback.council.example/waiting"},
	}
}

// Known says for [Parse] which placeholders each of our words may use. Words of
// other names, which a book's rules may ask for, may use those of families and
// of staff.
func Known() map[string][]string {
	family, staff := names(FamilyPlaceholders()), names(StaffPlaceholders())
	return map[string][]string{
		EnquiryReceived:   family,
		ReplyLate:         family,
		ReplyPostponed:    family,
		ExceptionRecorded: family,
		OptedOut:          family,
		OptedIn:           family,
		Help:              family,
		Interpreter:       names(InterpreterPlaceholders()),
		ReplyDueSoon:      staff,
		ReplyOverdue:      staff,
		ChasesDigest:      names(DigestPlaceholders()),
		"":                union(family, staff),
	}
}

func names(placeholders []Placeholder) []string {
	list := make([]string, len(placeholders))
	for i, p := range placeholders {
		list[i] = p.Name
	}
	return list
}

// union joins two lists of names, each name once, in the order they first stand.
func union(first, second []string) []string {
	all := slices.Clone(first)
	for _, name := range second {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
