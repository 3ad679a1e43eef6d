package standin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel/standin"

	"pgregory.net/rapid"
)

const (
	notifyService  = "11111111-2222-4333-8444-555555555555"
	notifySecret   = "66666666-7777-4888-9999-aaaaaaaaaaaa"
	notifyTemplate = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
)

// notification is what we read of the stand-in's JSON, with the standard library.
type notification struct {
	ID        string `json:"id"`
	Reference string `json:"reference"`
	Type      string `json:"type"`
	Status    string `json:"status"`
	Phone     string `json:"phone_number"`
	Body      string `json:"body"`
	Subject   string `json:"subject"`
	Created   string `json:"created_at"`
	Content   struct{ Body, Subject string }
	Errors    []struct{ Error, Message string }
	Code      int `json:"status_code"`
}

type notifyListing struct {
	Notifications []notification `json:"notifications"`
	Links         struct{ Current, Next string }
}

// send asks a stand-in to send; values are pairs of personalisation.
func send(handler http.Handler, kind, to, reference string, values ...string) *httptest.ResponseRecorder {
	personalisation := map[string]string{}
	for pair := range slices.Chunk(values, 2) {
		personalisation[pair[0]] = pair[1]
	}
	body, _ := json.Marshal(map[string]any{
		"phone_number": to, "reference": reference, "template_id": notifyTemplate, "personalisation": personalisation,
	})
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/v2/notifications/"+kind, bytes.NewReader(body)))
	return recorder
}

func TestNotifyGivesBackWhatItAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		notify := standin.NewNotify("", standin.NotifyFaults{})
		body := rapid.StringN(1, 300, -1).Draw(t, "body")
		reference := rapid.StringMatching(`H-[0-9]{1,5}-[0-9]{1,2}`).Draw(t, "reference")
		reply := send(notify, "sms", "07700 900123", reference, "body", body)
		accepted := read[notification](t, reply)
		if reply.Code != http.StatusCreated || accepted.Reference != reference || accepted.Content.Body != body {
			t.Fatalf("status %d, %+v, want the body %q", reply.Code, accepted, body)
		}
		send(notify, "sms", "07700 900123", "another", "body", body)
		listed := read[notifyListing](t, get(notify, "/v2/notifications?template_type=sms&reference="+url.QueryEscape(reference)))
		fetched := read[notification](t, get(notify, "/v2/notifications/"+accepted.ID))
		if len(listed.Notifications) != 1 || fmt.Sprint(listed.Notifications[0]) != fmt.Sprint(fetched) ||
			fetched.ID != accepted.ID || fetched.Reference != reference || fetched.Body != body || fetched.Type != "sms" || fetched.Phone != "07700 900123" {
			t.Fatalf("listed %+v, fetched %+v, accepted %+v", listed, fetched, accepted)
		}
	})
}

func TestNotifyListsInPagesNewestFirst(t *testing.T) {
	notify := standin.NewNotify("", standin.NotifyFaults{})
	for number := range 600 {
		send(notify, "sms", "07700900123", fmt.Sprint(number), "body", "x")
	}
	send(notify, "letter", "", "599", "body", "x", "subject", "y", "address_line_1", "Sam Taylor", "address_line_2", "1 High Street", "address_line_3", "SG5 1AA")
	want, pages := 599, 0
	for next := "/v2/notifications?template_type=sms"; next != ""; pages++ {
		page := read[notifyListing](t, get(notify, next))
		for _, listed := range page.Notifications {
			if listed.Reference != fmt.Sprint(want) {
				t.Fatalf("got %s, want %d", listed.Reference, want)
			}
			want--
		}
		next = page.Links.Next
	}
	if want != -1 || pages != 4 {
		t.Errorf("%d are left after %d pages, want none after 3 and an empty one", want+1, pages)
	}
	if page := read[notifyListing](t, get(notify, "/v2/notifications?reference=599")); len(page.Notifications) != 2 || page.Notifications[0].Type != "letter" {
		t.Errorf("got %+v, want the letter and the text of that reference", page)
	}
	if counts := notify.Counts(); counts.Accepted != 601 || counts.Repeated != 0 {
		t.Errorf("counts %+v, want no repeat: the reference went once by each way", counts)
	}
	send(notify, "sms", "07700900123", "599", "body", "x")
	if counts := notify.Counts(); counts.Repeated != 1 {
		t.Errorf("counts %+v, want a repeat", counts)
	}
}

func TestNotifyHonoursTheNumbersForTrials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notify := standin.NewNotify("", standin.NotifyFaults{Settles: time.Minute})
		for _, number := range []string{"07700900000", "+447700900111", "447700900222"} {
			reply := send(notify, "sms", number, number, "body", "x")
			accepted := read[notification](t, reply)
			if reply.Code != http.StatusCreated || accepted.ID == "" || get(notify, "/v2/notifications/"+accepted.ID).Code != http.StatusNotFound {
				t.Errorf("%s: status %d, id %q, want it accepted and not to be found", number, reply.Code, accepted.ID)
			}
		}
		if counts := notify.Counts(); counts.Simulated != 3 || counts.Accepted != 0 || len(notify.Received()) != 0 {
			t.Errorf("counts %+v, want 3 simulated and none accepted", counts)
		}
		for number, want := range map[string]string{
			"07700 900002": "permanent-failure", "07700 900003": "temporary-failure", "+44 7700 900123": "delivered",
		} {
			id := read[notification](t, send(notify, "sms", number, number, "body", "x")).ID
			if _, made := notify.Receipt(id); made {
				t.Errorf("%s: a receipt before its time", number)
			}
			if status := read[notification](t, get(notify, "/v2/notifications/"+id)).Status; status != "sending" {
				t.Errorf("%s: status %s at first, want sending", number, status)
			}
			time.Sleep(time.Minute)
			body, made := notify.Receipt(id)
			var receipt notification
			if !made || json.Unmarshal(body, &receipt) != nil || receipt.Status != want || receipt.Reference != number || receipt.ID != id {
				t.Errorf("%s: receipt %s, want %s", number, body, want)
			}
			if status := read[notification](t, get(notify, "/v2/notifications/"+id)).Status; status != want {
				t.Errorf("%s: status %s, want %s", number, status, want)
			}
		}
		if _, made := notify.Receipt("SM00000000000000000000000000000001"); made {
			t.Error("a receipt for somebody else's text")
		}
	})
}

func TestNotifyRefusesWhatNotifyRefuses(t *testing.T) {
	letter := []string{"body", "x", "subject", "y", "address_line_1", "Sam Taylor", "address_line_2", "1 High Street", "address_line_3"}
	for name, test := range map[string]struct {
		kind, to string
		values   []string
		status   int
		says     string
	}{
		"a landline":             {"sms", "01632960123", []string{"body", "x"}, 400, "ValidationError"},
		"no number":              {"sms", "", []string{"body", "x"}, 400, "ValidationError"},
		"no body":                {"sms", "07700900123", nil, 400, "BadRequestError"},
		"an empty body":          {"sms", "07700900123", []string{"body", ""}, 400, "BadRequestError"},
		"a body too long":        {"sms", "07700900123", []string{"body", strings.Repeat("x", 919)}, 400, "BadRequestError"},
		"a long body":            {"sms", "07700900123", []string{"body", strings.Repeat("x", 918)}, 201, ""},
		"a letter":               {"letter", "", append(letter, "SG5 1AA"), 201, ""},
		"no postcode":            {"letter", "", append(letter, "Hitchin"), 400, "ValidationError"},
		"two lines":              {"letter", "", letter[:8], 400, "ValidationError"},
		"a letter, no body":      {"letter", "", letter[2:8], 400, "BadRequestError"},
		"an email, which is 405": {"email", "07700900123", nil, 405, "MethodNotAllowed"},
	} {
		notify := standin.NewNotify("", standin.NotifyFaults{})
		reply := send(notify, test.kind, test.to, "r", test.values...)
		said := read[notification](t, reply)
		if reply.Code != test.status || test.says != "" && (len(said.Errors) != 1 || said.Errors[0].Error != test.says || said.Code != test.status) {
			t.Errorf("%s: status %d, %s, want %d and %s", name, reply.Code, reply.Body, test.status, test.says)
		}
	}
}

// FuzzNotify gives the stand-in any request at all. It answers with JSON.
func FuzzNotify(f *testing.F) {
	f.Add("POST", "/v2/notifications/sms", `{"phone_number":"07700900123","template_id":"`+notifyTemplate+`","personalisation":{"body":"x"}}`)
	f.Add("POST", "/v2/notifications/letter", `{"template_id":"`+notifyTemplate+`","personalisation":{"body":"x","subject":1,"address_line_1":null}}`)
	f.Add("POST", "/v2/notifications/sms", `{"personalisation":[]}`)
	f.Add("GET", "/v2/notifications?older_than=00000000-0000-4000-8000-ffffffffffff&template_type=sms", "")
	f.Add("GET", "/v2/notifications?older_than=x", "")
	f.Add("GET", "/v2/notifications/00000000-0000-4000-8000--00000000001", "")
	f.Add("DELETE", "/elsewhere", "")
	f.Fuzz(func(t *testing.T, method, address, body string) {
		target, err := url.Parse(address)
		if err != nil || !strings.HasPrefix(address, "/") {
			return
		}
		notify := standin.NewNotify("", standin.NotifyFaults{})
		send(notify, "sms", "07700900123", "r", "body", "first")
		recorder := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
		request.Method, request.URL = method, target
		notify.ServeHTTP(recorder, request)
		if !json.Valid(recorder.Body.Bytes()) {
			t.Errorf("%s %s gives %q", method, address, recorder.Body)
		}
	})
}
