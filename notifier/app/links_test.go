package app_test

import (
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"hearback/deploy"
	"hearback/events"
)

// exampleBook is a copy of the example book.
func exampleBook(t *testing.T) fstest.MapFS {
	t.Helper()
	book := fstest.MapFS{}
	err := fs.WalkDir(deploy.Hertfordshire(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(deploy.Hertfordshire(), path)
		book[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// hasty is the example book with a promise that is due at once.
func hasty(t *testing.T) fs.FS {
	t.Helper()
	book := exampleBook(t)
	book["rules.yaml"] = &fstest.MapFile{Data: []byte(`
council: {name: Hertfordshire County Council, short: Herts SEND, phone: 01632 960123}
working_time: {bank_holidays: england-and-wales, hours: {mon-fri: ["09:00-17:00"]}}
promises:
  - name: reply
    opened_by: enquiry.received
    due: 1 second
    acknowledge: {words: enquiry-received, via: [email], any_hour: true}
    steps: [{at: due, chase: [officer], words: reply-overdue}]
`)}
	return book
}

var linkIn = regexp.MustCompile(publicURL + `(/[af]/[A-Za-z0-9_-]+)`)

// An officer answers by a link in a chase: looking changes nothing, pressing
// records the reply. The family's link shows what became of it.
func TestAnOfficerAnswersByALink(t *testing.T) {
	c := open(t, hasty(t))
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "email": "sam@family.example"}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	words := func(to string) (paths []string) {
		for _, m := range c.app.Captured()["email"].Messages() {
			if m.Message.To == to {
				for _, found := range linkIn.FindAllStringSubmatch(m.Message.Text, -1) {
					paths = append(paths, found[1])
				}
				if strings.Contains(m.Message.Text+m.Message.HTML, "hblink") {
					t.Errorf("a link was not made: %s", m.Message.Text)
				}
			}
		}
		return paths
	}
	const officer, family = "jane.okafor@council.example", "sam@family.example"
	c.until("the chase", func() bool { return len(words(officer)) > 0 })
	if chase := words(officer); len(chase) != 3 {
		t.Fatalf("the chase has the links %q, want three", chase)
	}
	page := func(path string) string {
		response, err := http.Get("http://" + c.app.HTTPAddr() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("a page was answered %d (%v): %s", response.StatusCode, err, body)
		}
		return string(body)
	}
	replied, mine := words(officer)[0], words(family)[0]
	asked := page(replied)
	if !strings.Contains(asked, "H-1") || strings.Contains(asked, "sam@family.example") {
		t.Errorf("the officer's page says %s", asked)
	}
	if before := page(mine); !strings.Contains(before, "Jane Okafor") {
		t.Errorf("the family's page says %s", before)
	}
	if _, promises, _ := c.app.Size(); promises != 1 {
		t.Fatalf("%d promises are open after the pages were looked at, want 1", promises)
	}
	seen := regexp.MustCompile(`name="seen" value="([^"]*)"`).FindStringSubmatch(asked)
	for range 2 { // the second press changes nothing
		response, err := http.PostForm("http://"+c.app.HTTPAddr()+replied, url.Values{"channel": {"phone"}, "seen": {seen[1]}})
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Fatalf("the press was answered %d", response.StatusCode)
		}
	}
	c.until("the promise to be kept", func() bool { _, promises, _ := c.app.Size(); return promises == 0 })
}
