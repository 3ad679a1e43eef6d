package rehearse_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/phone"
	"hearback/notifier/rehearse"
	"hearback/notifier/rules"
)

// exampleBook is the built-in book, read anew.
func exampleBook(t testing.TB) *notifier.Book {
	t.Helper()
	book, faults := rules.Load(deploy.Hertfordshire())
	if book == nil {
		t.Fatalf("the example book has faults: %v", faults)
	}
	return book
}

// noon is a Tuesday.
func noon() time.Time { return time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC) }

func bytesOf(t rapid.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSameSeedSameBytes(t *testing.T) {
	book := exampleBook(t)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		families := rapid.IntRange(0, 40).Draw(t, "families")
		once, again := rehearse.Invent(book.Directory, families, seed), rehearse.Invent(book.Directory, families, seed)
		equal := func(what string, a, b any) {
			x, errX := json.Marshal(a)
			y, errY := json.Marshal(b)
			if errX != nil || errY != nil || string(x) != string(y) {
				t.Fatalf("%s differs between two councils of one seed (%v, %v)", what, errX, errY)
			}
		}
		equal("the openings", once.Openings(noon()), again.Openings(noon()))
		equal("the past", once.Past(book, noon()), again.Past(book, noon()))
		plan := rehearse.Plan{Events: 50, From: 8 * time.Hour, To: 18 * time.Hour, Batch: 20, BatchAt: 6 * time.Hour, BatchTime: time.Minute}
		equal("the day", once.Day(date(2026, 11, 24), london(), plan), again.Day(date(2026, 11, 24), london(), plan))
		larger := rehearse.Invent(book.Directory, families+5, seed)
		equal("the beginning of a larger council", once.Families, larger.Families[:families])
	})
}

func TestSeedsDiffer(t *testing.T) {
	book := exampleBook(t)
	one, two := rehearse.Invent(book.Directory, 20, 1), rehearse.Invent(book.Directory, 20, 2)
	if bytesOf(t, one.Families) == bytesOf(t, two.Families) {
		t.Fatal("two seeds gave the same council")
	}
}

var (
	dramaLandline = regexp.MustCompile(`^01632 960\d{3}$`)
	dramaMobile   = regexp.MustCompile(`^\+44770090\d{4}$`)
	exampleMail   = regexp.MustCompile(`^[a-z.]+\d+@[a-z]+\.example$`)
	reference     = regexp.MustCompile(`^H-\d{5,}$`)
)

// onlyMadeUp reports what in a contact could belong to somebody.
func onlyMadeUp(k events.Contact) error {
	if k.Mobile != "" && !dramaLandline.MatchString(k.Mobile) {
		number, err := phone.Mobile(k.Mobile)
		if err != nil {
			return fmt.Errorf("the number %q is neither a landline for drama nor a mobile: %w", k.Mobile, err)
		}
		if !dramaMobile.MatchString(string(number)) {
			return fmt.Errorf("the mobile %q is not one for drama", k.Mobile)
		}
	}
	if k.Email != "" && !exampleMail.MatchString(k.Email) {
		return fmt.Errorf("the address %q could be somebody's", k.Email)
	}
	return nil
}

func TestNobodyIsReal(t *testing.T) {
	book := exampleBook(t)
	rapid.Check(t, func(t *rapid.T) {
		council := rehearse.Invent(book.Directory, rapid.IntRange(1, 200).Draw(t, "families"), rapid.Uint64().Draw(t, "seed"))
		refs := map[string]bool{}
		for _, f := range council.Families {
			if !reference.MatchString(f.Ref) || !events.ValidCase(f.Ref) || refs[f.Ref] {
				t.Fatalf("%s is not a reference of its own", f.Ref)
			}
			refs[f.Ref] = true
			officer, ok := book.Directory.Person(f.Officer)
			if !ok || officer.Role != notifier.Officer || officer.Team != f.Team {
				t.Fatalf("%s is with %q of %q, who is no officer there", f.Ref, f.Officer, f.Team)
			}
			if len(f.Contacts) < 1 || len(f.Contacts) > 4 {
				t.Fatalf("%s has %d contacts", f.Ref, len(f.Contacts))
			}
			seen := map[string]bool{"": true}
			for _, k := range f.Contacts {
				if err := onlyMadeUp(k); err != nil {
					t.Fatal(err)
				}
				number := k.Mobile
				if mobile, err := phone.Mobile(k.Mobile); err == nil {
					number = string(mobile)
				}
				for _, own := range []string{k.ID, k.Name, number, k.Email} {
					if own != "" && seen[own] {
						t.Fatalf("two contacts of %s share %q", f.Ref, own)
					}
					seen[own] = true
				}
			}
		}
		for _, e := range council.Openings(noon()) {
			if err := e.Check(noon()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestFamiliesLikeACouncils holds what is drawn to the planning figures, with
// room for chance: with 30,000 contacts a share moves by less than a hundredth.
func TestFamiliesLikeACouncils(t *testing.T) {
	book := exampleBook(t)
	for _, seed := range []uint64{1, 2, 3} {
		council := rehearse.Invent(book.Directory, 18000, seed)
		var contacts, mobiles, landlines, messy, emails, neither, unsafe, foreign, apart float64
		perOfficer := map[string]int{}
		for _, f := range council.Families {
			perOfficer[f.Officer]++
			if slices.ContainsFunc(f.Contacts, func(k events.Contact) bool { return strings.Contains(k.Relationship, "apart") }) {
				apart++
			}
			for _, k := range f.Contacts {
				contacts++
				switch {
				case dramaLandline.MatchString(k.Mobile):
					landlines++
				case k.Mobile != "":
					mobiles++
					if !dramaMobile.MatchString(k.Mobile) {
						messy++
					}
				case k.Email == "":
					neither++
				}
				if k.Email != "" {
					emails++
				}
				if len(k.DoNot) > 0 {
					unsafe++
				}
				if k.Language != "en" {
					foreign++
				}
			}
		}
		families := float64(len(council.Families))
		for _, share := range []struct {
			what         string
			is, want, by float64
		}{
			{"contacts in a family", contacts / families, 1.7, 0.03},
			{"contacts with a mobile", mobiles / contacts, 0.60, 0.01},
			{"contacts with an email", emails / contacts, 0.75, 0.01},
			{"contacts with a landline", landlines / contacts, 0.05, 0.01},
			{"contacts with neither", neither / contacts, 0.09, 0.01},
			{"mobiles spelled oddly", messy / mobiles, 0.03, 0.006},
			{"contacts with a safe-contact flag", unsafe / contacts, 0.04, 0.006},
			{"contacts who read another language", foreign / contacts, 0.09, 0.01},
			{"families whose parents live apart", apart / families, 0.15, 0.01},
		} {
			if math.Abs(share.is-share.want) > share.by {
				t.Errorf("seed %d: %s: %.3f, want %.3f ± %.3f", seed, share.what, share.is, share.want, share.by)
			}
		}
		for officer, n := range perOfficer {
			if n != len(council.Families)/8 {
				t.Errorf("officer %s has %d families of %d among eight officers", officer, n, len(council.Families))
			}
		}
	}
}

func TestKindsComeFirst(t *testing.T) {
	council := rehearse.Invent(exampleBook(t).Directory, 10, 7)
	only := council.Families[rehearse.LandlineOnly]
	if only.Reachable() || len(only.Contacts) != 1 || !dramaLandline.MatchString(only.Contacts[0].Mobile) {
		t.Errorf("the family with a landline alone: %+v", only)
	}
	unsafe := council.Families[rehearse.MustNotContact]
	if !slices.Equal(unsafe.Contacts[0].DoNot, []string{events.EveryChannel}) || len(unsafe.Contacts) != 2 || !unsafe.Reachable() {
		t.Errorf("the family with a contact who must not be contacted: %+v", unsafe)
	}
	if other := council.Families[rehearse.OtherLanguage]; other.Contacts[0].Language != "pl" || !other.Reachable() {
		t.Errorf("the family of another language: %+v", other)
	}
	if apart := council.Families[rehearse.LivingApart]; len(apart.Contacts) != 2 || apart.Contacts[0].Email == apart.Contacts[1].Email {
		t.Errorf("the family of separated parents: %+v", apart)
	}
}

func TestDirectoryWithoutOfficers(t *testing.T) {
	nobody := rehearse.Invent(notifier.Directory{}, 3, 1)
	if f := nobody.Families[0]; f.Team != "" || f.Officer != "" {
		t.Errorf("an empty directory gave team %q and officer %q", f.Team, f.Officer)
	}
	teams := rehearse.Invent(notifier.Directory{Teams: []notifier.Team{{ID: notifier.Unassigned}, {ID: "north"}}}, 3, 1)
	if f := teams.Families[2]; f.Team != "north" || f.Officer != "" {
		t.Errorf("a directory of teams gave team %q and officer %q", f.Team, f.Officer)
	}
	if none := rehearse.Invent(notifier.Directory{}, -1, 1); len(none.Families) != 0 {
		t.Errorf("%d families, want none", len(none.Families))
	}
	plan := rehearse.LargeCouncil()
	for _, told := range nobody.Day(date(2026, 11, 24), london(), plan) {
		if err := told.Check(told.Time); err != nil {
			t.Fatal(err)
		}
	}
}
