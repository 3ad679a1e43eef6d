package story_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
	"hearback/notifier/story"
)

// stuckLog is a log that may stop being read, as a full pipe or a hung console is:
// whoever writes to it then stands still.
type stuckLog struct {
	mu    sync.Mutex
	reads chan struct{} // closed while it is read
}

func newStuckLog() *stuckLog {
	log := &stuckLog{reads: make(chan struct{})}
	close(log.reads)
	return log
}

func (l *stuckLog) stick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads = make(chan struct{})
}

func (l *stuckLog) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.reads)
}

func (l *stuckLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *stuckLog) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *stuckLog) WithGroup(string) slog.Handler            { return l }
func (l *stuckLog) Handle(context.Context, slog.Record) error {
	l.mu.Lock()
	reads := l.reads
	l.mu.Unlock()
	<-reads
	return nil
}

// A leader is cut off, and what should end its leadership stands still with it:
// nobody reads its log. Its outbox is awake, its way to the provider is whole, and
// by what it knows a text is to go. The next leader has sent that text meanwhile;
// only the look at the lease, before each hand-over, keeps it from going twice.
func TestALeaderThatStandsStillHandsNothingOver(t *testing.T) {
	story.Alone(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		log := newStuckLog()
		still := town.Start(story.Setup{Name: "first", Standby: true, Gated: true, Log: slog.New(log)})
		next := town.Start(story.Setup{Name: "second", Standby: true})
		town.Opens("H-1", "north", "o.jane", family, "")
		const pause = 2 * time.Minute
		town.Texts.Fails(channel.Failure{Verdict: channel.Retry, Code: "503", Reason: "Maintenance.", After: pause})
		town.Asks("H-1", "e1")
		if tries := len(town.Texts.Attempts()); tries != 1 {
			t.Fatalf("the text was tried %d times", tries)
		}
		town.Texts.Recovers()
		still.Gate.Close()
		log.stick()
		town.Pass(pause / 2)
		if !next.Engine.Leading() {
			t.Fatal("the second does not lead")
		}
		town.Phone(family).Expects("ref H-1")
		town.Pass(pause)
		if !still.Engine.Leading() {
			t.Fatal("the first has noticed that it leads no more: the test shows nothing")
		}
		town.Silence()
		if tries := len(town.Texts.Attempts()); tries != 2 {
			t.Errorf("the text was tried %d times, want once by each", tries)
		}
		log.release()
		still.Gate.Open()
		town.Pass(time.Minute)
		if still.Engine.Leading() || !next.Engine.Leading() {
			t.Errorf("the first leads %v, the second %v", still.Engine.Leading(), next.Engine.Leading())
		}
		town.Silence()
		if sent := town.Outcomes("H-1", events.TypeMessageSent); len(sent) != 1 {
			t.Errorf("%d message.sent, want 1", len(sent))
		}
		sameView(t, "at the end", next, still)
		town.Replay()
	})
}
