package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"hearback/events"
)

const (
	maxForm = 16 << 10 // bytes of a posted form
	maxBy   = 100      // characters of who replied
	maxNote = 1000     // characters of a note
)

// fieldError is one mistake in a form: the message, and the field that it stands at.
type fieldError struct{ Field, Message string }

// enquiryForm is "a family got in touch", as it was filled in.
type enquiryForm struct {
	Token, Case, Channel        string
	Urgent                      bool
	Choices                     []choice
	CaseProblem, ChannelProblem string
}

// replyForm is "we have replied", as it was filled in.
type replyForm struct {
	Token, Case, Channel, By               string
	Choices                                []choice
	CaseProblem, ChannelProblem, ByProblem string
}

// choice is one way of getting in touch, for a list to choose from.
type choice struct {
	Value, Words string
	Chosen       bool
}

func choices(chosen string) []choice {
	var all []choice
	for _, channel := range events.EnquiryChannels() {
		all = append(all, choice{channel, capitalised(channelWords(channel)), channel == chosen})
	}
	return all
}

// posted reads a form of our own, and answers for itself where it cannot. Whoever is
// signed in is who acts, whatever the form says.
func (c *console) posted(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		c.say(w, http.StatusBadRequest, "The form could not be read",
			"Nothing was stored. It may be too long, or have been cut short. Go back and send it again.")
		return nil, false
	}
	if !c.asksWho() {
		r.PostForm.Set("by", c.who.ID)
	}
	return r.PostForm, true
}

// asksWho reports whether forms ask who acts, because everybody is here at once.
func (c *console) asksWho() bool { return c.who.ID == Everybody().ID }

func (f *enquiryForm) read(form url.Values) (errors []fieldError) {
	f.Token, f.Urgent = form.Get("token"), form.Get("urgent") == "yes"
	f.Case, f.CaseProblem = readCase(form)
	f.Channel, f.ChannelProblem = readChannel(form, "Choose how the family got in touch")
	return collect("enquiry-case", f.CaseProblem, "enquiry-channel", f.ChannelProblem)
}

func (f *replyForm) read(form url.Values) (errors []fieldError) {
	f.Token = form.Get("token")
	f.Case, f.CaseProblem = readCase(form)
	f.Channel, f.ChannelProblem = readChannel(form, "Choose how you replied")
	f.By, f.ByProblem = readBy(form, "who replied")
	return collect("reply-case", f.CaseProblem, "reply-channel", f.ChannelProblem, "reply-by", f.ByProblem)
}

// collect takes pairs of a field and its problem.
func collect(pairs ...string) (errors []fieldError) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			errors = append(errors, fieldError{pairs[i], pairs[i+1]})
		}
	}
	return errors
}

func validCase(ref string) bool { return events.ValidCase(ref) }

func readCase(form url.Values) (ref, problem string) {
	ref = strings.TrimSpace(form.Get("case"))
	switch {
	case ref == "":
		return "", "Enter a case reference"
	case !validCase(ref):
		return shown(ref), "Case reference must be 1 to 64 letters, digits, hyphens or underscores, such as H-10482"
	}
	return ref, ""
}

func readChannel(form url.Values, missing string) (channel, problem string) {
	for _, known := range events.EnquiryChannels() {
		if form.Get("channel") == known {
			return known, ""
		}
	}
	return "", missing
}

// readBy reads who did something; who is what the form asks, such as "who replied".
func readBy(form url.Values, who string) (by, problem string) {
	by = strings.TrimSpace(form.Get("by"))
	switch {
	case by == "":
		return "", "Enter " + who
	case !utf8.ValidString(by) || strings.ContainsFunc(by, unicode.IsControl):
		return shown(by), capitalised(who) + " must be a name or a staff id on one line"
	case utf8.RuneCountInString(by) > maxBy:
		return shown(by), capitalised(who) + " must be 100 characters or fewer"
	}
	return by, ""
}

// readNote reads what somebody wrote about what they did; missing is the problem where
// they wrote nothing, and empty where they need not.
func readNote(form url.Values, missing string) (note, problem string) {
	note = strings.TrimSpace(form.Get("note"))
	switch {
	case note == "":
		return "", missing
	case !utf8.ValidString(note) || strings.ContainsFunc(note, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' }):
		return shown(note), "What you write must be plain text"
	case utf8.RuneCountInString(note) > maxNote:
		return shown(note), "What you write must be 1,000 characters or fewer"
	}
	return note, ""
}

// shown is what was typed, short enough to be shown again.
func shown(text string) string {
	text = strings.ToValidUTF8(text, "")
	if runes := []rune(text); len(runes) > 2*maxNote {
		return string(runes[:2*maxNote])
	}
	return text
}

// newToken names one showing of a form.
func newToken() string { return rand.Text() }

// eventID is the id of the event that a form makes. The same showing of a form with
// the same answers always gives the same id: a second press of the button is a repeat
// that changes nothing. Other answers give another id.
func eventID(token string, answers ...string) string {
	sum := sha256.Sum256([]byte(token + "\x00" + strings.Join(answers, "\x00")))
	return "console-" + hex.EncodeToString(sum[:12])
}
