package app

import (
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/answer"
	"hearback/notifier/calendar"
	"hearback/notifier/inbound"
)

// staffTexts reads what members of staff text in answer to a chase.
type staffTexts struct {
	app *App
	now func() time.Time
}

// Read says what a text from a number means, if it comes from a member of staff who was
// chased by text lately. family says whether a family has the number too: then only a certain
// answer counts, and anything else is the family's word.
func (s staffTexts) Read(number, text string, family bool) (inbound.StaffText, bool) {
	book := s.app.shelf.Books().Current
	by := ""
	for _, person := range book.Directory.People {
		switch {
		case person.Mobile == "" || person.Mobile != number:
		case by != "":
			return inbound.StaffText{}, false // two share it, and nobody can say whose word it is
		default:
			by = person.ID
		}
	}
	if by == "" {
		return inbound.StaffText{}, false
	}
	asked, owed := s.app.picture.Asked(by, s.now())
	if len(asked) == 0 || !owed && family {
		return inbound.StaffText{}, false
	}
	today := calendar.DateOf(s.now(), book.Calendar.Location)
	said, question := answer.Parse(text, today, asked)
	switch {
	case question == nil:
		out := inbound.StaffText{Case: said.Case, Data: events.OfficerTexted{By: by, Say: answer.Taken(said, book.Calendar)}}
		switch said.Kind {
		case answer.Replied:
			out.Data.Answer = events.AnswerReplied
		case answer.Until:
			out.Data.Answer, out.Data.Until = events.AnswerUntil, said.Until.String()
		default:
			out.Data.Answer = events.AnswerNotMine
		}
		return out, true
	case family:
		return inbound.StaffText{}, false
	default:
		return inbound.StaffText{Case: notifier.PenRef(notifier.SMS, number), Data: events.OfficerTexted{By: by, Say: question.Error()}}, true
	}
}
