package templates_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"hearback/templates"
)

func TestRenderText(t *testing.T) {
	for _, test := range []struct {
		name, words string
		values      templates.Values
		want        string
	}{
		{"a value", "Hello ((name))", templates.Values{"name": "Sam"}, "Hello Sam"},
		{"spelt as Notify allows", "((Due_Date)) ((duedate)) ((DUE-DATE)) ((due  date))", templates.Values{"due date": "today"}, "today today today today"},
		{"keys spelt otherwise", "((due date))", templates.Values{"Due-Date": "today"}, "today"},
		{"shown", "Hi. ((urgent??Call now.)) Bye", templates.Values{"urgent": "Yes"}, "Hi. Call now. Bye"},
		{"shown for true", "((urgent??Now))", templates.Values{"urgent": "true"}, "Now"},
		{"hidden for no", "Hi. ((urgent??Call now.)) Bye", templates.Values{"urgent": "no"}, "Hi. Bye"},
		{"hidden when missing", "Hi. ((urgent??Call now.))", nil, "Hi."},
		{"hidden at the start", "((urgent??Now!)) Hi", nil, "Hi"},
		{"hidden for any other value", "Hi ((urgent??now))", templates.Values{"urgent": "maybe"}, "Hi"},
		{"own value used", "Hi. ((told??((told)) knows.)) Bye", templates.Values{"told": "Jo"}, "Hi. Jo knows. Bye"},
		{"own value missing", "Hi. ((told??((told)) knows.)) Bye", templates.Values{"told": " "}, "Hi. Bye"},
		{"other value in optional text", "((urgent??Call ((name))))", templates.Values{"urgent": "yes", "name": "Jo"}, "Call Jo"},
		{"other value not asked for when hidden", "Hi ((urgent??call ((name))))", nil, "Hi"},
		{"brackets in optional text", "((urgent??Call (now) or (then)))", templates.Values{"urgent": "1"}, "Call (now) or (then)"},
		{"brackets round a value", "(((name)))", templates.Values{"name": "Sam"}, "(Sam)"},
		{"no second pass", "((name))", templates.Values{"name": "((phone))", "phone": "1"}, "((phone))"},
		{"line ends in a value", "((name))", templates.Values{"name": " a\r\n\tb\u2028c\x00d "}, "a b c d"},
		{"marks of direction in a value", "((name))", templates.Values{"name": "\u202aSam\u202c\u200e \ufeffT"}, "Sam T"},
		{"normalised value", "((name)) – ok", templates.Values{"name": "O’Brien…"}, "O'Brien... - ok"},
		{"not UTF-8", "((name))", templates.Values{"name": "a\xffb"}, "a\ufffdb"},
		{"another script", "((name))", templates.Values{"name": "Оксана"}, "Оксана"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := library(t, sms, test.words).Render("hello", templates.SMS, "en", test.values)
			if err != nil || got.Body != test.want {
				t.Errorf("%q, %v; want %q", got.Body, err, test.want)
			}
		})
	}
}

func TestRenderEmail(t *testing.T) {
	for _, test := range []struct {
		name, words string
		values      templates.Values
		subject     string
		text        string
	}{
		{"a value", "Subject: Hi ((name))\n\n# Dear ((name))\n\nBye", templates.Values{"name": "Sam & *Co*"}, "Hi Sam & *Co*", "Dear Sam & *Co*\n\nBye\n"},
		{"no line end in a subject", "subject: ((name))\n\nBye", templates.Values{"name": "a\r\nBcc: b"}, "a Bcc: b", "Bye\n"},
		{"escaped once", "Subject: a\n\n((name))", templates.Values{"name": "&lt;b&gt; \\* &#42;"}, "a", "&lt;b&gt; \\* &#42;\n"},
		{"a link", "Subject: a\n\n[Open](((link)))", templates.Values{"link": "https://council.example/a?b=1&copy=2#(c)"}, "a", "Open: https://council.example/a?b=1&copy=2#%28c%29\n"},
		{"a piece of a link", "Subject: a\n\n[Open](https://council.example/((ref))/x)", templates.Values{"ref": "a/b c&d"}, "a", "Open: https://council.example/a%2Fb%20c%26d/x\n"},
		{"a list with links", "Subject: a\n\n((list))", templates.Values{"list": templates.Item("*one*", "answer", "https://council.example/a?b=(c)") + "\n" + templates.Item("two", "answer", "javascript:alert(1)") + "\n" + templates.Item("t\x1fh\x1fr", "a", "")}, "a", "* *one*. answer: https://council.example/a?b=(c)\n* two\n* t h r\n"},
		{"a list", "Subject: a\n\nb\n\n((list))\n\nc", templates.Values{"list": "one: 1\n\n 2. *two*\r\n# three\n"}, "a", "b\n\n* one: 1\n* 2. *two*\n* # three\n\nc\n"},
		{"an optional link", "Subject: a\n\nb\n\n((link??[Open](((link)))))\n\nc", templates.Values{"link": "https://council.example"}, "a", "b\n\nOpen: https://council.example\n\nc\n"},
		{"no optional link", "Subject: a\n\nb\n\n((link??[Open](((link)))))\n\nc", nil, "a", "b\n\nc\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := library(t, email, test.words).Render("hello", templates.Email, "en", test.values)
			if err != nil {
				t.Fatal(err)
			}
			if text := templates.Text(got.Body); got.Subject != test.subject || text != test.text {
				t.Errorf("%q, %q\nwant %q, %q", got.Subject, text, test.subject, test.text)
			}
		})
	}
}

func TestNeverABlank(t *testing.T) {
	for _, value := range []string{"", " ", "\n", "\u00a0", "\u200b", "\u200d", "\u3164", "\ufeff", "\u0301", "\x00"} {
		for _, test := range []struct {
			file    string
			channel templates.Channel
			words   string
		}{
			{sms, templates.SMS, "Hello ((due date))"},
			{sms, templates.SMS, "Hello ((urgent??by ((due date))))"},
			{email, templates.Email, "Subject: ((due date))\n\nHello"},
			{email, templates.Email, "Subject: Hello\n\n((due date))"},
			{email, templates.Email, "Subject: Hello\n\n[a](((due date)))"},
		} {
			got, err := library(t, test.file, test.words).Render("hello", test.channel, "en", templates.Values{"due date": value, "urgent": "yes"})
			missing, ok := errors.AsType[*templates.Missing](err)
			if !ok || missing.Words != "hello" || missing.Placeholder != "due date" || got != (templates.Rendered{}) {
				t.Errorf("%q with %q: %+v, %v", test.words, value, got, err)
			}
		}
	}
	list := library(t, email, "Subject: Hello\n\n((list))")
	if _, err := list.Render("hello", templates.Email, "en", templates.Values{"list": "\n \n"}); err == nil {
		t.Error("an empty list was sent")
	}
}

func TestOnlyWebAddressesBecomeLinks(t *testing.T) {
	parsed := library(t, email, "Subject: a\n\n[Open](((link)))")
	for _, address := range []string{"javascript:alert(1)", "data:text/html,x", "//council.example", "council.example", "https://", "mailto:a@b.example", "https://[x"} {
		if got, err := parsed.Render("hello", templates.Email, "en", templates.Values{"link": address}); err == nil {
			t.Errorf("%q became %q", address, got.Body)
		}
	}
}

func TestErrorsHoldNoValue(t *testing.T) {
	_, err := library(t, sms, "((name)) ((phone))").Render("hello", templates.SMS, "en", templates.Values{"name": "Sam Taylor"})
	if err == nil || strings.Contains(err.Error(), "Sam") || !strings.Contains(err.Error(), "((phone))") {
		t.Errorf("error %v", err)
	}
	_, err = library(t).Render("hello", templates.SMS, "cy", nil)
	if unwritten, ok := errors.AsType[*templates.Unwritten](err); !ok || !strings.Contains(unwritten.Error(), "words/en/hello.sms.txt") {
		t.Errorf("error %v", err)
	}
}

func TestLanguages(t *testing.T) {
	parsed := library(t, sms, "Hello", "cy/hello.sms.txt", "Helo", "pt-BR/hello.sms.txt", "Oi", "pl/only.sms.txt", "Tylko", "en/hello.email.md", "Subject: a\n\nb")
	for _, test := range []struct{ asked, body, language string }{
		{"en", "Hello", "en"}, {"", "Hello", "en"}, {"en-GB", "Hello", "en"}, {"fr", "Hello", "en"},
		{"cy", "Helo", "cy"}, {"cy-GB", "Helo", "cy"}, {"CY", "Helo", "cy"}, {"cy-Latn-GB", "Helo", "cy"},
		{"pt-br", "Oi", "pt-BR"}, {"pt-BR-x-old", "Oi", "pt-BR"}, {"pt", "Hello", "en"}, {"-", "Hello", "en"},
	} {
		got, err := parsed.Render("hello", templates.SMS, test.asked, nil)
		if err != nil || got.Body != test.body || got.Language != test.language {
			t.Errorf("%q: %+v, %v", test.asked, got, err)
		}
	}
	if parsed.Has("only", templates.SMS, "en") || !parsed.Has("only", templates.SMS, "pl") || parsed.Has("hello", "fax", "en") {
		t.Error("Has does not answer as Render does")
	}
	if got := parsed.Languages("hello", templates.SMS); !slices.Equal(got, []string{"cy", "en", "pt-BR"}) {
		t.Errorf("languages %v", got)
	}
}

func TestPlaceholdersOfWords(t *testing.T) {
	parsed := library(t, email, "Subject: ((ref))\n\n((name)) ((urgent??call ((phone)) or ((name)))) ((told??((told))))")
	required, optional := parsed.Placeholders("hello", templates.Email, "en")
	if none, never := parsed.Placeholders("other", templates.Email, "en"); none != nil || never != nil {
		t.Errorf("words nobody wrote ask for %v, %v", none, never)
	}
	if !slices.Equal(required, []string{"name", "ref"}) || !slices.Equal(optional, []string{"phone", "told", "urgent"}) {
		t.Errorf("required %v, optional %v", required, optional)
	}
}

func TestManyGoroutines(t *testing.T) {
	parsed := exampleLibrary(t)
	values := examples(templates.FamilyPlaceholders())
	want, err := parsed.Render(templates.ReplyLate, templates.Email, "en", values)
	if err != nil {
		t.Fatal(err)
	}
	html := templates.HTML(want.Body, templates.Frame{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				got, err := parsed.Render(templates.ReplyLate, templates.Email, "en", values)
				if err != nil || got != want || templates.HTML(got.Body, templates.Frame{}) != html {
					t.Errorf("%+v, %v", got, err)
				}
			}
		})
	}
	group.Wait()
}

func TestAnyValueStaysOnOneLine(t *testing.T) {
	text := library(t, sms, "Hello ((name))")
	mail := library(t, email, "Subject: ((name))\n\n((name))")
	rapid.Check(t, func(t *rapid.T) {
		values := templates.Values{"name": rapid.String().Draw(t, "name")}
		got, err := text.Render("hello", templates.SMS, "en", values)
		rendered, mailErr := mail.Render("hello", templates.Email, "en", values)
		if (err == nil) != (mailErr == nil) {
			t.Fatalf("text %v, email %v", err, mailErr)
		}
		if err != nil {
			return
		}
		value := strings.TrimPrefix(got.Body, "Hello ")
		if value == got.Body || value == "" || strings.Contains(value, "  ") || strings.ContainsFunc(got.Body, unicode.IsControl) {
			t.Fatalf("body %q", got.Body)
		}
		if strings.ContainsFunc(rendered.Subject, unicode.IsControl) || rendered.Subject == "" {
			t.Fatalf("subject %q", rendered.Subject)
		}
		if templates.Normalise(got.Body) != got.Body {
			t.Fatalf("body %q is not normalised", got.Body)
		}
	})
}

func FuzzRender(f *testing.F) {
	f.Add("Hello ((name))", "Sam")
	f.Add("((name??a ((name)) b)) c", "yes\n")
	f.Fuzz(func(t *testing.T, words, value string) {
		parsed, faults := templates.Parse(files(sms, words, email, "Subject: a\n\n"+words), nil)
		if len(faults) > 0 {
			return
		}
		required, optional := parsed.Placeholders("hello", templates.Email, "en")
		values := templates.Values{}
		for _, name := range append(required, optional...) {
			values[name] = value
		}
		if got, err := parsed.Render("hello", templates.SMS, "en", values); err == nil && strings.Contains(got.Body, "\r") {
			t.Errorf("body %q", got.Body)
		}
		plain := templates.Values{}
		for name := range values {
			plain[name] = "https://council.example/"
		}
		for _, name := range optional {
			if plain[name] != "" {
				plain[name] = "yes"
				values[name] = "yes"
			}
		}
		got, err := parsed.Render("hello", templates.Email, "en", values)
		if err != nil {
			return
		}
		want, err := parsed.Render("hello", templates.Email, "en", plain)
		if err == nil && elements(got.Body) != elements(want.Body) && !strings.Contains(value, "\n") {
			t.Errorf("%q with %q:\n%s\nwant\n%s", words, value, elements(got.Body), elements(want.Body))
		}
	})
}

func BenchmarkRenderText(b *testing.B) {
	parsed := exampleLibrary(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parsed.Render(templates.EnquiryReceived, templates.SMS, "en", worst); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	rendered, err := exampleLibrary(b).Render(templates.EnquiryReceived, templates.SMS, "en", worst)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		templates.Measure(rendered.Body)
	}
}

func BenchmarkRenderEmail(b *testing.B) {
	parsed := exampleLibrary(b)
	values := examples(templates.FamilyPlaceholders())
	b.ReportAllocs()
	for b.Loop() {
		rendered, err := parsed.Render(templates.EnquiryReceived, templates.Email, "en", values)
		if err != nil {
			b.Fatal(err)
		}
		templates.Text(rendered.Body)
		templates.HTML(rendered.Body, templates.Frame{Title: rendered.Subject, Language: "en"})
	}
}
