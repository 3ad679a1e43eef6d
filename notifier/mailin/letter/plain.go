package letter

import "strings"

// fromSystem reports whether a mail system sent it, and not somebody's account.
// Reports have the null return path (RFC 3464, 2; RFC 5321, 4.5.5); some that
// passed through a program on the way have lost it.
func (e email) fromSystem() bool { return e.from == "" || e.fromDaemon() }

func (e email) fromDaemon() bool {
	for _, address := range []string{e.header.address("From"), e.from} {
		local, _, _ := strings.Cut(lower(address), "@")
		if local == "mailer-daemon" || local == "mailerdaemon" {
			return true
		}
	}
	name := strings.ToLower(e.header.line("From"))
	return strings.HasPrefix(name, "mail delivery s") || strings.HasPrefix(name, "mailer-daemon") || strings.HasPrefix(name, "mailer daemon")
}

func (e email) fromPostmaster() bool {
	local, _, _ := strings.Cut(lower(e.header.address("From")), "@")
	return local == "postmaster"
}

// plainBounce takes a report in plain words, as mail systems wrote them before
// there was a form for it, and some still do. It is false where the email is none.
// declared: it says of itself that it is a report.
func (e email) plainBounce(l *Letter, declared bool) bool {
	subject := strings.ToLower(l.Subject)
	failed, delay := bounceSubject(subject)
	named := e.header.has("X-Failed-Recipients") // Exim's
	likely := (e.from == "" || e.fromPostmaster()) && (failed || delay)
	if !declared && !named && !likely && !e.fromDaemon() || automaticSubject(subject) {
		return false
	}
	text, copied := e.ownAndCopied()
	original := e.original()
	if original == nil {
		original = copied
	}
	l.Message, l.Proven = e.concerns(original)
	l.SentTo = original.address("To")
	l.Why = "plain-bounce"
	if delay {
		l.Kind, l.Reason = Delayed, "The email has not arrived yet. The mail systems keep trying by themselves."
		return true
	}
	l.Code = replyCode(text)
	_, known := readWords(text)
	known = known || strings.Contains(text, "failed permanently") || strings.Contains(text, "permanent error") || strings.Contains(text, "permanent fatal error")
	if !failed && !named && l.Code == "" && !known {
		l.Kind = Unknown
		return true
	}
	l.Kind, l.Reason = failure(l.Code, text)
	return true
}

// bounceSubject reports whether a subject in lower case is that of a bounce, or of
// a delay.
func bounceSubject(subject string) (failed, delay bool) {
	for _, words := range []string{"delayed", "(delay)", "delivery delay", "notification: warning", "warning: could not send", "still being retried"} {
		if strings.Contains(subject, words) {
			return false, true
		}
	}
	for _, words := range []string{"undeliver", "failure notice", "delivery failure", "delivery failed", "delivery has failed", "notification (failure)", "returned mail", "could not be delivered", "non-deliver", "nondeliver", "returning message to sender", "delivery problem", "mail system error", "notification: error", "mail failure", "failed delivery", "failed mail"} {
		if strings.Contains(subject, words) {
			return true, false
		}
	}
	return false, false
}

// ownAndCopied gives what the mail system wrote itself, in lower case, and the
// header of our message where a copy of it follows in the same text.
func (e email) ownAndCopied() (own string, copied header) {
	text := bounded(e.part.reading().text, 64<<10)
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		start := lower(strings.TrimLeft(line, "> \t"))
		for _, begins := range []string{"return-path:", "received:", "message-id:", "------ this is a copy", "--- below this line", "----- original message", "-----original message", "--- original message"} {
			if strings.HasPrefix(start, begins) {
				return strings.ToLower(text[:at]), copiedHeader(text[at:])
			}
		}
		at += len(line) + 1
	}
	return strings.ToLower(text), nil
}

// copiedHeader finds the fields that tell our message apart in a copy of it.
func copiedHeader(text string) header {
	var found header
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimLeft(line, "> \t"), ":")
		switch lower(name) {
		case "message-id", "return-path", "reply-to", "to":
			if ok && len(found) < 20 {
				found = append(found, field{name, strings.TrimSpace(value)})
			}
		}
	}
	return found
}

// replyCode is the enhanced status code behind a reply code or a number sign, as
// in "550 5.1.1" and "(#5.1.1)". In free text nothing else is believed.
func replyCode(text string) string {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '#':
			if code := codeAt(text[i+1:]); code != "" {
				return code
			}
		case (c == '4' || c == '5') && i+4 < len(text) && isDigit(text[i+1]) && isDigit(text[i+2]) &&
			(text[i+3] == ' ' || text[i+3] == '-') && (i == 0 || !isDigit(text[i-1]) && text[i-1] != '.'):
			if code := codeAt(strings.TrimPrefix(text[i+4:], "#")); code != "" {
				return code
			}
		}
	}
	return ""
}

func codeAt(text string) string {
	if len(text) == 0 || text[0] != '4' && text[0] != '5' {
		return ""
	}
	return text[:codeLength(text)]
}
