package inbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearback/events"
)

const (
	// UnsubscribePath is where the addresses in List-Unsubscribe begin, below
	// PUBLIC_URL. The token follows.
	UnsubscribePath = "/unsubscribe/"

	unsubscribeSource = "/unsubscribe"

	// maxToken is the longest token that is looked at, in characters.
	maxToken = 512

	// maxClick is the largest body of one click, in bytes.
	maxClick = 4 << 10
)

// Unsubscriber knows whom a token was made for: the address that it was sent to, and
// everybody who has that address, in whichever case.
type Unsubscriber interface {
	Unsubscribe(token string) (address string, leavers []Leaver, ok bool)
}

// Leaver is somebody who gets emails at an address, in one of the cases that have it.
type Leaver struct{ Case, Contact string }

type oneClick struct {
	tokens    Unsubscriber
	publisher Publisher
	now       func() time.Time
}

// OneClick takes the one click by which somebody wants no more email (RFC 8058): a
// POST to [UnsubscribePath] and the token, by a mail program that nobody is signed in
// to, with List-Unsubscribe=One-Click as its form. It answers 200 only once the
// opt-out is stored, and never redirects, as the RFC asks.
//
// A GET shows a page with a button and changes nothing: programs that look for viruses
// follow every address of an email.
func OneClick(tokens Unsubscriber, p Publisher, now func() time.Time) http.Handler {
	return &oneClick{tokens: tokens, publisher: p, now: now}
}

func (o *oneClick) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex, nofollow",
	} {
		w.Header().Set(name, value)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, HEAD, POST")
		page(w, http.StatusMethodNotAllowed, "This page cannot be used in that way", "<p>Open the link in the email again.</p>")
		return
	}
	token, found := strings.CutPrefix(r.URL.Path, UnsubscribePath)
	var address string
	var leavers []Leaver
	if found = found && token != "" && len(token) <= maxToken; found {
		address, leavers, found = o.tokens.Unsubscribe(token)
	}
	switch {
	case !found:
		page(w, http.StatusNotFound, "This link does not work", "<p>It may have been cut short, or it is too old. Use the link in a newer email, or tell the person who deals with your enquiry.</p>")
	case r.Method != http.MethodPost:
		page(w, http.StatusOK, "Stop these emails", `<p>We will not send email to this address any more. We may still text or phone you, or write a letter.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Stop these emails</button></form>`)
	case !clicked(w, r):
		page(w, http.StatusBadRequest, "Nothing was changed", "<p>The form was not complete. Open the link in the email again and press the button.</p>")
	case !o.store(r, token, address, leavers):
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
		page(w, http.StatusServiceUnavailable, "We do not know if this was saved", "<p>Please try again in a minute.</p>")
	default:
		page(w, http.StatusOK, "You will get no more of these emails", "<p>If you change your mind, tell the person who deals with your enquiry.</p>")
	}
}

// store publishes an opt-out for everybody who has the address. Told: who has just been
// told on this page, or by their mail program, must not get an email that says so.
//
// Their ids name token, minute, case and contact. A mail program that repeats the click
// changes nothing; somebody who opted in again meanwhile may use the same email a
// second time.
func (o *oneClick) store(r *http.Request, token, address string, leavers []Leaver) bool {
	now := o.now().UTC()
	sum := sha256.Sum256([]byte(token))
	id := hex.EncodeToString(sum[:16]) + ":" + now.Format("200601021504")
	list := make([]events.Event, len(leavers))
	for i, leaver := range leavers {
		data, err := json.Marshal(events.OptedOut{Channel: events.ChannelEmail, Contact: leaver.Contact, Address: address, Told: true})
		if err != nil {
			panic("inbound: plain texts must encode: " + err.Error()) // cannot happen
		}
		list[i] = events.Event{ID: id + ":" + leaver.Case + ":" + short(leaver.Contact), Source: unsubscribeSource,
			Type: events.TypeContactOptedOut, Case: leaver.Case, Time: now, Data: data}
		if list[i].Check(now) != nil {
			return false
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeWithin)
	defer cancel()
	return o.publisher.Publish(ctx, list...) == nil
}

// clicked reports whether the body is that of one click, in either of the forms that
// RFC 8058 allows (section 3.1).
func clicked(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxClick)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return false
	}
	var form url.Values
	switch media {
	case formType:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return false
		}
		form, _ = url.ParseQuery(string(body)) // what is readable is enough
	case "multipart/form-data":
		reader, err := r.MultipartReader()
		if err != nil {
			return false
		}
		form = url.Values{}
		for {
			part, err := reader.NextPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return false
			}
			value, err := io.ReadAll(part)
			if err != nil {
				return false
			}
			form.Add(part.FormName(), string(value))
		}
	}
	return form.Get("List-Unsubscribe") == "One-Click"
}

// page writes a page that holds no value of anybody's: its parts are our own HTML.
func page(w http.ResponseWriter, status int, heading, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>`+heading+`</title></head>
<body><main><h1>`+heading+`</h1>
`+body+`
</main></body>
</html>
`)
}
