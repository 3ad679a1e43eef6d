package console

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/picture"
)

// moment is an instant for people and for machines.
type moment struct {
	Machine string // RFC 3339
	Words   string // "Monday 30 November 2026 at 5pm", by London's clock
}

func (c *console) moment(t time.Time) moment {
	if t.IsZero() {
		return moment{Words: "not known"}
	}
	return moment{
		Machine: t.UTC().Format(time.RFC3339),
		Words:   calendar.DateOf(t, c.london).Words() + " at " + calendar.Clock(t, c.london),
	}
}

// day is a date of the form 2026-11-30 in words. What is no date stays as it is.
func day(date string) string {
	parsed, err := calendar.ParseDate(date)
	if err != nil {
		return date
	}
	return parsed.Words()
}

// tag is a state in a word or two; the class only adds colour to it.
type tag struct{ Class, Words string }

// soonDays is how many days before its due date a promise counts as due soon: the
// longest gap that an ordinary weekend puts before a working day.
const soonDays = 3

// promiseTags say where a promise stands. Nobody reached comes beside the date's tag,
// for a person has to act on both.
func (c *console) promiseTags(w picture.Waiting, now time.Time) []tag {
	switch {
	case w.Kept != nil:
		return []tag{{"kept", "Kept"}}
	case w.Ended != "":
		return []tag{{"ended", "Ended"}}
	}
	var tags []tag
	if w.Unreachable {
		tags = append(tags, tag{"unreached", "Nobody can reach them"})
	}
	today := calendar.DateOf(now, c.london)
	switch {
	case isLate(w, now):
		return append(tags, tag{"late", "Late"})
	case calendar.DateOf(w.Due, c.london).Compare(today.AddDays(soonDays)) <= 0:
		return append(tags, tag{"soon", "Due soon"})
	default:
		return append(tags, tag{"on-time", "On time"})
	}
}

func isLate(w picture.Waiting, now time.Time) bool {
	return w.Late || !w.Due.IsZero() && now.After(w.Due)
}

// messageTag says what became of a message, in the words of package delivery. A channel
// that captures has sent nothing, whatever it answered. Only what is known to have
// arrived has the colour for it.
func messageTag(m picture.MessageView, captured []string, now time.Time) tag {
	kept := m.Status == notifier.Sent && slices.Contains(captured, m.Channel)
	class := "ended"
	switch {
	case kept:
		class = "captured"
	case m.Status == notifier.Delivered:
		class = "on-time"
	case m.Status == notifier.Waiting || m.Status == notifier.Unknown:
		class = "soon"
	case m.Status == notifier.Failed:
		class = "late"
	}
	return tag{class, m.Delivery(kept, now).Words()}
}

// channelWords are the channels as people say them.
func channelWords(channel string) string {
	switch channel {
	case notifier.SMS, "text":
		return "text"
	case notifier.Call, "phone":
		return "phone"
	case notifier.Every:
		return "any way"
	case "web":
		return "web form"
	case "in-person":
		return "in person"
	default:
		return channel
	}
}

// channelList is such as "texts and emails".
func channelList(channels []string) string {
	words := make([]string, len(channels))
	for i, channel := range channels {
		words[i] = channelWords(channel) + "s"
	}
	return list(words)
}

// list joins words as a sentence does: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// owner says who looks after a case.
func owner(officer, team string) (person, group string) {
	group = "Team " + team
	if team == "" || team == notifier.Unassigned {
		group = "No team yet"
	}
	return cmp.Or(officer, "Nobody yet"), group
}

func capitalised(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// sentence is a reason as a sentence of its own.
func sentence(reason string) string {
	if reason == "" || strings.HasSuffix(reason, ".") {
		return capitalised(reason)
	}
	return capitalised(reason) + "."
}
