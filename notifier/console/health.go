package console

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
)

// healthRoutes are the pages of those who run Hearback.
func healthRoutes() map[string]route {
	return map[string]route{
		"/health":              {roles: operators, get: (*console).showHealth},
		"/rejected/{sequence}": {roles: operators, get: (*console).showRefused, post: (*console).mendRefused},
	}
}

// Running tells how Hearback runs.
type Running interface {
	// Running looks now. What cannot be known within a moment is left out.
	Running(ctx context.Context) Health
}

// Health is how Hearback runs. It holds no name, number, address or words of a family.
type Health struct {
	// Troubles are why this replica cannot keep its promises, in words, as /readyz has
	// them; none while all is well.
	Troubles []string
	Leading  bool
	// LeaseAge is how long ago the lease was last seen renewed.
	LeaseAge time.Duration
	// Lag is how old the last event was when it was taken; Undecided counts the events
	// that were taken and have no stored answer yet. Only a leader knows them.
	Lag       time.Duration
	Undecided int
	// Cases are known, Promises open, Unsettled cases with messages on their way.
	Cases, Promises, Unsettled int
	Channels                   []ChannelHealth
	// Messages and Bytes are what the stream holds; both 0: it could not be asked.
	Messages, Bytes uint64
	// DiskFree is what is free on the disk of the embedded stream, in bytes; 0: not known.
	DiskFree uint64
	// Memory is what the process holds of the machine, in bytes; 0: not known.
	Memory uint64
	// Build, Book and Server name the versions; empty: not known.
	Build, Book, Server string
	Ends                []Ending
}

// ChannelHealth is how one channel stands. Instants are zero where there was none since
// this process began to lead.
type ChannelHealth struct {
	Name string
	// Captured: its messages are kept instead of sent.
	Captured bool
	// Ready wait to be handed over, the oldest since Oldest; Later for contact hours, or
	// to be tried again.
	Ready, Later     int
	Oldest           time.Time
	Accepted, Failed time.Time
	// Failure says in words why the last failure was.
	Failure string
	// Refused: it was that message alone which could not go, not the provider that failed.
	Refused bool
	// Slowed is how long messages have waited, in all, so as not to go too fast.
	Slowed time.Duration
}

// Ending is something that is good until a day.
type Ending struct {
	What string
	On   time.Time
}

// healthPage is what an operator sees.
type healthPage struct {
	Known    bool
	Tag      tag
	Verdict  string
	Troubles []string
	Facts    []healthFact
	Channels grid
	Standby  bool
	Rejected int
}

type healthFact struct {
	Name, Words, Second string
	Tags                []tag
}

// endsSoon is how long before something ends a person should act.
const endsSoon = 30 * 24 * time.Hour

// backlogLong is how long a message may wait to be handed over before it is remarked.
const backlogLong = 10 * time.Minute

func (c *console) showHealth(w http.ResponseWriter, r *http.Request) {
	status := c.source.Status()
	h := Health{Troubles: status.Findings, Leading: status.Leader}
	body := healthPage{Known: c.options.Running != nil, Rejected: status.Rejected}
	if body.Known {
		h = c.options.Running.Running(r.Context())
	}
	body.Troubles, body.Standby = h.Troubles, !h.Leading
	body.Tag, body.Verdict = tag{"on-time", "All is well"}, "Hearback keeps its promises: events are decided, and nothing is overdue."
	if len(h.Troubles) > 0 {
		body.Tag, body.Verdict = tag{"late", "Needs attention"}, "Somebody has to act on what follows. What is stored stays stored meanwhile."
	}
	c.healthFacts(&body, h, status)
	body.Channels = grid{Caption: "Channels", Columns: []gridColumn{{Name: "Channel"}, {"To be handed over", true}, {"Later", true}, {Name: "Last accepted"}, {Name: "Last failure"}, {Name: "Held back by its rate"}},
		Empty: "This process hands nothing over, so it does not know how the channels stand. Open this page on the leader."}
	for _, one := range h.Channels {
		body.Channels.add(c.channelCells(one)...)
	}
	c.render(w, http.StatusOK, "health", page{Title: "Health", Active: "/health", Body: body})
}

func (c *console) healthFacts(body *healthPage, h Health, status Status) {
	add := func(name, words, second string, tags ...tag) {
		body.Facts = append(body.Facts, healthFact{name, words, second, tags})
	}
	if h.Leading {
		add("This process", "Leader: it decides and sends.", "")
	} else {
		add("This process", "Standby: another process decides and sends, and this one is ready to take over.", "")
	}
	if !body.Known {
		add("Events that wait to be decided", strconv.FormatUint(status.Lag, 10), "")
		return
	}
	add("The lease was renewed", capitalised(calendar.Elapsed(h.LeaseAge))+" ago", "")
	if h.Leading {
		add("Events that wait to be decided", report.Count(h.Undecided), "The last one was "+spanWords(h.Lag)+" old when it was taken.")
	}
	add("Cases", report.Count(h.Cases), fmt.Sprintf("%s open; in %s a message is on its way.", countOf(h.Promises, "promise is", "promises are"), countOf(h.Unsettled, "case", "cases")))
	if h.Bytes > 0 {
		add("The stream", bytesWords(h.Bytes)+" in "+report.Count(int(h.Messages))+" messages", "")
	} else {
		add("The stream", "It could not be asked.", "", tag{"late", "Not known"})
	}
	switch {
	case h.DiskFree == 0:
		add("Free on the disk", "Not known: the stream is not on this machine, or the machine does not say.", "")
	case h.DiskFree < max(1<<30, h.Bytes/4):
		add("Free on the disk", bytesWords(h.DiskFree), "Make room, or nothing can be stored before long.", tag{"late", "Nearly full"})
	default:
		add("Free on the disk", bytesWords(h.DiskFree), "")
	}
	if h.Memory > 0 {
		add("Memory", bytesWords(h.Memory), "")
	}
	known := func(version string) string {
		if version == "" {
			return "Not known"
		}
		return version
	}
	add("Build", known(h.Build), "")
	add("Book in force", known(h.Book), "")
	add("NATS server", known(h.Server), "")
	for _, end := range h.Ends {
		left := end.On.Sub(c.options.Now())
		words := "Until " + calendar.DateOf(end.On, c.london).Words()
		switch {
		case left < 0:
			add(end.What, words, "It has ended: renew it now.", tag{"late", "Ended"})
		case left < endsSoon:
			add(end.What, words, "Renew it before then.", tag{"soon", "Ends soon"})
		default:
			add(end.What, words, "")
		}
	}
}

func (c *console) channelCells(one ChannelHealth) []gridCell {
	ready := countCell(one.Ready)
	if !one.Oldest.IsZero() {
		waited := c.options.Now().Sub(one.Oldest)
		ready.Second = "the oldest was decided " + calendar.Elapsed(waited) + " ago"
		if waited > backlogLong {
			ready.Tags = []tag{{"soon", "Slow"}}
		}
	}
	accepted, failure := textCell("Nothing since this process leads"), textCell("None since this process leads")
	if !one.Accepted.IsZero() {
		accepted.Words = c.moment(one.Accepted).Words
	}
	if !one.Failed.IsZero() {
		failure.Words, failure.Second = c.moment(one.Failed).Words, sentence(one.Failure)
		switch {
		case one.Refused:
			failure.Tags = []tag{{"ended", "One message"}}
		case one.Failed.After(one.Accepted):
			failure.Tags = []tag{{"late", "Fails"}}
		default:
			failure.Tags = []tag{{"ended", "Works again"}}
		}
	}
	name := gridCell{Words: capitalised(channelWords(one.Name)) + "s"}
	if one.Captured {
		name.Tags, name.Second = []tag{{"captured", "Captured, not sent"}}, "No provider is set up."
	}
	slowed := "Not at all"
	if one.Slowed >= time.Second {
		slowed = spanWords(one.Slowed) + " in all"
	}
	return []gridCell{name, ready, countCell(one.Later), accepted, failure, textCell(slowed)}
}

// spanWords says a short length of time, seconds included.
func spanWords(d time.Duration) string {
	switch {
	case d < 0:
		return "0 seconds"
	case d < time.Second:
		return strconv.Itoa(int(d.Milliseconds())) + " milliseconds"
	case d < time.Minute:
		return countOf(int(d.Seconds()), "second", "seconds")
	}
	return calendar.Elapsed(d)
}

// bytesWords is a size as people say it.
func bytesWords(n uint64) string {
	for _, unit := range []struct {
		size uint64
		name string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "KB"}} {
		if n >= unit.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(unit.size), unit.name)
		}
	}
	return strconv.FormatUint(n, 10) + " bytes"
}
