package letter_test

import (
	"strings"
	"testing"

	"hearback/notifier/mailin/letter"
)

func TestMachinesAreKnownByTheirSigns(t *testing.T) {
	for header, why := range map[string]string{
		"Auto-Submitted: auto-replied":                    "auto-submitted",
		"Auto-Submitted: Auto-Generated; owner=x":         "auto-submitted",
		"Precedence: bulk":                                "precedence",
		"Precedence: AUTO_REPLY":                          "precedence",
		"X-Autoreply: yes":                                "x-autoreply",
		"X-Autorespond: away":                             "x-autoreply",
		"X-Auto-Response-Suppress: DR, OOF, AutoReply":    "x-auto-response-suppress",
		"X-Auto-Response-Suppress: All":                   "x-auto-response-suppress",
		"List-Id: <news.shop.example>":                    "mailing-list",
		"Return-Path: <>":                                 "null-return-path",
		"From: no-reply@shop.example":                     "address",
		"From: Do Not Reply <do.not.reply@shop.example>":  "address",
		"Subject: Automatic reply: We have your message":  "subject",
		"Subject: OUT OF OFFICE Re: We have your message": "subject",
		"Subject: Ateb awtomatig: Eich neges":             "subject",
		"Subject: Allan o'r swyddfa":                      "subject",
		"Subject: Odpowiedź automatyczna: sprawa":         "subject",
		"Subject: رد تلقائي: رسالتك":                      "subject",

		"Auto-Submitted: no":                                 "",
		"Precedence: first-class":                            "",
		"X-Auto-Response-Suppress: DR, RN, NRN":              "",
		"Subject: Re: Automatic reply: when?":                "",
		"Subject: I was out of office":                       "",
		"Subject: unsubscribe\nAuto-Submitted: auto-replied": "",
		"Return-Path: <sam@family.example>":                  "",
	} {
		raw := header + "\n"
		if !strings.HasPrefix(header, "From:") {
			raw += "From: Sam Taylor <sam@family.example>\n"
		}
		l := ours().Sort(person, nil, []byte(raw+"Message-ID: <1@family.example>\n\nHello\n"))
		want := letter.Reply
		if why != "" {
			want = letter.Automatic
		}
		if l.Kind != want || l.Why != why {
			t.Errorf("%q: %s because of %q, want %s because of %q", header, l.Kind, l.Why, want, why)
		}
	}
}

func TestOurOwnEmailIsALoop(t *testing.T) {
	proof := letter.Return(about, domain, []byte(secret))
	for name, test := range map[string]struct {
		from, header string
		kind         letter.Kind
	}{
		"our Message-ID":            {person, "Message-ID: <H-10482-3@send.council.example>", letter.Loop},
		"our digest's":              {person, "Message-ID: <digest-0123456789abcdef01234567@SEND.council.example>", letter.Loop},
		"our mark":                  {person, letter.LoopHeader + ": anything", letter.Loop},
		"our return path":           {proof, "Subject: x", letter.Loop},
		"our Return-Path":           {person, "Return-Path: <" + strings.ToUpper(proof) + ">", letter.Loop},
		"a colleague's Message-ID":  {person, "Message-ID: <AM0PR1234@send.council.example>", letter.Reply},
		"another's Message-ID":      {person, "Message-ID: <H-10482-3@family.example>", letter.Reply},
		"a return path without key": {"bounce+h-1-1.b.aaaaaaaaaa@" + domain, "Subject: x", letter.Reply},
	} {
		t.Run(name, func(t *testing.T) {
			l := ours().Sort(test.from, nil, []byte(test.header+"\nFrom: Sam <sam@family.example>\n\nHello\n"))
			if l.Kind != test.kind {
				t.Errorf("it is a %s (%s), want %s", l.Kind, l.Why, test.kind)
			}
		})
	}
}

// TestAPersonMayPassAReportOn: a report inside somebody's email is no report to us.
func TestAPersonMayPassAReportOn(t *testing.T) {
	raw := strings.Replace(string(sample(t, "postfix-hard")), "multipart/report; report-type=delivery-status", "multipart/mixed", 1)
	raw = strings.Replace(raw, "MAILER-DAEMON@mx.council.example", "sam@family.example", 1)
	raw = strings.Replace(raw, "From: Mail Delivery System", "From: Sam", 1)
	raw = strings.Replace(raw, "Return-Path: <>\r\n", "", 1)
	raw = strings.Replace(raw, "Auto-Submitted: auto-replied\r\n", "", 1)
	if l := ours().Sort(person, []string{"send@send.council.example"}, []byte(raw)); l.Kind != letter.Reply {
		t.Errorf("it is a %s (%s)", l.Kind, l.Why)
	}
}
