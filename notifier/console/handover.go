package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
)

// handing is what a manager is about to hand over, or has handed over.
type handing struct {
	To       notifier.Person
	ToTeam   string
	Away     string // who gets reminders in their place now; empty where they are there
	Token    string
	Moves    []move
	Stays    []outcome
	Back     string // to the list as it was
	Action   string
	Done     bool
	Went     int
	NotKnown bool // of something it is not known whether it was stored
}

// move is one case that gets another officer.
type move struct {
	Case, From, Team, Was string
	outcome
}

// handOver shows what will happen, and does it once somebody has seen that.
func (c *console) handOver(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	refs := namedCases(form["cases"])
	to, known := c.colleague(form.Get("officer"))
	body := waitingList{Kept: refs, To: c.colleagueChoices("", form.Get("officer"))}
	if len(refs) == 0 {
		body.CasesProblem = "Tick the cases to hand over"
	}
	if !known {
		body.OfficerProblem = "Choose who gets the cases, of the teams that you see"
	}
	if body.Errors = collect("cases-0", body.CasesProblem, "hand-officer", body.OfficerProblem); len(body.Errors) > 0 {
		c.renderWaiting(w, r, http.StatusUnprocessableEntity, body)
		return
	}
	f := readFilter(r.URL.Query())
	page, _ := strconv.Atoi(r.URL.Query().Get("page")) // what is no number is the first page
	directory := c.options.Book().Directory
	h := handing{To: to, ToTeam: teamTitle(directory, to.Team), Token: cmp.Or(shownToken(form.Get("token")), newToken()),
		Back: f.address("/waiting", page), Action: f.address("/waiting/hand-over", page)}
	h.Away = c.awayNow(to)
	h.plan(c, refs, form["was"], directory)
	if form.Get("confirm") != "yes" {
		c.render(w, http.StatusOK, "handover", waitingPage("Hand over "+countOf(len(h.Moves), "case", "cases"), h))
		return
	}
	c.carryOut(r, &h)
	c.render(w, http.StatusOK, "handover", waitingPage("Handed over to "+cmp.Or(to.Name, to.ID), h))
}

// waitingPage is a page of who is waiting.
func waitingPage(title string, body any) page {
	return page{Title: title, Active: "/waiting", Body: body}
}

// awayNow says that somebody is away today, by the book, and what follows.
func (c *console) awayNow(person notifier.Person) string {
	today := calendar.DateOf(c.options.Now(), c.london)
	for _, a := range person.Away {
		if a.From.Compare(today) > 0 || !a.To.IsZero() && a.To.Compare(today) < 0 {
			continue
		}
		until := "until further notice"
		if !a.To.IsZero() {
			until = "until " + a.To.Words()
		}
		if a.Cover == "" {
			return person.Name + " is away " + until + ", and the book names nobody who stands in. Whoever is next on the ladder is reminded meanwhile."
		}
		return person.Name + " is away " + until + ". " + staffName(c.options.Book().Directory, a.Cover) + " is reminded meanwhile."
	}
	return ""
}

// shownToken is the name of a showing of a form, where it is one that we gave.
func shownToken(token string) string {
	if len(token) > 64 || !validCase(token) {
		return ""
	}
	return token
}

// plan sorts cases into those that move and those that stay, and says why. Was are
// their officers when somebody looked, each as "case officer"; none: they look now.
func (h *handing) plan(c *console, refs, was []string, d notifier.Directory) {
	looked := map[string]string{}
	for _, one := range was {
		ref, officer, _ := strings.Cut(one, " ")
		looked[ref] = officer
	}
	for _, ref := range refs {
		team, officer, known := c.options.Cases.Team(ref)
		before, asked := looked[ref]
		switch {
		case !known || !c.who.Sees(team):
			h.Stays = append(h.Stays, outcome{ref, tag{"late", "Not changed"}, notYourCase})
		case officer == h.To.ID:
			h.Stays = append(h.Stays, outcome{ref, tag{"on-time", "With them already"}, "Nothing has to change."})
		case asked && before != officer:
			h.Stays = append(h.Stays, outcome{ref, tag{"soon", "Not changed"}, "Somebody else gave it to " + staffName(d, officer) + " since you looked. Look again before you move it."})
		default:
			h.Moves = append(h.Moves, move{Case: ref, From: staffName(d, officer), Team: teamTitle(d, team), Was: ref + " " + officer})
		}
	}
}

// carryOut stores what was planned, and says of each case what came of it.
func (c *console) carryOut(r *http.Request, h *handing) {
	refs := make([]string, len(h.Moves))
	for i, m := range h.Moves {
		refs[i] = m.Case
	}
	outcomes := c.tellAll(r, refs, func(ref string) events.Event {
		return c.event(events.TypeOfficerChanged, ref, eventID(h.Token, ref, h.To.ID), events.OfficerChanged{Officer: h.To.ID})
	})
	theirs := func(ref string) bool {
		_, officer, _ := c.options.Cases.Team(ref)
		return officer == h.To.ID
	}
	c.untilMoved(r.Context(), func() bool {
		return !slices.ContainsFunc(outcomes, func(o outcome) bool { return o.went() && !theirs(o.Case) })
	})
	h.Done = true
	for i, o := range outcomes {
		switch {
		case !o.went():
			h.NotKnown = true
		case theirs(o.Case):
			h.Went++
			o.Tag.Words, o.Why = "Handed over", "Reminders go to the new officer from now on. The dates stay."
		default:
			h.Went++
			o.Why = "Hearback is deciding it. Load the list again in a moment."
		}
		h.Moves[i].outcome = o
	}
}
