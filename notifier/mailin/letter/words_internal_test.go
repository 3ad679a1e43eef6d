package letter

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestQuotationsAreCut(t *testing.T) {
	e := email{Ours: Ours{Domains: []string{"send.council.example"}}}
	const mark = "_________________________"
	for name, test := range map[string]struct{ text, want string }{
		"nothing to cut":   {"Hello\n\nSam", "Hello\n\nSam"},
		"gmail":            {"Yes.\n\nOn Mon, 23 Nov 2026 at 09:19, SEND <send@send.council.example> wrote:\n\n> Hello\n> again", "Yes."},
		"in three lines":   {"Yes.\n\nOn Mon, 23 Nov 2026 at 09:19, SEND\n<send@send.council.example>\nwrote:\n> Hello", "Yes."},
		"welsh":            {"Iawn.\n\nAr ddydd Llun, 23 Tach 2026 am 09:19, ysgrifennodd SEND:\n> Helo", "Iawn."},
		"polish":           {"Tak.\n\npon., 23 lis 2026 o 09:19 SEND <send@send.council.example> napisał(a):\n> Hej", "Tak."},
		"no announcement":  {"Yes.\n> Hello\n", "Yes."},
		"below":            {"> Hello\n> again\n\nYes.", "Yes."},
		"between":          {"> One?\nYes.\n> Two?\nNo.", "> One?\nYes.\n> Two?\nNo."},
		"only a quotation": {"> Hello", "> Hello"},
		"an outlook mark":  {"Yes.\n\n-----Original Message-----\nFrom: SEND\nHello", "Yes."},
		"a welsh mark":     {"Iawn.\n\n----- Neges wreiddiol -----\nHelo", "Iawn."},
		"fields":           {"Yes.\n\n" + mark + "\nFrom: SEND <send@send.council.example>\nSent: Monday\nTo: Sam\nSubject: Hello\n\nText", "Yes."},
		"fields, bold":     {"Yes.\n\n*From:* SEND\n*Sent:* Monday\n*To:* Sam\n*Subject:* Hello", "Yes."},
		"fields, polish":   {"Tak.\n\nOd: SEND <send@send.council.example>\nWysłano: poniedziałek\nDo: Sam\nTemat: Hej", "Tak."},
		"fields, welsh":    {"Iawn.\n\nOddi wrth: SEND\nAnfonwyd: dydd Llun\nAt: Sam\nPwnc: Helo", "Iawn."},
		"a list of theirs": {"He needs:\nMornings: a taxi\nLunch: a quiet room\nFrom: Monday", "He needs:\nMornings: a taxi\nLunch: a quiet room\nFrom: Monday"},
		"only fields":      {"From: SEND\nSent: Monday\nTo: Sam\nSubject: Hello", "From: SEND\nSent: Monday\nTo: Sam\nSubject: Hello"},
		"a signature":      {"Yes.\n-- \nSam Taylor\n1 High Street", "Yes."},
		"its space lost":   {"Yes.\n\n--\nSam", "Yes."},
		"only a signature": {"-- \nSam", "--\nSam"},
		"a dashed list":    {"- one\n-- two", "- one\n-- two"},
		"a phone":          {"Yes\n\nSent from my iPhone", "Yes"},
		"a welsh phone":    {"Iawn\n\nAnfonwyd o fy iPhone", "Iawn"},
		"outlook's app":    {"Yes\n\nGet Outlook for iOS\n" + mark + "\nFrom: SEND <send@send.council.example>\nSent: Monday\nTo: Sam\nSubject: Hello", "Yes"},
		"phone and quote":  {"Yes\n\nSent from my iPhone\n\n> On 23 Nov 2026, at 09:19, SEND wrote:\n> \n> Hello", "Yes"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := e.ownWords(cleaned(test.text)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestCuttingNeverInventsOrEmpties: what is left is lines of what was there, in
// order, and something is left of everything.
func TestCuttingNeverInventsOrEmpties(t *testing.T) {
	line := rapid.SampledFrom([]string{
		"", "Yes.", "> Hello", "> On 23 Nov 2026 SEND wrote:", "On 23 Nov 2026 SEND wrote:", "-- ", "--", "Sent from my iPhone",
		"-----Original Message-----", "From: SEND <send@send.council.example>", "Sent: Monday", "To: Sam", "Subject: x", "____", "- -", "Sam",
	})
	e := email{Ours: Ours{Domains: []string{"send.council.example"}}}
	rapid.Check(t, func(t *rapid.T) {
		text := cleaned(strings.Join(rapid.SliceOfN(line, 1, 12).Draw(t, "lines"), "\n"))
		left := e.ownWords(text)
		if text != "" && left == "" {
			t.Fatalf("nothing is left of %q", text)
		}
		at := 0
		all := strings.Split(text, "\n")
		for kept := range strings.SplitSeq(left, "\n") {
			for at < len(all) && strings.TrimSpace(all[at]) != strings.TrimSpace(kept) {
				at++
			}
			if at == len(all) {
				t.Fatalf("%q came out of %q", left, text)
			}
			at++
		}
	})
}

func TestPagesBecomeText(t *testing.T) {
	for page, want := range map[string]string{
		"<p>One &amp; two</p><p>Three</p>":                           "One & two\n\nThree",
		"a<br>b<br/>c":                                               "a\nb\nc",
		"<div>a</div><div><br></div><div>b</div>":                    "a\n\nb",
		"<ul><li>a</li><li>b</li></ul>":                              "- a\n- b",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></table>": "a b\nc",
		"yes<blockquote>no<br>never</blockquote>end":                 "yes\n> no\n> never\nend",
		"<style>x{}</style><script>if(a<b){}</script>text":           "text",
		"<!-- hidden -->text":                                        "text",
		"I <3 you":                                                   "I <3 you",
		"a < b":                                                      "a < b",
		"<b>bold</b>ly":                                              "boldly",
		"a&nbsp;b":                                                   "a b",
		"a\n  b":                                                     "a b",
		"<a href=\"https://x.example\">link</a>":                     "link",
		"<p":                                                         "",
		"":                                                           "",
		"</blockquote>x":                                             "x",
	} {
		if got := cleaned(fromHTML(page)); got != want {
			t.Errorf("%q became %q, want %q", page, got, want)
		}
	}
}

func TestCharacterSets(t *testing.T) {
	for _, test := range []struct{ raw, charset, want string }{
		{"caf\xc3\xa9", "utf-8", "café"},
		{"caf\xc3\xa9", "", "café"},
		{"caf\xe9", "", "café"},
		{"caf\xe9", "utf-8", "café"}, // a lie
		{"caf\xe9", "us-ascii", "café"},
		{"\x93x\x94", "iso-8859-1", "“x”"},
		{"D\xf0r", "iso-8859-14", "Dŵr"},
		{"\xb1\xe6", "iso-8859-2", "ąć"},
		{"\xe3\xd1\xcd\xc8\xc7", "windows-1256", "مرحبا"},
		{"\xa7A\xa6n", "big5", "你好"},
		{"caf\xe9", "made-up-set", "café"},
		{"ASCII", "iso-2022-kr", "ASCII"},
		{"\xef\xbb\xbfx", "utf-8", "x"},
		{"x\x00y", "utf-16le", "瑸"}, // nothing better can be made of it
	} {
		got := utf8Of([]byte(test.raw), test.charset)
		if !utf8.ValidString(got) || test.charset != "utf-16le" && got != test.want {
			t.Errorf("%q in %s became %q, want %q", test.raw, test.charset, got, test.want)
		}
	}
}

func TestTransferEncodings(t *testing.T) {
	for raw, want := range map[string]string{
		"=41=42": "AB", "a=\nb": "ab", "a =\n b": "a  b", "=4": "=4", "=": "", "=ZZ": "=ZZ", "a\nb\n": "a\nb\n", "a  \nb": "a\nb", "=c3=a9": "é",
	} {
		if got := string(fromQuotedPrintable([]byte(raw))); got != want {
			t.Errorf("%q became %q, want %q", raw, got, want)
		}
	}
	for raw, want := range map[string]string{
		"SGVsbG8=": "Hello", "SGVs\r\nbG8=": "Hello", "SGVsbG8": "Hello", "S G*V-s_bG8=": "Hello", "": "", "A": "",
	} {
		if got := string(fromBase64([]byte(raw))); got != want {
			t.Errorf("%q became %q, want %q", raw, got, want)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	raw := "From: sam@family.example\n\n" + strings.Repeat("é", MaxText)
	l := Ours{}.Sort("sam@family.example", nil, []byte(raw))
	if len(l.Text) > MaxText || len(l.Text) < MaxText-4 || !utf8.ValidString(l.Text) {
		t.Errorf("%d bytes are kept, want about %d", len(l.Text), MaxText)
	}
}

func TestHeadersAreReadHoweverBroken(t *testing.T) {
	h, body := readHeader([]byte("From mbox line\r\nFrom: Sam\r\n\t<sam@family.example>\r\nthis line is no field\r\nSUBJECT : =?utf-8?q?caf=C3=A9?=\r\n\r\nbody"))
	if h.get("from") != "Sam <sam@family.example>" || h.line("subject") != "café" || string(body) != "body" {
		t.Errorf("got %+v and %q", h, body)
	}
	for value, want := range map[string]string{
		"Sam Taylor <sam@family.example>":                   "sam@family.example",
		"sam@family.example":                                "sam@family.example",
		"\"Sam, parent\" <sam@family.example>, b@c.example": "sam@family.example",
		"Sam (parent <sam@family.example>":                  "sam@family.example",
		"=?bad?q?x?= <sam@family.example>":                  "sam@family.example",
		"[mailto:sam@family.example":                        "",
		"nobody":                                            "",
		"":                                                  "",
	} {
		if got := (header{{"From", value}}).address("From"); got != want && want != "" {
			t.Errorf("the address of %q is %q, want %q", value, got, want)
		}
	}
}
