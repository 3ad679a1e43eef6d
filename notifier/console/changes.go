package console

import (
	"fmt"
	"net/http"
	"time"
)

// changesAlive is how often a page that waits for changes hears that nothing has
// changed, so that neither side takes the other for gone.
const changesAlive = 20 * time.Second

// changesPause bounds how often a page is told of changes.
const changesPause = time.Second

// changesFor is how long a page is told of changes before it must ask again, with the
// rights that its reader has by then.
const changesFor = 5 * time.Minute

// changes tells an open page, as server-sent events, that the lists have changed. It
// says nothing of what: the page fetches itself again, with the caller's rights.
func (c *console) changes(w http.ResponseWriter, r *http.Request) {
	flusher := http.NewResponseController(w)
	_ = flusher.SetWriteDeadline(time.Time{}) // this answer does not end; where that cannot be set, the page asks again
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no")
	version, changed := c.options.Cases.Version()
	say := func(text string) bool {
		_, err := fmt.Fprint(w, text)
		return err == nil && flusher.Flush() == nil
	}
	if !say(fmt.Sprintf("retry: 5000\nid: %d\nevent: here\ndata: %d\n\n", version, version)) {
		return
	}
	over := time.NewTimer(changesFor)
	defer over.Stop()
	alive := time.NewTicker(changesAlive)
	defer alive.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-c.options.Closing:
			return
		case <-over.C:
			return
		case <-alive.C:
			if !say(": nothing has changed\n\n") {
				return
			}
		case <-changed:
			select {
			case <-r.Context().Done():
				return
			case <-c.options.Closing:
				return
			case <-time.After(changesPause):
			}
			if version, changed = c.options.Cases.Version(); !say(fmt.Sprintf("id: %d\nevent: changed\ndata: %d\n\n", version, version)) {
				return
			}
		}
	}
}
