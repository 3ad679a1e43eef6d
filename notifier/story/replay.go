package story

import (
	"bytes"
	"reflect"
	"strings"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
)

// entries are the ledger entries of one case, oldest first.
func (town *Town) entries(ref string) []notifier.Entry {
	town.t.Helper()
	var list []notifier.Entry
	for _, r := range town.Stored(events.LedgerSubject(ref)) {
		entry, err := picture.Decode(r.Data)
		if err != nil {
			town.t.Fatalf("the ledger entry at %d cannot be read: %v", r.Sequence, err)
		}
		list = append(list, entry)
	}
	return list
}

// Replay decides everything again that the ledger says was decided, from the
// inputs it records and under the books it names, and checks that the same
// ledger comes of it, byte for byte, its headers included. It checks also that
// events of one case were decided in the order of the stream, and each once.
// It returns how many entries it compared.
func (town *Town) Replay(books notifier.Books) int {
	town.t.Helper()
	told := map[uint64]events.Event{}
	for _, r := range town.Stored(events.EventWildcard) {
		if event, err := events.ParseMessage(r.Subject, r.Header, r.Data); err == nil {
			told[r.Sequence] = event
		}
	}
	cases := map[string]notifier.Case{}
	decided := map[uint64]bool{}
	last := map[string]uint64{}
	compared := 0
	for _, r := range town.Stored(events.LedgerWildcard) {
		ref := strings.TrimPrefix(r.Subject, events.LedgerPrefix)
		want, err := picture.Decode(r.Data)
		if err != nil {
			town.t.Fatalf("the ledger entry at %d cannot be read: %v", r.Sequence, err)
		}
		then := notifier.Books{Current: books.Versions[want.Book], Versions: books.Versions}
		d := notifier.Decision{Case: cases[ref]}
		for _, input := range want.Inputs {
			in := notifier.Input{Sequence: input.Event, Result: input.Result, Due: input.Due}
			if input.Event != 0 {
				event, ok := told[input.Event]
				if !ok || decided[input.Event] || input.Event < last[ref] {
					town.t.Errorf("entry %d of case %s answers event %d: known %v, decided before %v, the last was %d", r.Sequence, ref, input.Event, ok, decided[input.Event], last[ref])
				}
				decided[input.Event], last[ref] = true, input.Event
				in.Event = &event
			}
			d = d.Then(notifier.Decide(d.Case, in, then, want.At))
		}
		entry := notifier.NewEntry(d, want.Inputs, want.Book, want.Through, want.At)
		data, _, err := picture.Encode(entry)
		if err != nil {
			town.t.Fatalf("encode: %v", err)
		}
		if !bytes.Equal(data, r.Data) {
			town.t.Errorf("entry %d of case %s is decided differently the second time:\n%s\n---\n%s", r.Sequence, ref, r.Data, data)
		}
		mark, err := picture.ParseMark(ref, r.Header)
		if again := picture.MarkOf(&entry.Case, want.Through, mark.Leader); err != nil || !reflect.DeepEqual(again, mark) {
			town.t.Errorf("entry %d of case %s is marked %+v, want %+v (%v)", r.Sequence, ref, mark, again, err)
		}
		// The next decision is made on the case as a replica reads it back.
		again, err := picture.Decode(data)
		if err != nil {
			town.t.Fatalf("decode: %v", err)
		}
		cases[ref] = again.Case
		compared++
	}
	return compared
}
