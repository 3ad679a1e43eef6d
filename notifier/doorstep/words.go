package doorstep

import (
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/delivery"
)

// moment is an instant for people and for machines.
type moment struct {
	Machine string // RFC 3339
	Words   string // "Monday 30 November 2026 at 5pm", by London's clock
}

func (d *doorstep) moment(t time.Time) moment {
	return moment{Machine: t.UTC().Format(time.RFC3339), Words: calendar.DateOf(t, d.london).Words() + " at " + calendar.Clock(t, d.london)}
}

// by is the time and date by which a reply was promised: "5pm on Monday 30 November
// 2026". The date is the one that people were told.
func (d *doorstep) by(p Promise) string {
	if p.DueDate.IsZero() {
		return "a day that is not known"
	}
	if p.Due.IsZero() || calendar.DateOf(p.Due, d.london) != p.DueDate {
		return p.DueDate.Words()
	}
	return calendar.Clock(p.Due, d.london) + " on " + p.DueDate.Words()
}

// today is the London date of the request.
func (d *doorstep) today() calendar.Date { return calendar.DateOf(d.now(), d.london) }

// notWorking says why a date is no working day; empty where it is one.
func (c Council) notWorking(date calendar.Date) string {
	if c.Calendar != nil {
		works, why := c.Calendar.IsWorkingDay(date)
		if works {
			return ""
		}
		return why
	}
	if day := date.Weekday(); day == time.Saturday || day == time.Sunday {
		return day.String()
	}
	return ""
}

// person is the name of a member of staff, or what was recorded in its place.
func (d *doorstep) person(id string) string {
	if name := d.source.Staff(id); name != "" {
		return name
	}
	return id
}

// with says who deals with a case: "Jane Okafor, SEND North". Ids are not for families.
func (d *doorstep) with(c Case) string {
	var known []string
	if c.Officer != "" {
		if name := d.source.Staff(c.Officer); name != "" {
			known = append(known, name)
		}
	}
	if c.Team != "" {
		known = append(known, c.Team)
	}
	return strings.Join(known, ", ")
}

// repliedBy says how a reply was given, behind "We replied"; empty where it is not known.
func repliedBy(channel string) string {
	switch channel {
	case "phone", events.ChannelCall, events.ChannelVoicemail:
		return "by phone"
	case "text", events.ChannelSMS:
		return "by text"
	case events.ChannelEmail, events.ChannelLetter:
		return "by " + channel
	case "in-person":
		return "in person"
	}
	return ""
}

// sentBy is a channel as the heading of something that was sent.
func sentBy(channel string) string {
	switch channel {
	case events.ChannelSMS:
		return "Text"
	case events.ChannelEmail:
		return "Email"
	case events.ChannelLetter:
		return "Letter"
	}
	return "Message"
}

// said is what a message was for.
func said(kind string) string {
	switch kind {
	case "acknowledgement":
		return "We have your message"
	case "late":
		return "Sorry, our reply is late"
	case "postponed":
		return "A new date for our reply"
	case "family-chase":
		return "A reminder from us"
	case "confirmation":
		return "We saved what you asked for"
	}
	return "A message from us"
}

// became says what became of a message, in GOV.UK Notify's words where it has any; shown
// is false for what was never meant to go.
func became(m Message) (words string, shown bool) {
	if words, ok := m.delivery().Notify(); ok {
		if m.Status == delivery.Delivered && !m.Delivered.IsZero() {
			words += " after " + calendar.Elapsed(m.Delivered.Sub(m.At))
		}
		return words, true
	}
	switch m.Status {
	case delivery.Waiting:
		return "It will go to you soon", true
	case delivery.Sending, delivery.Sent, delivery.Delivered:
		if m.Captured {
			return "It was not sent", true
		}
		return m.delivery().Words(), true
	case delivery.Failed:
		return "It did not get to you", true
	case delivery.Withdrawn:
		return "", false
	}
	return "Sent, but we do not know if it got to you", true
}

// languageName is a language as its own speakers write it, or else its tag.
func languageName(tag string) string {
	names := map[string]string{
		"ar": "العربية", "bn": "বাংলা", "cy": "Cymraeg", "en": "English", "es": "Español", "fa": "فارسی", "fr": "Français", "gu": "ગુજરાતી",
		"hi": "हिन्दी", "it": "Italiano", "lt": "Lietuvių", "pa": "ਪੰਜਾਬੀ", "pl": "Polski", "ps": "پښتو", "pt": "Português", "ro": "Română",
		"ru": "Русский", "so": "Soomaali", "ta": "தமிழ்", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "zh": "中文",
	}
	if name, known := names[strings.ToLower(tag)]; known {
		return name
	}
	return tag
}
