package letter

import (
	"strings"
)

// meaning is what an enhanced status code says of a delivery that failed for good.
type meaning struct {
	// hard: the address itself is no good, now and later.
	hard   bool
	reason string
}

// The words for what several codes say.
const (
	sayNoMailbox = "There is no mailbox at this address. Ask the family for the right one."
	sayNoSystem  = "The part of the address after the @ takes no email. Ask the family for the right address."
	sayClosed    = "The mailbox at this address is closed. Ask the family for another address."
	sayNewOwner  = "The mailbox may belong to somebody else now. Ask the family for their address before anything is sent there."
	sayFull      = "The mailbox is full. Tell the family by another way."
	sayTooLarge  = "The email is too large for this mailbox. Tell the family by another way."
	sayGaveUp    = "The family's mail system could not be reached for so long that ours has given up. Tell the family by another way."
	sayPolicy    = "The family's mail system refused this email by its rules. Tell the family by another way; if it happens often, the operator must find out why."
	saySender    = "The family's mail system refused our sender. The operator must check SMTP_FROM and the mail server; tell the family by another way."
	sayContent   = "The family's mail system could not read this email. Tell the family by another way."
	sayUnclear   = "The email did not arrive, and the mail systems do not say clearly why. Tell the family by another way, and ask whether the address is right."
)

// meaningOf gives the meaning of an enhanced status code, without its class.
//
// Hard are only the codes which say that the address is no good, whatever is sent
// to it and whenever:
//
//	1.1, 1.2, 1.3, 1.6, 2.1   RFC 3463, 3.2 and 3.3
//	4.4                       RFC 3463, 3.5: no mail server is known for the domain
//	1.10                      RFC 7505, 4.2: the domain says that it takes no email;
//	                          Exchange says so of a mailbox that it does not have
//	7.17, 7.18                RFC 7293: the mailbox or domain has a new owner
//
// Not 7.13, a disabled account: it may speak of the account of the sender (RFC
// 5248, with reply code 525). Everything else may be cured by waiting, by room in a mailbox (2.2), or by
// whoever runs one of the mail systems, and is soft. The numbers are those of the
// IANA registry of SMTP enhanced status codes.
func meaningOf(detail string) (meaning, bool) {
	switch detail {
	case "1.1", "1.10":
		return meaning{true, sayNoMailbox}, true
	case "1.2", "4.4":
		return meaning{true, sayNoSystem}, true
	case "1.3":
		return meaning{true, "This is not a whole email address. Ask the family for the right one."}, true
	case "1.6":
		return meaning{true, "The mailbox has moved and left no address behind. Ask the family for the new one."}, true
	case "2.1":
		return meaning{true, sayClosed}, true
	case "7.17", "7.18":
		return meaning{true, sayNewOwner}, true
	case "1.4":
		return meaning{reason: "The address could mean several mailboxes. Ask the family for the right one."}, true
	case "1.7", "1.8", "7.27":
		return meaning{reason: saySender}, true
	case "2.2", "3.1":
		return meaning{reason: sayFull}, true
	case "2.3", "3.4":
		return meaning{reason: sayTooLarge}, true
	case "2.4":
		return meaning{reason: "The address is a mailing list that could not pass the email on. Ask the family for an address of their own."}, true
	case "3.2", "3.3", "3.5", "4.1", "4.2", "4.3", "4.5", "4.6", "4.7":
		return meaning{reason: sayGaveUp}, true
	}
	subject, _, _ := strings.Cut(detail, ".")
	switch subject {
	case "6":
		return meaning{reason: sayContent}, true
	case "7":
		return meaning{reason: sayPolicy}, true
	}
	return meaning{reason: sayUnclear}, false
}

// failure sorts a delivery that has been given up. said is what the mail systems
// wrote about it, in lower case: it decides where the code says little, or what
// common mail systems are known to say with the wrong one.
//
// A class of 4 means that sending in the future may be successful (RFC 3463, 2),
// so it is never hard.
func failure(code, said string) (Kind, string) {
	detail := ""
	if code != "" {
		detail = code[2:]
	}
	means, certain := meaningOf(detail)
	if read, ok := readWords(said); ok && (!certain || loose(detail) || means.hard && !read.hard) {
		means = read // in doubt the address is good
	}
	if means.hard && (code == "" || code[0] == '5') {
		return HardBounce, means.reason
	}
	if means.hard {
		return SoftBounce, sayGaveUp
	}
	return SoftBounce, means.reason
}

// loose reports whether mail systems use a code for unknown mailboxes although
// the registry gives it another meaning: 4.1 is what Microsoft's answer for an
// address that its directory does not have, 5.x and 7.1 are others' catch-alls.
func loose(detail string) bool {
	return detail == "4.1" || detail == "7.1" || strings.HasPrefix(detail, "5.")
}

// generic reports whether a code says no more than its class.
func generic(code string) bool {
	return code == "" || strings.HasSuffix(code, ".0")
}

// readWords finds what mail systems that give no code, or the wrong one, are
// known to write. What speaks of a mailbox that is full, or of policy, goes
// first: such refusals often say "user" and "rejected" too.
func readWords(said string) (meaning, bool) {
	for _, known := range []struct {
		means meaning
		words []string
	}{
		{meaning{reason: sayFull}, []string{"over quota", "overquota", "quota exceeded", "exceeded the storage", "exceeds quota", "mailbox full", "mailbox is full", "mailfolder is full", "inbox is full", "insufficient disk", "out of storage"}},
		{meaning{reason: sayPolicy}, []string{"spam", "blocked", "blacklist", "blocklist", "reputation", "policy", "dmarc", "spf", "dkim", "greylist", "relaying denied", "relay access denied", "unable to relay", "rate limit", "mail at a rate", "too quickly", "too many", "not permitted to relay", "unsolicited", "virus"}},
		{meaning{reason: saySender}, []string{"sender address rejected", "sender rejected", "sender denied", "sender verify failed", "bad sender", "after mail from"}},
		{meaning{reason: sayTooLarge}, []string{"too large", "too big", "size limit", "exceeds size"}},
		{meaning{true, sayClosed}, []string{"account has been disabled", "account is disabled", "account disabled", "mailbox disabled", "mailbox is disabled", "account has been suspended", "account is inactive", "mailbox is inactive", "inactive mailbox", "account is closed", "account closed", "no longer active", "mailbox is gone"}},
		{meaning{true, sayNoSystem}, []string{"host or domain name not found", "domain not found", "domain does not exist", "no such domain", "unrouteable mail domain", "unrouteable address", "unroutable address", "host unknown", "unknown host", "unknown domain", "name service error", "all relevant mx records point to non-existent hosts", "does not accept mail (nullmx)", "null mx", "indicated no smtp service"}},
		{meaning{true, sayNoMailbox}, []string{"user unknown", "unknown user", "no such user", "no such mailbox", "no such recipient", "no such address", "no such person", "no mailbox", "unknown recipient", "recipient unknown", "unknown address", "recipient not found", "recipientnotfound", "user not found", "address not found", "mailbox not found", "account not found", "does not exist", "doesn't exist", "doesn't have a", "not a valid mailbox", "not a valid recipient", "invalid recipient", "invalid mailbox", "mailbox unavailable", "recipient address rejected: access denied", "recipient name is not recognized", "is not a known user", "not our customer", "user is unknown", "unknown local part", "unknown or illegal alias", "address couldn't be found", "not listed in", "#5.1.0 address rejected"}},
		{meaning{reason: sayGaveUp}, []string{"timed out", "timeout", "retry time not reached", "retry timeout", "connection refused", "delivery time expired", "message expired", "could not be reached"}},
	} {
		for _, words := range known.words {
			if strings.Contains(said, words) {
				return known.means, true
			}
		}
	}
	return meaning{}, false
}

// codeIn is the first enhanced status code in a text: a class of 2, 4 or 5, and
// two numbers of up to three digits. Version numbers and addresses of machines
// have more or fewer numbers.
func codeIn(text string) string {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c != '2' && c != '4' && c != '5' {
			continue
		}
		if i > 0 && (isDigit(text[i-1]) || text[i-1] == '.') {
			continue
		}
		if length := codeLength(text[i:]); length > 0 {
			return text[i : i+length]
		}
	}
	return ""
}

func codeLength(text string) int {
	end := 1
	for range 2 {
		if end >= len(text) || text[end] != '.' {
			return 0
		}
		digits := 0
		for end++; end < len(text) && isDigit(text[end]); end++ {
			digits++
		}
		if digits < 1 || digits > 3 {
			return 0
		}
	}
	if end+1 < len(text) && text[end] == '.' && isDigit(text[end+1]) {
		return 0
	}
	return end
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
