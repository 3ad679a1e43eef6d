package inbound_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A batch is stored whole, in its order, where every event is good. One bad event
// refuses it whole, and every bad one is named by its place.
func TestABatchIsAllOrNothing(t *testing.T) {
	bad := []string{`1`, `{}`, `null`, strings.Replace(enquiry("x", `{}`), "H-10482", "H 1", 1), enquiry("x", `{"urgent":"no"}`)}
	rapid.Check(t, func(t *rapid.T) {
		picks := rapid.SliceOfN(rapid.IntRange(-12, len(bad)-1), 0, 30).Draw(t, "picks")
		var parts, ids []string
		var faulty []int
		for i, pick := range picks {
			if pick >= 0 {
				parts, faulty = append(parts, bad[pick]), append(faulty, i)
				continue
			}
			id := fmt.Sprint("e", i)
			parts, ids = append(parts, enquiry(id, `{}`)), append(ids, id)
		}
		s := &store{}
		w := do(s.handler(), post(batched, "["+strings.Join(parts, " , ")+"]"))
		if len(faulty) == 0 {
			var stored []string
			for _, e := range s.events {
				stored = append(stored, e.ID)
			}
			if w.Code != http.StatusAccepted || !slices.Equal(stored, ids) {
				t.Fatalf("status %d, stored %v", w.Code, stored)
			}
			return
		}
		if w.Code != http.StatusBadRequest || len(s.events) != 0 {
			t.Fatalf("status %d, %d stored", w.Code, len(s.events))
		}
		for _, place := range faulty {
			if !strings.Contains(w.Body.String(), fmt.Sprintf(`"index":%d,`, place)) {
				t.Fatalf("the fault at %d is not named in %s", place, w.Body)
			}
		}
	})
}
