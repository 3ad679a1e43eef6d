package standin

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Text is one text that the stand-in accepted.
type Text struct {
	SID      string
	To, From string
	Body     string
	// Created is when it was accepted. Twilio's JSON gives it in whole
	// seconds.
	Created time.Time
	// Service is the messaging service's SID, if the request named one.
	Service string
	// StatusCallback is where the request wants reports. None are made.
	StatusCallback string
}

// TwilioCounts says what a stand-in for Twilio has done.
type TwilioCounts struct {
	// Requests to create a text, whatever became of them.
	Requests int
	// Accepted texts, repeats included.
	Accepted int
	// Repeated is how many accepted texts had the recipient and the words of
	// an earlier one: what a family would have got twice.
	Repeated int
	// Refused for good, Throttled, and otherwise Failed requests. Accepted
	// texts whose answer was spoilt count as Accepted and Spoilt.
	Refused, Throttled, Failed, Spoilt int
	// Lookups are pages of the listing that were asked for, and single texts.
	Lookups int
}

// Twilio stands in for Twilio's Messages API of version 2010-04-01: create,
// list with the To filter and paging, and fetch. It is an http.Handler for any
// number of connections. It checks no credentials, sends nothing, and forgets
// nothing.
type Twilio struct {
	mutex    sync.Mutex
	faults   TwilioFaults
	texts    []Text
	byTo     map[string][]int
	attempts map[attemptKey]uint64
	accepted map[attemptKey]int
	counts   TwilioCounts
}

type attemptKey struct{ to, body string }

// NewTwilio makes a stand-in that fails as told.
func NewTwilio(faults TwilioFaults) *Twilio {
	return &Twilio{
		faults:   faults,
		byTo:     make(map[string][]int),
		attempts: make(map[attemptKey]uint64),
		accepted: make(map[attemptKey]int),
	}
}

// SetFaults changes the plan for requests that come from now on.
func (t *Twilio) SetFaults(faults TwilioFaults) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.faults = faults
}

// Received gives every accepted text in the order of acceptance.
func (t *Twilio) Received() []Text {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return slices.Clone(t.texts)
}

// Counts gives what has happened so far.
func (t *Twilio) Counts() TwilioCounts {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.counts
}

// ServeHTTP answers /2010-04-01/Accounts/<account>/Messages.json and
// …/Messages/<SID>.json.
func (t *Twilio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	account, rest, ok := splitPath(r.URL.Path)
	if !ok {
		writeError(w, http.StatusNotFound, 20404, "The requested resource was not found")
		return
	}
	switch {
	case rest == "Messages.json" && r.Method == http.MethodPost:
		t.create(w, r, account)
	case rest == "Messages.json" && r.Method == http.MethodGet:
		t.list(w, r, account)
	case strings.HasPrefix(rest, "Messages/") && r.Method == http.MethodGet:
		t.fetch(w, account, strings.TrimSuffix(strings.TrimPrefix(rest, "Messages/"), ".json"))
	default:
		writeError(w, http.StatusMethodNotAllowed, 20004, "Method not allowed")
	}
}

func splitPath(path string) (account, rest string, ok bool) {
	path, ok = strings.CutPrefix(path, "/2010-04-01/Accounts/")
	if !ok {
		return "", "", false
	}
	return strings.Cut(path, "/")
}

func (t *Twilio) create(w http.ResponseWriter, r *http.Request, account string) {
	// The body is read whole: net/http notices only then that a client went
	// away, and it keeps the connection only then.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		writeError(w, http.StatusBadRequest, 20001, "The form cannot be read")
		return
	}
	text := Text{
		To: form.Get("To"), From: form.Get("From"), Body: form.Get("Body"),
		Service: form.Get("MessagingServiceSid"), StatusCallback: form.Get("StatusCallback"),
	}
	if status, code := missing(text); code != 0 {
		t.count(func(c *TwilioCounts) { c.Requests++; c.Refused++ })
		writeError(w, status, code, "A parameter is missing")
		return
	}
	fate, code, retryAfter := t.attempt(&text)
	t.answer(w, r, account, text, fate, code, retryAfter)
}

func missing(text Text) (status, code int) {
	switch {
	case text.To == "":
		return http.StatusBadRequest, 21604
	case text.From == "" && text.Service == "":
		return http.StatusBadRequest, 21603
	case text.Body == "":
		return http.StatusBadRequest, 21602
	}
	return 0, 0
}

func (t *Twilio) count(change func(*TwilioCounts)) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	change(&t.counts)
}

// attempt draws what happens and records it. An accepted text gets its SID and
// the time.
func (t *Twilio) attempt(text *Text) (fate, int, time.Duration) {
	now := time.Now()
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.counts.Requests++
	key := attemptKey{text.To, text.Body}
	attempt := t.attempts[key]
	t.attempts[key] = attempt + 1
	if now.Before(t.faults.DownUntil) {
		t.counts.Failed++
		return page, 0, 0
	}
	fate, code := t.faults.fateOf(text.To, text.Body, attempt)
	switch fate {
	case refuse:
		t.counts.Refused++
	case throttle:
		t.counts.Throttled++
	case accept, resetAfter, truncate, odd, hangAfter:
		if fate != accept {
			t.counts.Spoilt++
		}
		t.counts.Accepted++
		if t.accepted[key]++; t.accepted[key] > 1 {
			t.counts.Repeated++
		}
		text.SID = sid(len(t.texts))
		text.Created = now
		t.byTo[text.To] = append(t.byTo[text.To], len(t.texts))
		t.texts = append(t.texts, *text)
	default:
		t.counts.Failed++
	}
	return fate, code, t.faults.RetryAfter
}

// sid makes a text's SID from its place: "SM" and 32 hexadecimal digits.
func sid(place int) string {
	const zeros = "00000000000000000000000000000000"
	digits := strconv.FormatInt(int64(place)+1, 16)
	return "SM" + zeros[len(digits):] + digits
}

// place is the inverse of sid, -1 if it is no SID of ours.
func place(sid string) int {
	digits, ok := strings.CutPrefix(sid, "SM")
	number, err := strconv.ParseInt(digits, 16, 64)
	if !ok || err != nil {
		return -1
	}
	return int(number) - 1
}
