package console

import (
	"cmp"
	"net/http"
	"strings"
)

// asCookie names the member of staff whom somebody plays in the demonstration.
const asCookie = "hearback-as"

// played is the caller of the demonstration: whoever was chosen, or everybody.
func (c *console) played(_ http.ResponseWriter, r *http.Request) (Caller, bool) {
	cookie, err := r.Cookie(asCookie)
	if err != nil {
		return Everybody(), true
	}
	if cookie.Value == string(Operator) {
		return Caller{ID: cookie.Value, Name: "An operator", Roles: []Role{Operator}, Teams: []string{}}, true
	}
	if who, known := CallerOf(c.options.Book().Directory, cookie.Value); known {
		return who, true
	}
	return Everybody(), true
}

// playAs takes the choice of whom to be in the demonstration.
func (c *console) playAs(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	if !c.options.Demo {
		c.notFound(w, r)
		return
	}
	cookie := http.Cookie{Name: asCookie, Value: "", Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1}
	to := "/"
	if id := form.Get("as"); id == string(Operator) {
		cookie.Value, cookie.MaxAge, to = id, 0, "/health"
	} else if who, known := CallerOf(c.options.Book().Directory, id); known {
		cookie.Value, cookie.MaxAge, to = who.ID, 0, firstPage(who)
	}
	http.SetCookie(w, &cookie)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// players are whom the demonstration can be seen as: everybody at once, the people
// above the officers, the first officers of each team, and an operator.
func (c *console) players() []choice {
	list := []choice{{"", "Everybody at once", c.who.ID == Everybody().ID}}
	directory := c.options.Book().Directory
	officers := map[string]int{}
	for _, person := range directory.People {
		who, _ := CallerOf(directory, person.ID)
		words := person.Name + ", officer"
		switch {
		case who.Is(Manager):
			words = person.Name + ", " + strings.ReplaceAll(cmp.Or(person.Role, "manager"), "_", " ")
		case officers[person.Team] == playedOfficers:
			continue
		default:
			officers[person.Team]++
		}
		list = append(list, choice{person.ID, words, c.who.ID == person.ID})
	}
	return append(list, choice{string(Operator), "An operator", c.who.ID == string(Operator)})
}

// playedOfficers is how many officers of each team can be played.
const playedOfficers = 2

// firstPage is where somebody's work begins.
func firstPage(who Caller) string {
	switch {
	case who.Is(Manager):
		return "/waiting"
	case who.Is(Officer):
		return "/families"
	}
	return "/health"
}
