package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/picture"
)

// everyEnquiry is the answer that means every open enquiry of the case.
const everyEnquiry = "every"

// by is who does it: the caller, or, where everybody may look, who the form says.
func (c *console) by(f *deedForm) string {
	if c.who.ID != Everybody().ID {
		return c.who.ID
	}
	by, problem := readBy(map[string][]string{"by": {f.Answers["by"]}}, "who you are")
	if problem != "" {
		f.wrong("by", problem)
	}
	return by
}

func (c *console) fillBy(v picture.CaseView, f *deedForm) {
	if c.who.ID == Everybody().ID {
		f.Answers["by"] = v.Officer
	}
}

// chooseCommon offers what most forms ask: for which enquiry, and who it is.
func (c *console) chooseCommon(f *deedForm) {
	if c.who.ID == Everybody().ID {
		f.Choices["by"] = []choice{{Value: "asked"}}
	}
	if len(f.Waits) < 2 {
		return
	}
	f.Choices["enquiry"] = []choice{{everyEnquiry, "Every enquiry that waits", f.Answers["enquiry"] == everyEnquiry}}
	for _, w := range f.Waits {
		words := w.Words + ", since " + w.Opened.Words
		if w.Said != "" {
			words += ": " + w.Said
		}
		f.Choices["enquiry"] = append(f.Choices["enquiry"], choice{w.Enquiry, words, f.Answers["enquiry"] == w.Enquiry})
	}
}

// readEnquiry is the enquiry that a form is about; empty: every open one.
func readEnquiry(f *deedForm) string {
	asked := f.Answers["enquiry"]
	switch {
	case len(f.Waits) == 1:
		return f.Waits[0].Enquiry
	case len(f.Waits) == 0 || asked == everyEnquiry:
		return ""
	case !slices.ContainsFunc(f.Waits, func(w waits) bool { return w.Enquiry == asked }):
		f.wrong("enquiry", "Choose which enquiry it is about")
	}
	return asked
}

// note reads the optional note, and gives it its problem.
func note(f *deedForm, field, missing string) string {
	text, problem := readNote(map[string][]string{"note": {f.Answers[field]}}, missing)
	if problem != "" {
		f.wrong(field, problem)
	}
	return text
}

// We have replied.

func fillReply(c *console, v picture.CaseView, f *deedForm) {
	c.fillBy(v, f)
	f.Answers["channel"] = "phone"
	f.Answers["when"] = "now"
}

func chooseReply(c *console, _ picture.CaseView, f *deedForm) {
	c.chooseCommon(f)
	f.Choices["channel"] = choices(f.Answers["channel"])
	f.Choices["when"] = []choice{{"now", "Just now", f.Answers["when"] == "now"}, {"earlier", "Earlier", f.Answers["when"] == "earlier"}}
}

func readReply(c *console, _ picture.CaseView, f *deedForm) (string, any, time.Time) {
	if len(f.Waits) == 0 {
		f.wrong("channel", "Nobody is waiting for a reply on this case. Somebody may have recorded it already")
	}
	reply := events.Reply{Enquiry: readEnquiry(f)}
	var problem string
	if reply.Channel, problem = readChannel(map[string][]string{"channel": {f.Answers["channel"]}}, "Choose how you replied"); problem != "" {
		f.wrong("channel", problem)
	}
	var at time.Time
	if f.Answers["when"] == "earlier" {
		at = c.readEarlier(f)
	}
	reply.Note, reply.By = note(f, "note", ""), c.by(f)
	return events.TypeReplySent, reply, at
}

// readEarlier is an instant in the past: a date, and a time of day that may be left
// out; zero where that is no earlier than now.
func (c *console) readEarlier(f *deedForm) time.Time {
	now := c.options.Now()
	date := c.readDay(f, "on", "the day on which you replied")
	clock, err := time.Parse("15:04", cmp.Or(f.Answers["on-time"], "12:00"))
	if err != nil {
		f.wrong("on", "Enter the time as hours and minutes, such as 14:30")
		return time.Time{}
	}
	at := date.At(clock.Hour(), clock.Minute(), c.london)
	switch {
	case calendar.DateOf(now, c.london).Compare(date) < 0:
		f.wrong("on", "The day on which you replied must be today or in the past")
	case at.After(now):
		return time.Time{} // today, and no time was given, or one that is not over yet
	}
	return at
}

// readDay reads a date from its three fields.
func (c *console) readDay(f *deedForm, field, what string) calendar.Date {
	numbers := [3]int{}
	for i, part := range []string{"day", "month", "year"} {
		n, err := strconv.Atoi(f.Answers[field+"-"+part])
		if err != nil || n < 1 || n > 9999 {
			f.wrong(field, "Enter "+what+" as day, month and year, such as 27 11 2026")
			return calendar.Date{}
		}
		numbers[i] = n
	}
	date := calendar.Date{Year: numbers[2], Month: time.Month(numbers[1]), Day: numbers[0]}
	if parsed, err := calendar.ParseDate(date.String()); err != nil || parsed != date {
		f.wrong(field, "Enter a real date for "+what)
	}
	return date
}

// Give the family a new date.

func fillPostpone(c *console, v picture.CaseView, f *deedForm) { c.fillBy(v, f) }

func choosePostpone(c *console, _ picture.CaseView, f *deedForm) { c.chooseCommon(f) }

func readPostpone(c *console, _ picture.CaseView, f *deedForm) (string, any, time.Time) {
	if len(f.Waits) == 0 {
		f.wrong("until", "Nobody is waiting for a reply on this case, so there is no date to move")
	}
	now := c.options.Now()
	enquiry := readEnquiry(f)
	until := c.readDay(f, "until", "the new date")
	today := calendar.DateOf(now, c.london)
	switch {
	case f.Problems["until"] != "":
	case until.Compare(today) <= 0:
		f.wrong("until", "The new date must be after today")
	case until.Compare(today.AddDays(postponeMost)) > 0:
		f.wrong("until", "The new date must be within a year")
	}
	reason := strings.Join(strings.Fields(f.Answers["reason"]), " ")
	switch {
	case reason == "":
		f.wrong("reason", "Enter the reason that the family will read")
	case !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl):
		f.wrong("reason", "The reason must be plain text")
	case utf8.RuneCountInString(reason) > reasonMost:
		f.wrong("reason", "The reason must be "+strconv.Itoa(reasonMost)+" characters or fewer, so that it fits in a text")
	}
	return events.TypeReplyPostponed, events.Postponement{Enquiry: enquiry, Until: until.String(), Reason: reason, By: c.by(f)}, time.Time{}
}

const (
	postponeMost = 366 // days
	reasonMost   = 200 // characters
)

// Send an update.

func fillUpdate(c *console, v picture.CaseView, f *deedForm) { c.fillBy(v, f) }

func chooseUpdate(c *console, v picture.CaseView, f *deedForm) {
	if c.who.ID == Everybody().ID {
		f.Choices["by"] = []choice{{Value: "asked"}}
	}
	for _, words := range c.options.Book().Updates {
		f.Choices["words"] = append(f.Choices["words"], choice{words, capitalised(strings.ReplaceAll(words, "-", " ")), f.Answers["words"] == words})
	}
	f.Choices["contact"] = []choice{{"", "Everybody of the family who may be told", f.Answers["contact"] == ""}}
	for _, k := range v.Contacts {
		if k.ID != "" {
			f.Choices["contact"] = append(f.Choices["contact"], choice{k.ID, contactWords(k), f.Answers["contact"] == k.ID})
		}
	}
}

func contactWords(k notifier.Contact) string {
	words := cmp.Or(k.Name, "A contact without a name")
	if k.Relationship != "" {
		words += ", " + k.Relationship
	}
	return words
}

// updateSent is the data of an update that Hearback sends.
type updateSent struct {
	Words   string `json:"words"`
	By      string `json:"by,omitempty"`
	Contact string `json:"contact,omitempty"`
}

func readUpdate(c *console, v picture.CaseView, f *deedForm) (string, any, time.Time) {
	u := updateSent{Words: f.Answers["words"], Contact: f.Answers["contact"]}
	if !slices.Contains(c.options.Book().Updates, u.Words) {
		f.wrong("words", "Choose the words to send")
	}
	if u.Contact != "" && !slices.ContainsFunc(v.Contacts, func(k notifier.Contact) bool { return k.ID == u.Contact }) {
		f.wrong("contact", "Choose who hears it")
	}
	u.By = c.by(f)
	return events.TypeUpdateSent, u, time.Time{}
}

// Record a call.

// The kinds of call.
const (
	callNoAnswer = "no-answer"
	callCameIn   = "came-in"
)

func fillCall(c *console, v picture.CaseView, f *deedForm) {
	c.fillBy(v, f)
	f.Answers["call"] = callNoAnswer
}

func chooseCall(c *console, _ picture.CaseView, f *deedForm) {
	c.chooseCommon(f)
	f.Choices["call"] = []choice{
		{callNoAnswer, "We called, and nobody answered. We will try again", f.Answers["call"] == callNoAnswer},
		{callCameIn, "The family called us, and waits for a reply", f.Answers["call"] == callCameIn},
	}
}

// callAttempted is the data of a call that nobody answered.
type callAttempted struct {
	Enquiry string `json:"enquiry,omitempty"`
	By      string `json:"by,omitempty"`
	Note    string `json:"note,omitempty"`
}

func readCall(c *console, _ picture.CaseView, f *deedForm) (string, any, time.Time) {
	switch f.Answers["call"] {
	case callCameIn:
		return events.TypeEnquiryReceived, events.Enquiry{Channel: "phone", Urgent: f.Answers["urgent"] == "yes", About: note(f, "note", "")}, time.Time{}
	case callNoAnswer:
		if len(f.Waits) == 0 {
			f.wrong("call", "Nobody is waiting for a reply on this case, so there is nobody to tell that we tried")
		}
		return events.TypeCallAttemptedNoAnswer, callAttempted{Enquiry: readEnquiry(f), Note: note(f, "note", ""), By: c.by(f)}, time.Time{}
	}
	f.wrong("call", "Choose what happened")
	return "", nil, time.Time{}
}

// Hand the case over.

func fillHandOver(*console, picture.CaseView, *deedForm) {}

func chooseHandOver(c *console, v picture.CaseView, f *deedForm) {
	f.Choices["officer"] = c.officers(f.Answers["officer"], v.Officer)
}

// officers are those to whom the caller may give a case, by name, except one.
func (c *console) officers(chosen, except string) []choice {
	directory := c.options.Book().Directory
	list := []choice{{"", "Choose one", chosen == ""}}
	for _, p := range c.colleagues() {
		if p.ID != except {
			list = append(list, choice{p.ID, cmp.Or(p.Name, p.ID) + ", " + teamTitle(directory, p.Team), chosen == p.ID})
		}
	}
	return list
}

func readHandOver(c *console, v picture.CaseView, f *deedForm) (string, any, time.Time) {
	to := f.Answers["officer"]
	if to == "" || !slices.ContainsFunc(c.officers("", v.Officer), func(o choice) bool { return o.Value == to }) {
		f.wrong("officer", "Choose who takes the case")
	}
	return events.TypeOfficerChanged, events.OfficerChanged{Officer: to}, time.Time{}
}

// didWords tell on the page of a case what came of a deed.
func didWords(name string) string {
	switch name {
	case "reply":
		return "Stored. The family has its reply, and nobody is chased about it any more."
	case "postpone":
		return "Stored. The family is told of the new date."
	case "update":
		return "Stored. The update goes to the family."
	case "call":
		return "Stored. The call is on record."
	case "got-in-touch":
		return "Stored. The family hears at once that they were heard."
	case "hand-over":
		return "Stored. The case has a new officer."
	}
	return ""
}
