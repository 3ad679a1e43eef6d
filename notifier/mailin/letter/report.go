package letter

import (
	"bytes"
	"strings"
)

// maxRecipients bounds how many recipients are read of one report. Our own
// emails have one each; a list at the other end may make more.
const maxRecipients = 100

// report takes a report in the form of RFC 3462 and its kin. It is false where
// the email is none.
func (e email) report(l *Letter) bool {
	isReport := e.part.media == "multipart/report"
	if !isReport && !e.fromSystem() {
		return false // a person may pass a report on
	}
	if _, read := e.part.leaf("message/disposition-notification", "message/global-disposition-notification"); read {
		l.Kind, l.Why = Automatic, "read-receipt" // RFC 8098: it is no answer
		return true
	}
	original := e.original()
	if feedback, found := e.part.leaf("message/feedback-report"); found {
		e.complaint(l, feedback, original)
		return true
	}
	status, found := e.part.leaf("message/delivery-status", "message/global-delivery-status")
	if found {
		l.Recipients = readStatus(status.decoded(), e.explanation())
	}
	if len(l.Recipients) > 0 {
		l.Why = "delivery-report"
		l.Message, l.Proven = e.concerns(original)
		l.SentTo = original.address("To")
		l.sum()
		return true
	}
	if !isReport && !found {
		return false
	}
	if !e.plainBounce(l, true) {
		l.Kind, l.Why = Unknown, "report"
	}
	return true
}

// sum makes one kind of what a report says of several recipients. Our email had
// one; where it went on to several, the address is no good only if it was good
// for none, and one that got it does not hide one that did not.
func (l *Letter) sum() {
	count := map[Kind]int{}
	for _, r := range l.Recipients {
		count[r.Kind]++
	}
	failed := count[HardBounce] + count[SoftBounce]
	switch {
	case count[HardBounce] == len(l.Recipients):
		l.Kind = HardBounce
	case failed > 0:
		l.Kind = SoftBounce
	case count[Delayed] > 0:
		l.Kind = Delayed
	default:
		l.Kind = Success
	}
	for _, kind := range []Kind{l.Kind, HardBounce} {
		for _, r := range l.Recipients {
			if r.Kind == kind {
				l.Code, l.Reason = r.Code, r.Reason
				return
			}
		}
	}
}

// Delivered reports whether a report says that the message lies in its mailbox,
// not only that it was passed on.
func (l Letter) Delivered() bool {
	for _, r := range l.Recipients {
		if r.Action != actionDelivered {
			return false
		}
	}
	return l.Kind == Success
}

// original is the header of the message that a report returns, whole or in part.
func (e email) original() header {
	found, ok := e.part.leaf("text/rfc822-headers", "message/rfc822", "message/global-headers", "message/global", "message/rfc822-headers")
	if !ok {
		return nil
	}
	h, _ := readHeader(bytes.TrimLeft(found.decoded(), "\r\n"))
	return h
}

// explanation is what a report says to people, in lower case.
func (e email) explanation() string {
	for _, leaf := range e.part.leaves() {
		if leaf.media == "text/plain" {
			return strings.ToLower(bounded(leaf.text(), 8<<10))
		}
	}
	return ""
}

// The actions of a delivery report (RFC 3464, 2.3.3).
const (
	actionFailed    = "failed"
	actionDelayed   = "delayed"
	actionDelivered = "delivered"
	actionRelayed   = "relayed"
	actionExpanded  = "expanded"
)

// readStatus reads the fields of a delivery report (RFC 3464; RFC 6533 for the
// international form, which differs in its addresses only). Groups of fields are
// separated by empty lines; some systems leave them out.
func readStatus(fields []byte, explanation string) []Recipient {
	var found []Recipient
	for rest := fields; len(rest) > 0 && len(found) < maxRecipients; {
		var group header
		group, rest = readHeader(rest)
		finals := group.all("Final-Recipient")
		actions, codes := group.all("Action"), group.all("Status")
		if len(finals) == 0 && len(actions) == 0 && len(codes) == 0 {
			continue // of the whole message
		}
		originals, diagnostics := group.all("Original-Recipient"), group.all("Diagnostic-Code")
		for i := range min(max(1, len(finals)), maxRecipients-len(found)) {
			r := Recipient{Final: typedAddress(nth(finals, i)), Original: typedAddress(nth(originals, i))}
			if r.judge(nth(actions, i), nth(codes, i), nth(diagnostics, i), explanation) {
				found = append(found, r)
			}
		}
	}
	return found
}

// nth is the value at that place, the last one where there are fewer, or nothing.
func nth(values []string, i int) string {
	if len(values) == 0 {
		return ""
	}
	return values[min(i, len(values)-1)]
}

// typedAddress is the address behind a type such as "rfc822;" or "utf-8;".
func typedAddress(value string) string {
	if _, after, found := strings.Cut(value, ";"); found {
		value = after
	}
	return validAddress(strings.Trim(strings.TrimSpace(value), "<>"))
}

// judge sorts one recipient. It is false where the report says nothing of them
// that can be understood.
func (r *Recipient) judge(action, status, diagnostic, explanation string) bool {
	action, _, _ = strings.Cut(lower(strings.TrimSpace(action)), " ")
	code := codeIn(status)
	// The receiving system's own code, behind its reply code, is closer to the
	// mailbox than what the reporting system has made of it.
	if closer := replyCode(diagnostic); closer != "" && (generic(code) || code[0] == closer[0] && !generic(closer)) {
		code = closer
	} else if said := codeIn(diagnostic); code == "" && said != "" {
		code = said
	}
	r.Code = code
	switch {
	case strings.HasPrefix(action, "fail"):
		r.Action = actionFailed
	case strings.HasPrefix(action, "delay"):
		r.Action = actionDelayed
	case action == actionDelivered, action == actionRelayed, action == actionExpanded:
		r.Action = action
	case code == "":
		return false
	default:
		r.Action = map[byte]string{'2': actionRelayed, '4': actionDelayed, '5': actionFailed}[code[0]]
	}
	switch r.Action {
	case actionFailed:
		said := strings.ToLower(strings.Join(strings.Fields(diagnostic), " "))
		if said == "" {
			said = explanation
		}
		r.Kind, r.Reason = failure(code, said)
	case actionDelayed:
		r.Kind, r.Reason = Delayed, "The email has not arrived yet. The mail systems keep trying by themselves."
	case actionDelivered:
		r.Kind, r.Reason = Success, "The email has arrived in its mailbox."
	default:
		r.Kind, r.Reason = Success, "The email was passed on to another mail system, which reports no more."
	}
	return true
}

// complaint takes a report that our email is unwanted (RFC 5965).
func (e email) complaint(l *Letter, feedback part, original header) {
	fields, _ := readHeader(bytes.TrimLeft(feedback.decoded(), "\r\n"))
	kind := lower(oneLine(fields.get("Feedback-Type")))
	l.Message, l.Proven = e.concerns(original)
	l.SentTo = original.address("To")
	switch kind {
	case "abuse", "fraud", "other", "virus", "opt-out", "opt-out-list":
		l.Kind, l.Why, l.Code = Complaint, "feedback-report", kind
		l.Reason = "The family's mail service says that our email was marked as unwanted. Nobody may have meant it: ask the family how they want to hear from us."
	case "not-spam", "auth-failure", "dmarc":
		l.Kind, l.Why = Automatic, "feedback-report" // for the operator of the mail system
	default:
		l.Kind, l.Why = Unknown, "feedback-report"
	}
}
