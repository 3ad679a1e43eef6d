package app_test

import (
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier/app"
)

// manager is somebody at a browser, who plays a member of staff of the demonstration.
type manager struct {
	t       *testing.T
	address string
	as      string
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z]+)" value="([^"]*)">`)

func (m manager) ask(method, path string, form url.Values) (int, string) {
	m.t.Helper()
	request, err := http.NewRequestWithContext(m.t.Context(), method, m.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		m.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.AddCookie(&http.Cookie{Name: "hearback-as", Value: m.as})
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		m.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	return response.StatusCode, html.UnescapeString(string(body))
}

// sees fails where a page is not as wanted.
func (m manager) sees(path string, wanted ...string) string {
	m.t.Helper()
	code, body := m.ask(http.MethodGet, path, nil)
	return m.held(path, code, http.StatusOK, body, wanted)
}

func (m manager) held(what string, code, want int, body string, wanted []string) string {
	m.t.Helper()
	if code != want {
		m.t.Errorf("%s: status %d, want %d", what, code, want)
	}
	for _, text := range wanted {
		if !strings.Contains(body, text) {
			m.t.Errorf("%s does not say %q", what, text)
		}
	}
	if m.t.Failed() {
		m.t.Fatal(body)
	}
	return body
}

// sends fills in the form of a page that goes to a path, and sends it.
func (m manager) sends(page, path string, values url.Values, want int, wanted ...string) string {
	m.t.Helper()
	body := m.sees(page)
	_, form, found := strings.Cut(body, `action="`+path+`"`)
	if !found {
		m.t.Fatalf("%s has no form that goes to %s: %s", page, path, body)
	}
	form, _, _ = strings.Cut(form, "</form>")
	return m.presses(path, form, values, want, wanted...)
}

// presses sends a form as it stands, with values in its fields.
func (m manager) presses(path, form string, values url.Values, want int, wanted ...string) string {
	m.t.Helper()
	filled := url.Values{}
	for _, hidden := range hiddenField.FindAllStringSubmatch(form, -1) {
		filled.Set(hidden[1], hidden[2])
	}
	maps.Copy(filled, values)
	code, body := m.ask(http.MethodPost, path, filled)
	return m.held("POST "+path, code, want, body, wanted)
}

// text is what stands in the field of a page.
func (m manager) text(path string) string {
	m.t.Helper()
	body := m.sees(path)
	_, after, found := strings.Cut(body, "aria-describedby=\"book-text-hint")
	_, after, open := strings.Cut(after, ">\n")
	text, _, closed := strings.Cut(after, "</textarea>")
	if !found || !open || !closed {
		m.t.Fatalf("%s has no text: %s", path, body)
	}
	return text
}

// A manager gives the team ten working days instead of five: is told of a slip of the
// pen at its line, mends it, tries the book on what was recorded, publishes it, moves
// the open promises, and takes it all back. Two managers at once do not undo each other.
func TestAManagerChangesTheBook(t *testing.T) {
	config := app.Config{DataDir: t.TempDir(), NatsListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", SMSWorkers: 2, EmailWorkers: 2, LogLevel: "error", LogFormat: "text"}
	c := started(t, config, app.Options{Demo: true})
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "email": "sam@family.example"}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	c.until("an open promise", func() bool { _, promises, _ := c.app.Size(); return promises == 1 })
	address := "http://" + c.app.HTTPAddr()
	tomasz, ingrid := manager{t, address, "p.tomasz"}, manager{t, address, "p.ingrid"}

	tomasz.sees("/book", "built-in example book", `The promise "reply" opens with`, "It is due 5 working days", "A family gets in touch.", "What follows, day by day")
	tomasz.sees("/book/promises/reply", "<svg", "What follows, day by day")
	tomasz.sees("/book/draft", "You have no draft")

	const before, slip, after = "    due: 5 working days\n    acknowledge", "    due: 10 wroking days\n    acknowledge", "    due: 10 working days\n    acknowledge"
	rules := tomasz.text("/book/rules")
	if strings.Count(rules, before) == 0 {
		t.Fatal("the example book has changed")
	}
	above, _, _ := strings.Cut(rules, before)
	line := fmt.Sprint(strings.Count(above, "\n") + 1)
	tomasz.presses("/book/check", "", url.Values{"file": {"rules.yaml"}, "text": {strings.Replace(rules, before, slip, 1)}}, http.StatusOK, "1 fault so far", "Line "+line, "working days")
	tomasz.sees("/book/draft", "You have no draft") // what is only typed is kept nowhere
	tomasz.sends("/book/rules", "/book/rules", url.Values{"text": {strings.ReplaceAll(strings.Replace(rules, before, slip, 1), "\n", "\r\n")}}, http.StatusUnprocessableEntity,
		"There is a problem", `<a href="#book-text" data-line="`+line+`">Line `+line+`</a>`, "due: 10 wroking days")
	tomasz.sees("/book/draft", "What to mend", "rules.yaml, line "+line, `href="/book/rules?line=`+line+`#book-text"`)
	tomasz.sends("/book/rules", "/book/rules", url.Values{"text": {strings.Replace(rules, before, after, 1)}}, http.StatusOK, "Kept in your draft. No faults.")
	tomasz.sees("/book", "It is due 5 working days") // nothing is in force by writing it

	// Meanwhile somebody else begins from the same book.
	ingrid.sees("/book/draft", "You have no draft")
	words := ingrid.text("/book/words/en/reply-late.sms.txt")
	ingrid.sends("/book/words/en/reply-late.sms.txt", "/book/words/en/reply-late.sms.txt", url.Values{"text": {strings.Replace(words, "Sorry", "We are sorry", 1) + " "}}, http.StatusOK, "Kept in your draft", "As it usually looks", "At its longest")

	draft := tomasz.sees("/book/draft", "10 working days", "Play the last 90 days")
	tomasz.sends("/book/draft", "/book/draft/backtest", nil, http.StatusOK, "What book ", "would have done", "By promise and team")
	tomasz.sends("/book/draft", "/book/draft/publish", nil, http.StatusUnprocessableEntity, "Say why: it stands in the history of the book")
	_, form, _ := strings.Cut(draft, `action="/book/draft/publish"`)
	plan := tomasz.presses("/book/draft/publish", form, url.Values{"why": {"Ten days is what we can keep"}, "replan": {"yes"}}, http.StatusOK, "Publish, and move the open promises?", "of 1 case", "H-1", "Now due")
	tomasz.sees("/book", "It is due 5 working days") // nor by looking
	tomasz.presses("/book/draft/publish", plan, nil, http.StatusOK, "The open promises were moved")
	tomasz.sees("/book", "It is due 10 working days", "Tomasz Wrona (p.tomasz)", "Ten days is what we can keep")
	tomasz.sees("/book/draft", "You have no draft")

	// The second hears who was first, and loses nothing.
	ingrid.sees("/book/draft", "Somebody has published since you began", "Tomasz Wrona (p.tomasz)", "10 working days")
	stale := ingrid.sees("/book/draft")
	ingrid.presses("/book/draft/publish", strings.Split(stale, "</form>")[1], url.Values{"version": {versionOf(t, stale)}, "why": {"Kinder words"}}, http.StatusConflict,
		"Somebody was first: Tomasz Wrona (p.tomasz)", "Yours was not published and is kept")
	renewed := ingrid.sends("/book/draft", "/book/draft/renew", nil, http.StatusOK, "reply-late")
	if strings.Contains(renewed, "Somebody has published") || strings.Contains(renewed, "10 working days") {
		t.Fatalf("the draft still differs in what the other has changed: %s", renewed)
	}
	ingrid.sends("/book/draft", "/book/draft/publish", url.Values{"why": {"Kinder words"}}, http.StatusOK, "Your version of the book is in force", "Kinder words", "It is due 10 working days")

	// And back to where it began.
	history := tomasz.sees("/book/history", "Kinder words", "Ten days is what we can keep", "built-in example book")
	versions := regexp.MustCompile(`/book/history/([0-9a-f]{12})"`).FindAllStringSubmatch(history, -1)
	if len(versions) != 3 {
		t.Fatalf("%d versions: %s", len(versions), history)
	}
	first := "/book/history/" + versions[2][1]
	tomasz.sees("/book/history/"+versions[1][1], "What it changed", "10 working days", "Bring this version back")
	tomasz.sends(first, first+"/revert", nil, http.StatusOK, "Your draft of the book", "5 working days", "back to the version of ")
	tomasz.sends("/book/draft", "/book/draft/publish", url.Values{"why": {"We can keep five after all"}}, http.StatusOK, "It is due 5 working days", "We can keep five after all")
	inForce := "/book/history/" + versions[2][1]
	seen := tomasz.sends(inForce, inForce+"/move", nil, http.StatusOK, "Move the open promises?", "of 1 case")
	tomasz.presses(inForce+"/move", seen, nil, http.StatusOK, "The open promises were moved")

	// What is thrown away is gone.
	tomasz.sends("/book/directory", "/book/directory", url.Values{"text": {"people: [}"}}, http.StatusUnprocessableEntity, "directory.yaml")
	tomasz.sends("/book/draft", "/book/draft/discard", nil, http.StatusOK, "Version in force")
	tomasz.sees("/book/draft", "You have no draft")
}

var shownVersion = regexp.MustCompile(`name="version" value="([0-9a-f]{12})"`)

func versionOf(t *testing.T, page string) string {
	t.Helper()
	found := shownVersion.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no version stands in %s", page)
	}
	return found[1]
}
