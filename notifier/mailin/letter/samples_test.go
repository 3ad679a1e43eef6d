package letter_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearback/notifier/mailin/letter"
)

const (
	domain = "send.council.example"
	secret = "made-up-secret-of-the-tests"
	about  = "H-10482-3"
)

func ours() letter.Ours {
	return letter.Ours{Domains: []string{domain}, Secret: []byte(secret)}
}

// sample reads an email of testdata. Its addresses that carry a proof are written
// as BOUNCE and REPLY there.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "samples", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(filled(string(raw)))
}

func filled(text string) string {
	return strings.NewReplacer("BOUNCE", letter.Return(about, domain, []byte(secret)), "REPLY", letter.ReplyTo(about, domain, []byte(secret))).Replace(text)
}

// person is the envelope's sender of what a person wrote.
const person = "sam@family.example"

func TestSamplesAreSorted(t *testing.T) {
	const inbox = "send@send.council.example"
	for name, want := range map[string]struct {
		from, to string
		kind     letter.Kind
		code     string
		message  string
		proven   bool
		says     string // in the reason of a report, in the text of all else
	}{
		"postfix-hard":             {"", "BOUNCE", letter.HardBounce, "5.1.1", about, true, "no mailbox"},
		"postfix-hard-global":      {"", "BOUNCE", letter.HardBounce, "5.1.1", about, true, "no mailbox"},
		"postfix-full":             {"", "BOUNCE", letter.SoftBounce, "5.2.2", about, true, "full"},
		"postfix-expired":          {"", "BOUNCE", letter.SoftBounce, "4.4.1", about, true, "given up"},
		"postfix-rate":             {"", "BOUNCE", letter.SoftBounce, "5.2.1", about, true, "by its rules"},
		"postfix-delayed":          {"", "BOUNCE", letter.Delayed, "4.4.1", about, true, "keep trying"},
		"postfix-delivered-global": {"", "BOUNCE", letter.Success, "2.0.0", about, true, "in its mailbox"},
		"postfix-relayed":          {"", "BOUNCE", letter.Success, "2.0.0", about, true, "passed on"},
		"postfix-two-recipients":   {"", "BOUNCE", letter.SoftBounce, "5.1.1", about, true, "no mailbox"},
		"postfix-two-dead":         {"", "BOUNCE", letter.HardBounce, "5.1.1", about, true, "no mailbox"},
		"unproven":                 {"", inbox, letter.HardBounce, "5.1.1", about, false, "no mailbox"},
		"forged":                   {"", "bounce+h-10482-3.b.aaaaaaaaaa@" + domain, letter.HardBounce, "5.1.1", about, false, "no mailbox"},
		"headers-prove":            {"", inbox, letter.HardBounce, "5.1.1", about, true, "no mailbox"},
		"malformed-report":         {"", "BOUNCE", letter.Unknown, "", about, true, "Something about an email."},
		"exim-hard":                {"", "BOUNCE", letter.HardBounce, "5.0.0", about, true, "closed"},
		"exim-plain":               {"", "BOUNCE", letter.HardBounce, "5.1.1", about, true, "no mailbox"},
		"qmail-plain":              {"", inbox, letter.HardBounce, "5.1.1", about, true, "no mailbox"},
		"exchange-ndr":             {"", "BOUNCE", letter.HardBounce, "5.1.10", about, true, "no mailbox"},
		"complaint":                {"abuse-reports@mail.example", inbox, letter.Complaint, "abuse", about, true, "unwanted"},
		"out-of-office":            {person, "REPLY", letter.Automatic, "", about, true, "I am away until 30 November."},
		"out-of-office-welsh":      {person, "REPLY", letter.Automatic, "", about, true, "Byddaf yn ôl ddydd Llun. Dŵr."},
		"vacation-null-path":       {"", "BOUNCE", letter.Automatic, "", about, true, "Gone fishing."},
		"read-receipt":             {person, "REPLY", letter.Automatic, "", about, true, "Your message was read."},
		"mailing-list":             {"news@shop.example", inbox, letter.Automatic, "", "", false, "Buy one"},
		"loop":                     {"someone@elsewhere.example", inbox, letter.Loop, "", "", false, ""},
		"reply-gmail":              {person, "REPLY", letter.Reply, "", about, true, "Thank you. Please ring me after 3pm, café noise permitting.\n\nSam"},
		"reply-outlook-html":       {person, "REPLY", letter.Reply, "", about, true, "I don’t agree & would like a call.\n\n- Tuesday\n- Wednesday\n\nSam"},
		"reply-polish":             {person, "REPLY", letter.Reply, "", about, true, "Dziękuję, proszę o wiadomość."},
		"reply-from-phone":         {person, inbox, letter.Reply, "", about, false, "Yes please"},
		"reply-between-lines":      {person, "REPLY", letter.Reply, "", about, true, "On Mon, 23 Nov 2026, Herts SEND wrote:\n> Is Tuesday good?\nYes.\n> Or Wednesday?\nNo."},
		"reply-only-quote":         {person, "REPLY", letter.Reply, "", about, true, "> We have your message."},
		"forward":                  {person, "REPLY", letter.Reply, "", about, true, "There is no place for him."},
		"new-message":              {person, inbox, letter.Reply, "", "", false, "> a quoted line of their own\nNobody came this morning."},
		"unsubscribe-apple":        {person, "REPLY", letter.Reply, "", about, true, "unsubscribe"},
		"no-header":                {person, inbox, letter.Unknown, "", "", false, "just some words without a header\nand a second line"},
	} {
		t.Run(name, func(t *testing.T) {
			l := ours().Sort(want.from, []string{filled(want.to)}, sample(t, name))
			if l.Kind != want.kind || l.Code != want.code || l.Message != want.message || l.Proven != want.proven {
				t.Errorf("got %s (%s) code %q about %q proven %t, want %s code %q about %q proven %t", l.Kind, l.Why, l.Code, l.Message, l.Proven, want.kind, want.code, want.message, want.proven)
			}
			switch {
			case want.kind == letter.Reply && name != "forward":
				if l.Text != want.says {
					t.Errorf("the text is %q, want %q", l.Text, want.says)
				}
			case !strings.Contains(l.Reason+l.Text, want.says):
				t.Errorf("the reason is %q and the text %q, want the words %q", l.Reason, l.Text, want.says)
			}
			if l.Machine == (l.Kind == letter.Reply) && l.Kind != letter.Unknown {
				t.Errorf("a machine wrote it: %t, and it is a %s", l.Machine, l.Kind)
			}
			if len(l.ID) != 32 {
				t.Errorf("its identity is %q", l.ID)
			}
		})
	}
}

// TestEverySampleIsTried keeps the table above and the folder together.
func TestEverySampleIsTried(t *testing.T) {
	files, err := filepath.Glob("testdata/samples/*.eml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d samples were found (%v)", len(files), err)
	}
	source, err := os.ReadFile("samples_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".eml"); !strings.Contains(string(source), `"`+name+`":`) {
			t.Errorf("no test sorts %s", name)
		}
	}
}

// TestReportsKeepAddressesOutOfWords: what an officer reads and what a log shows
// hold no address, whatever the mail systems wrote.
func TestReportsKeepAddressesOutOfWords(t *testing.T) {
	files, err := filepath.Glob("testdata/samples/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		l := ours().Sort("", []string{filled("BOUNCE")}, sample(t, name))
		for _, text := range []string{l.Reason, l.Code, l.LogValue().String()} {
			if strings.Contains(text, "sam") || strings.Contains(text, "family.example") {
				t.Errorf("%s: %q names somebody", name, text)
			}
		}
	}
}

func TestRecipientsOfAReport(t *testing.T) {
	l := ours().Sort("", []string{filled("BOUNCE")}, sample(t, "postfix-two-recipients"))
	if len(l.Recipients) != 2 {
		t.Fatalf("%d recipients, want 2", len(l.Recipients))
	}
	first, second := l.Recipients[0], l.Recipients[1]
	if first.Final != "sam@family.example" || first.Original != "sam@family.example" || first.Kind != letter.HardBounce || first.Action != "failed" {
		t.Errorf("the first is %+v", first)
	}
	if second.Final != "alex@family.example" || second.Kind != letter.Success || second.Action != "delivered" {
		t.Errorf("the second is %+v", second)
	}
	if l.SentTo != "sam@family.example" {
		t.Errorf("it was sent to %q", l.SentTo)
	}
}

func TestFilesAreCounted(t *testing.T) {
	if l := ours().Sort(person, nil, sample(t, "reply-outlook-html")); l.Attachments != 1 {
		t.Errorf("%d files, want 1", l.Attachments)
	}
	if l := ours().Sort(person, nil, sample(t, "reply-gmail")); l.Attachments != 0 {
		t.Errorf("%d files, want none", l.Attachments)
	}
}

// TestIdentity: the same for what a mail system may change on the way, different
// for another email, even with the same Message-ID.
func TestIdentity(t *testing.T) {
	raw := string(sample(t, "reply-gmail"))
	to := []string{filled("REPLY")}
	first := ours().Sort(person, to, []byte(raw)).ID
	if again := ours().Sort(person, to, []byte("Received: from a.example\r\n\tby b.example\r\n"+raw)).ID; again != first {
		t.Error("a Received line makes it another email")
	}
	if other := ours().Sort(person, to, []byte(strings.Replace(raw, "3pm", "4pm", 1))).ID; other == first {
		t.Error("other words with the same Message-ID are taken for a repeat")
	}
	elsewhere := []string{letter.ReplyTo("K-7-1", domain, []byte(secret))}
	if other := ours().Sort(person, elsewhere, []byte(raw)).ID; other == first {
		t.Error("the same email about another message is taken for a repeat")
	}
}
