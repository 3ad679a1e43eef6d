package events

import "errors"

// ErrNotBatch is the error of [ParseBatch] for a body that is no list of events.
var ErrNotBatch = errors.New("body: is not a JSON list in UTF-8; send the events in square brackets")

// ParseBatch reads a list of events in the batched mode of CloudEvents 1.0. Both
// slices are as long as the list: where an error is nil the event is good; the faults
// of a [*Refusal] carry the place in the list. [MaxBody] holds for each event; how
// large a whole batch may be is for the caller to say before reading it. The last
// error is [ErrNotBatch].
func ParseBatch(body []byte) ([]Event, []error, error) {
	if !validJSON(body) || !document(body).isArray() {
		return nil, nil, ErrNotBatch
	}
	list, refused := []Event{}, []error{}
	for element := range document(body).elements() {
		e, err := Parse(element)
		if refusal, ok := errors.AsType[*Refusal](err); ok {
			err = refusal.At(len(list))
		}
		list, refused = append(list, e), append(refused, err)
	}
	return list, refused, nil
}
