package mailin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier/mailin"
	"hearback/notifier/mailin/letter"
)

// directory says who is behind an address.
type directory map[string][]mailin.Match

func (d directory) Matches(channel, address string) []mailin.Match {
	if channel != events.ChannelEmail {
		return nil
	}
	return d[strings.ToLower(address)]
}

func pen(channel, _ string) string { return "pen-" + channel }

// sorted reads an email as the server does.
func sorted(from string, to string, raw string) mailin.Mail {
	ours := letter.Ours{Domains: []string{domain}, Secret: []byte(secret)}
	return mailin.Mail{From: from, To: []string{to}, At: monday(), Raw: []byte(raw), Letter: ours.Sort(from, []string{to}, []byte(raw))}
}

// sample is an email of the letters' own samples, with the proofs filled in.
func sample(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("letter", "testdata", "samples", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("BOUNCE", bounceTo("H-10482-3"), "REPLY", replyTo("H-10482-3")).Replace(string(raw))
}

// only gives the one event, which must be one that the stream would take.
func only(t testing.TB, m mailin.Mail, who mailin.Directory) events.Event {
	t.Helper()
	list := mailin.Events(m, who, pen)
	if len(list) != 1 {
		t.Fatalf("%d events, want 1", len(list))
	}
	if err := list[0].Check(monday()); err != nil {
		t.Fatalf("%s would be refused: %v", list[0].Data, err)
	}
	if list[0].Source != mailin.Source || list[0].ID != m.Letter.ID || !list[0].Time.Equal(monday()) {
		t.Errorf("the event is %+v", list[0])
	}
	return list[0]
}

func known() directory {
	return directory{sam: {{Case: "H-10482", Contact: "c1"}}}
}

func TestReportsBecomeReceipts(t *testing.T) {
	for name, want := range map[string]struct {
		status, code string
		unusable     bool
	}{
		"postfix-hard":             {events.ReceiptFailed, "5.1.1", true},
		"postfix-hard-global":      {events.ReceiptFailed, "5.1.1", true},
		"exim-plain":               {events.ReceiptFailed, "5.1.1", true},
		"postfix-full":             {events.ReceiptFailed, "5.2.2", false},
		"postfix-expired":          {events.ReceiptFailed, "4.4.1", false},
		"postfix-two-recipients":   {events.ReceiptFailed, "5.1.1", false},
		"postfix-delivered-global": {events.ReceiptDelivered, "2.0.0", false},
		"postfix-relayed":          {events.ReceiptSent, "2.0.0", false},
		// Named by its Message-ID alone: believed, for it speaks of Sam's address,
		// but not so far as to give up the address.
		"unproven": {events.ReceiptFailed, "5.1.1", false},
		"forged":   {events.ReceiptFailed, "5.1.1", false},
	} {
		t.Run(name, func(t *testing.T) {
			to := bounceTo("H-10482-3")
			if name == "unproven" || name == "forged" {
				to = inbox
			}
			e := only(t, sorted("", to, sample(t, name)), known())
			if e.Type != events.TypeReceiptReceived || e.Case != "H-10482" {
				t.Fatalf("it is %s of %s", e.Type, e.Case)
			}
			r, err := events.DataOf[events.Receipt](e)
			if err != nil {
				t.Fatal(err)
			}
			if r.Message != "H-10482-3" || r.Channel != "email" || r.Status != want.status || r.Code != want.code || r.Unusable != want.unusable || r.Reason == "" {
				t.Errorf("the receipt is %+v", r)
			}
			if strings.Contains(string(e.Data), "@family") {
				t.Errorf("%s holds an address", e.Data)
			}
		})
	}
}

func TestWhatChangesNothing(t *testing.T) {
	for _, name := range []string{"postfix-delayed", "loop"} {
		if list := mailin.Events(sorted("", bounceTo("H-10482-3"), sample(t, name)), known(), pen); len(list) != 0 {
			t.Errorf("%s became %s", name, list[0].Type)
		}
	}
	// A success that proves nothing would hide a failure.
	raw := strings.ReplaceAll(sample(t, "postfix-delivered-global"), bounceTo("H-10482-3"), "send@"+domain)
	raw = strings.ReplaceAll(raw, replyTo("H-10482-3"), "send@"+domain)
	if list := mailin.Events(sorted("", inbox, raw), known(), pen); len(list) != 0 {
		t.Errorf("an unproven success became %s", list[0].Data)
	}
}

func TestUncertainReportsAreKept(t *testing.T) {
	for name, m := range map[string]mailin.Mail{
		"of an address that the case does not have": sorted("", inbox, strings.ReplaceAll(sample(t, "unproven"), sam, "alex@family.example")),
		"of a digest": sorted("", inbox, strings.ReplaceAll(sample(t, "unproven"), "H-10482-3", "digest-0123456789abcdef01234567")),
		"of nothing":  sorted("", inbox, strings.ReplaceAll(sample(t, "unproven"), "H-10482-3@", "x@elsewhere.")),
		"unreadable":  sorted("", inbox, strings.ReplaceAll(sample(t, "malformed-report"), bounceTo("H-10482-3"), inbox)),
	} {
		t.Run(name, func(t *testing.T) {
			e := only(t, m, known())
			said, err := events.DataOf[events.MessageReceived](e)
			if err != nil || e.Case != "pen-email" || !said.Automatic || said.Text == "" {
				t.Errorf("it is %s of %s: %+v (%v)", e.Type, e.Case, said, err)
			}
		})
	}
	// One that is addressed to its message stays with its case.
	if e := only(t, sorted("", bounceTo("H-10482-3"), sample(t, "malformed-report")), known()); e.Case != "H-10482" || e.Type != events.TypeMessageReceived {
		t.Errorf("it is %s of %s", e.Type, e.Case)
	}
}

func TestWhoseWordsTheyAre(t *testing.T) {
	early, late := monday().Add(-48*time.Hour), monday().Add(-24*time.Hour)
	const plain, answer = "From: Sam <sam@family.example>\r\nMessage-ID: <1@family.example>\r\nSubject: Re: x\r\n", "In-Reply-To: <H-10482-3@" + domain + ">\r\n"
	for name, test := range map[string]struct {
		to, header              string
		matches                 []mailin.Match
		caseRef, contact, about string
	}{
		"proven, from the contact":         {replyTo("H-10482-3"), "", []mailin.Match{{Case: "H-10482", Contact: "c1"}}, "H-10482", "c1", "H-10482-3"},
		"proven, from another address":     {replyTo("H-10482-3"), "", nil, "H-10482", "", "H-10482-3"},
		"proven, from two contacts":        {replyTo("H-10482-3"), "", []mailin.Match{{Case: "H-10482", Contact: "c1"}, {Case: "H-10482", Contact: "c2"}}, "H-10482", "", "H-10482-3"},
		"proven, the sender elsewhere too": {replyTo("H-10482-3"), "", []mailin.Match{{Case: "K-7", Contact: "c9", Open: true, Last: late}}, "H-10482", "", "H-10482-3"},
		"named, from the contact":          {inbox, answer, []mailin.Match{{Case: "H-10482", Contact: "c1"}, {Case: "K-7", Contact: "c9", Open: true, Last: late}}, "H-10482", "c1", "H-10482-3"},
		"named, from a stranger":           {inbox, answer, nil, "pen-email", "", ""},
		"named, from another's contact":    {inbox, answer, []mailin.Match{{Case: "K-7", Contact: "c9"}}, "K-7", "c9", ""},
		"a forged proof":                   {"reply+h-10482-3.b.aaaaaaaaaa@" + domain, answer, nil, "pen-email", "", ""},
		"new, one case":                    {inbox, "", []mailin.Match{{Case: "K-7", Contact: "c9"}}, "K-7", "c9", ""},
		"new, nobody":                      {inbox, "", nil, "pen-email", "", ""},
		"new, several, none in talk":       {inbox, "", []mailin.Match{{Case: "K-7", Contact: "c9"}, {Case: "L-8", Contact: "c1"}}, "pen-email", "", ""},
		"new, several, the newest":         {inbox, "", []mailin.Match{{Case: "K-7", Contact: "c9", Last: early}, {Case: "L-8", Contact: "c1", Last: late}}, "L-8", "c1", ""},
		"new, several, one open":           {inbox, "", []mailin.Match{{Case: "K-7", Contact: "c9", Last: early, Open: true}, {Case: "L-8", Contact: "c1", Last: late}}, "K-7", "c9", ""},
		"new, several open":                {inbox, "", []mailin.Match{{Case: "K-7", Contact: "c9", Last: early, Open: true}, {Case: "L-8", Contact: "c1", Last: late, Open: true}}, "L-8", "c1", ""},
		"new, level":                       {inbox, "", []mailin.Match{{Case: "K-7", Contact: "c9", Last: late, Open: true}, {Case: "L-8", Contact: "c1", Last: late, Open: true}}, "pen-email", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := only(t, sorted(sam, test.to, plain+test.header+"\r\nYes please\r\n"), directory{sam: test.matches})
			said, err := events.DataOf[events.MessageReceived](e)
			if err != nil {
				t.Fatal(err)
			}
			if e.Case != test.caseRef || said.Contact != test.contact || said.Answers != test.about || !strings.HasSuffix(said.Text, "Yes please") {
				t.Errorf("it is of %s: %+v", e.Case, said)
			}
			if e.Type != events.TypeMessageReceived || said.Channel != "email" || said.Address != sam || said.ProviderID != "1@family.example" || said.Automatic {
				t.Errorf("it is %s: %+v", e.Type, said)
			}
		})
	}
}

func TestMachinesNeverCountAsAnAnswer(t *testing.T) {
	for _, name := range []string{"out-of-office", "out-of-office-welsh", "vacation-null-path", "read-receipt", "complaint", "mailing-list"} {
		from := sam
		if name == "vacation-null-path" {
			from = ""
		}
		said, err := events.DataOf[events.MessageReceived](only(t, sorted(from, replyTo("H-10482-3"), sample(t, name)), known()))
		if err != nil || !said.Automatic || said.Text == "" {
			t.Errorf("%s: %+v (%v)", name, said, err)
		}
	}
}

func TestWhatAnOfficerReads(t *testing.T) {
	for name, test := range map[string]struct{ to, raw, want string }{
		"an answer":            {replyTo("H-10482-3"), "Subject: Re: x\n\nYes\n", "Yes"},
		"of their own accord":  {inbox, "Subject: Transport\n\nNobody came.\n", "Transport\n\nNobody came."},
		"only a subject":       {inbox, "Subject: Please call me\n\n", "Please call me"},
		"the same twice":       {inbox, "Subject: STOP\n\nstop\n", "stop"},
		"nothing":              {inbox, "X: y\n\n", ""},
		"unsubscribe":          {replyTo("H-10482-3"), sample(t, "unsubscribe-apple"), "unsubscribe"},
		"a file":               {replyTo("H-10482-3"), sample(t, "reply-outlook-html"), "I don’t agree & would like a call.\n\n- Tuesday\n- Wednesday\n\nSam\n\n[A file came with this email. It is not kept here.]"},
		"our subject is known": {replyTo("H-10482-3"), "Subject: Re: We have your message\n\n", "Re: We have your message"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := test.raw
			if !strings.Contains(raw, "From:") {
				raw = "From: sam@family.example\n" + raw
			}
			said, err := events.DataOf[events.MessageReceived](only(t, sorted(sam, test.to, raw), known()))
			if err != nil || said.Text != test.want {
				t.Errorf("the text is %q, want %q (%v)", said.Text, test.want, err)
			}
		})
	}
}

// TestNoWordsReachAnotherCase: whatever an address is on, what comes from it goes
// to a case that it is on, or to the pen; and two orders of the same matches are
// one.
func TestNoWordsReachAnotherCase(t *testing.T) {
	match := rapid.Custom(func(t *rapid.T) mailin.Match {
		m := mailin.Match{Case: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "case"), Contact: rapid.SampledFrom([]string{"c1", "c2"}).Draw(t, "contact"), Open: rapid.Bool().Draw(t, "open")}
		if hours := rapid.IntRange(0, 3).Draw(t, "hours"); hours > 0 {
			m.Last = monday().Add(time.Duration(-hours) * time.Hour)
		}
		return m
	})
	rapid.Check(t, func(t *rapid.T) {
		matches := rapid.SliceOfN(match, 0, 5).Draw(t, "matches")
		m := sorted(sam, inbox, hello)
		first := mailin.Events(m, directory{sam: matches}, pen)[0]
		if first.Case != "pen-email" && !slices.ContainsFunc(matches, func(m mailin.Match) bool { return m.Case == first.Case }) {
			t.Fatalf("it went to %s", first.Case)
		}
		turned := slices.Clone(matches)
		slices.Reverse(turned)
		if other := mailin.Events(m, directory{sam: turned}, pen)[0]; other.Case != first.Case {
			t.Fatalf("it went to %s, and in another order to %s", first.Case, other.Case)
		}
	})
}

// FuzzEvents: whatever comes, the events that follow are such that the stream takes
// them, and a repeat has the same identity.
func FuzzEvents(f *testing.F) {
	files, err := filepath.Glob("letter/testdata/samples/*.eml")
	if err != nil || len(files) == 0 {
		f.Fatal("there are no samples", err)
	}
	for _, file := range files {
		raw := sample(f, strings.TrimSuffix(filepath.Base(file), ".eml"))
		f.Add("", bounceTo("H-10482-3"), raw)
		f.Add(sam, inbox, raw)
	}
	f.Fuzz(func(t *testing.T, from, to, raw string) {
		m := sorted(from, to, raw)
		list := mailin.Events(m, known(), pen)
		if len(list) > 1 {
			t.Errorf("%d events", len(list))
		}
		for _, e := range list {
			if err := e.Check(monday()); err != nil {
				t.Errorf("%s %s would be refused: %v", e.Type, e.Data, err)
			}
		}
		again := mailin.Events(sorted(from, to, raw), known(), pen)
		if len(again) != len(list) || len(list) == 1 && (again[0].Identity() != list[0].Identity() || again[0].Case != list[0].Case) {
			t.Error("a repeat is another event")
		}
	})
}

// publisher is a Publisher in memory.
type publisher struct {
	list []events.Event
	err  error
}

func (p *publisher) Publish(_ context.Context, list ...events.Event) error {
	if p.err != nil {
		return p.err
	}
	p.list = append(p.list, list...)
	return nil
}

func TestDesk(t *testing.T) {
	store := &publisher{}
	desk := mailin.Desk{Publisher: store, Directory: known(), Pen: pen}
	for range 2 {
		if err := desk.Take(t.Context(), sorted(sam, replyTo("H-10482-3"), hello)); err != nil {
			t.Fatal(err)
		}
	}
	if err := desk.Take(t.Context(), sorted("", bounceTo("H-10482-3"), sample(t, "postfix-delayed"))); err != nil {
		t.Fatal(err)
	}
	if len(store.list) != 2 || store.list[0].Identity() != store.list[1].Identity() {
		t.Errorf("%d events are stored, and a repeat is not known for one", len(store.list))
	}
	store.err = errors.New("no stream")
	if err := desk.Take(t.Context(), sorted(sam, inbox, hello)); !errors.Is(err, store.err) {
		t.Errorf("Take = %v, want the publisher's error", err)
	}
}
