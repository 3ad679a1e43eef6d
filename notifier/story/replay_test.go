package story_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/picture"
	"hearback/notifier/story"
)

const pat = "pat@family.example"

// everyKind tells of an event of every type that services, callbacks and the
// console may publish, with replies and chases, failures and a crash in between.
// It returns the Hearback that runs at the end, and the types it told of.
func everyKind(t *testing.T, town *story.Town) (hearback *story.Replica, told map[string]bool) {
	t.Helper()
	told = map[string]bool{}
	tell := func(ref, kind, data string) {
		told[kind] = true
		town.Tells(ref, kind, data)
	}
	crash := func() {
		hearback.Kill()
		town.Pass(20 * time.Second)
		hearback = town.Start(story.Setup{})
		town.Settle()
	}
	hearback = town.Start(story.Setup{})

	// A promise with everything that may happen to it before the reply.
	tell("H-1", events.TypeCaseOpened, `{"team":"north","officer":"o.jane","contacts":[`+
		`{"id":"c1","name":"Sam Taylor","mobile":"`+family+`","email":"`+sam+`"},{"id":"c2","name":"Pat Taylor","email":"`+pat+`"}]}`)
	tell("H-1", events.TypeEnquiryReceived, `{"enquiry":"e1","channel":"phone","about":"transport"}`)
	tell("H-1", events.TypeMessageReceived, `{"channel":"sms","contact":"c1","text":"Thank you. When?","enquiry":"e1"}`)
	tell("H-1", events.TypeOfficerChanged, `{"officer":"o.amir"}`)
	tell("H-1", events.TypeOfficerAway, `{"officer":"o.amir","to":"2026-11-30","cover":"o.jane"}`)
	tell("H-1", events.TypeContactChanged, `{"id":"c2","name":"Pat Taylor","email":"`+pat+`","mobile":"07700 900150"}`)
	tell("H-1", events.TypeContactUnsafe, `{"id":"c2","do_not":["email"]}`)
	tell("H-1", events.TypeContactOptedOut, `{"contact":"c1","channel":"sms"}`)
	tell("H-1", events.TypeReceiptReceived, `{"message":"H-1-1","status":"delivered"}`)
	tell("H-1", events.TypeContactOptedIn, `{"contact":"c1","channel":"sms"}`)
	tell("H-1", events.TypeContactWished, `{"contact":"c1","prefers":["email"],"hours":"09:00-18:00"}`)
	tell("H-1", events.TypeOfficerDeclined, `{"enquiry":"e1","by":"o.amir"}`)
	tell("H-1", events.TypeOfficerTexted, `{"by":"o.amir","address":"+447700900201","text":"yes","say":"Please text 1, 2 or 3."}`)
	tell("H-1", events.TypeCaseChanged, `{"team":"south","contacts":[`+
		`{"id":"c1","name":"Sam Taylor","mobile":"`+family+`","email":"`+sam+`"},{"id":"c2","name":"Pat Taylor","email":"pat.taylor@family.example","safe_contact":true}]}`)
	tell("H-1", events.TypeContactConfirmed, `{"contact":"c2","channel":"email","by":"o.jane"}`)
	tell("H-1", events.TypeReplyPostponed, `{"enquiry":"e1","until":"2026-11-24","reason":"waiting for the school","by":"o.jane"}`)
	tell("H-1", events.TypeEnquiryReceived, `{"enquiry":"e2","urgent":true,"contact":{"name":"Robin Hill","mobile":"07700 900151"}}`)
	crash()

	// Texts fail for good, then emails too: a task for a person.
	town.Texts.Fails(channel.Failure{Verdict: channel.Never, Code: "21614", Reason: "The number cannot take texts."})
	town.Mail.Answers(func(m channel.Message) story.Answer {
		if strings.HasSuffix(m.To, "@family.example") {
			return story.Answer{Failure: &channel.Failure{Verdict: channel.Never, Code: "550", Reason: "There is no such mailbox."}}
		}
		return story.Answer{}
	})
	town.Opens("H-2", "north", "o.jane", "07700 900152", "robin@family.example")
	town.Opens("H-3", "north", "o.jane", "07700 900153", "")
	town.Asks("H-2", "e1")
	town.Asks("H-3", "e1")
	tasks := hearback.Picture.Tasks()
	if len(tasks) == 0 {
		t.Fatal("nobody can be reached and there is no task")
	}
	tell(tasks[0].Case, events.TypeTaskDone, fmt.Sprintf(`{"task":%q,"by":"p.moira"}`, tasks[0].ID))
	town.Texts.Recovers()
	town.Mail.Recovers()

	// A message that perhaps arrived, and one that is withdrawn.
	town.Opens("H-4", "north", "o.jane", "07700 900154", "")
	town.Texts.Answers(func(channel.Message) story.Answer {
		return story.Answer{Accept: true, Failure: &channel.Failure{Verdict: channel.Unknown, Code: "timeout", Reason: "No answer."}}
	})
	town.Asks("H-4", "e1")
	town.Texts.Fails(channel.Failure{Verdict: channel.Retry, Code: "503", Reason: "Maintenance.", After: time.Minute})
	town.Asks("H-4", "e2")
	town.Replies("H-4", "e2")
	crash()
	town.Texts.Recovers()

	// A reply that overtakes its enquiry, an enquiry of a case nobody opened.
	tell("H-5", events.TypeReplySent, `{"enquiry":"e9","by":"o.jane","channel":"email"}`)
	tell("H-5", events.TypeEnquiryReceived, `{"enquiry":"e9"}`)
	tell("H-6", events.TypeEnquiryReceived, `{"contact":{"name":"Robin Hill","email":"robin@family.example"}}`)

	// The deadlines pass under a newer book, with one email for several chases.
	town.Publish(story.Book(t, story.QuietRules))
	town.Settle()
	tell("H-1", events.TypeCaseReplanned, fmt.Sprintf(`{"book":%q,"by":"p.manager"}`, hearback.Shelf.Books().Current.Version))
	town.Asks("H-2", "e2")
	town.Pass(30 * time.Minute)
	crash()
	tell("H-4", events.TypeCaseClosed, `{"reason":"moved away"}`)
	town.Asks("H-4", "e3") // opens it again
	tell("H-2", events.TypeCaseStopped, `{"reason":"recorded by the registrar"}`)
	town.Asks("H-2", "e4")

	for _, kind := range events.Catalogue() {
		if !told[kind.Type] && kind.Origin == events.FromSENDSystem {
			tell("H-1", kind.Type, `{}`)
		}
	}
	town.Pass(25 * time.Hour) // past the second rung
	town.Replies("H-1", "e1")
	return hearback, told
}

// A life with every type of event, deadline and result is decided again from
// what the ledger records, and gives the same ledger, byte for byte.
func TestTheLedgerIsDecidedTheSameAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
		hearback, told := everyKind(t, town)
		for _, kind := range events.Catalogue() {
			if kind.Origin != events.FromHearback && !told[kind.Type] {
				t.Errorf("the story does not tell of %s", kind.Type)
			}
		}

		// What the ledger must hold for the comparison to mean anything.
		var due, seen int
		statuses, books := map[notifier.Status]int{}, map[string]bool{}
		digests, unusable := 0, 0
		ledger := town.Stored(events.LedgerWildcard)
		for _, r := range ledger {
			entry, err := picture.Decode(r.Data)
			if err != nil {
				t.Fatal(err)
			}
			books[entry.Book] = true
			for _, input := range entry.Inputs {
				switch {
				case input.Due:
					due++
				case input.Event != 0:
					seen++
				case input.Result != nil:
					statuses[input.Result.Status]++
					if input.Result.Digest != "" {
						digests++
					}
					if input.Result.Unusable {
						unusable++
					}
				}
			}
		}
		if due == 0 || seen == 0 || digests == 0 || unusable == 0 || statuses[notifier.Sent] == 0 || statuses[notifier.Failed] == 0 || len(books) != 2 {
			t.Errorf("the story is too plain: %d deadlines, %d events, results %v, %d of digests, %d unusable, %d books", due, seen, statuses, digests, unusable, len(books))
		}
		if compared := town.Replay(); compared != len(ledger) {
			t.Errorf("%d of %d entries were compared", compared, len(ledger))
		}
		if kept := refusals(t, town); len(kept) > 0 {
			t.Errorf("refused: %+v", kept)
		}
		if findings := hearback.Engine.Findings(); len(findings) > 0 {
			t.Errorf("the auditor found %q", findings)
		}

		// A process that starts now reads the same picture as the one that wrote it.
		before := map[string][]byte{}
		hearback.Picture.Each(func(c notifier.Case) bool {
			before[c.Ref], _ = json.Marshal(c)
			return true
		})
		hearback.Stop()
		again := town.Start(story.Setup{})
		again.Picture.Each(func(c notifier.Case) bool {
			if data, err := json.Marshal(c); err != nil || !bytes.Equal(data, before[c.Ref]) {
				t.Errorf("case %s is read back as\n%s\nand was\n%s (%v)", c.Ref, data, before[c.Ref], err)
			}
			delete(before, c.Ref)
			return true
		})
		if len(before) > 0 {
			t.Errorf("not read back: %v", slices.Sorted(maps.Keys(before)))
		}
	})
}

// The same story told twice sends the same messages: nothing of chance is in
// them, not even the order of a map.
func TestTheSameStorySendsTheSameMessages(t *testing.T) {
	t.Parallel()
	var first []string
	for telling := range 2 {
		synctest.Test(t, func(t *testing.T) {
			town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
			everyKind(t, town)
			var texts []string
			for _, p := range []*story.Provider{town.Texts, town.Mail} {
				for _, a := range p.Accepted() {
					texts = append(texts, a.Message.ID+" to "+a.To+": "+a.Subject+a.Text)
				}
			}
			slices.Sort(texts)
			if telling == 0 {
				first = texts
				return
			}
			if !slices.Equal(first, texts) {
				t.Errorf("the first time\n%s\n---\nnow\n%s", strings.Join(first, "\n"), strings.Join(texts, "\n"))
			}
		})
	}
	if len(first) < 10 {
		t.Errorf("only %d messages were sent", len(first))
	}
}
