package rehearse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"hearback/events"
)

// The rates of a council, as planning figures suggest them. Shares are of all
// contacts unless they say otherwise. Having a mobile and having an email are
// drawn apart, so about one contact in ten has neither: somebody must phone.
const (
	withMobile = 0.60
	withEmail  = 0.75
	// withLandline of those without a mobile gave a landline in its place.
	withLandline = 0.12
	// spelledOddly is the share of numbers that are close enough to be read
	// and yet not as a system would write them.
	spelledOddly = 0.03
	// unsafe contacts must not be told by some channel, or at all.
	unsafe = 0.04
	// otherLanguage contacts read another language than English.
	otherLanguage = 0.09
	// separated is the share of families whose parents live apart.
	separated = 0.15
)

// contactsAre are the shares of families with one, two, three and four contacts:
// 1.7 on average.
var contactsAre = [...]float64{0.47, 0.40, 0.09, 0.04}

// Kind is what is special about the family of the same place in a council. From
// Ordinary on families are drawn by the rates alone.
type Kind int

// The kinds that every council has one of, in this order, if it has so many families.
const (
	// LandlineOnly: no message can reach them, so a person must phone.
	LandlineOnly Kind = iota
	// MustNotContact: of two contacts, the first must not be contacted at all.
	MustNotContact
	// OtherLanguage: one contact, who reads Polish.
	OtherLanguage
	// LivingApart: two parents at different addresses.
	LivingApart
	Ordinary
)

// contacts makes up the contacts of one family, whose case has this number.
func contacts(random *rand.Rand, kind Kind, number int) []events.Contact {
	apart := kind == LivingApart
	count := 1
	if kind >= Ordinary {
		count = 1 + draw(random, contactsAre[:])
		apart = count > 1 && random.Float64() < separated/(1-contactsAre[0])
	} else if kind == MustNotContact || kind == LivingApart {
		count = 2
	}
	surname := pick(random, familyNames)
	made := make([]events.Contact, 0, count)
	used := map[string]bool{}
	for i := range count {
		if apart && i == 1 || i > 1 && random.IntN(2) == 0 {
			surname = pick(random, familyNames)
		}
		given := unused(used, func() string { return pick(random, givenNames) })
		k := events.Contact{ID: fmt.Sprintf("c%d", i+1), Name: given + " " + surname, Relationship: relationship(random, i, apart), Language: "en"}
		reach(random, &k, used, given+"."+surname, number)
		flag(random, &k)
		made = append(made, k)
	}
	specialise(random, kind, made, used, number)
	return made
}

// reach gives a contact what messages need, or not.
func reach(random *rand.Rand, k *events.Contact, used map[string]bool, mailbox string, number int) {
	switch {
	case random.Float64() < withMobile:
		k.Mobile = mobile(random, used)
		if random.Float64() < spelledOddly {
			k.Mobile = misspell(random, k.Mobile)
		}
	case random.Float64() < withLandline:
		k.Mobile = landline(random)
	}
	if random.Float64() < withEmail {
		k.Email = address(random, mailbox, number)
	}
	k.Prefers = []string{events.ChannelSMS, events.ChannelEmail}
	if random.IntN(4) == 0 {
		k.Prefers = []string{events.ChannelEmail, events.ChannelSMS}
	}
}

// flag marks what must not be used for a contact, and their language.
func flag(random *rand.Rand, k *events.Contact) {
	if random.Float64() < unsafe {
		k.DoNot = slices.Clone(doNot[random.IntN(len(doNot))])
	}
	if random.Float64() < otherLanguage {
		k.Language = languages[draw(random, languageShares)]
	}
}

// specialise makes a family one of its kind.
func specialise(random *rand.Rand, kind Kind, made []events.Contact, used map[string]bool, number int) {
	if kind >= Ordinary {
		return
	}
	for i := range made {
		k := &made[i]
		k.DoNot, k.Language = nil, "en"
		k.Mobile = mobile(random, used)
		k.Email = address(random, strings.ReplaceAll(k.Name, " ", "."), number)
	}
	switch kind {
	case LandlineOnly:
		made[0].Mobile, made[0].Email = landline(random), ""
	case MustNotContact:
		made[0].DoNot = []string{events.EveryChannel}
	case OtherLanguage:
		made[0].Language = "pl"
	}
}

// Reachable reports whether a message can reach somebody of the family. It
// looks at what is written there, not at whether anybody still answers it.
func (f Family) Reachable() bool {
	return slices.ContainsFunc(f.Contacts, func(k events.Contact) bool {
		no := func(channel string) bool {
			return slices.Contains(k.DoNot, channel) || slices.Contains(k.DoNot, events.EveryChannel)
		}
		texts := k.Mobile != "" && !strings.HasPrefix(k.Mobile, landlinePrefix)
		return texts && !no(events.ChannelSMS) || k.Email != "" && !no(events.ChannelEmail)
	})
}

func relationship(random *rand.Rand, place int, apart bool) string {
	switch {
	case place <= 1 && apart:
		return "parent, lives apart"
	case place == 0:
		return pick(random, []string{"parent", "parent", "parent", "parent", "parent", "parent", "foster carer", "grandparent", "special guardian"})
	case place == 1:
		return "parent"
	default:
		return pick(random, []string{"grandparent", "step-parent", "advocate", "social worker", "aunt"})
	}
}

const landlinePrefix = "01632"

// mobile is a number that no other contact of the family has.
func mobile(random *rand.Rand, used map[string]bool) string {
	return unused(used, func() string { return fmt.Sprintf("+44770090%04d", random.IntN(1000)) })
}

func landline(random *rand.Rand) string {
	return fmt.Sprintf("%s 960%03d", landlinePrefix, random.IntN(1000))
}

// misspell writes a mobile the way people do who fill in forms.
func misspell(random *rand.Rand, number string) string {
	local := number[len("+447700"):]
	return fmt.Sprintf(pick(random, []string{"07700 %s", "+44 (0)7700 %s", "0044 7700 %s", "07700-%s.", "7700 %s", " 07700%s", "0+447700%s"}), local)
}

// address is a mailbox that no other contact of the family has: given names
// differ within one.
func address(random *rand.Rand, mailbox string, number int) string {
	return fmt.Sprintf("%s%d@%s.example", strings.ToLower(plainLetters.Replace(mailbox)), number%1000, pick(random, mailHosts))
}

// plainLetters spells names as mailboxes do.
var plainLetters = strings.NewReplacer("Ł", "L", "ł", "l", "ë", "e", "é", "e", "ê", "e", "â", "a", "ã", "a", "ă", "a", "'", "", " ", "", "-", "")

// unused draws until something comes that the family does not have yet. There
// are far more values than contacts, so it ends.
func unused(used map[string]bool, next func() string) string {
	for {
		if value := next(); !used[value] {
			used[value] = true
			return value
		}
	}
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }

// draw gives the index of one share; shares that add up to less than 1 leave the
// rest to the last.
func draw(random *rand.Rand, shares []float64) int {
	at := random.Float64()
	for i, share := range shares {
		if at < share {
			return i
		}
		at -= share
	}
	return len(shares) - 1
}
