package notifier_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
)

// replans re-plans the case of a world to a version.
func (w *world) replans(version string) notifier.Decision {
	return w.takes(events.TypeCaseReplanned, events.Replanned{Book: version, By: "p.manager"})
}

// Publishing the old version again and re-planning brings every date back.
func TestReplanningThereAndBackBringsTheDatesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.lives(t, 12)
		w.replans("drawn")
		before := w.c
		w.replans("drawn again")
		w.now = w.now.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "days between"))
		w.replans("drawn")
		for _, p := range before.Promises {
			now, open := w.c.Promise(p.Key())
			if rule, _ := w.books.Versions["drawn"].Rule(p.Rule); rule.FamilyTime && !p.Due.After(w.now) && open && now.Book == "drawn again" {
				continue // by the old date the family's own time would be over, and nobody takes it from them
			}
			if !open || !now.Due.Equal(p.Due) || now.DueDate != p.DueDate || now.Book != p.Book {
				t.Fatalf("promise %s was due %s (%s) under %s and comes back due %s (%s) under %s", p.Key(), p.DueDate, p.Due, p.Book, now.DueDate, now.Due, now.Book)
			}
			if now.Told != nil && !now.Told.Due.After(now.Due) {
				t.Fatalf("promise %s: the family was told %s, which is not later than %s", p.Key(), now.Told.Due, now.Due)
			}
		}
		for _, task := range before.Tasks {
			if i := slices.IndexFunc(w.c.Tasks, func(k notifier.Task) bool { return k.ID == task.ID }); i >= 0 && !w.c.Tasks[i].Due.Equal(task.Due) {
				t.Fatalf("task %s was due %s and comes back due %s", task.ID, task.Due, w.c.Tasks[i].Due)
			}
		}
	})
}

// A version of the same content moves nothing: no date, no next look, and nobody hears.
func TestReplanningToTheSameBookTellsNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		twin := *w.books.Current
		twin.Version = "twin"
		w.books.Versions["twin"] = &twin
		w.lives(t, 12)
		w.replans("drawn")
		before := w.c
		if next := before.Next(); !next.IsZero() && !next.After(w.now) {
			return // a look is due anyhow
		}
		d := w.replans("twin")
		if messages := fresh(before, d); len(messages) > 0 || len(d.Settled) > 0 || len(d.Outcomes) > 0 {
			t.Fatalf("re-planning to the same rules sent %+v, settled %+v, told %+v", messages, d.Settled, d.Outcomes)
		}
		for _, p := range before.Promises {
			now, _ := w.c.Promise(p.Key())
			if !now.Due.Equal(p.Due) || !now.Next.Equal(p.Next) || now.Late != p.Late {
				t.Fatalf("promise %s moved: due %s, next %s, late %v; now %s, %s, %v", p.Key(), p.Due, p.Next, p.Late, now.Due, now.Next, now.Late)
			}
		}
	})
}

// What was shown before is what is decided, and it says so in the ledger.
func TestTheEffectIsAsItWasShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.lives(t, 12)
		version := rapid.SampledFrom([]string{"drawn", "drawn again"}).Draw(t, "to")
		shown, err := notifier.Replan(w.c, w.books, version, w.now)
		if err != nil {
			t.Fatalf("%v", err)
		}
		before := w.c
		d := w.replans(version)
		for _, r := range shown {
			was, _ := before.Promise(r.Promise)
			now, open := d.Case.Promise(r.Promise)
			if !open {
				t.Fatalf("promise %s is gone", r.Promise)
			}
			if was.DueDate != r.Before || now.DueDate != r.After || was.Book != r.From {
				t.Fatalf("shown %+v, decided from %s under %s to %s", r, was.DueDate, was.Book, now.DueDate)
			}
			left := r.Effect == notifier.LeftAsItWas
			if left == (now.Book == version) {
				t.Fatalf("shown %+v, and now under %s", r, now.Book)
			}
			late := !was.Late && now.Late
			if late != (r.Effect == notifier.LateAtOnce) && r.Effect != notifier.LeftPostponed && !left && was.Due.After(w.now) {
				t.Fatalf("shown %+v; late before %v, late now %v", r, was.Late, now.Late)
			}
			moved := map[notifier.Effect]int{notifier.Earlier: -1, notifier.Later: 1, notifier.Unmoved: 0, notifier.LeftPostponed: 0, notifier.LeftAsItWas: 0}
			if want, says := moved[r.Effect]; says && now.Due.Compare(was.Due) != want {
				t.Fatalf("shown %+v, decided from %s to %s", r, was.Due, now.Due)
			}
		}
		for _, p := range before.Promises {
			if is := slices.ContainsFunc(shown, func(r notifier.Replanning) bool { return r.Promise == p.Key() }); is == (p.Book == version) {
				t.Fatalf("promise %s is under %s; shown for %s: %v", p.Key(), p.Book, version, is)
			}
		}
	})
}

// A family hears of a date by re-planning only where it is later than every date that
// they were told, and lies ahead.
func TestAFamilyHearsOnlyOfALaterDate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.lives(t, 12)
		for range rapid.IntRange(1, 4).Draw(t, "times") {
			before := w.c
			d := w.replans(rapid.SampledFrom([]string{"drawn", "drawn again"}).Draw(t, "to"))
			for _, m := range fresh(before, d) {
				if m.Kind != notifier.Postponement {
					continue
				}
				was, _ := before.Promise(m.Promise)
				now, _ := d.Case.Promise(m.Promise)
				told := was.Due
				if was.Told != nil {
					told = was.Told.Due
				}
				if !now.Due.After(told) || !now.Due.After(w.now) || now.Late {
					t.Fatalf("the family of %s was told %s and now hears of %s (it is %s)", m.Promise, told, now.Due, w.now)
				}
			}
		}
	})
}

func TestReplanningToAVersionThatNobodyPublished(t *testing.T) {
	_, err := notifier.Replan(notifier.Case{}, base(), "ffffffffffff", clock(t, "2026-11-23 09:00"))
	if unknown, is := errors.AsType[notifier.UnknownVersion](err); !is || unknown != "ffffffffffff" {
		t.Errorf("the error is %v", err)
	}
}
