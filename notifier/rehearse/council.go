package rehearse

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"hearback/events"
	"hearback/notifier"
)

// Source is the CloudEvents source of every event made here.
const Source = "/made-up-council"

// firstRef is the number below which no case reference lies: references look
// like H-10482.
const firstRef = 10000

// Council is an invented council. Read it from as many goroutines as you like;
// do not change it.
type Council struct {
	Families []Family
	seed     uint64
}

// Family is one case: who owes the reply, and who may be told what.
type Family struct {
	Ref, Team, Officer string
	Contacts           []events.Contact
}

// Invent makes up so many families and shares them out among the officers of
// the directory, evenly. A directory without officers gives families without
// one; without teams they belong to nobody. Fewer than one family are none.
//
// The first families are one of each kind that a demonstration must show (see
// Kind), however few families there are. All others are drawn by the rates that
// the package's constants name.
func Invent(directory notifier.Directory, families int, seed uint64) *Council {
	c := &Council{Families: make([]Family, 0, max(families, 0)), seed: seed}
	posts := posts(directory)
	number := firstRef
	for i := range families {
		// Each family has a stream of its own, so that what is drawn for one
		// moves nothing in the next.
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		number += 1 + random.IntN(3)
		f := Family{Ref: fmt.Sprintf("H-%d", number)}
		if len(posts) > 0 {
			f.Team, f.Officer = posts[i%len(posts)].team, posts[i%len(posts)].officer
		}
		f.Contacts = contacts(random, Kind(i), number)
		c.Families = append(c.Families, f)
	}
	return c
}

// post is a desk that families are given to.
type post struct{ team, officer string }

// posts are the officers with their teams, or the teams where nobody is an
// officer. The team of cases that nobody has opened yet gets none.
func posts(directory notifier.Directory) []post {
	var officers, teams []post
	for _, p := range directory.People {
		if p.Role == notifier.Officer && p.Team != notifier.Unassigned {
			officers = append(officers, post{p.Team, p.ID})
		}
	}
	if len(officers) > 0 {
		return officers
	}
	for _, t := range directory.Teams {
		if t.ID != notifier.Unassigned {
			teams = append(teams, post{team: t.ID})
		}
	}
	return teams
}

// Openings are the case.opened events of every family, in the order of Families.
func (c *Council) Openings(at time.Time) []events.Event {
	openings := make([]events.Event, len(c.Families))
	for i, f := range c.Families {
		openings[i] = c.Event(i, events.TypeCaseOpened, "opened-"+f.Ref, at, f.data())
	}
	return openings
}

// data is the family as case.opened and case.changed tell it.
func (f Family) data() events.CaseData {
	return events.CaseData{Team: &f.Team, Officer: &f.Officer, Contacts: f.Contacts}
}

// Event is anything told about a family at an instant. The id must be unique
// for this council: it is the event's identity for ever. It panics on data that
// is no JSON, which is a mistake of the caller's.
func (c *Council) Event(family int, eventType, id string, at time.Time, data any) events.Event {
	body, err := json.Marshal(data)
	if err != nil {
		panic(fmt.Sprintf("rehearse: the data of event %s is no JSON: %v", id, err))
	}
	return events.Event{ID: id, Source: Source, Type: eventType, Case: c.Families[family].Ref, Time: at.UTC(), Data: body}
}

// Enquiry is a family getting in touch. An enquiry without an id of its own
// takes the event's.
func (c *Council) Enquiry(family int, id string, at time.Time, enquiry events.Enquiry) events.Event {
	return c.Event(family, events.TypeEnquiryReceived, id, at, enquiry)
}

// Reply is a person answering a family.
func (c *Council) Reply(family int, id string, at time.Time, reply events.Reply) events.Event {
	return c.Event(family, events.TypeReplySent, id, at, reply)
}

// Postpone is a person giving a family a new date, with the reason.
func (c *Council) Postpone(family int, id string, at time.Time, to events.Postponement) events.Event {
	return c.Event(family, events.TypeReplyPostponed, id, at, to)
}
