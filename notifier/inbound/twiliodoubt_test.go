package inbound_test

import (
	"context"
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
	"hearback/notifier/channel/sms"
	"hearback/notifier/inbound"
	"hearback/notifier/keyword"
)

const theirs = "+447700900102"

// texted is what is stored when somebody whom these cases know texts.
func texted(t *testing.T, known []inbound.Match, form url.Values) (*store, []string) {
	t.Helper()
	s := &store{}
	tw := twilio(s, directory{theirs: known})
	tw.Keywords = func() keyword.Words { return keyword.Words{Stop: []string{"Leave me alone"}} }
	form.Set("MessageSid", "SM9")
	form.Set("From", theirs)
	if w := call(tw.Inbound(), inbound.InboundPath, form.Encode()); w.Code != http.StatusOK {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	var stored []string
	for _, e := range s.events {
		contact := ""
		told := ""
		if e.Type == events.TypeMessageReceived {
			said, err := events.DataOf[events.MessageReceived](e)
			if err != nil {
				t.Error(err)
			}
			contact = said.Contact
		} else {
			said, err := events.DataOf[events.OptedOut](e)
			if err != nil {
				t.Error(err)
			}
			contact = said.Contact
			if said.Told {
				told = " told"
			}
		}
		stored = append(stored, strings.TrimSpace(strings.Join([]string{e.Type, e.Case, contact}, " "))+told)
	}
	return s, stored
}

func TestWhoseATextIs(t *testing.T) {
	now, earlier := monday(), monday().Add(-time.Hour)
	const pen = "pen-of-447700900102"
	for name, one := range map[string]struct {
		known []inbound.Match
		form  url.Values
		want  []string
	}{
		"two contacts of one case, neither told yet": {known: []inbound.Match{{Case: "H-1", Contact: "c1"}, {Case: "H-1", Contact: "c2"}}, want: []string{"message.received H-1"}},
		"two contacts of one case, told together":    {known: []inbound.Match{{Case: "H-1", Contact: "c1", Last: now}, {Case: "H-1", Contact: "c2", Last: now}, {Case: "H-2", Contact: "p", Last: earlier}}, want: []string{"message.received H-1"}},
		"two contacts of one case, one told last":    {known: []inbound.Match{{Case: "H-1", Contact: "c1", Last: earlier}, {Case: "H-1", Contact: "c2", Last: now}}, want: []string{"message.received H-1 c2"}},
		"one contact in two promises":                {known: []inbound.Match{{Case: "H-1", Last: now}, {Case: "H-1", Last: now}}, want: []string{"message.received H-1"}},
		"two cases, both now":                        {known: []inbound.Match{{Case: "H-1", Contact: "c1", Last: now}, {Case: "H-2", Contact: "p", Last: now}}, want: []string{"message.received " + pen}},
		"a third case ties":                          {known: []inbound.Match{{Case: "H-1", Contact: "c1", Last: now}, {Case: "H-1", Contact: "c2", Last: now}, {Case: "H-2", Contact: "p", Last: now}}, want: []string{"message.received " + pen}},

		"stop, a caller before the contact": {known: []inbound.Match{{Case: "H-1", Last: now}, {Case: "H-2", Contact: "p"}}, form: url.Values{"Body": {"ATAL"}},
			want: []string{"contact.opted-out H-2 p", "message.received H-1"}},
		"stop, nobody but a caller": {known: []inbound.Match{{Case: "H-1"}}, form: url.Values{"Body": {"stop"}}, want: []string{"message.received H-1"}},
		"stop, a caller who is a contact": {known: []inbound.Match{{Case: "H-1"}, {Case: "H-1", Contact: "c1"}}, form: url.Values{"Body": {"stop"}},
			want: []string{"contact.opted-out H-1 c1"}},
		"stop, the newest conversation is the one that confirms": {known: []inbound.Match{{Case: "H-1", Contact: "c1", Last: earlier}, {Case: "H-2", Contact: "p", Last: now}},
			form: url.Values{"Body": {"Stop"}}, want: []string{"contact.opted-out H-2 p", "contact.opted-out H-1 c1 told"}},
		"stop, in a word of the book's": {known: []inbound.Match{{Case: "H-1", Contact: "c1"}, {Case: "H-2", Contact: "p"}}, form: url.Values{"Body": {"leave me ALONE!"}},
			want: []string{"contact.opted-out H-1 c1", "contact.opted-out H-2 p told"}},
		"stop, as Twilio took it": {known: []inbound.Match{{Case: "H-1", Contact: "c1"}}, form: url.Values{"Body": {"Cancel"}, "OptOutType": {"STOP"}}, want: []string{"contact.opted-out H-1 c1 told"}},
		"stop, from nobody":       {form: url.Values{"Body": {"Stop"}}, want: []string{"message.received " + pen}},
		"start":                   {known: []inbound.Match{{Case: "H-1", Contact: "c1"}}, form: url.Values{"Body": {"Start"}, "OptOutType": {"START"}}, want: []string{"contact.opted-in H-1 c1 told"}},
		"yes, which Twilio takes for start": {known: []inbound.Match{{Case: "H-1", Contact: "c1"}}, form: url.Values{"Body": {"Yes"}, "OptOutType": {"START"}},
			want: []string{"contact.opted-in H-1 c1 told", "message.received H-1 c1"}},
		"yes": {known: []inbound.Match{{Case: "H-1", Contact: "c1"}}, form: url.Values{"Body": {"Yes"}}, want: []string{"message.received H-1 c1"}},
		"help, which Twilio answered": {known: []inbound.Match{{Case: "H-1", Contact: "c1"}}, form: url.Values{"Body": {"HELP"}, "OptOutType": {"HELP"}},
			want: []string{"message.received H-1 c1"}},
	} {
		t.Run(name, func(t *testing.T) {
			if one.form == nil {
				one.form = url.Values{"Body": {"Any news?"}}
			}
			s, got := texted(t, one.known, one.form)
			if !slices.Equal(got, one.want) || len(s.rejected) != 0 {
				t.Errorf("stored %v, want %v; kept %+v", got, one.want, s.rejected)
			}
			ids := map[string]bool{}
			for _, e := range s.events {
				ids[e.ID] = true
			}
			again, _ := texted(t, one.known, one.form)
			if len(ids) != len(s.events) || !slices.EqualFunc(s.events, again.events, func(a, b events.Event) bool { return a.Identity() == b.Identity() }) {
				t.Errorf("ids %v, and again %+v", ids, again.events)
			}
		})
	}
}

func TestALongContactOptsOutToo(t *testing.T) {
	_, got := texted(t, []inbound.Match{{Case: strings.Repeat("H", 64), Contact: strings.Repeat("c", 320)}}, url.Values{"Body": {"stop"}})
	if len(got) != 1 || !strings.HasPrefix(got[0], events.TypeContactOptedOut) {
		t.Errorf("stored %v", got)
	}
}

func TestWhatATextSays(t *testing.T) {
	for name, one := range map[string]struct {
		form      url.Values
		text      string
		automatic bool
	}{
		"words":                  {url.Values{"Body": {" Diolch ŵ 🙂\n"}, "NumMedia": {"0"}}, " Diolch ŵ 🙂\n", false},
		"pictures alone":         {url.Values{"NumMedia": {"2"}, "MediaUrl0": {"https://media.example/1"}}, "[2 picture or file: open it in the Twilio console]", false},
		"a machine":              {url.Values{"Body": {"Auto-reply: away"}}, "Auto-reply: away", true},
		"odd media":              {url.Values{"Body": {"Hi"}, "NumMedia": {"-1"}}, "Hi", false},
		"much media":             {url.Values{"Body": {"Hi"}, "NumMedia": {"99999999999999999999"}}, "Hi", false},
		"a keyword and pictures": {url.Values{"Body": {"Help"}, "NumMedia": {"1"}}, "Help", false},
		"bytes that are no text": {url.Values{"Body": {"a\xffb"}}, "a\ufffdb", false},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := texted(t, []inbound.Match{{Case: "H-1", Contact: "c1"}}, one.form)
			said, err := events.DataOf[events.MessageReceived](s.events[0])
			want := events.MessageReceived{Channel: "text", Contact: "c1", Text: one.text, Address: theirs, ProviderID: "SM9", Automatic: one.automatic}
			if err != nil || said != want {
				t.Errorf("stored %+v, want %+v", said, want)
			}
		})
	}
}

func TestOurOwnTextsComeBack(t *testing.T) {
	for name, form := range map[string]url.Values{
		"from our number":            {"From": {"+441632960000"}, "To": {"+441632960001"}, "Body": {"We have your message."}, "MessageSid": {"SM1"}},
		"from the number it went to": {"From": {"+441632960009"}, "To": {"+441632960009"}, "Body": {"STOP"}, "MessageSid": {"SM1"}},
	} {
		s := &store{}
		tw := twilio(s, directory{"+441632960000": {{Case: "H-1", Contact: "c1"}}})
		echoes := 0
		tw.Own, tw.Echo = "+44 1632 960000", func() { echoes++ }
		w := call(tw.Inbound(), inbound.InboundPath, form.Encode())
		if w.Code != http.StatusOK || len(s.events) != 0 || len(s.rejected) != 1 || echoes != 1 || s.rejected[0].Case != events.UnknownCase {
			t.Errorf("%s: answered %d, stored %+v, kept %+v, %d echoes", name, w.Code, s.events, s.rejected, echoes)
		}
		s.err = errors.New("the stream cannot be reached")
		if w := call(tw.Inbound(), inbound.InboundPath, form.Encode()); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: answered %d although nothing was kept", name, w.Code)
		}
	}
}

func TestEachStatus(t *testing.T) {
	for form, want := range map[string]string{
		"MessageStatus=accepted": "", "MessageStatus=queued": "", "MessageStatus=scheduled": "", "MessageStatus=sending": "",
		"MessageStatus=sent": "SM1:sent", "MessageStatus=delivered&RawDlrDoneDate=2611230900": "SM1:delivered", "MessageStatus=read": "SM1:read",
		"MessageStatus=undelivered&ErrorCode=30003": "SM1:undelivered:30003", "MessageStatus=failed&ErrorCode=30008": "SM1:failed:30008",
		"MessageStatus=canceled": "SM1:canceled", "MessageStatus=invented-later": "kept", "": "kept",
	} {
		s := &store{}
		tw := twilio(s, nil)
		tw.Report = sms.ReportOf
		w := call(tw.Status(), inbound.StatusPath+"?message=H-1-3", "MessageSid=SM1&"+form)
		got := ""
		if len(s.rejected) > 0 {
			got = "kept"
		}
		for _, e := range s.events {
			got += e.ID
			if err := e.Check(monday()); err != nil || !e.Time.Equal(monday()) {
				t.Errorf("%s: at %s, %v", form, e.Time, err)
			}
		}
		if w.Code != http.StatusNoContent || got != want {
			t.Errorf("%s: answered %d, stored %q, want %q", form, w.Code, got, want)
		}
	}
}

// TestTwilioHangsUp: by default Twilio does not call again, so the text is stored all
// the same. A store that never answers is given up after 10 seconds.
func TestTwilioHangsUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &store{}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, inbound.InboundPath, strings.NewReader("MessageSid=SM1&From=%2B447700900101&Body=Hello"))
	r.Header.Set("X-Twilio-Signature", public+inbound.InboundPath)
	heard := &hearing{store: s}
	tw := twilio(s, nil)
	tw.Publisher = heard
	if w := do(tw.Inbound(), r); w.Code != http.StatusOK || heard.gone {
		t.Errorf("answered %d; the store was told to give up: %v", w.Code, heard.gone)
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		slow := twilio(&store{wait: true}, nil)
		if w := call(slow.Inbound(), inbound.InboundPath, "MessageSid=SM1&From=%2B447700900101"); w.Code != http.StatusServiceUnavailable || time.Since(began) != 10*time.Second {
			t.Errorf("answered %d after %s", w.Code, time.Since(began))
		}
	})
}

// hearing notices a context that has ended.
type hearing struct {
	*store
	gone bool
}

func (h *hearing) Publish(ctx context.Context, list ...events.Event) error {
	h.gone = ctx.Err() != nil
	return h.store.Publish(ctx, list...)
}

func TestCallsThatCannotBeRead(t *testing.T) {
	for name, one := range map[string]struct {
		method string
		body   func() io.Reader
		status int
	}{
		"a look":       {http.MethodGet, func() io.Reader { return http.NoBody }, http.StatusMethodNotAllowed},
		"a large form": {http.MethodPost, func() io.Reader { return strings.NewReader("Body=" + strings.Repeat("x", 64<<10)) }, http.StatusRequestEntityTooLarge},
		"a cut form":   {http.MethodPost, func() io.Reader { return iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("Body=x"))) }, http.StatusBadRequest},
	} {
		s := &store{}
		tw := twilio(s, nil)
		for path, handler := range map[string]http.Handler{inbound.StatusPath: tw.Status(), inbound.InboundPath: tw.Inbound()} {
			r := httptest.NewRequest(one.method, path, one.body())
			r.Header.Set("X-Twilio-Signature", public+path)
			w := do(handler, r)
			problemOf(t, w)
			if w.Code != one.status || len(s.events)+len(s.rejected) != 0 {
				t.Errorf("%s: answered %d, stored %d, kept %d", name, w.Code, len(s.events), len(s.rejected))
			}
		}
	}
}
