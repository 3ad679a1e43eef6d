package templates_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/templates"
)

// The signs of Unicode's bidirectional algorithm, by name: nobody can see them.
const (
	isolate    = "\u2068"
	endIsolate = "\u2069"
)

func TestWhatRunsTheOtherWayIsSetApart(t *testing.T) {
	words := "Subject: ((value))\n\n**((value))**, [((value))](https://council.example/((value)))\n\n((list))\n"
	library := library(t, "ur/hello.email.md", words, "ur/hello.sms.txt", "((value))", "en/hello.email.md", words, "en/hello.sms.txt", "((value))")
	for _, one := range []struct {
		language, value string
		apart           bool
	}{
		{"en", "Sam", false}, {"en", "01632 960123", false}, {"en", "é", false}, {"en", "سام", true}, {"en", "Sam سام", true}, {"en", "שם", true},
		{"ur", "Sam", true}, {"ur", "01632 960123", true}, {"ur", "é", true}, {"ur", "17:00", true}, {"ur", "सम", true}, {"ur", "سام Sam", true},
		{"ur", "سام", false}, {"ur", "پیر 30 نومبر 2026", false},
	} {
		for _, channel := range []templates.Channel{templates.SMS, templates.Email} {
			rendered, err := library.Render("hello", channel, one.language, templates.Values{"value": one.value, "list": one.value})
			if err != nil {
				t.Fatal(err)
			}
			want, shown := 0, 1
			if channel == templates.Email {
				shown = 3 // not in the address
			}
			if one.apart {
				want = shown
			}
			if got := strings.Count(rendered.Body, isolate); got != want || strings.Count(rendered.Body, endIsolate) != want {
				t.Errorf("%s %s in %s: %d of %d: %+q", channel, one.value, one.language, got, want, rendered.Body)
			}
			if channel == templates.SMS {
				continue
			}
			html := templates.HTML(rendered.Body, templates.Frame{Language: one.language})
			if strings.Count(html, "<bdi>") != want || strings.Count(html, "</bdi>") != want || strings.ContainsAny(html, isolate+endIsolate) {
				t.Errorf("%s in %s: %s", one.value, one.language, html)
			}
			if got := strings.Contains(rendered.Subject, isolate); got != one.apart {
				t.Errorf("subject %+q", rendered.Subject)
			}
		}
	}
}

func TestWordsHoldNoSignsOfDirection(t *testing.T) {
	for _, sign := range []string{"\u202a", "\u202e", "\u2066", isolate, endIsolate} {
		_, faults := templates.Parse(files("ur/hello.sms.txt", "سلام\nسلام "+sign), nil)
		if len(faults) != 1 || faults[0].Line != 2 || faults[0].Column != 6 || !strings.Contains(faults[0].Problem, "direction") {
			t.Errorf("%+q: %v", sign, faults)
		}
	}
}

var apart = regexp.MustCompile(isolate + `[^` + isolate + endIsolate + `]*` + endIsolate)

// TestNoValueLeavesItsIsolation: whatever values say, each stays between its own two
// signs, and what stands outside them are the words. A text in GSM-7 holds no sign.
func TestNoValueLeavesItsIsolation(t *testing.T) {
	library := exampleLibrary(t)
	type file struct {
		name, language string
		channel        templates.Channel
	}
	var all []file
	for _, name := range library.Names() {
		for _, channel := range []templates.Channel{templates.SMS, templates.Email} {
			for _, language := range library.Languages(name, channel) {
				if name != templates.Interpreter {
					all = append(all, file{name, language, channel})
				}
			}
		}
	}
	directions := []string{"\u202a", "\u202e", "\u202c", "\u2066", "\u2067", isolate, endIsolate, "\u200e", "\u200f", "سام", "שם", "Sam", "12 34", "\n", "<bdi>", "</bdi>"}
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SampledFrom(all).Draw(t, "words")
		rightToLeft := templates.Direction(drawn.language) == "rtl"
		required, optional := library.Placeholders(drawn.name, drawn.channel, drawn.language)
		values, plain := templates.Values{}, templates.Values{}
		for _, name := range slices.Concat(required, optional) {
			if strings.HasSuffix(name, "link") {
				values[name], plain[name] = "https://council.example/", "https://council.example/"
				continue
			}
			pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(directions), rapid.SampledFrom(hostile), rapid.String()), 1, 6).Draw(t, name)
			values[name] = strings.Join(pieces, "") + "x" // so that it shows something
			plain[name] = "x"
		}
		got, err := library.Render(drawn.name, drawn.channel, drawn.language, values)
		if err != nil {
			t.Fatal(err)
		}
		want, err := library.Render(drawn.name, drawn.channel, drawn.language, plain)
		if err != nil {
			t.Fatal(err)
		}
		left := apart.ReplaceAllString(got.Body, "")
		if strings.ContainsAny(left, isolate+endIsolate) {
			t.Fatalf("open or nested: %+q", got.Body)
		}
		if rightToLeft && left != apart.ReplaceAllString(want.Body, "") {
			t.Fatalf("outside the signs stands %+q, want %+q", left, apart.ReplaceAllString(want.Body, ""))
		}
		if drawn.channel == templates.SMS {
			if templates.Measure(got.Body).Encoding == templates.GSM7 && strings.ContainsAny(got.Body, isolate+endIsolate) {
				t.Fatalf("signs in a plain text: %+q", got.Body)
			}
			return
		}
		html := templates.HTML(got.Body, templates.Frame{Title: got.Subject, Council: values["council"], Language: got.Language})
		depth := 0
		for _, element := range tag.FindAllString(html, -1) {
			switch element {
			case "<bdi>":
				depth++
			case "</bdi>":
				depth--
			}
			if depth < 0 || depth > 1 {
				t.Fatalf("bdi is not closed where it opened: %s", html)
			}
		}
		_, shown, _ := strings.Cut(html, "</head>") // a title has no elements
		if depth != 0 || strings.ContainsAny(shown, isolate+endIsolate) {
			t.Fatalf("bdi is left open, or a sign is left: %s", html)
		}
	})
}
