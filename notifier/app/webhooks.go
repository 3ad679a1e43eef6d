package app

import (
	"maps"
	"net/http"
	"strings"
	"time"
	"unicode"

	"hearback/notifier"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/sms"
	"hearback/notifier/inbound"
	"hearback/notifier/keyword"
	"hearback/notifier/link"
	"hearback/notifier/picture"
)

// twilioCalls reports whether Twilio can tell us anything: it must know where we are.
func (c Config) twilioCalls() bool { return c.TwilioAccountSID != "" && c.PublicURL != "" }

// textsComeIn reports whether somebody may answer a text: the provider must be able to
// call us. A sender of Twilio's that is a name cannot be answered: it has a letter,
// and is no messaging service. Notify's own sender is not known here.
func (c Config) textsComeIn() bool {
	if c.TwilioAccountSID == "" {
		return c.NotifySMSTemplate != "" && c.NotifyCallbackToken != ""
	}
	named := strings.ContainsFunc(c.TwilioFrom, unicode.IsLetter) && !strings.HasPrefix(c.TwilioFrom, "MG")
	return c.twilioCalls() && !named
}

// statusCallback is where Twilio reports what became of a text.
func (c Config) statusCallback() string {
	if !c.twilioCalls() {
		return ""
	}
	return strings.TrimSuffix(c.PublicURL, "/") + inbound.StatusPath
}

// webhooks are the doors for providers' calls, by path.
func (a *App) webhooks(p *publisher, keys link.Keys) map[string]http.Handler {
	doors := a.twilioDoors(p)
	maps.Copy(doors, a.notifyDoors(p))
	doors[inbound.UnsubscribePath] = inbound.OneClick(leavers{a, keys}, p, time.Now)
	return doors
}

func (a *App) twilioDoors(p *publisher) map[string]http.Handler {
	if !a.Config.twilioCalls() {
		closed := inbound.Closed("Calls from Twilio are taken once HEARBACK_PUBLIC_URL and HEARBACK_TWILIO_ACCOUNT_SID are set for this process.")
		return map[string]http.Handler{inbound.StatusPath: closed, inbound.InboundPath: closed}
	}
	twilio := inbound.Twilio{
		PublicURL: a.Config.PublicURL, Signed: sms.Signed(string(a.Config.TwilioAuthToken)), Report: sms.ReportOf, Texts: a.texts(p),
	}
	twilio.Own = a.Config.TwilioFrom
	return map[string]http.Handler{inbound.StatusPath: twilio.Status(), inbound.InboundPath: twilio.Inbound()}
}

func (a *App) notifyDoors(p *publisher) map[string]http.Handler {
	doors := inbound.Notify{
		ParseReceipt: reported(notify.ParseReceipt), ParseReturnedLetter: reported(notify.ParseReturnedLetter),
		ParseText: func(body []byte) (inbound.Texted, error) {
			said, err := notify.ParseReceivedText(body)
			return inbound.Texted{ID: said.ID, From: said.From, To: said.To, Body: said.Message, At: said.Received}, err
		},
		// A door opens once the picture is whole, and a message goes out once its case
		// is in the leader's. Where a standby lags behind, Notify is asked in the end.
		Known: func(ref string) bool { return a.picture.Has(ref, 0) },
		Texts: a.texts(p),
	}
	if token := string(a.Config.NotifyCallbackToken); token != "" {
		doors.Authorised = func(header string) bool { return notify.Authorised(header, token) }
	}
	return map[string]http.Handler{inbound.ReceiptPath: doors.Receipts(), inbound.ReturnedLetterPath: doors.ReturnedLetters(), inbound.TextPath: doors.Received()}
}

// reported is what Notify says became of a message. Its words for the kinds of
// messages are ours for the channels.
func reported(parse func(body []byte) (notify.Receipt, error)) func(body []byte) (inbound.Reported, error) {
	return func(body []byte) (inbound.Reported, error) {
		said, err := parse(body)
		return inbound.Reported{ID: said.ID, Message: said.Reference, Channel: said.Kind, Report: said.Report}, err
	}
}

// texts is what becomes of the texts that people send.
func (a *App) texts(p *publisher) inbound.Texts {
	return inbound.Texts{
		Pen: notifier.PenRef, Matcher: matcher{a.picture}, Publisher: p, Rejecter: p, Now: time.Now,
		Keywords: func() keyword.Words { return a.shelf.Books().Current.Keywords },
		Staff:    staffTexts{a, time.Now}.Read,
	}
}

// leavers opens the links with which contacts end emails (RFC 8058).
type leavers struct {
	app  *App
	keys link.Keys
}

// Unsubscribe is the address that a link's token went to, if it is still that of the
// contact, and everybody else who has it.
func (l leavers) Unsubscribe(token string) (address string, everybody []inbound.Leaver, ok bool) {
	opened, err := l.keys.Open(token, time.Now(), link.Unsubscribe)
	if err != nil {
		return "", nil, false
	}
	c, _, err := l.app.picture.Case(opened.Case)
	k, known := c.Contact(opened.Person)
	if err != nil || !known || !l.keys.WentTo(opened, k.Email) {
		return "", nil, false
	}
	for _, match := range l.app.picture.Matches(notifier.Email, k.Email) {
		if match.Contact != "" { // a caller gets no emails with this link
			everybody = append(everybody, inbound.Leaver{Case: match.Case, Contact: match.Contact})
		}
	}
	return k.Email, everybody, len(everybody) > 0
}

// matcher finds in the picture who has an address.
type matcher struct{ picture *picture.Picture }

func (m matcher) Matches(channel, address string) []inbound.Match {
	found := m.picture.Matches(channel, address)
	matches := make([]inbound.Match, len(found))
	for i, f := range found {
		matches[i] = inbound.Match{Case: f.Case, Contact: f.Contact, Last: f.Last}
	}
	return matches
}
