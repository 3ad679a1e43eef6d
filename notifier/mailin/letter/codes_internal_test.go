package letter

import (
	"strings"
	"testing"
)

func TestFailuresAreSortedByCodeAndWords(t *testing.T) {
	for _, test := range []struct {
		code, said string
		kind       Kind
		reason     string
	}{
		{"5.1.1", "", HardBounce, sayNoMailbox},
		{"5.1.2", "", HardBounce, sayNoSystem},
		{"5.1.3", "", HardBounce, "not a whole email address"},
		{"5.1.6", "", HardBounce, "has moved"},
		{"5.1.10", "", HardBounce, sayNoMailbox},
		{"5.2.1", "", HardBounce, sayClosed},
		{"5.4.4", "", HardBounce, sayNoSystem},
		{"5.7.17", "", HardBounce, sayNewOwner},
		{"5.7.18", "", HardBounce, sayNewOwner},

		{"5.1.4", "", SoftBounce, "several mailboxes"},
		{"5.1.8", "", SoftBounce, saySender},
		{"5.2.2", "", SoftBounce, sayFull},
		{"4.2.2", "", SoftBounce, sayFull},
		{"5.2.3", "", SoftBounce, sayTooLarge},
		{"5.3.4", "", SoftBounce, sayTooLarge},
		{"5.4.1", "", SoftBounce, sayGaveUp},
		{"5.4.6", "", SoftBounce, sayGaveUp},
		{"5.4.7", "", SoftBounce, sayGaveUp},
		{"4.4.7", "", SoftBounce, sayGaveUp},
		{"5.6.3", "", SoftBounce, sayContent},
		{"5.7.1", "", SoftBounce, sayPolicy},
		{"5.7.13", "525 5.7.13 user account disabled", SoftBounce, sayPolicy},
		{"5.7.26", "", SoftBounce, sayPolicy},
		{"5.5.2", "", SoftBounce, sayUnclear},
		{"", "", SoftBounce, sayUnclear},
		{"5.0.0", "", SoftBounce, sayUnclear},

		// The class decides whether it is for good.
		{"4.1.1", "user unknown", SoftBounce, sayGaveUp},
		{"4.2.1", "", SoftBounce, sayGaveUp},
		// Words decide where the code says little, or what is often untrue.
		{"5.0.0", "550 user unknown", HardBounce, sayNoMailbox},
		{"", "550 no such user here", HardBounce, sayNoMailbox},
		{"5.4.1", "550 5.4.1 recipient address rejected: access denied", HardBounce, sayNoMailbox},
		{"5.5.0", "550 requested action not taken: mailbox unavailable", HardBounce, sayNoMailbox},
		{"5.0.0", "host or domain name not found", HardBounce, sayNoSystem},
		{"5.1.0", "553 sender address rejected: domain does not exist", SoftBounce, saySender},
		{"5.0.0", "recipient address rejected: greylisted", SoftBounce, sayPolicy},
		{"5.0.0", "account is over quota, user unknown to have room", SoftBounce, sayFull},
		// In doubt the address is good.
		{"5.1.1", "550 5.1.1 mailbox full", SoftBounce, sayFull},
		{"5.2.1", "receiving mail at a rate that prevents more", SoftBounce, sayPolicy},
		{"5.2.2", "user unknown", SoftBounce, sayFull},
	} {
		kind, reason := failure(test.code, test.said)
		if kind != test.kind || !strings.Contains(reason, test.reason) {
			t.Errorf("%s %q: %s %q, want %s %q", test.code, test.said, kind, reason, test.kind, test.reason)
		}
	}
}

// TestNoFullMailboxIsEverHard holds for every subject and class what a family
// would pay for: room in a mailbox comes back.
func TestNoFullMailboxIsEverHard(t *testing.T) {
	for _, class := range []string{"4", "5"} {
		for _, detail := range []string{".2.2", ".3.1", ".2.0", ".0.0", ".1.1", ".7.1"} {
			if kind, _ := failure(class+detail, "552 mailbox full"); kind != SoftBounce {
				t.Errorf("%s%s is %s", class, detail, kind)
			}
		}
	}
}

func TestCodesAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"5.1.1": "5.1.1", "5.1.1 (bad mailbox)": "5.1.1", "x 4.4.7.": "4.4.7", "5.7.509": "5.7.509",
		"192.5.1.1": "", "5.1.1.4": "", "version 15.1.1": "", "3.1.1": "", "5.1": "", "5..1": "", "5.1000.1": "", "": "",
	} {
		if got := codeIn(text); got != want {
			t.Errorf("codeIn(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"550 5.1.1 no": "5.1.1", "550-5.1.1 no": "5.1.1", "(#5.1.1)": "5.1.1", "550 #5.1.0 rejected": "5.1.0",
		"5.1.1 alone": "", "250 2.0.0 ok": "", "1550 5.1.1": "", "550 ": "", "#": "", "550 5": "",
	} {
		if got := replyCode(text); got != want {
			t.Errorf("replyCode(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestActionsAndCodesOfARecipient(t *testing.T) {
	for _, test := range []struct {
		action, status, diagnostic string
		ok                         bool
		kind                       Kind
		code, didWhat              string
	}{
		{"failed", "5.1.1", "", true, HardBounce, "5.1.1", actionFailed},
		{"Failed (by rule)", "5.1.1", "", true, HardBounce, "5.1.1", actionFailed},
		{"failed", "", "", true, SoftBounce, "", actionFailed},
		{"failed", "5.0.0", "smtp; 550 5.1.1 gone", true, HardBounce, "5.1.1", actionFailed},
		{"failed", "5.1.1", "smtp; 550 5.7.1 blocked", true, SoftBounce, "5.7.1", actionFailed},
		{"failed", "4.4.7", "smtp; 451 4.7.1 come back", true, SoftBounce, "4.7.1", actionFailed},
		{"failed", "5.4.7", "smtp; 451 4.7.1 come back", true, SoftBounce, "5.4.7", actionFailed},
		{"delayed", "4.4.1", "", true, Delayed, "4.4.1", actionDelayed},
		{"delivered", "2.0.0", "", true, Success, "2.0.0", actionDelivered},
		{"relayed", "2.0.0", "", true, Success, "2.0.0", actionRelayed},
		{"expanded", "2.0.0", "", true, Success, "2.0.0", actionExpanded},
		{"", "5.1.1", "", true, HardBounce, "5.1.1", actionFailed},
		{"", "4.1.1", "", true, Delayed, "4.1.1", actionDelayed},
		{"", "2.1.5", "", true, Success, "2.1.5", actionRelayed},
		{"odd", "", "", false, "", "", ""},
		{"", "", "", false, "", "", ""},
	} {
		var r Recipient
		if ok := r.judge(test.action, test.status, test.diagnostic, ""); ok != test.ok || r.Kind != test.kind || r.Code != test.code || r.Action != test.didWhat {
			t.Errorf("%q %q %q: %t %+v", test.action, test.status, test.diagnostic, ok, r)
		}
	}
}
