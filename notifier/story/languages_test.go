package story_test

import (
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"hearback/events"
	"hearback/notifier/story"
)

// A mother reads Polish, and nobody has approved the book's Polish yet: she hears in
// English, and that an interpreter can be arranged. Once the book approves it, whatever
// she is promised is in Polish, dates included; what was promised before stays in the
// words of its book.
func TestPolishWaitsUntilTheBookApprovesIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		book := story.Book(t, story.QuickRules)
		town := story.New(t, book, "Mon 23 Nov 2026 09:00")
		hearback := town.Start(story.Setup{})
		town.Tells("H-1", events.TypeCaseOpened, `{"team":"north","officer":"o.jane","contacts":[
			{"id":"c1","name":"Anna Nowak","relationship":"parent","mobile":"07700 900123","language":"pl-PL"},
			{"id":"c2","name":"Jan Nowak","relationship":"parent","email":"sam@family.example","language":"pl"}]}`)
		town.Asks("H-1", "e1")
		town.Until("Mon 23 Nov 2026 09:01")
		text := town.Phone(family).Expects("thank you for your message, ref H-1", "by 9:10am on Mon 23 Nov", "We can arrange an interpreter.")
		mail := town.Inbox(sam).Expects("Dear Jan Nowak", "9:10am on Monday 23 November 2026", "Hertfordshire County Council We can arrange an interpreter.")
		if text.Language != "en" || mail.Language != "en" || !strings.HasSuffix(text.Text, "\nWe can arrange an interpreter.") {
			t.Errorf("in %s and %s: %q", text.Language, mail.Language, text.Text)
		}

		approved := fstest.MapFS{}
		maps.Copy(approved, book.(fstest.MapFS))
		rules, err := fs.ReadFile(book, "rules.yaml")
		if err != nil {
			t.Fatal(err)
		}
		approved["rules.yaml"] = &fstest.MapFile{Data: append(rules, "languages: {approved: [pl]}\n"...)}
		town.Publish(approved)
		town.Settle()
		town.Asks("H-1", "e2")
		town.Until("Mon 23 Nov 2026 09:02")
		text = town.Phone(family).Expects("dziekujemy za wiadomosc, nr H-1", "do pon. 23 lis, godz. 09:11")
		mail = town.Inbox(sam).Expects("Dzień dobry, Jan Nowak", "poniedziałek, 23 listopada 2026, godz. 09:11", "Możemy zapewnić tłumacza.")
		if text.Language != "pl" || mail.Language != "pl" || strings.Contains(mail.Text, "interpreter") || strings.Contains(text.Text, "interpreter") {
			t.Errorf("in %s and %s: %s", text.Language, mail.Language, mail.Text)
		}

		town.Until("Mon 23 Nov 2026 09:10")
		town.Settle()
		town.Phone(family).Expects("sorry, our reply, due Mon 23 Nov, is late", "We can arrange an interpreter.")
		town.Inbox(sam).Expects("still waiting for our reply")
		town.Until("Mon 23 Nov 2026 09:13")
		town.Phone(family).Expects("przepraszamy, nasza odpowiedz, termin pon. 23 lis, spoznia sie")
		town.Inbox(sam).Expects("nadal czekają Państwo na naszą odpowiedź")
		town.Inbox(jane).Expects("H-1")
		hearback.Stop()
	})
}
