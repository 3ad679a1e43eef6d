package standin

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// notifyPage is how many messages a listing holds at most.
const notifyPage = 250

// notifyTime is how Notify writes times, in UTC.
const notifyTime = "2006-01-02T15:04:05.000000Z"

// answer gives the client what its attempt's fate says.
func (n *Notify) answer(w http.ResponseWriter, r *http.Request, m Notification, drawn notifyFate, retryAfter time.Duration) {
	switch drawn.fate {
	case accept:
		writeJSON(w, http.StatusCreated, appendAccepted(nil, &m))
	case refuse:
		writeNotifyError(w, http.StatusBadRequest, "ValidationError", "phone_number Not a UK mobile number: "+m.To)
	case temporary:
		writeNotifyError(w, http.StatusInternalServerError, "Exception", "Internal server error")
	case page:
		writePage(w)
	case throttle:
		if drawn.spent {
			writeNotifyError(w, http.StatusTooManyRequests, "TooManyRequestsError", "Exceeded send limits ("+m.Kind+") for today")
			return
		}
		if retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
		}
		writeNotifyError(w, http.StatusTooManyRequests, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds")
	case resetBefore, resetAfter:
		reset(w)
	case truncate:
		body := appendAccepted(nil, &m)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		reset(w)
	case odd:
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte("OK"))
	case hang, hangAfter:
		<-r.Context().Done()
	}
}

// list answers with one page of messages, newest first, the filters for reference
// and kind applied. A message younger than the listing lag is left out.
func (n *Notify) list(w http.ResponseWriter, r *http.Request, now time.Time) {
	query := r.URL.Query()
	listed, faults := n.listed(query, now)
	if time.Now().Before(faults.DownUntil) {
		writePage(w)
		return
	}
	body := append(make([]byte, 0, 512*len(listed)+256), `{"notifications": [`...)
	for i := range listed {
		if i > 0 {
			body = append(body, ", "...)
		}
		body = appendNotification(body, &listed[i], faults, now)
	}
	body = append(body, `], "links": {"current": `...)
	body = appendString(body, "/v2/notifications?"+query.Encode())
	if len(listed) > 0 {
		query.Set("older_than", listed[len(listed)-1].ID)
		body = append(body, `, "next": `...)
		body = appendString(body, "/v2/notifications?"+query.Encode())
	}
	writeJSON(w, http.StatusOK, append(body, "}}"...))
}

func (n *Notify) listed(query url.Values, now time.Time) ([]Notification, NotifyFaults) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.counts.Lookups++
	older := len(n.notifications)
	if query.Has("older_than") {
		older = min(older, placeOf(query.Get("older_than")))
	}
	kinds := query["template_type"]
	var listed []Notification
	consider := func(i int) {
		m := n.notifications[i]
		if i < older && len(listed) < notifyPage && now.Sub(m.Created) >= n.faults.ListingLag && (len(kinds) == 0 || slices.Contains(kinds, m.Kind)) {
			listed = append(listed, m)
		}
	}
	if query.Has("reference") {
		places := n.byReference[query.Get("reference")]
		for i := len(places) - 1; i >= 0; i-- {
			consider(places[i])
		}
		return listed, n.faults
	}
	for i := older - 1; i >= 0 && len(listed) < notifyPage; i-- {
		consider(i)
	}
	return listed, n.faults
}

// fetch answers with one message.
func (n *Notify) fetch(w http.ResponseWriter, id string, now time.Time) {
	n.mutex.Lock()
	n.counts.Lookups++
	faults, found := n.faults, Notification{}
	if i := placeOf(id); i >= 0 && i < len(n.notifications) {
		found = n.notifications[i]
	}
	n.mutex.Unlock()
	switch {
	case time.Now().Before(faults.DownUntil):
		writePage(w)
	case found.ID == "":
		writeNotifyError(w, http.StatusNotFound, "NoResultFound", "No result found")
	default:
		writeJSON(w, http.StatusOK, appendNotification(nil, &found, faults, now))
	}
}

// Receipt gives the body of the call-back that Notify would make for a text of that
// id, and whether it would make one: it does once the text has its last status.
func (n *Notify) Receipt(id string) (body []byte, ok bool) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	now := time.Now().Add(n.faults.ClockAhead)
	i := placeOf(id)
	if i < 0 || i >= len(n.notifications) || n.notifications[i].Kind != "sms" || now.Sub(n.notifications[i].Created) < n.faults.Settles {
		return nil, false
	}
	m := &n.notifications[i]
	body = append(body, `{"id": "`+m.ID+`", "reference": `...)
	body = appendStringOrNull(body, m.Reference)
	body = append(body, `, "to": `...)
	body = appendString(body, m.To)
	created, settled := m.Created.Format(notifyTime), m.Created.Add(n.faults.Settles).Format(notifyTime)
	body = append(body, `, "status": "`+m.status(n.faults, now)+`", "created_at": "`+created+`", "completed_at": "`+settled+`", "sent_at": "`+created+`", "notification_type": "sms", "template_id": `...)
	body = appendString(body, m.Template)
	return append(body, `, "template_version": 1}`...), true
}

// status is Notify's word for what has become of a message.
func (m *Notification) status(faults NotifyFaults, now time.Time) string {
	settled := now.Sub(m.Created) >= faults.Settles
	switch {
	case m.Kind == "letter" && settled:
		return "received"
	case m.Kind == "letter":
		return "accepted"
	case !settled:
		return "sending"
	case national(m.To) == "7700900002":
		return "permanent-failure"
	case national(m.To) == "7700900003":
		return "temporary-failure"
	}
	return "delivered"
}

// appendAccepted writes the answer to a request to send.
func appendAccepted(to []byte, m *Notification) []byte {
	to = append(to, `{"id": "`+m.ID+`", "reference": `...)
	to = appendStringOrNull(to, m.Reference)
	to = append(to, `, "content": {"body": `...)
	to = appendString(to, m.Body)
	if m.Kind == "letter" {
		to = append(to, `, "subject": `...)
		to = appendString(to, m.Subject)
	} else {
		to = append(to, `, "from_number": "HertsSEND"`...)
	}
	to = append(to, `}, "uri": "https://api.notifications.service.gov.uk/v2/notifications/`+m.ID+`", "template": `...)
	to = appendTemplate(to, m)
	return append(to, `, "scheduled_for": null}`...)
}

func appendTemplate(to []byte, m *Notification) []byte {
	to = append(to, `{"id": `...)
	to = appendString(to, m.Template)
	to = append(to, `, "version": 1, "uri": `...)
	to = appendString(to, "/v2/template/"+m.Template+"/version/1")
	return append(to, '}')
}

// appendNotification writes a message as the listing shows it.
func appendNotification(to []byte, m *Notification, faults NotifyFaults, now time.Time) []byte {
	to = append(to, `{"id": "`+m.ID+`", "reference": `...)
	to = appendStringOrNull(to, m.Reference)
	to = append(to, `, "type": "`+m.Kind+`", "status": "`+m.status(faults, now)+`", "email_address": null, "phone_number": `...)
	number := m.To
	if m.Kind == "letter" {
		number = ""
	}
	to = appendStringOrNull(to, number)
	to = append(to, `, "template": `...)
	to = appendTemplate(to, m)
	to = append(to, `, "body": `...)
	to = appendString(to, m.Body)
	to = append(to, `, "subject": `...)
	to = appendStringOrNull(to, m.Subject)
	created, completed := m.Created.Format(notifyTime), ""
	if now.Sub(m.Created) >= faults.Settles {
		completed = m.Created.Add(faults.Settles).Format(notifyTime)
	}
	to = append(to, `, "created_at": "`+created+`", "sent_at": "`+created+`", "completed_at": `...)
	to = appendStringOrNull(to, completed)
	return append(to, '}')
}

func writeNotifyError(w http.ResponseWriter, status int, name, message string) {
	body := append(make([]byte, 0, 256), `{"errors": [{"error": `...)
	body = appendString(body, name)
	body = append(body, `, "message": `...)
	body = appendString(body, message)
	body = append(body, `}], "status_code": `...)
	body = strconv.AppendInt(body, int64(status), 10)
	writeJSON(w, status, append(body, '}'))
}
