package inbound

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"hearback/events"
)

// keep stores a copy of what was refused. The sender's answer does not depend on it: a
// sender must hear of its mistake even where the copy cannot be kept. It goes on when
// the sender hangs up.
func (g *gateway) keep(ctx context.Context, caseRef, reason string, body []byte) {
	if !events.ValidCase(caseRef) {
		caseRef = events.UnknownCase
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	_ = g.rejecter.Reject(ctx, caseRef, cut(reason, maxReason), body[:min(len(body), MaxKept)])
}

// keepBatch keeps each refused event of a batch under its own case, so that erasing
// one case leaves nothing of it in another's.
func (g *gateway) keepBatch(ctx context.Context, list []events.Event, refused []error, body []byte) {
	var elements []json.RawMessage
	if json.Unmarshal(body, &elements) != nil || len(elements) != len(list) {
		return // ParseBatch has just read the same list
	}
	kept, more := 0, 0
	for i, err := range refused {
		switch {
		case err == nil:
		case kept < maxKeptEvents:
			kept++
			g.keep(ctx, list[i].Case, fmt.Sprintf("In a batch of %d, refused whole: %v", len(list), err), elements[i])
		default:
			more++
		}
	}
	if more > 0 {
		g.keep(ctx, events.UnknownCase, fmt.Sprintf("A batch of %d was refused whole; %d more of its events were faulty and are not kept.", len(list), more), nil)
	}
}

// cut shortens a text to a number of bytes without splitting a character.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return strings.ToValidUTF8(text, "?")
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return strings.ToValidUTF8(text[:limit], "?") + " …"
}
