package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/events"
)

// Two parents of one case, who must not hear of each other: neither's page says
// anything of the other's name, number, address, enquiry or messages.
func TestAParentsPageIsOnlyTheirs(t *testing.T) {
	c := open(t, nil)
	sam := map[string]any{"id": "c1", "name": "Sam Taylor", "email": "sam@family.example"}
	alex := map[string]any{"id": "parent-two", "name": "Alexandra Whittle", "mobile": "07700 900456", "email": "alexandra@other.example", "prefers": []string{"email", "sms"}}
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane", "contacts": []map[string]any{sam, alex}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "sams", "channel": "phone", "from": "c1"})
	c.tell("H-1", events.TypeMessageReceived, map[string]any{"channel": "email", "contact": "parent-two", "text": "I am moving to Spain", "address": "alexandra@other.example"})
	c.tell("H-1", events.TypeContactOptedOut, map[string]any{"channel": "sms", "contact": "parent-two"})
	until := time.Now().AddDate(1, 0, 0)
	c.tell("H-1", events.TypeReplyPostponed, map[string]any{"enquiry": "e3", "until": until.Format(time.DateOnly), "reason": "Alexandra asked for it"})
	link := func(to string) (path string) {
		for _, m := range c.app.Captured()["email"].Messages() {
			if found := linkIn.FindStringSubmatch(m.Message.Text); m.Message.To == to && found != nil {
				path = found[1]
			}
		}
		return path
	}
	page := func(to string) string {
		response, err := http.Get("http://" + c.app.HTTPAddr() + link(to))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("status %d (%v): %s", response.StatusCode, err, body)
		}
		return string(body)
	}
	c.until("both to have a link, and one the new date", func() bool {
		return link("sam@family.example") != "" && link("alexandra@other.example") != "" && strings.Contains(page("alexandra@other.example"), "Alexandra asked for it") &&
			strings.Contains(page("sam@family.example"), "It was not sent")
	})
	mine, theirs := page("sam@family.example"), page("alexandra@other.example")
	for _, wanted := range []string{"Jane Okafor", "We have your message", "It was not sent"} {
		if !strings.Contains(mine, wanted) {
			t.Errorf("the page does not say %q: %s", wanted, mine)
		}
	}
	for _, others := range []string{"Alexandra", "Whittle", "900456", "other.example", "Spain", "parent-two", "Our reply takes longer", "new date"} {
		if strings.Contains(mine, others) {
			t.Errorf("the page says %q: %s", others, mine)
		}
	}
	if !strings.Contains(theirs, "Our reply takes longer") || strings.Contains(theirs, "Sam") || strings.Contains(theirs, "family.example") {
		t.Errorf("the other's page says %s", theirs)
	}
}
