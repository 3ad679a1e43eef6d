package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// Source is the CloudEvents source of what Hearback publishes.
const Source = "/hearback"

// missedWithin is how far before the last outcome a missing one may lie, in
// stream sequences: two rounds of the largest size, and what services published
// meanwhile.
const missedWithin = 10_000

// outcomes are the messages for other services that go beside an entry. Their
// ids follow from the entry, so that a repeat is recognised.
func outcomes(e notifier.Entry) ([]commit.Message, error) {
	messages := make([]commit.Message, len(e.Outcomes))
	for i, o := range e.Outcomes {
		data, err := json.Marshal(o.Data)
		if err != nil {
			return nil, err
		}
		body, err := events.Event{
			ID:     e.Case.Ref + "." + strconv.FormatInt(e.At.UnixMicro(), 36) + "." + strconv.Itoa(i),
			Source: Source, Type: o.Type, Case: e.Case.Ref, Time: e.At, Data: data,
		}.MarshalJSON()
		if err != nil {
			return nil, err
		}
		messages[i] = commit.Message{Subject: events.OutcomeSubject(e.Case.Ref, o.Type), Data: body}
	}
	return messages, nil
}

// publishMissed stores the outcomes of the last entries that a crash kept from
// being published beside them.
func (l *leader) publishMissed(ctx context.Context) error {
	ledger, err := l.config.Stream.Last(ctx, events.LedgerWildcard)
	if errors.Is(err, stream.ErrNone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the end of the ledger: %w", err)
	}
	// Where nothing was ever published, only the last commits can lack theirs.
	from, end := ledger.Sequence-min(ledger.Sequence, missedWithin), ledger.Sequence
	outcome, err := l.config.Stream.Last(ctx, events.OutcomeWildcard)
	switch {
	case errors.Is(err, stream.ErrNone):
	case err != nil:
		return fmt.Errorf("find the last outcome: %w", err)
	default:
		end = max(end, outcome.Sequence)
		from = outcome.Sequence - min(outcome.Sequence, missedWithin)
	}
	missing := map[string]commit.Message{}
	published := map[string]bool{}
	var order []string
	err = l.readTo(ctx, []string{events.LedgerWildcard, events.OutcomeWildcard}, from, end, func(r stream.Record) {
		if strings.HasPrefix(r.Subject, events.OutcomePrefix) {
			if event, err := events.Parse(r.Data); err == nil {
				published[event.ID] = true
			}
			return
		}
		entry, err := picture.Decode(r.Data)
		if err != nil {
			return // take has said so already
		}
		messages, _ := outcomes(entry)
		for _, m := range messages {
			var id struct{ ID string }
			if json.Unmarshal(m.Data, &id) == nil {
				missing[id.ID] = m
				order = append(order, id.ID)
			}
		}
	})
	if err != nil {
		return fmt.Errorf("read the last outcomes: %w", err)
	}
	var write []commit.Message
	for _, id := range order {
		if !published[id] {
			write = append(write, missing[id])
		}
	}
	if len(write) == 0 {
		return nil
	}
	l.config.Log.Info("publishing outcomes that a crash kept back", "count", len(write))
	for _, result := range l.config.Stream.Writer().Write(ctx, write) {
		if result.Err != nil {
			return fmt.Errorf("publish an outcome: %w", result.Err)
		}
	}
	return nil
}
