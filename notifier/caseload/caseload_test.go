package caseload_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier"
	"hearback/notifier/caseload"
)

var monday = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

func waits(ref, team, officer string, opened time.Time, contacts ...notifier.Contact) notifier.Case {
	return notifier.Case{Ref: ref, Team: team, Officer: officer, Contacts: contacts, Promises: []notifier.Promise{
		{Rule: "reply", Enquiry: "e-" + ref, Channel: "phone", Opened: opened, Due: opened.Add(10 * 24 * time.Hour)},
		{Rule: "assessment", Enquiry: "a-" + ref, Opened: opened, Due: opened.Add(20 * 7 * 24 * time.Hour)},
	}}
}

func refs(rows []*caseload.Row) (refs []string) {
	for _, r := range rows {
		refs = append(refs, r.Case)
	}
	return refs
}

func TestWhoWaits(t *testing.T) {
	x := caseload.New()
	x.Put(waits("H-2", "north", "o.jane", monday), waits("H-1", "north", "o.amir", monday.Add(time.Hour)), waits("H-3", "south", "", monday.Add(-time.Hour)))
	for _, test := range []struct {
		name   string
		filter caseload.Filter
		want   []string
	}{
		{"all", caseload.Filter{AskedOnly: true}, []string{"H-3", "H-2", "H-1"}},
		{"a team", caseload.Filter{AskedOnly: true, Team: "north"}, []string{"H-2", "H-1"}},
		{"an officer", caseload.Filter{AskedOnly: true, Officer: "o.amir"}, []string{"H-1"}},
		{"nobody's", caseload.Filter{AskedOnly: true, Nobody: true}, []string{"H-3"}},
		{"teams that may be seen", caseload.Filter{AskedOnly: true, Teams: []string{"south"}}, []string{"H-3"}},
		{"no team may be seen", caseload.Filter{Teams: []string{}}, nil},
		{"statutory promises too", caseload.Filter{Officer: "o.amir"}, []string{"H-1", "H-1"}},
	} {
		if got := refs(x.Rows(test.filter, caseload.LongestFirst)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	x.Put(notifier.Case{Ref: "H-2", Team: "north"})
	x.Forget("H-3")
	if got := refs(x.Rows(caseload.Filter{AskedOnly: true}, caseload.DueFirst)); !slices.Equal(got, []string{"H-1"}) {
		t.Errorf("after an answer: %v", got)
	}
	if team, officer, ok := x.Team("H-2"); team != "north" || officer != "" || !ok {
		t.Errorf("team of H-2: %q, %q, %v", team, officer, ok)
	}
}

func TestWhoIsAway(t *testing.T) {
	x := caseload.New()
	absence := notifier.Absence{Officer: "o.jane", Cover: "o.amir"}
	for ref, team := range map[string]string{"H-1": "north", "H-2": "north", "H-3": "south"} {
		x.Put(notifier.Case{Ref: ref, Team: team, Away: []notifier.Absence{absence}})
	}
	if away := x.Away(caseload.Filter{Teams: []string{"north"}}); len(away) != 1 || away[absence] != 2 {
		t.Errorf("away in north: %v", away)
	}
}

func TestWaitersHearOfChanges(t *testing.T) {
	x := caseload.New()
	before, changed := x.Version()
	x.Put(notifier.Case{Ref: "H-1"})
	<-changed
	if after, _ := x.Version(); after == before {
		t.Error("the version did not change")
	}
}

func TestFind(t *testing.T) {
	x := caseload.New()
	x.Put(waits("H-10482", "north", "o.jane", monday, notifier.Contact{ID: "c1", Name: "Zoë Nwachukwu", Mobile: "+447700900123", Email: "Zoe.N@family.example"}),
		waits("H-10483", "south", "o.lee", monday, notifier.Contact{ID: "c1", Name: "Rosalind Pemberley", Mobile: "07700 900 456"}, notifier.Contact{ID: "c2", Name: "Taras Pemberley"}))
	for _, test := range []struct{ text, want, contact string }{
		{"h-10482", "H-10482", ""},
		{"H-1048", "H-10482 H-10483", ""},
		{"zoe", "H-10482", "Zoë Nwachukwu"},
		{"  NWACHUKWU ", "H-10482", "Zoë Nwachukwu"},
		{"07700 900123", "H-10482", "Zoë Nwachukwu"},
		{"+44 (0)7700 900-123", "H-10482", "Zoë Nwachukwu"},
		{"0044 7700900456", "H-10483", "Rosalind Pemberley"},
		{"900456", "H-10483", "Rosalind Pemberley"},
		{"zoe.n@FAMILY.example", "H-10482", "Zoë Nwachukwu"},
		{"taras", "H-10483", "Taras Pemberley"},
		{"nobody", "", ""},
		{"", "", ""},
		{"\x01\x02", "", ""},
	} {
		found := x.Find(test.text, nil, 10)
		got, contact := "", ""
		for _, f := range found {
			if got != "" {
				got += " "
			}
			got, contact = got+f.Case, f.Contact
		}
		if got != test.want || contact != test.contact {
			t.Errorf("find %q: %q, %q; want %q, %q", test.text, got, contact, test.want, test.contact)
		}
	}
	if found := x.Find("zoe", []string{"south"}, 10); len(found) != 0 {
		t.Errorf("a case of another team was found: %v", found)
	}
	if found := x.Find("H-1048", nil, 1); len(found) != 1 {
		t.Errorf("%d found, want 1", len(found))
	}
}

// However often cases change, a search finds what is true now and nothing else.
func TestFindAfterChanges(t *testing.T) {
	x := caseload.New()
	for round := range 5 {
		for i := range 40 {
			ref := fmt.Sprint("H-", i)
			if round == 4 && i%2 == 0 {
				x.Forget(ref)
				continue
			}
			x.Put(waits(ref, "north", "o.jane", monday, notifier.Contact{ID: "c1", Name: fmt.Sprintf("Contact%d of round%d", i, round)}))
		}
	}
	if found := x.Find("round3", nil, 100); len(found) != 0 {
		t.Errorf("what was true in round 3 is found: %v", found)
	}
	if found := x.Find("round4", nil, 100); len(found) != 20 {
		t.Errorf("%d found of round 4, want 20", len(found))
	}
	if found := x.Find("contact6 of", nil, 100); len(found) != 0 {
		t.Errorf("a forgotten case is found: %v", found)
	}
}

// Nothing outside the caller's teams is ever found or listed, whatever is asked.
func TestOnlyTheCallersTeams(t *testing.T) {
	x := caseload.New()
	for i := range 60 {
		x.Put(waits(fmt.Sprint("H-", i), fmt.Sprint("team", i%3), "o.jane", monday, notifier.Contact{ID: "c1", Name: fmt.Sprint("Zoë ", i), Mobile: fmt.Sprintf("+447700900%03d", i)}))
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom([]string{"H-", "zoe", "07700", "h-1"}), rapid.String()).Draw(t, "text")
		for _, f := range x.Find(text, []string{"team1"}, 100) {
			if f.Team != "team1" {
				t.Fatalf("%q found a case of %s", text, f.Team)
			}
		}
	})
}

// A council of 150,000 contacts: the search box must answer within 20 ms, a list of
// 15,000 cases within 50.
func BenchmarkCouncil(b *testing.B) {
	x := caseload.New()
	cases := make([]notifier.Case, 75_000)
	for i := range cases {
		cases[i] = waits(fmt.Sprint("H-", i), fmt.Sprint("team", i%10), fmt.Sprint("o.", i%75), monday.Add(time.Duration(i)*time.Second),
			notifier.Contact{ID: "c1", Name: fmt.Sprint("Zoë Nwachukwu ", i), Mobile: fmt.Sprintf("+447700900%03d", i%1000), Email: fmt.Sprintf("zoe%d@family.example", i)},
			notifier.Contact{ID: "c2", Name: fmt.Sprint("Taras Pemberley ", i), Mobile: fmt.Sprintf("+447700900%03d", (i+500)%1000)})
	}
	x.Put(cases...)
	b.Run("find a name", func(b *testing.B) {
		for b.Loop() {
			x.Find("pemberley 74321", nil, 20)
		}
	})
	b.Run("find a number", func(b *testing.B) {
		for b.Loop() {
			x.Find("07700 900321", nil, 20)
		}
	})
	b.Run("find nothing", func(b *testing.B) {
		for b.Loop() {
			x.Find("somebody else", nil, 20)
		}
	})
	small := caseload.New()
	small.Put(cases[:15_000]...)
	b.Run("list 15,000 cases", func(b *testing.B) {
		for b.Loop() {
			small.Rows(caseload.Filter{}, caseload.LongestFirst)
		}
	})
	b.Run("list an officer's cases", func(b *testing.B) {
		for b.Loop() {
			small.Rows(caseload.Filter{Officer: "o.7"}, caseload.DueFirst)
		}
	})
}
