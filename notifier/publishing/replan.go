package publishing

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/stream"
)

// Source is who speaks in the events of re-planning.
const Source = "/publish-book"

const (
	// together is how many events are stored as one group.
	together = 500
	// lookFirst and lookMost bound the pause between looks at what is decided.
	lookFirst = 100 * time.Millisecond
	lookMost  = 2 * time.Second
)

// Asked says who asks for re-planning, and why.
type Asked struct{ By, Why string }

// Done is what became of re-planning.
type Done struct {
	// Cases were told; Waiting of them have not been decided yet.
	Cases   int `json:"cases"`
	Waiting int `json:"waiting"`
}

// Replan tells every case that is within reach to move its open promises to a version
// that is in force, one event for each case, and waits until they are decided, or until
// for so long none was. It may be cut off and called again: the events of one
// publication have the same identities, so that a repeat changes nothing.
func Replan(ctx context.Context, s *stream.Stream, books notifier.Books, to Version, reach Reach, asked Asked, patience time.Duration) (Done, error) {
	told := map[string]bool{}
	left, since := 0, time.Now()
	for pause := lookFirst; ; pause = min(2*pause, lookMost) {
		plan, err := Look(ctx, s, books, to.Version, reach, time.Now())
		if err != nil {
			return Done{len(told), left}, err
		}
		var fresh []commit.Message
		for _, ref := range plan.Cases {
			if told[ref] {
				continue
			}
			told[ref] = true
			m, err := message(ref, to, asked, time.Now())
			if err != nil {
				return Done{}, err
			}
			fresh = append(fresh, m)
		}
		if err := store(ctx, s, fresh); err != nil {
			return Done{len(told), len(plan.Cases)}, err
		}
		if len(plan.Cases) != left || len(fresh) > 0 {
			left, since = len(plan.Cases), time.Now()
		}
		if left == 0 || time.Since(since) >= patience {
			return Done{len(told), left}, nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return Done{len(told), left}, context.Cause(ctx)
		}
	}
}

// message is the event that moves one case. Its id is that of the publication.
func message(ref string, to Version, asked Asked, now time.Time) (commit.Message, error) {
	data, err := json.Marshal(events.Replanned{Book: to.Version, By: asked.By, Why: asked.Why})
	if err != nil {
		return commit.Message{}, err
	}
	e := events.Event{ID: fmt.Sprintf("replanned-%s-%d", ref, to.Sequence), Source: Source, Type: events.TypeCaseReplanned, Case: ref, Time: now.UTC(), Data: data}
	if err := e.Check(now); err != nil {
		return commit.Message{}, err
	}
	body, err := e.MarshalJSON()
	return commit.Message{Subject: events.Subject(ref, e.Type), Data: body,
		Header: map[string][]string{stream.HeaderIdentity: {strconv.FormatUint(e.Identity(), 36)}}}, err
}

func store(ctx context.Context, s *stream.Stream, messages []commit.Message) error {
	for len(messages) > 0 {
		n := min(together, len(messages))
		for _, result := range s.Writer().Write(ctx, messages[:n]) {
			if result.Err != nil {
				return fmt.Errorf("some cases were not told; run the same again, for what was told counts once: %w", result.Err)
			}
		}
		messages = messages[n:]
	}
	return nil
}
