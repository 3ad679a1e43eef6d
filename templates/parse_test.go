package templates_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"hearback/templates"
)

// files makes a folder of words from pairs of path and content.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func library(tb testing.TB, pairs ...string) *templates.Library {
	tb.Helper()
	parsed, faults := templates.Parse(files(pairs...), nil)
	for _, fault := range faults {
		tb.Fatal(fault)
	}
	return parsed
}

const (
	sms   = "en/hello.sms.txt"
	email = "en/hello.email.md"
)

func TestEveryFaultIsReportedAtItsPlace(t *testing.T) {
	known := map[string][]string{"hello": {"name", "due date", "reason", "link", "list", "urgent"}}
	const head = "Subject: Hello\n\n"
	for _, test := range []struct{ name, file, content, want string }{
		{"never closed", sms, "Hello ((name", `1:7: this "((" is never closed`},
		{"closed on the next line", sms, "Hello\nyou ((due\ndate))", `2:5: this "((" is not closed on its line`},
		{"closed by one bracket", sms, "Hello ((name), hello", `1:7: this "((" is closed by one bracket only`},
		{"bracket in the name", sms, "Hello ((na(me)) you", `1:11: there is a bracket inside a placeholder's name`},
		{"closes nothing", sms, "Hello (name)) you", `1:12: "))" closes nothing`},
		{"no name", sms, "Hello (( )) you", `1:7: this placeholder has no name`},
		{"no name, optional", sms, "Hello ((??you))", `1:7: this placeholder has no name`},
		{"optional text never closed", sms, "Hello ((urgent??you", `1:7: this optional text is never closed`},
		{"optional text empty", sms, "Hello ((urgent??  )) you", `1:7: this optional text is empty`},
		{"optional in optional", sms, "((urgent??a ((name??b)) c))", `1:13: there is optional text inside optional text`},
		{"unknown, near", sms, "Hello ((due dat))", `1:7: there is no value "due dat" for these words; did you mean ((due date))?`},
		{"unknown, far", sms, "Hello ((shoe size))", `1:7: there is no value "shoe size" for these words; use one of: name, due date, reason, link, list, urgent`},
		{"unknown, long", sms, "((" + strings.Repeat("é", 41) + "))", `1:1: there is no value "` + strings.Repeat("é", 40) + `…" for these words`},
		{"unknown, very long", sms, "((" + strings.Repeat("a", 100) + "))", `1:1: there is no value "` + strings.Repeat("a", 40) + `…" for these words`},
		{"bracket, then the line ends", sms, "((na(me\nyou", `1:5: there is a bracket inside a placeholder's name`},
		{"bracket at the end", sms, "((na(me", `1:5: there is a bracket inside a placeholder's name`},
		{"unknown condition", sms, "Hé ((urgently??now))", `1:4: there is no value "urgently" for these words; did you mean ((urgent))?`},
		{"list in a text", sms, "Hello ((list))", `1:7: a text message cannot hold a list`},
		{"reason in a text", sms, "Hello ((urgent??for ((reason))))", `1:21: a text message must not hold a reason`},
		{"empty text", sms, " \n\n", `1:1: this file is empty`},
		{"not UTF-8", sms, "Hello\ncaf\xe9", `2:4: this is not UTF-8 text`},
		{"control character", sms, "Hello\x07", `1:6: there is a control character here`},
		{"too large", sms, strings.Repeat("a", 65<<10), `1:1: this file is larger than 64 KB`},
		{"no subject", email, "Hello\n\nyou", `1:1: the first line is not a subject`},
		{"nothing", email, "", `1:1: the first line is not a subject`},
		{"empty subject", email, "Subject: \n\nyou", `1:10: the subject is empty`},
		{"empty body", email, "Subject: you\n\n \n", `4:1: the email has no body`},
		{"no body at all", email, "Subject: you", `1:13: the email has no body`},
		{"no empty line", email, "Subject: you\nHello", `2:1: there is no empty line under the subject`},
		{"list in a subject", email, "Subject: you ((list))\n\nHello", `1:14: a subject cannot hold a list`},
		{"unknown in a subject", email, "Subject: ((nam))\n\nHello", `1:10: there is no value "nam" for these words; did you mean ((name))?`},
		{"list within words", email, head + "Here: ((list))", `3:7: the list does not stand alone`},
		{"list before words", email, head + "((list))\nHello", `3:1: the list does not stand alone`},
		{"HTML", email, head + "Hello <b>you</b>", `3:7: HTML is not used in words`},
		{"HTML block", email, head + "Hello\n\n<div>\nyou\n</div>", `5:1: HTML is not used in words`},
		{"picture", email, head + "Hello ![you](https://council.example/a.png)", `3:7: pictures are not sent in emails`},
		{"link by reference", email, head + "[you][1]\n\n[1]: https://council.example", `5:3: there is a link by reference`},
		{"value in code", email, head + "Hello `((name))`", `3:8: a value cannot stand here`},
		{"value in a code block", email, head + "Hello\n\n    ((name))", `5:5: a value cannot stand here`},
		{"value in a title", email, head + `[you](https://council.example "((name))")`, `3:32: a value cannot stand here`},
		{"value makes a list", email, head + "((name)). Hello", `3:1: what this value says would change the look`},
		{"value makes a list when hidden", email, head + "((urgent??a ))((name)). Hello", `3:15: what this value says would change the look`},
		{"value breaks emphasis", email, head + "Hello **((name))**you", `3:9: what this value says would change the look`},
		{"backslash", email, head + `Hello \((name))`, `3:8: there is a backslash before this value`},
		{"backslash when hidden", email, head + `Hello \((urgent??a ))((name))`, `3:22: there is a backslash before this value`},
		{"wrong channel", "en/hello.fax.txt", "Hello", `1:1: this is not the name of words`},
		{"capitals", "en/Hello.sms.txt", "Hello", `1:1: this is not the name of words`},
		{"not a language", "welsh_1/hello.sms.txt", "Hello", `1:1: this folder is not named after a language`},
		{"no language", "hello.sms.txt", "Hello", `1:1: this file is not in the folder of a language`},
		{"folder too deep", "en/more/hello.sms.txt", "Hello", `1:1: there is a folder among the words`},
	} {
		t.Run(test.name, func(t *testing.T) {
			parsed, faults := templates.Parse(files(test.file, test.content), known)
			if len(faults) != 1 {
				t.Fatalf("faults %v, want one", faults)
			}
			got := faults[0]
			text := strings.TrimPrefix(got.String(), got.File+":")
			if !strings.HasPrefix(text, test.want) || !strings.HasPrefix(test.file, got.File) && got.File != "welsh_1" {
				t.Errorf("fault\n%s, want\n%s", got, test.want)
			}
			if got.Remedy == "" {
				t.Error("no remedy")
			}
			if len(parsed.Names()) != 0 {
				t.Errorf("faulty words %v are in the library", parsed.Names())
			}
		})
	}
}

func TestOneBadFileLeavesTheOthers(t *testing.T) {
	parsed, faults := templates.Parse(files(
		"en/a.sms.txt", "Hello",
		"en/b.sms.txt", "Hello ((",
		"en/.DS_Store", "\x00",
		"cy/c.sms.txt", "((x\n((y",
	), nil)
	if got := parsed.Names(); len(got) != 1 || got[0] != "a" {
		t.Errorf("names %v, want [a]", got)
	}
	var at []string
	for _, fault := range faults {
		at = append(at, strings.SplitN(fault.String(), ": ", 2)[0])
	}
	if got := strings.Join(at, " "); got != "cy/c.sms.txt:1:1 cy/c.sms.txt:2:1 en/b.sms.txt:1:7" {
		t.Errorf("faults at %s", got)
	}
}

func TestSameLanguageTwice(t *testing.T) {
	_, faults := templates.Parse(files("CY/a.sms.txt", "Helo", "cy/a.sms.txt", "Helo"), nil)
	if len(faults) != 1 || !strings.Contains(faults[0].Problem, "twice") {
		t.Errorf("faults %v", faults)
	}
}

func TestWindowsFilesAreAccepted(t *testing.T) {
	parsed := library(t, sms, "\ufeffHello\r\n((name))\r\n", email, "\ufeffSubject: Hello\r\n\r\nDear ((name)),\r\n\r\nBye\r\n")
	values := templates.Values{"name": "Sam"}
	text, err := parsed.Render("hello", templates.SMS, "", values)
	if err != nil || text.Body != "Hello\nSam" {
		t.Errorf("text %q, %v", text.Body, err)
	}
	mail, err := parsed.Render("hello", templates.Email, "", values)
	if err != nil || mail.Subject != "Hello" || mail.Body != "Dear Sam,\n\nBye\n" {
		t.Errorf("email %+v, %v", mail, err)
	}
}

func TestWordsOfOtherNames(t *testing.T) {
	fsys := files("en/ours.sms.txt", "((a))", "en/theirs.sms.txt", "((b))")
	for _, test := range []struct {
		known map[string][]string
		want  int
	}{
		{nil, 0},
		{map[string][]string{"ours": {"a"}}, 0},
		{map[string][]string{"ours": {"a"}, "": {"b"}}, 0},
		{map[string][]string{"ours": nil}, 1},
		{map[string][]string{"": {"c"}}, 2},
	} {
		if _, faults := templates.Parse(fsys, test.known); len(faults) != test.want {
			t.Errorf("known %v: faults %v, want %d", test.known, faults, test.want)
		}
	}
}

func TestUnreadable(t *testing.T) {
	for _, broken := range []string{".", "en", "en/hello.sms.txt"} {
		fsys := brokenFS{files("en/hello.sms.txt", "Hello"), broken}
		parsed, faults := templates.Parse(fsys, nil)
		if len(faults) != 1 || faults[0].File != broken || faults[0].Remedy == "" || len(parsed.Names()) != 0 {
			t.Errorf("%s: faults %v", broken, faults)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	fsys, known := os.DirFS(exampleWords), templates.Known()
	for b.Loop() {
		templates.Parse(fsys, known)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("Hello ((name))", "Hello\n\nDear ((name)),\n\n((list))\n\n[a](((link)))")
	f.Add("((a??b ((c)) d)) (e) (((f)))", "((a))\n\n1. **((b))** `c`\n\n> ((d??e))")
	f.Add("((", "x\n\n<b ((a))>")
	f.Add("))((??", "x\n\n\\((a)) [((b))]: ((c))\n")
	f.Fuzz(func(t *testing.T, text, mail string) {
		parsed, faults := templates.Parse(files("en/a.sms.txt", text, "en/a.email.md", "Subject: "+mail), nil)
		for _, fault := range faults {
			if fault.Line < 1 || fault.Column < 1 || fault.Problem == "" || fault.Remedy == "" {
				t.Errorf("bad fault %+v", fault)
			}
		}
		for _, channel := range []templates.Channel{templates.SMS, templates.Email} {
			if !parsed.Has("a", channel, "en") {
				continue
			}
			required, optional := parsed.Placeholders("a", channel, "en")
			values := templates.Values{}
			for _, name := range append(required, optional...) {
				values[name] = "https://council.example/1"
			}
			if _, err := parsed.Render("a", channel, "en", values); err != nil {
				t.Errorf("%s with every value: %v", channel, err)
			}
		}
	})
}
