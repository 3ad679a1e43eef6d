package doorstep

import (
	"net/url"
	"strings"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/link"
)

// maxMonths is how far away a new date may be. One that lies further is a slip of the
// keyboard, and nobody would be reminded until then.
const maxMonths = 12

// officerForm is what a member of staff filled in. Which fields count hangs on the
// purpose of the link.
type officerForm struct {
	Channel, Note string // I have replied
	Until, Reason string // I need until
	Who           string // not mine
	Seen          string // the state of the promise that the form was shown with

	date calendar.Date // Until, once it is known to be good
}

// Channels are the ways of replying, for the form to offer.
func (f officerForm) Channels() []choice {
	return choose(f.Channel, "phone", "By phone", "email", "By email", "text", "By text", "letter", "By letter", "in-person", "In person, or on a visit")
}

// choice is one of several that a form offers.
type choice struct {
	Value, Words string
	Chosen       bool
}

// choose takes pairs of a value and its words.
func choose(chosen string, pairs ...string) (choices []choice) {
	for i := 0; i+1 < len(pairs); i += 2 {
		choices = append(choices, choice{pairs[i], pairs[i+1], pairs[i] == chosen})
	}
	return choices
}

func (f *officerForm) read(form url.Values, purpose link.Purpose, today calendar.Date) (wrong problems) {
	f.Seen = shown(form.Get("seen"))
	switch purpose {
	case link.OfficerReplied:
		f.Note = paragraph(form, "note")
		for _, offered := range f.Channels() {
			if form.Get("channel") == offered.Value {
				f.Channel = offered.Value
			}
		}
		if f.Channel == "" {
			wrong.add("channel", "Choose how you replied")
		}
		wrong.add("note", tooMuch("The note", f.Note, maxNote, "1,000"))
		f.Note = shown(f.Note)
	case link.OfficerUntil:
		f.Until, f.Reason = line(form, "until"), line(form, "reason")
		var problem string
		f.date, problem = readDate(f.Until, today)
		wrong.add("until", problem)
		if f.Reason == "" {
			wrong.add("reason", "Enter the reason, in words for the family")
		}
		wrong.add("reason", tooMuch("The reason", f.Reason, maxReason, "500"))
		f.Until, f.Reason = shown(f.Until), shown(f.Reason)
	default:
		f.Who = line(form, "who")
		wrong.add("who", tooMuch("Whose it is", f.Who, maxWho, "100"))
		f.Who = shown(f.Who)
	}
	return wrong
}

// first is the field at which a fault of the whole form is shown.
func (f officerForm) first(purpose link.Purpose) string {
	switch purpose {
	case link.OfficerReplied:
		return "channel"
	case link.OfficerUntil:
		return "until"
	default:
		return "who"
	}
}

// readDate takes a date as a browser's own field posts it, or as people type it where
// there is none: 2026-11-27, 27/11/2026, 27 November 2026.
func readDate(text string, today calendar.Date) (calendar.Date, string) {
	if text == "" {
		return calendar.Date{}, "Enter the day by which the family will have its reply"
	}
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2 January 2006", "2 Jan 2006"} {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		date := calendar.DateOf(at, time.UTC)
		switch {
		case date.Compare(today) < 0:
			return calendar.Date{}, "The day must be today or later"
		case date.Compare(today.AddMonths(maxMonths)) > 0:
			return calendar.Date{}, "The day must be within a year from now"
		}
		return date, ""
	}
	_, example, _ := strings.Cut(today.AddDays(7).Words(), " ") // without the day of the week
	return calendar.Date{}, "The day must be a date that exists, such as " + example
}
