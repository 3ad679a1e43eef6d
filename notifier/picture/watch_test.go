package picture_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"hearback/notifier/picture"
)

// Whoever watches while cases are put hears of each, also of those that came before.
func TestAWatchHearsOfEveryCase(t *testing.T) {
	const cases, rounds = 50, 40
	p := picture.New()
	put := func(sequence uint64, i int) {
		p.Put(sequence, picture.Mark{Ref: fmt.Sprintf("H-%03d", i)}, []byte("{}"), nil)
	}
	put(1, 0)
	w := p.Watch()
	go func() {
		for n := range cases * rounds {
			put(uint64(n+2), n%cases+1)
		}
		put(cases*rounds+2, cases+1) // the last
	}()
	last := fmt.Sprintf("H-%03d", cases+1)
	heard := map[string]bool{}
	for !heard[last] {
		changed, err := w.Next(t.Context())
		if err != nil || len(changed) == 0 || !slices.IsSorted(changed) {
			t.Fatalf("changed %v, %v", changed, err)
		}
		for _, ref := range changed {
			heard[ref] = true
		}
	}
	if len(heard) != cases+2 {
		t.Errorf("%d cases were heard of, want %d", len(heard), cases+2)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if changed, err := w.Next(ended); err == nil {
		t.Errorf("nothing has changed, and yet %v", changed)
	}
}
