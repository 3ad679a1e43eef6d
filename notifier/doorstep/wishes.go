package doorstep

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
)

// The hours of the day that the form offers: from the first to the last, each full.
const (
	firstHour = 7
	lastHour  = 21
)

// wishForm is how a contact wants to be reached, as they see it and fill it in.
type wishForm struct {
	Prefers          string // sms, email, or nothing
	Language         string // a tag; empty: as it is now
	NoTexts, NoMails bool
	// TextsStopped and MailsStopped: the contact has stopped them with a keyword or a
	// button, and takes that back the same way.
	TextsStopped, MailsStopped bool
	Between                    bool
	From, To                   string // "09:00"
	Showing, Seen              string

	languages []string
}

// Languages are the languages to choose from; none where there is no choice.
func (f wishForm) Languages() []language {
	if len(f.languages) < 2 {
		return nil
	}
	var list []language
	for _, tag := range f.languages {
		list = append(list, language{tag, languageName(tag), strings.EqualFold(tag, f.Language)})
	}
	return list
}

// language is one to choose from, in its own words.
type language struct {
	Tag, Name string
	Chosen    bool
}

// LanguageKnown reports whether the contact's language is among those to choose from.
func (f wishForm) LanguageKnown() bool {
	return slices.ContainsFunc(f.Languages(), func(l language) bool { return l.Chosen })
}

// FromHours and ToHours are the times to choose from, and what is chosen now.
func (f wishForm) FromHours() []choice { return hours(f.From) }

// ToHours are those at which a span may end.
func (f wishForm) ToHours() []choice { return hours(f.To) }

func hours(chosen string) []choice {
	var values []string
	for hour := firstHour; hour <= lastHour; hour++ {
		values = append(values, fmt.Sprintf("%02d:00", hour))
	}
	if chosen != "" && !slices.Contains(values, chosen) {
		values = append(values, chosen)
		slices.Sort(values)
	}
	var list []choice
	for _, value := range values {
		list = append(list, choice{value, clock(value), value == chosen})
	}
	return list
}

// clock is "09:00" in words: 9am.
func clock(value string) string {
	if value == "24:00" {
		return "midnight"
	}
	at, err := time.Parse("15:04", value)
	if err != nil {
		return value
	}
	return calendar.Clock(at, time.UTC)
}

// wishesOf is the form as it is shown first. Each showing has a name of its own, so
// that the same wish may be made again later.
func (d *doorstep) wishesOf(k Contact) wishForm {
	f := wishForm{Language: cmp.Or(k.Wishes.Language, k.Language), languages: d.source.Council().Languages, Showing: rand.Text(), Seen: k.state(),
		NoTexts: forbids(k.Wishes.DoNot, events.ChannelSMS), NoMails: forbids(k.Wishes.DoNot, events.ChannelEmail),
		TextsStopped: forbids(k.OptedOut, events.ChannelSMS), MailsStopped: forbids(k.OptedOut, events.ChannelEmail)}
	for _, channel := range k.Wishes.Prefers {
		if f.Prefers == "" && (channel == events.ChannelSMS || channel == events.ChannelEmail) {
			f.Prefers = channel
		}
	}
	if _, _, limited := events.SpanOf(k.Wishes.Hours); limited {
		f.Between = true
		f.From, f.To, _ = strings.Cut(k.Wishes.Hours, "-")
	}
	return f
}

// read takes what was posted in place of what was shown.
func (f *wishForm) read(form url.Values) (wrong problems) {
	f.Showing, f.Seen = shown(form.Get("showing")), shown(form.Get("seen"))
	f.NoTexts, f.NoMails = form.Get("no-texts") == "yes", form.Get("no-emails") == "yes"
	f.Between, f.From, f.To = form.Get("hours") == "between", timeOfDay(form.Get("from")), timeOfDay(form.Get("to"))
	f.Prefers = ""
	if channel := form.Get("prefers"); channel == events.ChannelSMS || channel == events.ChannelEmail {
		f.Prefers = channel
	}
	f.Language = ""
	if at := slices.Index(f.languages, form.Get("language")); at >= 0 && len(f.languages) > 1 {
		f.Language = f.languages[at]
	}
	switch {
	case f.Prefers == events.ChannelSMS && (f.NoTexts || f.TextsStopped):
		wrong.add("prefers-sms", "You chose texts, but you also told us not to text you. Choose one")
	case f.Prefers == events.ChannelEmail && (f.NoMails || f.MailsStopped):
		wrong.add("prefers-sms", "You chose emails, but you also told us not to email you. Choose one")
	}
	if !f.Between {
		f.From, f.To = "", ""
		return wrong
	}
	from, to, ok := events.SpanOf(f.From + "-" + f.To)
	switch {
	case f.From == "":
		wrong.add("from", "Choose the time from which we may contact you")
	case f.To == "":
		wrong.add("to", "Choose the time until which we may contact you")
	case !ok || to-from < time.Hour:
		wrong.add("to", "The end must be at least 1 hour after the start")
	}
	return wrong
}

// timeOfDay is a time such as "09:00"; empty for whatever is none.
func timeOfDay(value string) string {
	if _, _, ok := events.SpanOf("00:00-" + value); !ok && value != "00:00" {
		return ""
	}
	return value
}

// answers are what was filled in, for the name of the event.
func (f wishForm) answers() []string {
	return []string{f.Prefers, f.Language, fmt.Sprint(f.NoTexts), fmt.Sprint(f.NoMails), f.hours()}
}

func (f wishForm) hours() string {
	if f.Between {
		return f.From + "-" + f.To
	}
	return events.AnyHour
}

// wished is what the form says, as an event's data. Channels that the form does not
// ask about stay as the contact wished them before.
func (f wishForm) wished(k Contact) events.Wished {
	asked := []string{events.ChannelSMS, events.ChannelEmail, events.EveryChannel}
	before := k.Wishes.DoNot
	if slices.Contains(before, events.EveryChannel) {
		before = events.ContactChannels()
	}
	doNot := slices.DeleteFunc(slices.Clone(before), func(channel string) bool { return slices.Contains(asked, channel) })
	if f.NoMails {
		doNot = slices.Insert(doNot, 0, events.ChannelEmail)
	}
	if f.NoTexts {
		doNot = slices.Insert(doNot, 0, events.ChannelSMS)
	}
	if doNot == nil {
		doNot = []string{} // not nil: it takes back what was wished before
	}
	w := events.Wished{Contact: k.ID, Language: f.Language, DoNot: doNot, Hours: f.hours()}
	switch f.Prefers {
	case events.ChannelSMS:
		w.Prefers = []string{events.ChannelSMS, events.ChannelEmail}
	case events.ChannelEmail:
		w.Prefers = []string{events.ChannelEmail, events.ChannelSMS}
	}
	return w
}

// wishes reports whether the contact wishes all of that already.
func (k Contact) wishes(w events.Wished) bool {
	now := k.Wishes
	return (len(w.Prefers) == 0 || slices.Equal(w.Prefers, now.Prefers)) && (w.Language == "" || w.Language == now.Language) &&
		slices.Equal(slices.Sorted(slices.Values(w.DoNot)), slices.Sorted(slices.Values(now.DoNot))) && (w.Hours == now.Hours || w.Hours == events.AnyHour && now.Hours == "")
}

// state names what the contact wishes now: a form is an answer to that.
func (k Contact) state() string {
	return digest(strings.Join(k.Wishes.Prefers, ","), k.Wishes.Language, strings.Join(k.Wishes.DoNot, ","), k.Wishes.Hours)
}

// saved says in words what was saved.
func (f wishForm) saved() notice {
	n := notice{Heading: "We have saved what you told us", Paragraphs: []string{"This is how we will contact you from now on:"}, Back: "Go back to your enquiry"}
	noTexts, noMails := f.NoTexts || f.TextsStopped, f.NoMails || f.MailsStopped
	switch {
	case f.Prefers == events.ChannelSMS:
		n.List = append(n.List, "You like texts best.")
	case f.Prefers == events.ChannelEmail:
		n.List = append(n.List, "You like emails best.")
	}
	if noTexts {
		n.List = append(n.List, "We will not text you.")
	}
	if noMails {
		n.List = append(n.List, "We will not email you.")
	}
	if f.Language != "" {
		n.List = append(n.List, "We will write to you in this language: "+languageName(f.Language)+".")
	}
	if f.Between {
		n.List = append(n.List, "We will write to you between "+clock(f.From)+" and "+clock(f.To)+".")
	} else {
		n.List = append(n.List, "We may write to you at any time that we write to families.")
	}
	if noTexts && noMails {
		n.Paragraphs = append(n.Paragraphs, "A person will ask you how you want to hear from us.")
	} else {
		n.Paragraphs = append(n.Paragraphs, "When you get in touch with us, we may tell you at once that we have your message, at any time of day.")
	}
	return n
}
