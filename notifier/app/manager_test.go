package app_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// demonstration is a Hearback whose pages are open.
func demonstration(t *testing.T) *council {
	t.Helper()
	return started(t, app.Config{DataDir: t.TempDir(), NatsListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0",
		SMSWorkers: 2, EmailWorkers: 2, LogLevel: "error", LogFormat: "text"}, app.Options{Demo: true})
}

func (c *council) page(path string) string {
	c.t.Helper()
	response, err := http.Get("http://" + c.app.HTTPAddr() + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: status %d (%v)", path, response.StatusCode, err)
	}
	return string(body)
}

func (c *council) press(path string, form url.Values) string {
	c.t.Helper()
	response, err := http.PostForm("http://"+c.app.HTTPAddr()+path, form)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: status %d (%v)", path, response.StatusCode, err)
	}
	return string(body)
}

// The figures of promises kept are what the recorded ledger says, entry by entry.
func TestPromisesKeptAreThoseOfTheLedger(t *testing.T) {
	c := demonstration(t)
	for i := range 12 {
		ref := fmt.Sprint("H-", i)
		c.tell(ref, events.TypeCaseOpened, map[string]any{"team": []string{"north", "south"}[i%2], "officer": "o.jane"})
		c.tell(ref, events.TypeEnquiryReceived, map[string]any{"enquiry": "q", "channel": "phone"})
		switch i % 3 {
		case 0:
			c.tell(ref, events.TypeReplySent, map[string]any{"by": "o.jane", "channel": "phone"})
		case 1:
			c.tell(ref, events.TypeCaseClosed, map[string]any{"reason": "moved away"})
		}
	}
	ledger, err := stream.Find(t.Context(), c.app.Conn())
	if err != nil {
		t.Fatal(err)
	}
	fold := func() map[string][2]int { // kept and otherwise, by team
		sums := map[string][2]int{}
		if err := ledger.History(t.Context(), []string{events.LedgerWildcard}, func(r stream.Record) {
			e, err := picture.Decode(r.Data)
			if err != nil {
				t.Error(err)
			}
			for _, p := range e.Ended {
				sum := sums[e.Case.Team]
				if p.Ended.Kept {
					sum[0]++
				} else {
					sum[1]++
				}
				sums[e.Case.Team] = sum
			}
		}); err != nil {
			t.Fatal(err)
		}
		return sums
	}
	c.until("the figures of the ledger", func() bool {
		want := fold()
		rows, err := csv.NewReader(strings.NewReader(c.page("/keeping.csv?by=team&kind=all"))).ReadAll()
		if err != nil || want["north"][0]+want["south"][0] != 4 || want["north"][1]+want["south"][1] != 4 {
			return false
		}
		got := map[string][2]int{}
		for _, row := range rows[1:] {
			inTime, _ := strconv.Atoi(row[2])
			late, _ := strconv.Atoi(row[3])
			otherwise, _ := strconv.Atoi(row[4])
			got[row[0]] = [2]int{inTime + late, otherwise}
		}
		return fmt.Sprint(got) == fmt.Sprint(want)
	})
	if page := c.page("/keeping"); !strings.Contains(page, "Everything is counted") || strings.Count(page, "<svg") != 2 {
		t.Errorf("the page: %s", page)
	}
}

// A manager hands a case over in the page, twice, and it is decided once.
func TestACaseIsHandedOverOnce(t *testing.T) {
	c := demonstration(t)
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane"})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q", "channel": "phone"})
	c.until("the list", func() bool { return strings.Contains(c.page("/waiting"), "H-1") })
	form := url.Values{"cases": {"H-1"}, "officer": {"o.amir"}, "confirm": {"yes"}, "token": {"one-showing"}}
	if page := c.press("/waiting/hand-over", form); !strings.Contains(page, "1 of 1 case was handed over") {
		t.Fatalf("the page: %s", page)
	}
	c.until("the new officer", func() bool { return strings.Contains(c.page("/waiting"), "Amir Hosseini<span") })
	c.press("/waiting/hand-over", form)
	if page := c.page("/cases/H-1"); strings.Count(page, "The case is now with o.amir") != 1 {
		t.Errorf("the case: %s", page)
	}
}

// What a service sent wrong is found whole, mended in the page, and decided.
func TestARejectedEventIsMendedAndDecided(t *testing.T) {
	c := demonstration(t)
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north"})
	broken := `{"specversion":"1.0","id":"e-1","source":"/ehc-hub","type":"enquiry.received","subject":"H-1","time":"2026-11-23T09:00:00Z","data":{"channel":"fone","enquiry":"q1"}}`
	binary := &nats.Msg{Subject: events.Subject("H-1", events.TypeEnquiryReceived), Header: nats.Header{"ce-id": {"e-2"}, "ce-specversion": {"1.0"}, "ce-source": {"/ehc-hub"}, "ce-type": {"enquiry.received"}, "ce-subject": {"H-1"}, "ce-time": {"yesterday"}},
		Data: []byte(`{"channel":"phone","enquiry":"q2"}`)}
	if err := c.app.Conn().Publish(events.Subject("H-1", events.TypeEnquiryReceived), []byte(broken)); err != nil {
		t.Fatal(err)
	}
	if err := c.app.Conn().PublishMsg(binary); err != nil {
		t.Fatal(err)
	}
	c.until("both rejections", func() bool { return strings.Count(c.page("/rejected"), `href="/rejected/`) == 2 })
	c.until("their number", func() bool { return strings.Contains(c.page("/health"), `href="/rejected">2</a>`) })
	mended := 0
	for _, part := range strings.Split(c.page("/rejected"), `href="/rejected/`)[1:] {
		number, _, _ := strings.Cut(part, `"`)
		page := c.page("/rejected/" + number)
		_, body, _ := strings.Cut(page, `name="event"`)
		_, body, _ = strings.Cut(body, ">")
		body, _, _ = strings.Cut(body, "</textarea>")
		body = strings.NewReplacer("&#34;", `"`, "&#43;", "+", "&#39;", "'", "fone", "phone", "yesterday", time.Now().UTC().Format(time.RFC3339)).Replace(body)
		if !json.Valid([]byte(body)) {
			t.Fatalf("the event is no JSON: %s", body)
		}
		if page := c.press("/rejected/"+number, url.Values{"event": {body}}); strings.Contains(page, "It has been decided") {
			mended++
		}
	}
	if mended != 2 {
		t.Errorf("%d were decided", mended)
	}
	c.until("the marks", func() bool { return strings.Count(c.page("/rejected"), "tag-on-time\">Same id decided") == 2 })
	if page := c.page("/waiting"); strings.Count(page, `<th scope="row"`) != 2 {
		t.Errorf("who waits: %s", page)
	}
}

func TestHealthOfARunningHearback(t *testing.T) {
	c := demonstration(t)
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "contacts": []map[string]any{{"id": "c1", "name": "Zelda Quartermain", "mobile": "+447700900123"}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q", "channel": "phone", "from": "c1"})
	c.until("the text", func() bool { return len(c.app.Captured()["sms"].Messages()) == 1 })
	page := c.page("/health")
	for _, wanted := range []string{"All is well", "Leader: it decides and sends", "Bank holidays of the book", "Texts", "Emails", "Letters", "Captured, not sent", "Free on the disk"} {
		if !strings.Contains(page, wanted) {
			t.Errorf("the page does not say %q", wanted)
		}
	}
	for _, private := range []string{"Zelda", "900123", "H-1<"} {
		if strings.Contains(page, private) {
			t.Errorf("the page tells about a family: %s", private)
		}
	}
}
