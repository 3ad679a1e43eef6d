package standin

import (
	"net"
	"net/http"
	"strconv"
	"time"
)

// answer gives the client what its attempt's fate says.
func (t *Twilio) answer(w http.ResponseWriter, r *http.Request, account string, text Text, fate fate, code int, retryAfter time.Duration) {
	switch fate {
	case accept:
		writeJSON(w, http.StatusCreated, appendText(make([]byte, 0, 1024), account, &text))
	case refuse:
		writeError(w, http.StatusBadRequest, code, "The 'To' number "+text.To+" cannot be used.")
	case temporary:
		writeError(w, http.StatusServiceUnavailable, 20503, "Service unavailable")
	case page:
		writePage(w)
	case throttle:
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
		writeError(w, http.StatusTooManyRequests, 20429, "Too many requests")
	case resetBefore, resetAfter:
		reset(w)
	case truncate:
		body := appendText(make([]byte, 0, 1024), account, &text)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		reset(w)
	case odd:
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte("OK"))
	case hang, hangAfter:
		<-r.Context().Done()
	}
}

// reset takes the connection away without an answer: with a TCP reset where
// there is TCP.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// HTTP/2 has no connection to take; ending the stream is its reset.
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

func writePage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte("<html><head><title>503 Service Unavailable</title></head><body>No server is available.</body></html>"))
}

func writeError(w http.ResponseWriter, status, code int, message string) {
	body := append(make([]byte, 0, 256), `{"code": `...)
	body = strconv.AppendInt(body, int64(code), 10)
	body = append(body, `, "message": `...)
	body = appendString(body, message)
	body = append(body, `, "more_info": "https://www.twilio.com/docs/errors/`...)
	body = strconv.AppendInt(body, int64(code), 10)
	body = append(body, `", "status": `...)
	body = strconv.AppendInt(body, int64(status), 10)
	writeJSON(w, status, append(body, '}'))
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	header["Content-Type"] = []string{"application/json"}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// appendText writes a text as Twilio does. It is written by hand because the
// stand-in must cost little beside what it measures.
func appendText(to []byte, account string, text *Text) []byte {
	created := text.Created.UTC()
	to = append(to, `{"account_sid": `...)
	to = appendString(to, account)
	to = append(to, `, "api_version": "2010-04-01", "body": `...)
	to = appendString(to, text.Body)
	to = append(to, `, "date_created": "`...)
	to = created.AppendFormat(to, time.RFC1123Z)
	to = append(to, `", "date_sent": null, "date_updated": "`...)
	to = created.AppendFormat(to, time.RFC1123Z)
	to = append(to, `", "direction": "outbound-api", "error_code": null, "error_message": null, "from": `...)
	to = appendStringOrNull(to, text.From)
	to = append(to, `, "messaging_service_sid": `...)
	to = appendStringOrNull(to, text.Service)
	to = append(to, `, "num_media": "0", "num_segments": "1", "price": null, "price_unit": null, "sid": "`...)
	to = append(to, text.SID...)
	to = append(to, `", "status": "queued", "subresource_uris": {"media": `...)
	to = appendString(to, "/2010-04-01/Accounts/"+account+"/Messages/"+text.SID+"/Media.json")
	to = append(to, `}, "to": `...)
	to = appendString(to, text.To)
	to = append(to, `, "uri": `...)
	to = appendString(to, "/2010-04-01/Accounts/"+account+"/Messages/"+text.SID+".json")
	return append(to, '}')
}

func appendStringOrNull(to []byte, text string) []byte {
	if text == "" {
		return append(to, "null"...)
	}
	return appendString(to, text)
}

// appendString writes a JSON string (RFC 8259, section 7). Bytes that are not
// UTF-8 become the replacement character, as in encoding/json.
func appendString(to []byte, text string) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for _, character := range text {
		switch {
		case character == '"' || character == '\\':
			to = append(to, '\\', byte(character))
		case character < 0x20:
			to = append(to, '\\', 'u', '0', '0', hex[character>>4], hex[character&0xf])
		case character < 0x80:
			to = append(to, byte(character))
		default:
			to = append(to, string(character)...)
		}
	}
	return append(to, '"')
}
