package standin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Notification is one text or letter that the stand-in accepted.
type Notification struct {
	ID, Reference string
	// Kind is Notify's word: "sms" or "letter".
	Kind string
	// To is the number as it came, or the address with a line for each.
	To            string
	Subject, Body string
	Template      string
	// Created is when it was accepted, in whole microseconds.
	Created time.Time
}

// NotifyCounts says what a stand-in for GOV.UK Notify has done.
type NotifyCounts struct {
	// Requests to send, whatever became of them.
	Requests int
	// Accepted messages, repeats included.
	Accepted int
	// Repeated is how many accepted messages had the kind and the reference of an
	// earlier one: what a family would have got twice.
	Repeated int
	// Simulated messages went to a smoke-test number: accepted, and forgotten.
	Simulated int
	// Unauthorised requests, to send or to look up, had no valid token.
	Unauthorised int
	// Refused for good, Throttled, and otherwise Failed requests. Accepted messages
	// whose answer was spoilt count as Accepted and Spoilt.
	Refused, Throttled, Failed, Spoilt int
	// Lookups are listings and single messages that were asked for.
	Lookups int
}

// Notify stands in for the REST API of GOV.UK Notify, version 2: send a text, send
// a letter, list with the filters for reference and kind, and fetch. It is an
// http.Handler for any number of connections. It sends nothing, calls nobody back,
// and forgets nothing.
//
// It honours the numbers that Notify keeps for trials. What goes to the smoke-test
// numbers, 07700 900000, 900111 and 900222, is accepted and never listed. As under
// a test key, what goes to 07700 900002 ends in permanent-failure, what goes to
// 07700 900003 in temporary-failure, and every other text is delivered.
type Notify struct {
	key notifyKey

	mutex         sync.Mutex
	faults        NotifyFaults
	notifications []Notification
	byReference   map[string][]int
	attempts      map[attemptKey]uint64
	today         int64 // the day (since 1970, UTC) that spent counts
	spent         int
	counts        NotifyCounts
}

// NewNotify makes a stand-in that fails as told. It takes requests that are signed
// with apiKey, which has the form name-serviceid-secret; where apiKey is empty, it
// looks at no token.
func NewNotify(apiKey string, faults NotifyFaults) *Notify {
	return &Notify{
		key: notifyKeyOf(apiKey), faults: faults,
		byReference: make(map[string][]int), attempts: make(map[attemptKey]uint64),
	}
}

// SetFaults changes the plan for requests that come from now on.
func (n *Notify) SetFaults(faults NotifyFaults) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.faults = faults
}

// Received gives every accepted message in the order of acceptance.
func (n *Notify) Received() []Notification {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return slices.Clone(n.notifications)
}

// Counts gives what has happened so far.
func (n *Notify) Counts() NotifyCounts {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.counts
}

// ServeHTTP answers /v2/notifications, /v2/notifications/sms, …/letter and …/<id>.
func (n *Notify) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now, ok := n.authorise(w, r)
	if !ok {
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/v2/notifications")
	rest = strings.TrimPrefix(rest, "/")
	switch {
	case !ok:
		writeNotifyError(w, http.StatusNotFound, "NotFound", "The requested URL was not found")
	case r.Method == http.MethodPost && (rest == "sms" || rest == "letter"):
		n.create(w, r, rest, now)
	case r.Method == http.MethodGet && rest == "":
		n.list(w, r, now)
	case r.Method == http.MethodGet:
		n.fetch(w, rest, now)
	default:
		writeNotifyError(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "The method is not allowed for the requested URL")
	}
}

// authorise looks at a request's token, and gives the time by Notify's clock.
func (n *Notify) authorise(w http.ResponseWriter, r *http.Request) (time.Time, bool) {
	n.mutex.Lock()
	ahead := n.faults.ClockAhead
	n.mutex.Unlock()
	now := time.Now().Add(ahead)
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	status, why := n.key.check(r.Header.Get("Authorization"), now)
	if status == 0 {
		return now, true
	}
	n.count(func(c *NotifyCounts) { c.Unauthorised++ })
	writeNotifyError(w, status, "AuthError", why)
	return now, false
}

func (n *Notify) count(change func(*NotifyCounts)) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	change(&n.counts)
}

func (n *Notify) create(w http.ResponseWriter, r *http.Request, kind string, now time.Time) {
	given, ok := readNotification(w, r, kind)
	if !ok {
		return
	}
	if name, why := given.invalid(); name != "" {
		n.count(func(c *NotifyCounts) { c.Requests++; c.Refused++ })
		writeNotifyError(w, http.StatusBadRequest, name, why)
		return
	}
	drawn, retryAfter := n.attempt(&given.Notification, now)
	n.answer(w, r, given.Notification, drawn, retryAfter)
}

// attempt draws what happens and records it. An accepted message gets its id and
// the time.
func (n *Notify) attempt(m *Notification, now time.Time) (notifyFate, time.Duration) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.counts.Requests++
	key := attemptKey{m.To, m.Reference + "\x00" + m.Body}
	attempt := n.attempts[key]
	n.attempts[key] = attempt + 1
	if time.Now().Before(n.faults.DownUntil) {
		n.counts.Failed++
		return notifyFate{fate: page}, 0
	}
	drawn := notifyFate{fate: n.faults.fateOf(m.To, m.Reference+"\x00"+m.Body, attempt)}
	switch drawn.fate {
	case refuse:
		n.counts.Refused++
	case throttle:
		n.counts.Throttled++
	case accept, resetAfter, truncate, odd, hangAfter:
		if n.overDailyLimit(now) {
			n.counts.Throttled++
			return notifyFate{fate: throttle, spent: true}, 0
		}
		if drawn.fate != accept {
			n.counts.Spoilt++
		}
		n.keep(m, now)
	default:
		n.counts.Failed++
	}
	return drawn, n.faults.RetryAfter
}

// overDailyLimit counts a message against the day's limit, which is counted anew at
// midnight UTC. The mutex is held.
func (n *Notify) overDailyLimit(now time.Time) bool {
	if today := now.Unix() / (24 * 60 * 60); today != n.today {
		n.today, n.spent = today, 0
	}
	n.spent++
	return n.faults.DailyLimit > 0 && n.spent > n.faults.DailyLimit
}

// keep accepts a message. The mutex is held.
func (n *Notify) keep(m *Notification, now time.Time) {
	m.Created = now.UTC().Truncate(time.Microsecond)
	if m.Kind == "sms" && isSmokeTest(m.To) {
		n.counts.Simulated++
		m.ID = "ffffffff-0000-4000-8000-" + hexadecimal(n.counts.Simulated)
		return
	}
	n.counts.Accepted++
	if m.Reference != "" && slices.ContainsFunc(n.byReference[m.Reference], func(i int) bool { return n.notifications[i].Kind == m.Kind }) {
		n.counts.Repeated++
	}
	m.ID = notificationID(len(n.notifications))
	n.byReference[m.Reference] = append(n.byReference[m.Reference], len(n.notifications))
	n.notifications = append(n.notifications, *m)
}

// notificationID makes a message's id, a UUID, from its place.
func notificationID(place int) string { return idPrefix + hexadecimal(place+1) }

// placeOf is the inverse of notificationID, -1 if it is no id of ours.
func placeOf(id string) int {
	digits, ok := strings.CutPrefix(id, idPrefix)
	number, err := strconv.ParseInt(digits, 16, 64)
	if !ok || len(digits) != 12 || err != nil {
		return -1
	}
	return int(number) - 1
}

const idPrefix = "00000000-0000-4000-8000-"

// hexadecimal writes a number with 12 hexadecimal digits.
func hexadecimal(number int) string {
	digits := strconv.FormatInt(int64(number), 16)
	return "000000000000"[len(digits):] + digits
}

// national gives a number without its country code, leading zero and spaces.
func national(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	digits = strings.TrimLeft(digits, "0")
	if len(digits) > 10 {
		digits = strings.TrimLeft(strings.TrimPrefix(digits, "44"), "0")
	}
	return digits
}

func isSmokeTest(number string) bool {
	switch national(number) {
	case "7700900000", "7700900111", "7700900222":
		return true
	}
	return false
}
