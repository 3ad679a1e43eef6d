package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/notifier/channel"
)

// clockSkew is how far our clock and Notify's may be apart. Notify refuses our
// tokens at 30 seconds already.
const clockSkew = 2 * time.Minute

// find lists the messages of the service's kind whose reference is id, created
// after since less two minutes, newest first. One page holds 250, and no id of
// ours is used so often, so no more are read.
//
// Notify shows only what was sent with a key of the same type (live, or test), and
// forgets a message after the days set as its data retention, 3 at least and 7 by
// default; and it never shows what went to its smoke-test numbers. Beyond that an
// empty list says that it has no such message.
func (s *service) find(ctx context.Context, since time.Time, id string) ([]channel.Found, error) {
	if id == "" {
		// Without a reference Notify would list everybody's messages.
		return nil, &channel.Failure{Verdict: channel.Retry, Code: "no-id",
			Reason: "The message has no id to look it up by. The operator should report it as a fault in Hearback."}
	}
	reply := s.call(ctx, http.MethodGet, "/v2/notifications", url.Values{"reference": {id}, "template_type": {s.kind.name}}, nil)
	if reply.status != http.StatusOK {
		return nil, reply.lookupFailure(s.kind)
	}
	var page struct {
		Notifications []struct {
			ID        string `json:"id"`
			Reference string `json:"reference"`
			Type      string `json:"type"`
			Created   string `json:"created_at"`
		} `json:"notifications"`
	}
	if json.Unmarshal(reply.body, &page) != nil || page.Notifications == nil {
		// An empty listing has an empty array; this is something else.
		odd := oddListing()
		odd.Err = reply.ended
		return nil, odd
	}
	earliest := since.Add(-clockSkew)
	found := make([]channel.Found, 0, len(page.Notifications))
	for _, n := range page.Notifications {
		created, ok := parseTime(n.Created)
		if !ok || !isUUID(n.ID) || n.Reference != id || n.Type != s.kind.name {
			// What answers does not filter as Notify does, so that what it leaves
			// out proves nothing either.
			return nil, oddListing()
		}
		if !created.Before(earliest) {
			found = append(found, channel.Found{ProviderID: n.ID, Created: created})
		}
	}
	return found, nil
}

// parseTime reads a time of Notify's. Its replies give UTC with a T and a Z; its
// documentation shows a space and no zone.
func parseTime(text string) (time.Time, bool) {
	text = strings.TrimSuffix(strings.Replace(text, " ", "T", 1), "Z")
	at, err := time.Parse("2006-01-02T15:04:05", text) // fractions are read without being named
	return at, err == nil
}
