package notifier_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/phone"
)

// What an event may carry and no message may: each stands for private words.
const (
	secretAbout  = "SECRET-ABOUT"
	secretNote   = "SECRET-NOTE"
	secretReason = "SECRET-REASON"
	secretText   = "SECRET-TEXT"
	// spoken is the reason of a postponement: only the email that tells of it says it.
	spoken = "SPOKEN-REASON"
)

// amounts are lengths of time of every unit.
var amounts = rapid.Custom(func(t *rapid.T) calendar.Amount {
	unit := rapid.SampledFrom([]calendar.Unit{calendar.WorkingDays, calendar.WorkingDays, calendar.WorkingDays, calendar.WorkingHours,
		calendar.ElapsedHours, calendar.Minutes, calendar.Days, calendar.Weeks, calendar.Months}).Draw(t, "unit")
	most := 12
	if unit == calendar.Months {
		most = 3
	}
	return calendar.Amount{N: rapid.IntRange(1, most).Draw(t, "n"), Unit: unit}
})

// vias are ways a message may travel.
var vias = rapid.SampledFrom([]notifier.Via{{}, {}, {}, {All: true}, {Channels: []string{notifier.SMS}},
	{Channels: []string{notifier.Email, notifier.SMS}}, {Channels: []string{notifier.SMS, notifier.Email}}})

// steps are rungs of a ladder. A rung that repeats begins after the due date, as in every book that loads.
var steps = rapid.Custom(func(t *rapid.T) notifier.Step {
	s := notifier.Step{Words: "reply-overdue", Via: vias.Draw(t, "via")}
	s.Chase = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{notifier.Officer, notifier.TeamLead, notifier.Manager,
		notifier.HeadOfService, "team:north", "person:p.lead"}), 1, 3, rapid.ID[string]).Draw(t, "chase")
	if rapid.Bool().Draw(t, "tells the family") {
		s.TellFamily = "reply-late"
	}
	switch rapid.IntRange(0, 3).Draw(t, "when") {
	case 0:
	case 1:
		s.At = notifier.Offset{Amount: amounts.Draw(t, "before"), Before: true}
		s.TellFamily = ""
	case 2:
		s.At = notifier.Offset{Amount: amounts.Draw(t, "after")}
	default:
		s.At = notifier.Offset{Amount: amounts.Draw(t, "from")}
		s.Every = new(amounts.Draw(t, "every"))
	}
	return s
})

// books are the words and people of the recorded conversations under rules and hours
// that differ, and a second version of the same promises to which open ones may move.
var books = rapid.Custom(func(t *rapid.T) notifier.Books {
	book := *base().Current
	book.Version = "drawn"
	book.ContactHours = rapid.SampledFrom([]calendar.Hours{book.ContactHours, hours("mon-fri", "09:00-17:00"), hours("mon-sun", "00:00-24:00"),
		hours("wed", "10:00-11:00")}).Draw(t, "contact hours")
	if rapid.Bool().Draw(t, "the book of the conversations") {
		return andAgain(t, &book)
	}
	book.Rules = nil
	for i := range rapid.IntRange(1, 2).Draw(t, "rules") {
		rule := notifier.Rule{Name: fmt.Sprintf("rule%d", i), KeptBy: []string{events.TypeReplySent},
			OpenedBy: []string{events.TypeEnquiryReceived, events.TypeMessageReceived},
			Due:      calendar.Due{Amount: amounts.Draw(t, "due")}, Statutory: rapid.Bool().Draw(t, "statutory"),
			Private: rapid.IntRange(0, 3).Draw(t, "private") == 0, Steps: rapid.SliceOfN(steps, 1, 4).Draw(t, "steps")}
		if unit := rule.Due.Amount.Unit; unit == calendar.Days || unit == calendar.Weeks || unit == calendar.Months || unit == calendar.WorkingDays {
			rule.Due.Way = rapid.SampledFrom([]calendar.Way{calendar.Following, calendar.Beginning}).Draw(t, "way") // ahead of no date is a conversation: dates-by-law
			rule.Law.RollsOn = rapid.Bool().Draw(t, "rolls on")
			rule.Law.Tribunal = rapid.SampledFrom([]calendar.Tribunal{calendar.NoTribunal, calendar.StartingAppeal, calendar.OtherActs}).Draw(t, "tribunal")
		}
		if i > 0 {
			rule.OpenedBy = []string{events.TypeComplaintReceived, events.TypeEnquiryReceived}
			rule.KeptBy = []string{events.TypeComplaintReplied, events.TypeReplySent}
		}
		if rapid.Bool().Draw(t, "acknowledges") {
			rule.Acknowledge = &notifier.Acknowledge{Words: "enquiry-received", Via: vias.Draw(t, "via"), AnyHour: rapid.Bool().Draw(t, "any hour")}
		}
		book.Rules = append(book.Rules, rule)
	}
	if rapid.Bool().Draw(t, "the catalogue") {
		book.Rules = append(book.Rules, catalogue(t)...)
	}
	if rapid.Bool().Draw(t, "tells") {
		book.Tells = []notifier.Tell{{On: []string{events.TypeUpdateSent, events.TypeCallAttemptedNoAnswer, events.TypeOfficerChanged}, Words: "help", Via: vias.Draw(t, "news by")},
			{On: []string{events.TypeAdviceReceived}, Task: "Call the family"}}
	}
	return andAgain(t, &book)
})

// catalogue are promises as the SEND catalogue has them: for each adviser or case,
// counted anew by news, the family's own time, and one that takes others over.
func catalogue(t *rapid.T) []notifier.Rule {
	advice := notifier.Rule{Name: "advice", OpenedBy: []string{events.TypeAdviceRequested}, KeptBy: []string{events.TypeAdviceReceived},
		Due: calendar.Due{Amount: amounts.Draw(t, "advice due")}, Statutory: true, RestartedBy: []string{events.TypeUpdateSent},
		Each: rapid.SampledFrom([]string{"", "adviser", notifier.EachCase}).Draw(t, "each"), Steps: rapid.SliceOfN(steps, 1, 3).Draw(t, "advice steps")}
	if advice.FamilyTime = rapid.Bool().Draw(t, "the family's own time"); advice.FamilyTime {
		advice.Steps = []notifier.Step{{At: notifier.Offset{Amount: calendar.Amount{N: 1, Unit: calendar.Days}, Before: true}, Chase: []string{notifier.Family}, Words: "reply-late"}}
	}
	urgent := notifier.Rule{Name: "urgent", OpenedBy: []string{events.TypeContactMarkedUrgent}, KeptBy: []string{events.TypeReplySent},
		Due: calendar.Due{Amount: amounts.Draw(t, "urgent due")}, Replaces: []string{"rule0"}, Steps: rapid.SliceOfN(steps, 1, 3).Draw(t, "urgent steps")}
	return []notifier.Rule{advice, urgent}
}

// andAgain adds a second version of a book: other dates and ladders, other closures
// and holidays, and perhaps a promise that is gone.
func andAgain(t *rapid.T, book *notifier.Book) notifier.Books {
	again := *book
	again.Version = "drawn again"
	again.Rules = slices.Clone(book.Rules)
	for i := range again.Rules {
		rule := &again.Rules[i]
		rule.Due = calendar.Due{Amount: amounts.Draw(t, "due again")}
		if rapid.Bool().Draw(t, "another ladder") && !rule.FamilyTime {
			rule.Steps = rapid.SliceOfN(steps, 1, 4).Draw(t, "steps again")
		}
		if rapid.IntRange(0, 4).Draw(t, "acknowledges no more") == 0 {
			rule.Acknowledge = nil
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "the last promise is gone") == 0 {
		again.Rules = again.Rules[:len(again.Rules)-1]
	}
	days := *book.Calendar
	if rapid.Bool().Draw(t, "no closures") {
		days.Closures = nil
	}
	again.Calendar = &days
	return notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book, again.Version: &again}}
}

func hours(days, span string) calendar.Hours {
	h, err := calendar.ParseHours(map[string][]string{days: {span}})
	if err != nil {
		panic(err)
	}
	return h
}

// mobiles and mails are few, so that contacts share them. One of each is useless.
var (
	mobiles = rapid.SampledFrom([]string{"", "07700 900101", "+44 7700 900101", "07700 900102", "07700900103", "01632 960555"})
	mails   = rapid.SampledFrom([]string{"", "one@family.example", "ONE@family.example", "two@family.example", "no address"})
	homes   = rapid.SampledFrom([][]string{nil, nil, {"Flat 2", "1 High Street", "SG5 1AA"}, {"1 HIGH STREET, Flat 2", "Hitchin", "sg51aa"}, {"3 Mill Lane", "SG5 1AB"}, {"somewhere"}})
	wishes  = rapid.SampledFrom([]string{notifier.SMS, notifier.Email, notifier.Letter, notifier.Call, notifier.Every})
	ids     = rapid.SampledFrom([]string{"c1", "c2", "c3"})
	queries = rapid.SampledFrom([]string{"q1", "q2", "q3"})
	staff   = rapid.SampledFrom([]string{"o.jane", "o.amir", "p.lead", "p.manager", "p.head", "o.nobody"})
)

// contactOf is a contact as an event has it.
func contactOf(t *rapid.T, id string) events.Contact {
	return events.Contact{ID: id, Name: rapid.SampledFrom([]string{"", "Sam Taylor"}).Draw(t, "name"),
		Mobile: mobiles.Draw(t, "mobile"), Email: mails.Draw(t, "email"), PostalAddress: homes.Draw(t, "home"),
		Prefers: rapid.SampledFrom([][]string{nil, {notifier.Email}, {notifier.SMS, notifier.Email}, {notifier.Letter}, {notifier.Email, notifier.Letter}}).Draw(t, "prefers"),
		DoNot:   rapid.SampledFrom([][]string{nil, nil, nil, {notifier.SMS}, {notifier.Email}, {notifier.Letter}, {notifier.Every}}).Draw(t, "do not")}
}

func contactsOf(t *rapid.T) []events.Contact {
	contacts := []events.Contact{}
	for _, id := range rapid.SliceOfNDistinct(ids, 0, 3, rapid.ID[string]).Draw(t, "contacts") {
		contacts = append(contacts, contactOf(t, id))
	}
	return contacts
}

// drawEvent draws something that may happen to a case at a time, as a service would say it.
func drawEvent(t *rapid.T, now time.Time) (kind string, data any) {
	day := func(name string, from, to int) string {
		return events.LondonDay(now.AddDate(0, 0, rapid.IntRange(from, to).Draw(t, name)))
	}
	optional := func(g *rapid.Generator[string], name string) string {
		if rapid.Bool().Draw(t, "with "+name) {
			return g.Draw(t, name)
		}
		return ""
	}
	kind = rapid.SampledFrom([]string{
		events.TypeEnquiryReceived, events.TypeEnquiryReceived, events.TypeEnquiryReceived, events.TypeReplySent, events.TypeReplySent,
		events.TypeCaseOpened, events.TypeCaseChanged, events.TypeReplyPostponed, events.TypeOfficerChanged, events.TypeOfficerAway,
		events.TypeContactChanged, events.TypeContactUnsafe, events.TypeContactOptedOut, events.TypeMessageReceived, events.TypeMessageReceived, events.TypeTaskDone,
		events.TypeContactOptedIn, events.TypeContactWished, events.TypeOfficerDeclined, events.TypeReceiptReceived, events.TypeReceiptReceived,
		events.TypeComplaintReceived, events.TypeComplaintReplied, events.TypeCaseClosed, events.TypeCaseStopped, events.TypeCaseReplanned,
		events.TypeExceptionRecorded, events.TypeUpdateSent, events.TypeAdviceRequested, events.TypeAdviceRequested, events.TypeAdviceReceived,
		events.TypeCallAttemptedNoAnswer, events.TypeContactMarkedUrgent,
	}).Draw(t, "type")
	switch kind {
	case events.TypeExceptionRecorded:
		return kind, events.Exception{Promise: optional(rapid.SampledFrom([]string{"reply", "rule0", "rule1"}), "promise"), Enquiry: optional(queries, "enquiry"),
			Kind: events.ExceptionClosure, Reason: optional(rapid.Just(spoken), "reason"), Until: day("until", 0, 40)}
	case events.TypeUpdateSent, events.TypeAdviceRequested, events.TypeAdviceReceived, events.TypeCallAttemptedNoAnswer, events.TypeContactMarkedUrgent:
		return kind, map[string]string{"adviser": optional(queries, "adviser"), "enquiry": optional(queries, "enquiry"), "contact": optional(ids, "contact"), "note": secretNote}
	case events.TypeEnquiryReceived:
		q := events.Enquiry{Enquiry: optional(queries, "enquiry"), Channel: "web", About: secretAbout, Urgent: rapid.Bool().Draw(t, "urgent")}
		switch rapid.IntRange(0, 2).Draw(t, "who") {
		case 0:
			q.From = ids.Draw(t, "from")
		case 1:
			q.Contact = new(contactOf(t, ""))
		}
		return kind, q
	case events.TypeReplySent, events.TypeComplaintReplied:
		return kind, events.Reply{Enquiry: optional(queries, "enquiry"), By: "o.jane", Note: secretNote}
	case events.TypeCaseOpened, events.TypeCaseChanged:
		details := events.CaseData{}
		if rapid.Bool().Draw(t, "with contacts") {
			details.Contacts = contactsOf(t)
		}
		if rapid.Bool().Draw(t, "with officer") {
			details.Officer = new(staff.Draw(t, "officer"))
			details.Team = new("north")
		}
		return kind, details
	case events.TypeReplyPostponed:
		return kind, events.Postponement{Enquiry: optional(queries, "enquiry"), Until: day("until", 0, 40), Reason: optional(rapid.Just(spoken), "reason")}
	case events.TypeOfficerChanged:
		return kind, events.OfficerChanged{Officer: staff.Draw(t, "officer")}
	case events.TypeOfficerAway:
		away := events.OfficerAway{Officer: staff.Draw(t, "officer"), Cover: optional(staff, "cover")}
		if rapid.Bool().Draw(t, "with dates") {
			away.From, away.To = day("from", -5, 5), day("to", 5, 20)
		}
		return kind, away
	case events.TypeContactChanged:
		return kind, contactOf(t, ids.Draw(t, "contact"))
	case events.TypeContactUnsafe:
		return kind, events.ContactUnsafe{ID: ids.Draw(t, "contact"), DoNot: []string{wishes.Draw(t, "what")}}
	case events.TypeContactWished:
		w := events.Wished{Contact: ids.Draw(t, "contact"), Hours: rapid.SampledFrom([]string{"", "any", "09:00-12:00", "22:00-24:00"}).Draw(t, "hours")}
		if rapid.Bool().Draw(t, "with channels") {
			w.DoNot = rapid.SampledFrom([][]string{{}, {notifier.SMS}, {notifier.Email}, {notifier.Letter}}).Draw(t, "do not")
			w.Prefers = rapid.SampledFrom([][]string{nil, {notifier.Email}, {notifier.Letter}}).Draw(t, "prefers")
		}
		return kind, w
	case events.TypeOfficerDeclined:
		return kind, events.OfficerDeclined{Enquiry: optional(queries, "enquiry"), By: "o.jane"}
	case events.TypeReceiptReceived:
		return kind, events.Receipt{Message: events.MessageID("H-1", rapid.IntRange(1, 9).Draw(t, "message")),
			Status: rapid.SampledFrom([]string{"sending", "sent", "delivered", "delivered", "failed", "failed"}).Draw(t, "status"), Unusable: rapid.Bool().Draw(t, "unusable")}
	case events.TypeContactOptedOut, events.TypeContactOptedIn:
		return kind, events.OptedOut{Contact: ids.Draw(t, "contact"), Channel: wishes.Draw(t, "what")}
	case events.TypeMessageReceived:
		return kind, events.MessageReceived{Channel: notifier.SMS, Contact: optional(ids, "contact"), Automatic: rapid.IntRange(0, 4).Draw(t, "machine") == 0,
			Text: rapid.SampledFrom([]string{secretText, secretText, secretText, "STOP", "START", "HELP"}).Draw(t, "text")}
	case events.TypeCaseReplanned:
		return kind, events.Replanned{Book: rapid.SampledFrom([]string{"drawn", "drawn again", "never published"}).Draw(t, "version"), By: "p.manager", Why: secretNote}
	case events.TypeTaskDone:
		return kind, events.TaskDone{Task: fmt.Sprintf("H-1-t%d", rapid.IntRange(1, 4).Draw(t, "task")), Note: secretNote}
	default:
		return kind, events.Closure{Reason: secretReason}
	}
}

// world is one case with its people, its clock and, kept apart from the core,
// what the test itself knows of who must not be told what.
type world struct {
	t     *rapid.T
	books notifier.Books
	now   time.Time
	c     notifier.Case
	seq   uint64

	contacts map[string]events.Contact // as the services last said
	unsafe   []wish                    // for ever, or until they opt in again
	wished   map[string][]string       // channels that contacts asked us not to use
	stopped  bool
	gone     map[string]bool // ids of messages and tasks that were ever decided
	heard    map[string]bool // promises about which somebody was told, or a person was asked to tell them
	owed     map[string]bool // promises that the book acknowledged when they opened
	last     *events.Event
	seenTo   bool                 // a person did a task: it need not be open any more
	posted   map[string]time.Time // when news of a promise last went to somebody by letter
}

// wish is what was recorded of a contact, with the addresses they had then.
type wish struct {
	contact, channel, mobile, email string
	postal                          []string
	optedOut                        bool
}

// homeOf is the same for the two spellings of one home among those that are drawn.
func homeOf(lines []string) string {
	if len(lines) == 3 {
		return "Flat 2, 1 High Street"
	}
	return strings.Join(lines, ", ")
}

func newWorld(t *rapid.T) *world {
	start := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "start")) * time.Minute)
	return &world{t: t, books: books.Draw(t, "books"), now: start, contacts: map[string]events.Contact{}, wished: map[string][]string{}, gone: map[string]bool{}, heard: map[string]bool{}, owed: map[string]bool{}, posted: map[string]time.Time{}}
}

// takes decides about an event as the leader would.
func (w *world) takes(kind string, data any) notifier.Decision {
	w.seq++
	e := happened(fmt.Sprintf("e%d", w.seq), kind, "H-1", w.now, string(asJSON(w.t, data)))
	if err := e.Check(w.now); err != nil {
		w.t.Fatalf("the test drew an event that would be refused: %v", err)
	}
	w.note(kind, data)
	w.last = e
	return w.decides(notifier.Input{Event: e, Sequence: w.seq})
}

// note keeps what the test itself must know of an event.
func (w *world) note(kind string, data any) {
	forbid := func(id, channel string, optedOut bool) {
		k := w.contacts[id]
		w.unsafe = append(w.unsafe, wish{id, channel, number(k.Mobile), strings.ToLower(k.Email), k.PostalAddress, optedOut})
	}
	allow := func(id, channel string) {
		w.unsafe = slices.DeleteFunc(w.unsafe, func(u wish) bool {
			return u.optedOut && u.contact == id && (channel == notifier.Every || u.channel == channel)
		})
	}
	switch data := data.(type) {
	case events.CaseData:
		if data.Contacts != nil {
			clear(w.contacts)
			for _, k := range data.Contacts {
				w.contacts[k.ID] = k
			}
		}
	case events.Contact:
		w.contacts[data.ID] = data
	case events.ContactUnsafe:
		forbid(data.ID, data.DoNot[0], false)
	case events.OptedOut:
		if kind == events.TypeContactOptedIn {
			allow(data.Contact, data.Channel)
		} else {
			forbid(data.Contact, data.Channel, true)
		}
	case events.Wished:
		if data.DoNot != nil {
			w.wished[data.Contact] = data.DoNot
		}
	case events.MessageReceived:
		switch {
		case data.Automatic || data.Contact == "":
		case data.Text == "STOP":
			forbid(data.Contact, notifier.SMS, true)
		case data.Text == "START":
			allow(data.Contact, notifier.SMS)
		}
	}
	w.seenTo = w.seenTo || kind == events.TypeTaskDone
	if kind == events.TypeCaseStopped {
		w.stopped = true
	}
}

// number is a mobile in one spelling.
func number(raw string) string {
	if n, err := phone.Mobile(raw); err == nil {
		return string(n)
	}
	return raw
}

// decides makes one decision and holds it to the invariants.
func (w *world) decides(in notifier.Input) notifier.Decision {
	before := w.c
	d := decide(w.t, w.c, in, w.books, w.now)
	w.c = d.Case
	w.checkIDs(before, d)
	w.checkMessages(before, d)
	w.checkPromises(before, d, in)
	w.checkHeard(before, d, in)
	return d
}

// due wakes the case as the leader does, at its next deadline or later.
func (w *world) due(late time.Duration) notifier.Decision {
	if next := w.c.Next().Add(late); next.After(w.now) {
		w.now = next
	}
	return w.decides(notifier.Input{Due: true})
}

// hand plays the outbox for one message; ok says whether the provider takes it.
func (w *world) hand(m notifier.Message, ok, unusable bool) {
	look := notifier.LastLook(w.c, m.ID, w.books.Current, w.now)
	w.checkLook(m, look)
	switch {
	case look.Send && ok:
		w.checkPosted(m)
		awaits := rapid.SampledFrom([]string{"", notifier.AwaitsReceipt, notifier.AwaitsBounce}).Draw(w.t, "awaits")
		w.decides(notifier.Input{Result: &notifier.Result{Message: m.ID, Status: notifier.Sent, Provider: "accepted", At: w.now, Awaits: awaits}})
	case look.Send:
		w.decides(notifier.Input{Result: &notifier.Result{Message: m.ID, Status: notifier.Failed, Reason: "no", Unusable: unusable, At: w.now}})
	case look.Until.IsZero():
		w.decides(notifier.Input{Result: &look.Settle})
	}
}

// sent hands over everything that may go now.
func (w *world) sent() {
	for _, m := range slices.Clone(w.c.Messages) {
		w.hand(m, true, false)
	}
}

// fresh are the messages that a decision added.
func fresh(before notifier.Case, d notifier.Decision) []notifier.Message {
	return slices.DeleteFunc(slices.Clone(d.Case.Messages), func(m notifier.Message) bool {
		_, was := before.Message(m.ID)
		return was
	})
}
