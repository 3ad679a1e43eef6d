package email

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strconv"

	"hearback/notifier/channel"

	"github.com/wneessen/go-mail"
)

// errTimeout is the cause of an attempt that took longer than Config.Timeout.
var errTimeout = errors.New("the mail server took too long")

// Replies with a meaning of their own (RFC 5321, 4.2; RFC 4954, 6).
const (
	codeGoingAway    = 421
	codeAuthNeeded   = 530
	codeAuthTooWeak  = 534
	codeAuthFailed   = 535
	codeAuthNeedsTLS = 538
	codeTooLarge     = 552
	codeNotOurs      = 553
)

// notBegun says whether an attempt failed before the server heard of the email.
func notBegun(err error) bool {
	failed, ok := errors.AsType[*mail.SendError](err)
	return ok && (failed.Reason == mail.ErrConnCheck || failed.Reason == mail.ErrSMTPMailFrom)
}

// sort says what is known after a transaction that failed.
//
// go-mail's own IsTemp is not asked: it holds a broken connection for
// permanent. Only a reply from 500 to 599 is final, and only if it is about
// this recipient or this email; a refused sender or password is ours to mend.
func sort(ctx context.Context, err error) *channel.Failure {
	failed, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return unusable(ctx, err)
	}
	failure := &channel.Failure{Verdict: channel.Retry, Code: label(failed.ErrorCode(), failed.EnhancedStatusCode())}
	switch code := failed.ErrorCode(); {
	case code == 0 && failed.Reason == mail.ErrSMTPDataClose:
		// The whole email was sent, and its last reply never came or cannot be
		// read.
		failure.Verdict, failure.Code, failure.Err = channel.Unknown, "no-answer", channel.Ended(ctx)
		failure.Reason = "The mail server took the email but did not say whether it accepted it. It may have gone."
	case code == 0:
		failure.Code, failure.Err = "connection-lost", channel.Ended(ctx)
		failure.Reason = "The connection to the mail server was lost before the email was complete. It is tried again by itself."
	case refusesUs(code):
		return refusedUs(code)
	case code < 500:
		failure.Reason = "The mail server asks us to come back later. The email is tried again by itself."
	case code == codeTooLarge || failed.EnhancedStatusCode() == "5.3.4":
		failure.Verdict = channel.Never
		failure.Blameless = true
		failure.Reason = "The mail server takes no email for this address that is so large, or its mailbox is full. Tell the family by another way."
	case failed.Reason == mail.ErrSMTPMailFrom || refusesSender(failed):
		failure.Reason = "The mail server refuses our sender. The operator must check SMTP_FROM, and that the account may send in its name."
	case failed.Reason == mail.ErrSMTPRcptTo:
		failure.Verdict, failure.Blameless = channel.Never, failed.EnhancedStatusCode() == "5.7.1" || failed.EnhancedStatusCode() == "5.2.2"
		failure.Reason = recipientReason(failed.EnhancedStatusCode())
	default:
		failure.Verdict, failure.Blameless = channel.Never, true
		failure.Reason = "The mail server refused this email for good. The operator can look in its log; a person should tell the family by another way."
	}
	return failure
}

// refusesSender says whether a reply to the recipient is about our sender: Postfix keeps
// "not owned by user" back until then (its smtpd_delay_reject). It says so with each
// recipient, so to believe it of the recipient would spoil every family's address.
func refusesSender(failed *mail.SendError) bool {
	return failed.Reason == mail.ErrSMTPRcptTo && failed.ErrorCode() == codeNotOurs && failed.EnhancedStatusCode() == "5.7.1"
}

// recipientReason puts an enhanced status code (RFC 3463) into words.
func recipientReason(enhanced string) string {
	switch enhanced {
	case "5.1.1", "5.1.10", "5.1.0", "5.1.2", "5.1.3", "5.1.6":
		return "There is no mailbox at this address. Ask the family for the right one."
	case "5.2.1":
		return "The mailbox at this address is closed. Ask the family for another."
	case "5.2.2":
		return "The mailbox at this address is full. Tell the family by another way."
	case "5.7.1":
		return "The mail server may not, or will not, send to this address. Tell the family by another way; if it happens often, the operator must check the mail server."
	}
	return "The mail server refuses this address. Ask the family for the right one."
}

// unusable sorts the failure to open a connection. The email has not been
// offered to anybody, so it can always be tried again.
func unusable(ctx context.Context, err error) *channel.Failure {
	failure := &channel.Failure{Verdict: channel.Retry, Code: "unreachable",
		Reason: "The mail server cannot be reached. The email is tried again by itself; if this goes on, the operator must check SMTP_HOST, SMTP_PORT and SMTP_TLS."}
	if failure.Err = channel.Ended(ctx); failure.Err != nil {
		return failure
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		if refusesUs(reply.Code) {
			return refusedUs(reply.Code)
		}
		failure.Code = label(reply.Code, "")
		failure.Reason = "The mail server will not talk to us now. The email is tried again by itself; if this goes on, the operator must check the mail server."
		return failure
	}
	if badCertificate(err) {
		failure.Code = "certificate"
		failure.Reason = "The mail server's certificate does not prove that it is SMTP_HOST. The operator must check SMTP_HOST, or have the certificate mended."
		return failure
	}
	if networkFault(err) {
		return failure
	}
	failure.Code = "not-usable"
	failure.Reason = "The mail server does not offer what our settings ask for. The operator must check SMTP_TLS, SMTP_USERNAME and SMTP_PASSWORD: for example, a password is never sent without TLS."
	return failure
}

// badCertificate says whether TLS failed because the server could not prove who
// it is.
func badCertificate(err error) bool {
	_, bad := errors.AsType[*tls.CertificateVerificationError](err)
	return bad
}

// networkFault says whether the network, and not the talk over it, failed.
func networkFault(err error) bool {
	_, fault := errors.AsType[net.Error](err)
	return fault || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}

func refusesUs(code int) bool {
	return code == codeAuthNeeded || code == codeAuthTooWeak || code == codeAuthFailed || code == codeAuthNeedsTLS
}

func refusedUs(code int) *channel.Failure {
	return &channel.Failure{Verdict: channel.Retry, Code: label(code, ""),
		Reason: "The mail server refuses our user name or password. The operator must check SMTP_USERNAME, SMTP_PASSWORD and SMTP_TLS."}
}

// label names a reply: "550 5.1.1".
func label(code int, enhanced string) string {
	text := strconv.Itoa(code)
	if enhanced != "" {
		text += " " + enhanced
	}
	return text
}
