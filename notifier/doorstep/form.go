package doorstep

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"hearback/events"
)

const (
	maxForm   = 16 << 10 // bytes of a posted form
	maxNote   = 1000     // characters of a note for staff
	maxReason = 500      // characters of a reason that a family reads
	maxWho    = 100      // characters of somebody's name
)

// source is how events from these pages name their sender.
const source = "/doorstep"

// fieldError is one mistake in a form: the message, and the field that it stands at.
type fieldError struct{ Field, Message string }

// problems are the mistakes of a form, in the order of its fields.
type problems []fieldError

func (p *problems) add(field, message string) {
	if message != "" {
		*p = append(*p, fieldError{field, message})
	}
}

// At is the message for one field; empty where nothing is wrong there.
func (p problems) At(field string) string {
	for _, problem := range p {
		if problem.Field == field {
			return problem.Message
		}
	}
	return ""
}

// posted reads a form of our own from the body, never from the address, and answers
// for itself where it cannot.
func (d *doorstep) posted(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	if err == nil {
		return r.PostForm, true
	}
	status, why := http.StatusBadRequest, "It may have been cut short. Go back and send it again."
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		status, why = http.StatusRequestEntityTooLarge, "It is too long. Go back, write less and send it again."
	}
	d.say(w, status, "", notice{Heading: "We could not read the form", Paragraphs: []string{"Nothing was changed. " + why}})
	return nil, false
}

// line is a text on one line, with one space where there was any.
func line(form url.Values, field string) string {
	return strings.Join(strings.Fields(form.Get(field)), " ")
}

// paragraph is a text with its line ends.
func paragraph(form url.Values, field string) string {
	return strings.TrimSpace(strings.ReplaceAll(form.Get(field), "\r\n", "\n"))
}

// tooMuch says what is wrong with a text, called by its name; empty if nothing is.
func tooMuch(name, text string, most int, limit string) string {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, strange):
		return name + " must be plain words"
	case utf8.RuneCountInString(text) > most:
		return name + " must be " + limit + " characters or fewer"
	}
	return ""
}

// strange reports a character that nobody types, and that a page may not hold.
func strange(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r&0xfffe == 0xfffe
}

// shown is what was typed, fit to be shown again. It is no longer than a form may be.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if strange(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// digest names a state or an answer by what it says: the same always gets the same name.
func digest(parts ...string) string {
	hash := sha256.New()
	for _, part := range parts {
		// Each stands behind its length, so that no two lists of parts run together.
		fmt.Fprintf(hash, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(hash.Sum(nil)[:12])
}

// event is what was answered. Its id follows from the link, the answers and what they
// were an answer to: the same again is a repeat that changes nothing.
func (d *doorstep) event(eventType, ref, id string, data any) events.Event {
	encoded, err := json.Marshal(data)
	if err != nil {
		panic("doorstep: plain texts must encode: " + err.Error()) // cannot happen
	}
	return events.Event{ID: "link-" + id, Source: source, Type: eventType, Case: ref, Time: d.now().UTC(), Data: encoded}
}
