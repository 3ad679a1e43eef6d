package email

import (
	"crypto/sha256"
	"encoding/hex"
	netmail "net/mail"
	"net/url"
	"strings"

	"hearback/notifier/channel"

	"github.com/wneessen/go-mail"
)

// letter is one email, composed before any connection is touched: a body that
// failed half-way would leave its connection one reply out of step.
type letter struct {
	message *mail.Msg
	// messageID has its angle brackets.
	messageID string
	// international is set where an address is not ASCII, which only servers
	// with SMTPUTF8 (RFC 6531) can take.
	international bool
}

// compose makes the email. Two calls with one message give the same bytes, its
// signature aside.
func (s *Sender) compose(m channel.Message) (*letter, *channel.Failure) {
	to, err := netmail.ParseAddress(m.To)
	if err != nil {
		return nil, &channel.Failure{Verdict: channel.Never, Code: "bad-address",
			Reason: "This is not an email address. Ask the family for the right one."}
	}
	to.Name = ""
	own, failure := s.ownOf(m)
	if failure != nil {
		return nil, failure
	}
	id := s.messageID(m)
	message := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithBoundary(digest(id)))
	message.FromMailAddress(s.from)
	message.EnvelopeFromMailAddress(own.returnPath)
	message.ReplyToMailAddress(own.replyTo)
	message.SetAddrHeaderFromMailAddress(mail.HeaderTo, to)
	message.Subject(strings.Join(strings.Fields(m.Subject), " "))
	message.SetMessageIDWithValue(id)
	if !m.Date.IsZero() {
		message.SetDateWithValue(m.Date)
	}
	if m.Language != "" {
		message.SetGenHeader(mail.HeaderContentLang, m.Language)
	}
	// RFC 3834: well-behaved out-of-office programs do not answer this.
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	if own.mark != "" {
		message.SetGenHeader(mail.Header(own.mark), m.ID)
	}
	if own.unsubscribe != "" {
		// On one line: some programs find nothing where go-mail would fold it.
		message.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, "<"+own.unsubscribe+">")
		message.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	message.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		message.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	if err := s.seal.sign(message); err != nil {
		return nil, unsigned()
	}
	return &letter{
		message:       message,
		messageID:     "<" + id + ">",
		international: !ascii(to.Address) || !ascii(s.from.Address) || !ascii(own.returnPath.Address),
	}, nil
}

// own is an Own whose fields are fit for an email.
type own struct {
	returnPath, replyTo *netmail.Address
	unsubscribe, mark   string
}

// ownOf gives what is the message's own, and what is everybody's where it has none.
func (s *Sender) ownOf(m channel.Message) (own, *channel.Failure) {
	mine := own{returnPath: s.from, replyTo: s.replyTo}
	if s.config.Own == nil {
		return mine, nil
	}
	given := s.config.Own(m)
	var returnErr, replyErr error
	if given.ReturnPath != "" {
		mine.returnPath, returnErr = netmail.ParseAddress(given.ReturnPath)
	}
	if given.ReplyTo != "" {
		mine.replyTo, replyErr = netmail.ParseAddress(given.ReplyTo)
	}
	mine.unsubscribe = given.Unsubscribe
	mine.mark = given.Mark
	if returnErr != nil || replyErr != nil || !oneClick(given.Unsubscribe) {
		return own{}, &channel.Failure{Verdict: channel.Retry, Code: "not-usable",
			Reason: "Hearback could not make the email's own addresses. The operator must check PUBLIC_URL and the settings of incoming mail."}
	}
	return mine, nil
}

// oneClick says whether a mail program can use the address, and whether it may
// stand in a header. None at all will do.
func oneClick(address string) bool {
	if address == "" {
		return true
	}
	parsed, err := url.Parse(address)
	return err == nil && parsed.Scheme == "https" && parsed.Host != "" && ascii(address) && !strings.ContainsAny(address, "<> \t\r\n")
}

// messageID gives the message's own identity without its angle brackets. Where
// it has none that can stand in a header, one is made from what identifies the
// message, so that it stays the same for every attempt.
func (s *Sender) messageID(m channel.Message) string {
	id := strings.TrimSuffix(strings.TrimPrefix(m.MessageID, "<"), ">")
	left, right, found := strings.Cut(id, "@")
	if found && dotAtom(left) && dotAtom(right) {
		return id
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	return digest(m.ID+"\x00"+m.MessageID) + "@" + domain
}

// dotAtom says whether text may stand on one side of a Message-ID's @ (RFC
// 5322, 3.2.3), and is short enough never to be folded.
func dotAtom(text string) bool {
	const marks = "!#$%&'*+-/=?^_`{|}~."
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return text != "" && len(text) <= 128
}

// digest makes a name of 32 hexadecimal digits. As a boundary between the
// parts it cannot stand in a body except on purpose, and nobody who writes the
// words knows it.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

func ascii(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > 126 }) < 0
}
