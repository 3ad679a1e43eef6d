package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
)

func page(t interface{ Fatal(...any) }, r report.Report) string {
	var out strings.Builder
	if err := report.HTML(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func date(day int) calendar.Date { return calendar.Date{Year: 2026, Month: time.March, Day: day} }

// sample has every part of a report, with one text wherever a text may come from outside.
func sample(name string) report.Report {
	noon := time.Date(2026, time.March, 26, 12, 0, 0, 0, time.UTC)
	return report.Report{Title: name, Says: []string{name}, Sections: []report.Section{{
		Title: name, Says: []string{name},
		Plots: []report.Plot{
			&report.Bars{Title: name, Describes: name, Across: name, Up: name, Labels: []string{name, "b"},
				Series: []report.Series{{Name: name, Values: []float64{1, 2}}, {Name: "d", Values: []float64{0, 3000}}}},
			&report.Timeline{Title: name, Describes: name, From: date(23), To: date(30), Location: time.UTC, Free: []report.FreeDay{{Date: date(28), Name: name}},
				Rows: []report.Row{{Name: name, Start: noon, End: noon.AddDate(0, 0, 2), Late: true}, {Name: name, Marks: []report.Mark{{At: noon, Says: name}}}}},
		},
		Tables: []report.Table{{Caption: name, Columns: []report.Column{{Name: name}, {Name: "n", Number: true}}, Rows: [][]string{{name, name}}}, {Caption: name, Empty: name}},
	}}}
}

// allowed are the elements of a page; a name from outside brings no other.
var allowed = regexp.MustCompile(`^(html|head|meta|title|style|body|main|h1|h2|p|section|figure|figcaption|div|svg|desc|path|text|circle|table|caption|thead|tbody|tr|th|td|rect|g)$`)

// readPage walks through the page as XML does, which is stricter than HTML, and fails
// where it has what it must not.
func readPage(t interface{ Fatalf(string, ...any) }, html string) (elements map[string]int, text string) {
	html = strings.ReplaceAll(strings.TrimPrefix(html, "<!doctype html>"), `content="width=device-width, initial-scale=1">`, `content=""/>`)
	html = regexp.MustCompile(`(<meta [^>]*[^/])>`).ReplaceAllString(html, "$1/>")
	decoder := xml.NewDecoder(strings.NewReader(html))
	decoder.Entity = xml.HTMLEntity
	elements = map[string]int{}
	var words strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return elements, words.String()
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		switch token := token.(type) {
		case xml.CharData:
			words.Write(token)
			words.WriteByte(' ')
		case xml.StartElement:
			elements[token.Name.Local]++
			if !allowed.MatchString(token.Name.Local) {
				t.Fatalf("the page has an element %s", token.Name.Local)
			}
			for _, a := range token.Attr {
				switch {
				case a.Name.Local == "style", a.Name.Local == "src", a.Name.Local == "href", strings.HasPrefix(a.Name.Local, "on"):
					t.Fatalf("%s has an attribute %s", token.Name.Local, a.Name.Local)
				case (a.Name.Local == "fill" || a.Name.Local == "stroke") && a.Value != "none":
					t.Fatalf("%s is drawn in %s, which no page can turn dark", token.Name.Local, a.Value)
				}
			}
		}
	}
}

func TestPageNeedsNothingBesideItself(t *testing.T) {
	html := page(t, sample("SEND North"))
	elements, text := readPage(t, html)
	for element, n := range map[string]int{"svg": 2, "title": 3, "desc": 2, "h1": 1, "h2": 1, "table": 1, "caption": 1, "figcaption": 2, "style": 1} {
		if elements[element] != n {
			t.Errorf("%d elements %s, want %d", elements[element], element, n)
		}
	}
	for _, want := range []string{"SEND North", "Mon 23 Mar", "3,000"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	_, rest, _ := strings.Cut(html, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	if !strings.Contains(html, "sha256-"+base64.StdEncoding.EncodeToString(sum[:])) && !strings.Contains(html, "sha256-"+strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;")) {
		t.Error("the policy does not allow the page's own style")
	}
	for _, class := range regexp.MustCompile(`(fill|stroke)-[a-z]+`).FindAllString(strings.Replace(html, style, "", 1), -1) {
		if class != "stroke-width" && class != "stroke-dasharray" && !strings.Contains(style, "."+class+" ") {
			t.Errorf("the style says nothing of %s", class)
		}
	}
	if strings.Contains(style, "url(") || strings.Contains(style, "@import") {
		t.Error("the style asks for something from elsewhere")
	}
	if again := page(t, sample("SEND North")); again != html {
		t.Error("the same report gave another page")
	}
}

// What comes from outside stays words: a council's name, a reference, a team.
func TestNamesStayWords(t *testing.T) {
	harmless, _ := readPage(t, page(t, sample("x")))
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.SampledFrom([]string{`</style><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `]]></desc><a href="javascript:x">`, `{{.Title}}`, `&lt;b&gt;`, "a\nb\x00c\x1b[31m", `'; x: url(//e.example)`})
		name := rapid.OneOf(hostile, rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "name")
		html := page(t, sample(name))
		elements, _ := readPage(t, html)
		for _, element := range []string{"script", "img", "a", "svg", "table", "style", "title"} {
			if elements[element] != harmless[element] {
				t.Fatalf("%q changed the number of elements %s", name, element)
			}
		}
	})
}

// A plot of nothing, of one thing, or of far too much is still a plot.
func TestPlotsOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.IntRange(0, 400).Draw(t, "labels")
		bars := &report.Bars{Title: "b", Labels: make([]string, labels)}
		for range rapid.IntRange(0, 7).Draw(t, "series") {
			bars.Series = append(bars.Series, report.Series{Name: "s", Values: rapid.SliceOfN(rapid.Float64Range(0, 1e9), labels, labels).Draw(t, "values")})
		}
		line := &report.Timeline{Title: "t", From: date(1), To: date(1).AddDays(rapid.IntRange(0, 800).Draw(t, "days"))}
		for i := range rapid.IntRange(0, 12).Draw(t, "rows") {
			line.Rows = append(line.Rows, report.Row{Name: fmt.Sprint(i), Marks: []report.Mark{{At: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0)}}})
		}
		readPage(t, page(t, report.Report{Title: "r", Sections: []report.Section{{Title: "s", Plots: []report.Plot{bars, line}}}}))
	})
}

// A fragment says what the page says, without what only a page of its own needs.
func TestAFragmentIsPartOfAPage(t *testing.T) {
	var out strings.Builder
	if err := report.Fragment(&out, sample("<b>name</b>")); err != nil {
		t.Fatal(err)
	}
	elements, text := readPage(t, "<main>"+out.String()+"</main>")
	if elements["svg"] != 2 || elements["table"] == 0 || elements["h2"] != 1 {
		t.Errorf("it has %v", elements)
	}
	for _, never := range []string{"html", "head", "body", "style", "h1", "b"} {
		if elements[never] > 0 {
			t.Errorf("it has <%s>", never)
		}
	}
	if !strings.Contains(text, "<b>name</b>") || strings.Contains(out.String(), "style=") {
		t.Errorf("it says %s", text)
	}
}
