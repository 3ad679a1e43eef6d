package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"strings"
)

// MaxText is the most that is kept of a person's words, in bytes of UTF-8.
const MaxText = 20 << 10

// Kind is what an incoming email is.
type Kind string

// Every email is exactly one of these.
const (
	// HardBounce: it will not arrive, and the address itself is no good, now and
	// later.
	HardBounce Kind = "hard-bounce"
	// SoftBounce: it will not arrive, and the address may be good: a full mailbox,
	// a policy, a server that could not be reached for days.
	SoftBounce Kind = "soft-bounce"
	// Delayed: a mail system is still trying. It is no failure.
	Delayed Kind = "delayed"
	// Success: it was delivered, or passed on to where no more is reported.
	Success Kind = "success"
	// Automatic: a machine wrote it, such as an out-of-office answer, a mailing
	// list or a confirmation of reading.
	Automatic Kind = "automatic"
	// Complaint: somebody told their mail service that our email is unwanted (RFC
	// 5965).
	Complaint Kind = "complaint"
	// Loop: our own message came back to us.
	Loop Kind = "loop"
	// Reply: a person wrote it, in answer to us or of their own accord.
	Reply Kind = "reply"
	// Unknown: a report or an email that cannot be understood. It is kept.
	Unknown Kind = "unknown"
)

// LoopHeader is a header field that our own emails carry, with any value. An email
// that comes in with it is our own.
const LoopHeader = "X-Hearback-Message"

// Letter is one incoming email, read.
type Letter struct {
	// ID is the same for the same email, delivered again or twice, and differs
	// between emails: 32 hexadecimal digits.
	ID   string
	Kind Kind
	// Why names the sign by which a machine's email was recognised, such as
	// "auto-submitted". It is empty for a person's.
	Why string

	// Message is Hearback's id of the message of ours that it concerns; empty
	// where that is not known.
	Message string
	// Proven: an address that only this message carried is in the email, so
	// whoever sent it has had the message. Without it, Message is what the email
	// claims, and can be guessed.
	Proven bool

	// Recipients are those that a report speaks of.
	Recipients []Recipient
	// Code is the enhanced status code (RFC 3463) of a report, such as 5.1.1, or
	// the kind of a complaint, such as abuse; empty where there is none.
	Code string
	// Reason says in our own words, for an officer, what a report or complaint
	// means and what to do. It holds nothing of what the mail systems wrote:
	// their words hold addresses.
	Reason string
	// SentTo is the address in the To field of the message that a report returns.
	SentTo string

	// Machine: no person wrote it, as far as can be told. It is true for all kinds
	// but Reply and, where nothing speaks for a machine, Unknown.
	Machine bool
	// From is the address of the sender; empty where there is none.
	From string
	// Subject is on one line, at most 500 bytes.
	Subject string
	// Text is what was written, at most MaxText bytes. Of a person's answer to one
	// of our messages, the quoted message and the signature are cut away where
	// that is certain. It is empty for reports.
	Text string
	// MessageID is the email's own, without angle brackets, if it is fit to be
	// kept as a name.
	MessageID string
	// Attachments counts files that came along. They are not read.
	Attachments int
}

// Recipient is what a report says of one recipient.
type Recipient struct {
	// Final is the address that the report is about; Original the one that was
	// written to, where the report says. Neither may be logged.
	Final, Original string
	// Kind is HardBounce, SoftBounce, Delayed or Success.
	Kind Kind
	// Action is failed, delayed, delivered, relayed or expanded (RFC 3464, 2.3.3).
	Action string
	Code   string
	Reason string
}

// LogValue keeps everything that people wrote out of logs.
func (l Letter) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", l.ID), slog.String("kind", string(l.Kind)), slog.String("code", l.Code), slog.String("message", l.Message))
}

// Sort reads an email that came with the envelope sender from (empty for the null
// return path, with or without angle brackets) to the recipients to. It never
// fails and never loses an email: what it cannot read is Unknown.
func (o Ours) Sort(from string, to []string, raw []byte) Letter {
	h, body := readHeader(raw)
	e := email{Ours: o, from: strings.Trim(strings.TrimSpace(from), "<>"), to: to, header: h, part: parse(h, body)}
	l := Letter{
		From:      senderOf(e),
		Subject:   h.line("Subject"),
		MessageID: ownIdentity(h),
		Machine:   true,
	}
	e.sort(&l)
	if l.Message == "" {
		l.Message, l.Proven = e.concerns(header{})
	}
	if l.Kind == Reply || l.Kind == Automatic || l.Kind == Unknown {
		l.Text, l.Attachments = e.words(l)
	}
	if l.Kind == Unknown && l.Text == "" {
		l.Text = rawText(raw)
	}
	l.Text = strings.TrimSpace(bounded(l.Text, MaxText))
	l.ID = identity(h, l, body)
	return l
}

// email is an incoming email while it is sorted.
type email struct {
	Ours
	from   string
	to     []string
	header header
	part   part
}

// sort decides the kind. The order matters: a report carries the signs of a
// machine, and our own message may carry anything.
func (e email) sort(l *Letter) {
	switch {
	case len(e.header) == 0:
		l.Kind, l.Machine = Unknown, e.from == ""
	case e.ourOwn():
		l.Kind, l.Why = Loop, "ours"
	case e.report(l), e.plainBounce(l, false):
	default:
		if l.Why = e.machine(); l.Why != "" {
			l.Kind = Automatic
			return
		}
		l.Kind, l.Machine = Reply, false
	}
}

// ourOwn reports whether we sent it: by its identity, our mark, or a return path
// of ours whose proof holds.
func (e email) ourOwn() bool {
	if e.header.has(LoopHeader) {
		return true
	}
	for _, id := range e.header.identities("Message-ID") {
		if e.ourID(id) != "" {
			return true
		}
	}
	for _, path := range append(e.header.addresses("Return-Path"), e.from) {
		if found, ok := e.Token(path); ok {
			if _, proven := e.message(found, nil); proven {
				return true
			}
		}
	}
	return false
}

func senderOf(e email) string {
	if from := e.header.address("From"); from != "" {
		return from
	}
	return validAddress(e.from)
}

// ownIdentity is the Message-ID where it can stand as a name in an event.
func ownIdentity(h header) string {
	for _, id := range h.identities("Message-ID") {
		if id != "" && len(id) <= 300 && oneLine(id) == id {
			return id
		}
	}
	return ""
}

// identity tells emails apart. The Message-ID alone would not: some programs use
// one twice, and the second email would be taken for a repeat and lost. Of the
// header only what no mail system on the way changes is taken.
func identity(h header, l Letter, body []byte) string {
	sum := sha256.New()
	for _, text := range []string{h.get("Message-ID"), h.get("From"), h.get("Date"), h.get("Subject"), l.Message} {
		_, _ = io.WriteString(sum, text+"\x00") // a hash takes everything
	}
	_, _ = sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func rawText(raw []byte) string {
	return bounded(cleaned(utf8Of(raw[:min(len(raw), 2*MaxText)], "")), MaxText)
}

// Unread is an email that was not read at all. The first of its text is kept.
func Unread(raw []byte) Letter {
	sum := sha256.Sum256(raw)
	return Letter{ID: hex.EncodeToString(sum[:16]), Kind: Unknown, Text: rawText(raw)}
}
