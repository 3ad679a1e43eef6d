package inbound_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier/channel/notify"
	"hearback/notifier/inbound"
	"hearback/notifier/keyword"
)

const (
	anID  = "740e5834-3a29-46b4-9a6f-16142fde533a"
	bears = "Bearer " + token
)

// notified is the handlers of GOV.UK Notify's calls over a store, with what really
// reads them. The only cases are H-1 and H-2.
func notified(s *store, known directory) inbound.Notify {
	reported := func(parse func([]byte) (notify.Receipt, error)) func([]byte) (inbound.Reported, error) {
		return func(body []byte) (inbound.Reported, error) {
			said, err := parse(body)
			return inbound.Reported{ID: said.ID, Message: said.Reference, Channel: said.Kind, Report: said.Report}, err
		}
	}
	return inbound.Notify{
		Authorised:   func(header string) bool { return notify.Authorised(header, token) },
		ParseReceipt: reported(notify.ParseReceipt), ParseReturnedLetter: reported(notify.ParseReturnedLetter),
		ParseText: func(body []byte) (inbound.Texted, error) {
			said, err := notify.ParseReceivedText(body)
			return inbound.Texted{ID: said.ID, From: said.From, To: said.To, Body: said.Message, At: said.Received}, err
		},
		Known: func(ref string) bool { return ref == "H-1" || ref == "H-2" },
		Texts: texts(s, known),
	}
}

// doors are the handlers by path.
func doors(n inbound.Notify) map[string]http.Handler {
	return map[string]http.Handler{inbound.ReceiptPath: n.Receipts(), inbound.ReturnedLetterPath: n.ReturnedLetters(), inbound.TextPath: n.Received()}
}

// notifies makes a call as Notify does.
func notifies(n inbound.Notify, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", bears)
	return do(doors(n)[path], r)
}

func receiptOf(reference, kind, status string) string {
	return `{"id": "` + anID + `", "reference": ` + reference + `, "to": "07700900123", "status": "` + status + `", "created_at": "2026-11-23T08:00:00.000000Z",
		"completed_at": "2026-11-23T08:00:02.000000Z", "sent_at": "2026-11-23T08:00:01.000000Z", "notification_type": "` + kind + `", "template_id": "x", "template_version": 1}`
}

func returnedOf(reference string) string {
	return `{"notification_id": "` + anID + `", "reference": ` + reference + `, "date_sent": "2026-11-02T09:00:00.000000Z", "template_version": 1}`
}

func textOf(from, to, words, at string) string {
	body, err := json.Marshal(map[string]string{"id": anID, "source_number": from, "destination_number": to, "message": words, "date_received": at})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// good are calls of each door that are stored as one event.
func good() map[string]string {
	return map[string]string{
		inbound.ReceiptPath:        receiptOf(`"H-1-3"`, "sms", "delivered"),
		inbound.ReturnedLetterPath: returnedOf(`"H-1-3"`),
		inbound.TextPath:           textOf("447700900101", "07700900900", "Any news?", ""),
	}
}

func TestNotifysReceipts(t *testing.T) {
	const receipt, returned = inbound.ReceiptPath, inbound.ReturnedLetterPath
	for name, one := range map[string]struct {
		path, body string
		event      string // its id and status; "" for none
		kept       bool
	}{
		"it arrived":                    {receipt, receiptOf(`"H-1-3"`, "sms", "delivered"), anID + ":delivered delivered", false},
		"no such number":                {receipt, receiptOf(`"H-1-3"`, "sms", "permanent-failure"), anID + ":permanent-failure failed unusable", false},
		"the phone is off":              {receipt, receiptOf(`"H-1-3"`, "sms", "temporary-failure"), anID + ":temporary-failure failed", false},
		"a fault of theirs":             {receipt, receiptOf(`"H-1-3"`, "sms", "technical-failure"), anID + ":technical-failure failed", false},
		"to a number abroad":            {receipt, receiptOf(`"H-1-3"`, "sms", "sent"), anID + ":sent sent", false},
		"on its way":                    {receipt, receiptOf(`"H-1-3"`, "sms", "sending"), "", false},
		"a status of tomorrow":          {receipt, receiptOf(`"H-1-3"`, "sms", "teleported"), "", true},
		"a status that is no word":      {receipt, receiptOf(`"H-1-3"`, "sms", "07700 900123"), "", true},
		"a letter that came back":       {returned, returnedOf(`"H-1-3"`), anID + ":returned-letter failed unusable", false},
		"another system's":              {receipt, receiptOf(`"PARKING 2026/17"`, "sms", "delivered"), "", false},
		"another's, with a new status":  {receipt, receiptOf(`"PARKING 2026/17"`, "sms", "teleported"), "", false},
		"another's, named as ours are":  {receipt, receiptOf(`"EHC-2026-17"`, "email", "permanent-failure"), "", false},
		"a case's, and no message's":    {receipt, receiptOf(`"H-1"`, "sms", "delivered"), "", false},
		"no message's number":           {receipt, receiptOf(`"H-1-03"`, "sms", "delivered"), "", false},
		"without a reference":           {receipt, receiptOf(`null`, "email", "delivered"), "", false},
		"another system's letter":       {returned, returnedOf(`"PARKING 2026/17"`), "", false},
		"a letter without a reference":  {returned, returnedOf(`null`), "", false},
		"without an id":                 {receipt, `{"reference": "H-1-3", "status": "delivered", "notification_type": "sms"}`, "", true},
		"a letter without an id":        {returned, `{"reference": "H-1-3"}`, "", true},
		"no JSON":                       {receipt, `id=1&to=07700900123`, "", true},
		"nothing":                       {receipt, ``, "", true},
		"a text at the receipts' door":  {receipt, good()[inbound.TextPath], "", true},
		"a receipt at the letters' one": {returned, good()[receipt], "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			w := notifies(notified(s, nil), one.path, one.body)
			if w.Code != http.StatusNoContent || w.Body.Len() != 0 {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			var got strings.Builder
			for _, e := range s.events {
				said, err := events.DataOf[events.Receipt](e)
				got.WriteString(e.ID + " " + said.Status)
				if said.Unusable {
					got.WriteString(" unusable")
				}
				if err != nil || e.Case != "H-1" || e.Type != events.TypeReceiptReceived || !e.Time.Equal(monday()) || said.Message != "H-1-3" || said.ProviderID != anID ||
					said.Channel != map[string]string{receipt: "sms", returned: "letter"}[one.path] || (said.Reason == "") != (said.Status != "failed") {
					t.Errorf("stored %+v with %+v", e, said)
				}
			}
			if got.String() != one.event || (len(s.rejected) == 1) != one.kept || len(s.rejected) > 1 {
				t.Errorf("stored %q, want %q; kept %+v", got.String(), one.event, s.rejected)
			}
			for _, kept := range s.rejected {
				if kept.Case != events.UnknownCase || string(kept.Body) != one.body || kept.Reason == "" || strings.Contains(kept.Reason, "7700") {
					t.Errorf("kept %+v", kept)
				}
			}
			// Whatever it was, once it cannot be stored it is not taken for stored.
			s.err = errors.New("the stream cannot be reached")
			w = notifies(notified(s, nil), one.path, one.body)
			if lost := one.event != "" || one.kept; lost && (w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "") || !lost && w.Code != http.StatusNoContent {
				t.Errorf("answered %d while nothing can be stored", w.Code)
			}
		})
	}
}

// TestARepeatOfNotifysIsTheSameEvent: a repeat has the identity of the first, and what
// became of a message later has another.
func TestARepeatOfNotifysIsTheSameEvent(t *testing.T) {
	s := &store{}
	n := notified(s, directory{"+447700900101": {{Case: "H-1", Contact: "c1"}, {Case: "H-2", Contact: "p"}}})
	calls := [][2]string{
		{inbound.ReceiptPath, receiptOf(`"H-1-3"`, "sms", "delivered")}, {inbound.ReceiptPath, receiptOf(`"H-1-3"`, "sms", "temporary-failure")},
		{inbound.ReturnedLetterPath, returnedOf(`"H-1-3"`)}, {inbound.TextPath, textOf("447700900101", "", "STOP", "")},
	}
	identities := map[uint64]bool{}
	for range 2 {
		for _, one := range calls {
			if w := notifies(n, one[0], one[1]); w.Code != http.StatusNoContent {
				t.Fatalf("answered %d %s", w.Code, w.Body)
			}
		}
	}
	for _, e := range s.events {
		identities[e.Identity()] = true
	}
	if len(s.events) != 10 || len(identities) != 5 {
		t.Errorf("%d events of %d identities, want 10 of 5", len(s.events), len(identities))
	}
}

func TestWhatIsNotNotifysIsRefused(t *testing.T) {
	for name, one := range map[string]struct {
		change func(*http.Request)
		status int
		says   string
	}{
		"no token":           {func(r *http.Request) { r.Header.Del("Authorization") }, http.StatusUnauthorized, "HEARBACK_NOTIFY_CALLBACK_TOKEN"},
		"another token":      {func(r *http.Request) { r.Header.Set("Authorization", bears+"x") }, http.StatusUnauthorized, "HEARBACK_NOTIFY_CALLBACK_TOKEN"},
		"a shorter token":    {func(r *http.Request) { r.Header.Set("Authorization", bears[:len(bears)-1]) }, http.StatusUnauthorized, "Callbacks"},
		"an empty token":     {func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, http.StatusUnauthorized, "Callbacks"},
		"another scheme":     {func(r *http.Request) { r.Header.Set("Authorization", "Basic "+token) }, http.StatusUnauthorized, "Callbacks"},
		"two tokens":         {func(r *http.Request) { r.Header.Add("Authorization", bears) }, http.StatusUnauthorized, "Callbacks"},
		"a look":             {func(r *http.Request) { r.Method = http.MethodGet }, http.StatusMethodNotAllowed, "POST"},
		"another method":     {func(r *http.Request) { r.Method = http.MethodPut }, http.StatusMethodNotAllowed, "POST"},
		"a form":             {func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, http.StatusUnsupportedMediaType, "JSON"},
		"no type":            {func(r *http.Request) { r.Header.Del("Content-Type") }, http.StatusUnsupportedMediaType, "application/json"},
		"another alphabet":   {func(r *http.Request) { r.Header.Set("Content-Type", "application/json; charset=utf-16") }, http.StatusUnsupportedMediaType, "UTF-8"},
		"compressed":         {func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, http.StatusUnsupportedMediaType, "Content-Encoding"},
		"larger than theirs": {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", 64<<10+1))) }, http.StatusRequestEntityTooLarge, "larger"},
		"cut short": {func(r *http.Request) {
			r.Body = io.NopCloser(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("{}"))))
		},
			http.StatusServiceUnavailable, "again"},
	} {
		for path, body := range good() {
			t.Run(name+" at "+path, func(t *testing.T) {
				s := &store{}
				r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Authorization", bears)
				one.change(r)
				w := do(doors(notified(s, nil))[path], r)
				p := problemOf(t, w)
				if w.Code != one.status || len(s.events)+len(s.rejected) != 0 || !strings.Contains(p.Detail, one.says) {
					t.Errorf("answered %d %s, stored %d, kept %d", w.Code, p.Detail, len(s.events), len(s.rejected))
				}
				if strings.Contains(w.Body.String(), token) || strings.Contains(w.Body.String(), "7700") {
					t.Errorf("the answer shows what it must not: %s", w.Body)
				}
				if (w.Header().Get("Allow") == "POST") != (w.Code == http.StatusMethodNotAllowed) ||
					(w.Header().Get("WWW-Authenticate") != "") != (w.Code == http.StatusUnauthorized) ||
					(w.Header().Get("Retry-After") != "") != (w.Code == http.StatusServiceUnavailable) {
					t.Errorf("answered %d with %v", w.Code, w.Header())
				}
			})
		}
	}
}

func TestNotifysDoorsAreClosedWithoutAToken(t *testing.T) {
	for path, body := range good() {
		s := &store{}
		n := notified(s, nil)
		n.Authorised = nil
		w := notifies(n, path, body)
		if p := problemOf(t, w); w.Code != http.StatusServiceUnavailable || !strings.Contains(p.Detail, "HEARBACK_NOTIFY_CALLBACK_TOKEN") || len(s.events)+len(s.rejected) != 0 {
			t.Errorf("%s: answered %d %s, stored %d, kept %d", path, w.Code, p.Detail, len(s.events), len(s.rejected))
		}
	}
}

// TestATextThroughNotifyIsATextThroughTwilio: whatever somebody texts, whoever they
// are, the same is stored whichever provider passes it on, but for its names and its time.
func TestATextThroughNotifyIsATextThroughTwilio(t *testing.T) {
	now, earlier := monday(), monday().Add(-time.Hour)
	for _, known := range [][]inbound.Match{
		nil,
		{{Case: "H-1", Contact: "c1"}},
		{{Case: "H-1"}},
		{{Case: "H-1", Contact: "c1", Last: now}, {Case: "H-1", Contact: "c2", Last: now}},
		{{Case: "H-1", Contact: "c1", Last: earlier}, {Case: "H-2", Contact: "p", Last: now}, {Case: "H-3"}},
		{{Case: "H-1", Contact: "c1"}, {Case: "H-2", Contact: "p"}},
	} {
		for _, words := range []string{"Any news?", "Stop.", "DECHRAU", "leave me ALONE!", "Help", "Yes", "Auto-reply: away", " Diolch ŵ 🙂\n", ""} {
			more := func() keyword.Words { return keyword.Words{Stop: []string{"Leave me alone"}} }
			viaTwilio, viaNotify := &store{}, &store{}
			tw, n := twilio(viaTwilio, directory{theirs: known}), notified(viaNotify, directory{theirs: known})
			tw.Keywords, n.Keywords = more, more
			form := url.Values{"MessageSid": {anID}, "From": {theirs}, "To": {"+447700900900"}, "Body": {words}}
			if w := call(tw.Inbound(), inbound.InboundPath, form.Encode()); w.Code != http.StatusOK {
				t.Fatalf("Twilio was answered %d", w.Code)
			}
			if w := notifies(n, inbound.TextPath, textOf(theirs[1:], "07700900900", words, "")); w.Code != http.StatusNoContent {
				t.Fatalf("Notify was answered %d", w.Code)
			}
			if len(viaNotify.events) == 0 || !slices.EqualFunc(viaTwilio.events, viaNotify.events, func(a, b events.Event) bool {
				return a.Source == "/twilio/inbound" && b.Source == "/notify/text" && a.ID == b.ID && a.Type == b.Type && a.Case == b.Case && a.Time.Equal(b.Time) && string(a.Data) == string(b.Data)
			}) {
				t.Errorf("%q, known as %+v: through Twilio %+v, through Notify %+v", words, known, viaTwilio.events, viaNotify.events)
			}
		}
	}
}

func TestATextThatNotifyPassesOn(t *testing.T) {
	for name, one := range map[string]struct {
		body   string
		at     time.Time // zero: none is stored
		echoes int
	}{
		"at once":              {textOf("447700900101", "07700900900", "Hello", "2026-11-23T08:59:58.000000Z"), monday().Add(-2 * time.Second), 0},
		"after half an hour":   {textOf("447700900101", "07700900900", "Hello", "2026-11-23T08:30:00.000000Z"), monday().Add(-30 * time.Minute), 0},
		"from another century": {textOf("447700900101", "07700900900", "Hello", "1999-12-31T23:59:59.000000Z"), monday(), 0},
		"from tomorrow":        {textOf("447700900101", "07700900900", "Hello", "2026-11-24T09:00:00.000000Z"), monday(), 0},
		"without a time":       {textOf("447700900101", "07700900900", "Hello", "soon"), monday(), 0},
		"from a name":          {textOf("HMRC", "07700900900", "Hello", ""), monday(), 0},
		"our own":              {textOf("447700900900", "07700900900", "We have your message.", ""), time.Time{}, 1},
		"without a sender":     {textOf("", "07700900900", "Hello", ""), time.Time{}, 0},
		"without an id":        {`{"source_number": "447700900101", "message": "Hello"}`, time.Time{}, 0},
		"not JSON":             {`source_number=447700900101`, time.Time{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			n := notified(s, directory{"+447700900101": {{Case: "H-1", Contact: "c1"}}, "+447700900900": {{Case: "H-1", Contact: "c1"}}})
			echoes := 0
			n.Echo = func() { echoes++ }
			if w := notifies(n, inbound.TextPath, one.body); w.Code != http.StatusNoContent {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			if one.at.IsZero() {
				if len(s.events) != 0 || len(s.rejected) != 1 || s.rejected[0].Case != events.UnknownCase || string(s.rejected[0].Body) != one.body || echoes != one.echoes {
					t.Errorf("stored %+v, kept %+v, %d echoes", s.events, s.rejected, echoes)
				}
			} else if len(s.events) != 1 || len(s.rejected) != 0 || !s.events[0].Time.Equal(one.at) || echoes != 0 {
				t.Errorf("stored %+v, kept %+v, %d echoes", s.events, s.rejected, echoes)
			}
			s.err = errors.New("the stream cannot be reached")
			if w := notifies(n, inbound.TextPath, one.body); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
				t.Errorf("answered %d although nothing was stored", w.Code)
			}
		})
	}
}

// TestNotifyWaitsInVain: a store that never answers is given up after 10 seconds, so
// that Notify, which has hung up by then, finds the door free when it calls again.
func TestNotifyWaitsInVain(t *testing.T) {
	for path, body := range good() {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			if w := notifies(notified(&store{wait: true}, nil), path, body); w.Code != http.StatusServiceUnavailable || time.Since(began) != 10*time.Second {
				t.Errorf("%s: answered %d after %s", path, w.Code, time.Since(began))
			}
		})
	}
}

// FuzzNotify: whatever comes to the three doors, nothing is taken without the token,
// what is stored is an event that can be read, and what is answered 2xx is stored,
// kept, or no message of ours.
func FuzzNotify(f *testing.F) {
	for _, body := range good() {
		f.Add(body, bears)
		f.Add(body, "Bearer")
	}
	for _, body := range []string{"", "{}", "[]", "null", `{"id": 1}`, "\xff", `{"id": "` + anID + `", "source_number": "\u0000", "message": "\ud800"}`,
		receiptOf(`"H-1-3"`, "letter", "received"), receiptOf(`"H-1-3"`, "sms", "teleported"), receiptOf(`"H-2-999999999999999999999"`, "sms", "sent"),
		textOf("HMRC", "07700900900", "STOP", "2026-11-23T08:59:58.000000Z"), textOf("447700900102", "447700900102", "START", "")} {
		f.Add(body, bears)
	}
	f.Fuzz(func(t *testing.T, body, header string) {
		for path := range good() {
			s := &store{}
			n := notified(s, directory{"+447700900101": {{Case: "H-1", Contact: "c1"}}, "+447700900102": {{Case: "H-2"}}})
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {header}}
			w := do(doors(n)[path], r)
			for _, e := range s.events {
				if err := e.Check(monday()); err != nil {
					t.Fatalf("stored an event that nobody can read: %v", err)
				}
				if _, err := json.Marshal(e); err != nil {
					t.Fatal(err)
				}
			}
			for _, kept := range s.rejected {
				if len(kept.Body) > inbound.MaxKept || kept.Reason == "" || kept.Case != events.UnknownCase && !events.ValidCase(kept.Case) {
					t.Errorf("kept %d bytes under %q for %q", len(kept.Body), kept.Case, kept.Reason)
				}
			}
			nothing := len(s.events)+len(s.rejected) == 0
			switch {
			case !notify.Authorised(header, token):
				if w.Code != http.StatusUnauthorized || !nothing {
					t.Fatalf("without the token: answered %d, stored %d, kept %d", w.Code, len(s.events), len(s.rejected))
				}
			case len(body) > 64<<10:
				if w.Code != http.StatusRequestEntityTooLarge || !nothing {
					t.Fatalf("too large: answered %d", w.Code)
				}
			case w.Code != http.StatusNoContent:
				t.Fatalf("answered %d %s", w.Code, w.Body)
			case nothing && path == inbound.TextPath:
				t.Fatal("a text was lost")
			case nothing:
				var said struct{ Reference, Status string }
				_ = json.Unmarshal([]byte(body), &said)
				ref, ours := events.CaseOfMessage(said.Reference)
				if ours && n.Known(ref) && !slices.Contains([]string{"created", "sending", "pending", "accepted", "pending-virus-check"}, said.Status) {
					t.Fatal("a receipt of ours was lost")
				}
			}
		}
	})
}
