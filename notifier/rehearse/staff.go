package rehearse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"hearback/notifier"
)

// Staffed returns the directory with so many officers: where it names fewer, the
// rest are made up and shared out evenly among its teams. It counts officers who get
// families, as Invent does. The directory that was passed in is left as it is.
func Staffed(directory notifier.Directory, officers int, seed uint64) (staffed notifier.Directory, madeUp int) {
	random := rand.New(rand.NewPCG(seed, 1<<61))
	teams := slices.DeleteFunc(slices.Clone(directory.Teams), func(t notifier.Team) bool { return t.ID == notifier.Unassigned })
	people := slices.Clone(directory.People)
	names := map[string]bool{}
	sizes := make([]int, len(teams))
	for _, p := range people {
		names[p.ID] = true
		if i := slices.IndexFunc(teams, func(t notifier.Team) bool { return t.ID == p.Team }); i >= 0 && p.Role == notifier.Officer {
			sizes[i]++
		}
		if p.Role == notifier.Officer && p.Team != notifier.Unassigned {
			officers--
		}
	}
	for number := 1; officers > madeUp; number++ {
		p := notifier.Person{ID: fmt.Sprintf("made-up.%d", number), Name: pick(random, givenNames) + " " + pick(random, familyNames), Role: notifier.Officer}
		if names[p.ID] {
			continue
		}
		mailbox := strings.ToLower(plainLetters.Replace(p.Name))
		p.Email = fmt.Sprintf("%s%d@council.example", mailbox, number)
		if len(teams) > 0 {
			least := slices.Index(sizes, slices.Min(sizes))
			sizes[least]++
			p.Team = teams[least].ID
		}
		people = append(people, p)
		madeUp++
	}
	directory.People = people
	return directory, madeUp
}
