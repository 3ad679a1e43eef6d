package rules

import (
	"hearback/events/nearest"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hearback/notifier"
	"hearback/notifier/phone"
)

var directoryShape = shape{"the directory", []field{
	{"teams", "teams: [{id: north, name: SEND North, lead: p.lead, manager: p.manager, head_of_service: p.head}]", true},
	{"people", "people: [{id: o.jane, name: Jane Okafor, email: jane.okafor@council.example, team: north, role: officer}]", true},
}}

var teamShape = shape{"a team", []field{
	{"id", "id: north", true},
	{"name", "name: SEND North", true},
	{"lead", "lead: p.lead", false},
	{"manager", "manager: p.manager", false},
	{"head_of_service", "head_of_service: p.head", false},
	{"phone", "phone: 01632 960200", false},
	{"email", "email: send.north@council.example", false},
}}

var personShape = shape{"a person", []field{
	{"id", "id: o.jane", true},
	{"name", "name: Jane Okafor", true},
	{"email", "email: jane.okafor@council.example", false},
	{"mobile", `mobile: "+447700900200"`, false},
	{"team", "team: north", false},
	{"role", "role: officer", true},
	{"away", "away: [{from: 2026-12-21, to: 2027-01-08, cover: o.amir}]", false},
}}

var absenceShape = shape{"an absence", []field{
	{"from", "from: 2026-12-21", true},
	{"to", "to: 2027-01-08", true},
	{"cover", "cover: o.amir", false},
}}

func roles() []string {
	return []string{notifier.Officer, notifier.TeamLead, notifier.Manager, notifier.HeadOfService}
}

// directory is the directory being read. Only complete people and teams are in
// it, by id, with the places of what they say.
type directory struct {
	doc     *document
	value   notifier.Directory
	root    *yaml.Node
	teams   *yaml.Node
	people  map[string]*yaml.Node // by id
	team    map[string]object     // by id
	away    map[string][]absence  // by person's id, in the order of the file
	pending []reference
	// partial: some entry could not be read, so that an unknown id may be there
	// after all. Its own fault is named already.
	partial bool
}

// absence is a time away and where it stands.
type absence struct {
	notifier.Absence
	node *yaml.Node // of the cover where one is named
}

// reference is an id that must be found once all are read.
type reference struct {
	text
	team bool   // of a team, else of a person
	what string // what it stands for: "the cover"
}

func readDirectory(file, content string, faults *collector) *directory {
	doc, root := readDocument(file, content, faults)
	dir := &directory{doc: doc, root: root, people: make(map[string]*yaml.Node), team: make(map[string]object), away: make(map[string][]absence)}
	if root == nil {
		return nil
	}
	o, ok := doc.object(root, directoryShape)
	if !ok {
		return nil
	}
	dir.teams = o.key("teams")
	for _, item := range o.list("teams") {
		dir.readTeam(item)
	}
	for _, item := range o.list("people") {
		dir.readPerson(item)
	}
	dir.partial = dir.partial || o.value("teams") == nil || o.value("people") == nil
	for _, r := range dir.pending {
		dir.check(r)
	}
	return dir
}

func (dir *directory) readTeam(n *yaml.Node) {
	o, ok := dir.doc.object(n, teamShape)
	if !ok {
		dir.partial = true
		return
	}
	id, name := o.text("id"), o.text("name")
	team := notifier.Team{ID: id.value, Name: name.value, Phone: o.text("phone").value, Email: dir.email(o)}
	team.Lead = dir.holder(o, "lead")
	team.Manager = dir.holder(o, "manager")
	team.HeadOfService = dir.holder(o, "head_of_service")
	if !dir.usable(id, "a team") {
		return
	}
	if _, twice := dir.team[id.value]; twice {
		dir.doc.fault(id.node, "there are two teams \""+clip(id.value)+"\"", "give one of them another id")
		return
	}
	dir.team[id.value] = o
	dir.value.Teams = append(dir.value.Teams, team)
}

// holder reads who holds a role in a team.
func (dir *directory) holder(o object, role string) string {
	t := o.text(role)
	if t.given() {
		dir.pending = append(dir.pending, reference{text: t, what: "the " + role + " of a team"})
	}
	return t.value
}

func (dir *directory) readPerson(n *yaml.Node) {
	o, ok := dir.doc.object(n, personShape)
	if !ok {
		dir.partial = true
		return
	}
	id := o.text("id")
	p := notifier.Person{ID: id.value, Name: o.text("name").value, Email: dir.email(o), Mobile: dir.mobile(o)}
	if role := o.text("role"); role.given() {
		p.Role = role.value
		if oneOf := roles(); !slices.Contains(oneOf, role.value) {
			dir.doc.fault(role.node, "\""+clip(role.value)+"\" is not a role", didYouMean(role.value, oneOf))
		}
	}
	if team := o.text("team"); team.given() {
		p.Team = team.value
		dir.pending = append(dir.pending, reference{text: team, team: true, what: "the team of a person"})
	} else if p.Role == notifier.Officer && o.value("team") == nil {
		dir.doc.fault(o.node, "an officer has no \"team\", so nobody stands above them", "add it, such as "+personShape.example("team"))
	}
	for _, item := range o.list("away") {
		dir.readAbsence(item, &p)
	}
	if !dir.usable(id, "a person") {
		return
	}
	if _, twice := dir.people[id.value]; twice {
		dir.doc.fault(id.node, "there are two people \""+clip(id.value)+"\"", "give one of them another id")
		return
	}
	dir.people[id.value] = id.node
	dir.value.People = append(dir.value.People, p)
}

func (dir *directory) readAbsence(n *yaml.Node, p *notifier.Person) {
	o, ok := dir.doc.object(n, absenceShape)
	if !ok {
		return
	}
	from, to, ok := o.span("the absence")
	cover := o.text("cover")
	if cover.given() {
		if cover.value == p.ID {
			dir.doc.fault(cover.node, "\""+clip(p.ID)+"\" cannot cover for themselves", "name somebody else, or nobody: the next rung is then chased")
		} else {
			dir.pending = append(dir.pending, reference{text: cover, what: "the cover"})
		}
	}
	if ok {
		a := absence{notifier.Absence{Officer: p.ID, From: from, To: to, Cover: cover.value}, o.node}
		if cover.given() {
			a.node = cover.node
		}
		p.Away = append(p.Away, a.Absence)
		dir.away[p.ID] = append(dir.away[p.ID], a)
	}
}

// usable refuses an id that a step or an event could not name.
func (dir *directory) usable(id text, what string) bool {
	if !id.given() {
		dir.partial = true
		return false
	}
	if !isName(id.value) {
		dir.partial = true
		dir.doc.fault(id.node, "\""+clip(id.value)+"\" cannot be the id of "+what, "use letters, digits, dots, hyphens and underscores, at most 64 of them")
		return false
	}
	return true
}

// isName reports a text that can stand in subjects, keys and addresses of pages.
func isName(s string) bool {
	return len(s) <= 64 && s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

// email refuses what no mail server would take. Only a delivery proves the rest.
func (dir *directory) email(o object) string {
	t := o.text("email")
	local, domain, _ := strings.Cut(t.value, "@")
	if t.given() && (local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(t.value, " <>,;:()[]\\\"") || strings.Contains(domain, "@") ||
		strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || len(t.value) > 254) {
		dir.doc.fault(t.node, "this is not an email address", "write "+o.shape.example("email"))
		return ""
	}
	return t.value
}

// mobile gives the number in the spelling that providers take.
func (dir *directory) mobile(o object) string {
	t := o.text("mobile")
	if !t.given() {
		return ""
	}
	number, err := phone.Mobile(t.value)
	if err != nil {
		dir.doc.fault(t.node, "texts cannot go to this number", "write a UK mobile number, such as "+o.shape.example("mobile")+", or take the key out")
		return ""
	}
	return string(number)
}

// check finds what a reference names.
func (dir *directory) check(r reference) {
	_, known := dir.people[r.value]
	if r.team {
		_, known = dir.team[r.value]
	}
	if known || dir.partial || dir.doc.faults.full() {
		return
	}
	kind, ids := "person", dir.personIDs()
	if r.team {
		kind, ids = "team", dir.teamIDs()
	}
	dir.doc.fault(r.node, r.what+" is \""+clip(r.value)+"\", and the directory has no such "+kind,
		orElse(ask(nearest.Name(r.value, ids)), "add a "+kind+" of this id, or name one that is there"))
}

func (dir *directory) teamIDs() []string {
	var ids []string
	for _, t := range dir.value.Teams {
		ids = append(ids, t.ID)
	}
	return ids
}

func (dir *directory) personIDs() []string {
	var ids []string
	for _, p := range dir.value.People {
		ids = append(ids, p.ID)
	}
	return ids
}
