package story

import (
	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/backtest"
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
// ledger comes of it, byte for byte, its headers included, and that no event was
// passed over or decided twice. It returns how many entries it compared.
func (town *Town) Replay() int {
	town.t.Helper()
	v := town.Verified()
	for _, f := range v.First {
		town.t.Errorf("case %s, message %d of the stream: %s %s", f.Case, f.Sequence, f.What, f.Why)
	}
	if v.Same != v.Entries || !v.Exact() {
		town.t.Errorf("the ledger is not decided the same again: %+v", v)
	}
	return v.Same
}

// Verified is what came of deciding the ledger again.
func (town *Town) Verified() backtest.Verified {
	town.t.Helper()
	v, err := backtest.Verify(town.t.Context(), town.services, "")
	if err != nil {
		town.t.Fatalf("decide the ledger again: %v", err)
	}
	return v
}
