package app

import (
	"context"
	"fmt"
	"slices"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// Background is what stands behind an open task.
func (r *reader) Background(ref, task string) picture.Background {
	return r.app.picture.Background(ref, task, r.app.shelf.Books())
}

// Written is what was written to these holding pens, the oldest first. Whatever is not
// a pen is left out: what a family wrote on its case is not for here.
func (r *reader) Written(ctx context.Context, pens []string) (map[string][]events.Event, error) {
	var subjects []string
	for _, ref := range pens {
		if subject := events.Subject(ref, events.TypeMessageReceived); notifier.Penned(ref) && events.ValidCase(ref) && !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
	}
	written := map[string][]events.Event{}
	if len(subjects) == 0 {
		return written, nil
	}
	err := r.app.stream.History(ctx, subjects, func(record stream.Record) {
		e, err := events.ParseMessage(record.Subject, record.Header, record.Data)
		known := func(other events.Event) bool { return other.Identity() == e.Identity() }
		if err == nil && !slices.ContainsFunc(written[e.Case], known) {
			written[e.Case] = append(written[e.Case], e)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read what lies in the holding pens: %w", err)
	}
	return written, nil
}

// elsewhere says of each way that the case itself would allow whether another case with
// the same address forbids it.
func (r *reader) elsewhere(view *picture.CaseView) {
	for _, ways := range view.Ways {
		for i := range ways {
			if w := &ways[i]; w.Why == "" && r.app.picture.ForbiddenElsewhere(view.Case, w.Channel, w.Address) {
				w.Why = "another case has the same number or address, and forbids it"
			}
		}
	}
}
