package outbox

import (
	"context"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
)

// askFor is how long a provider is asked in vain what became of a message.
const askFor = time.Hour

// ask asks the provider what became of a message whose receipt did not come.
// Where it cannot be asked, or knows no more than that it has the message, nobody
// knows, and the core finds another way. Of a letter nobody ever knows more than that
// it was posted.
func (o *Outbox) ask(ctx context.Context, name string, l *lane, it item) {
	m := it.members[0]
	r := notifier.Result{Message: m.id, Status: notifier.Unknown, Asked: true, Reason: "no receipt came in time, and the provider cannot say either"}
	reporter, can := l.sender.(channel.Reporter)
	if can && it.provider != "" {
		if l.limiter.Wait(ctx) != nil {
			return
		}
		call, cancel := context.WithTimeoutCause(ctx, o.config.ReplyTimeout, errTooSlow)
		report, err := reporter.Report(call, it.provider)
		cancel()
		if ctx.Err() != nil {
			return // the next leader asks
		}
		if err != nil && time.Since(it.since) < askFor {
			it.attempts++
			l.later(it, time.Now().Add(max(channel.FailureOf(err).After, backoff(it.attempts))))
			return
		}
		r.Code = report.Code
		switch report.Status {
		case channel.Delivered:
			r.Status, r.Reason = notifier.Delivered, "the provider was asked, and says so"
		case channel.Sent:
			if name == notifier.Letter {
				r.Status, r.Reason = notifier.Sent, "the provider was asked, and says that it was posted"
			}
		case channel.Failed:
			r.Status, r.Reason, r.Unusable = notifier.Failed, report.Reason, report.Unusable
		}
	}
	r.At = time.Now().UTC().Truncate(time.Millisecond)
	o.config.Settle(m.ref, r)
}
