package events

import (
	"slices"
	"strconv"
	"strings"
)

// described is data that knows its members and can judge its own meaning.
type described interface {
	members() []member
	judge(e Event, found *faults)
}

// member ties the exact name of a JSON member to the place its value goes.
type member struct {
	name string
	to   any
}

// decodeData reads the data of an event into a described value.
func decodeData(object value, into described, found *faults) {
	decode(object, "data", into.members(), found)
	if unsafe, ok := into.(*ContactUnsafe); ok && unsafe.DoNot == nil {
		unsafe.DoNot = []string{EveryChannel}
	}
}

// decode reads the members of an object that are described and passes over the
// others. Null counts as absent. It names every member that has the wrong kind or is
// given twice, and reads on. Two names of one place are one member.
func decode(object value, place string, described []member, found *faults) {
	var seen uint32 // bit i: described[i] has been read
	for name, v := range object.members() {
		i := slices.IndexFunc(described, func(m member) bool { return m.name == string(name) })
		if i < 0 {
			continue
		}
		i = slices.IndexFunc(described[:i+1], func(m member) bool { return m.to == described[i].to })
		if seen&(1<<i) != 0 {
			found.add(join(place, described[i].name), "is given twice", "send it once")
			continue
		}
		seen |= 1 << i
		if !v.isNull() {
			decodeValue(v, place, described[i], found)
		}
	}
}

func decodeValue(v value, place string, m member, found *faults) {
	switch to := m.to.(type) {
	case *string:
		if !v.isText() {
			wrongKind(join(place, m.name), v, "text", "write it in double quotes", found)
			return
		}
		*to = v.text()
	case **string:
		if !v.isText() {
			wrongKind(join(place, m.name), v, "text", "write it in double quotes", found)
			return
		}
		*to = new(v.text())
	case *bool:
		if v[0] != 't' && v[0] != 'f' {
			wrongKind(join(place, m.name), v, "true or false", "write true or false without quotes", found)
			return
		}
		*to = v[0] == 't'
	case **bool:
		*to = new(bool)
		decodeValue(v, place, member{m.name, *to}, found)
	case *[]string:
		decodeTexts(v, place, m.name, to, found)
	case **Contact:
		if !v.isObject() {
			wrongKind(join(place, m.name), v, "an object", "write the contact in curly brackets", found)
			return
		}
		*to = new(Contact)
		decode(v, join(place, m.name), (*to).members(), found)
	case *[]Contact:
		decodeContacts(v, join(place, m.name), to, found)
	case *value:
		*to = v
	}
}

// decodeTexts, like whatever runs for every event, spells a place only for a fault.
func decodeTexts(v value, place, name string, to *[]string, found *faults) {
	if !v.isArray() {
		remedy := "write it in square brackets"
		if v.isText() && mayNotUse(v.text()) {
			remedy = `write ["` + v.text() + `"]`
		}
		wrongKind(join(place, name), v, "a list", remedy, found)
		return
	}
	texts := make([]string, 0, 2)
	for element := range v.elements() {
		if !element.isText() {
			wrongKind(indexed(join(place, name), len(texts)), element, "text", "write it in double quotes", found)
			element = value(`""`) // keeps the places of the others
		}
		texts = append(texts, channelOrCopy(element))
	}
	*to = texts
}

func decodeContacts(v value, place string, to *[]Contact, found *faults) {
	if !v.isArray() {
		wrongKind(place, v, "a list", "write the contacts in square brackets", found)
		return
	}
	contacts := []Contact{}
	for element := range v.elements() {
		contacts = append(contacts, Contact{})
		if !element.isObject() {
			wrongKind(indexed(place, len(contacts)-1), element, "an object", "write the contact in curly brackets", found)
			continue
		}
		decode(element, indexed(place, len(contacts)-1), contacts[len(contacts)-1].members(), found)
	}
	*to = contacts
}

// wrongKind says what kind of value stands where another is wanted.
func wrongKind(place string, v value, wanted, remedy string, found *faults) {
	kind := "a number"
	switch v[0] {
	case '{':
		kind = "an object"
	case '[':
		kind = "a list"
	case '"':
		kind = "text"
	case 't', 'f':
		kind = "true or false"
	case 'n':
		kind = "null"
	}
	found.add(place, "is "+kind+" and should be "+wanted, remedy)
}

func join(place, name string) string {
	if place == "" {
		return name
	}
	return place + "." + name
}

func indexed(place string, index int) string {
	var b strings.Builder
	b.WriteString(place)
	b.WriteByte('[')
	b.WriteString(strconv.Itoa(index))
	b.WriteByte(']')
	return b.String()
}

func (d *CaseData) members() []member {
	return []member{{"team", &d.Team}, {"officer", &d.Officer}, {"contacts", &d.Contacts}}
}

func (d *Contact) members() []member {
	return []member{
		{"id", &d.ID}, {"name", &d.Name}, {"relationship", &d.Relationship},
		{"mobile", &d.Mobile}, {"email", &d.Email}, {"language", &d.Language},
		{"prefers", &d.Prefers}, {"do_not", &d.DoNot}, {"postal_address", &d.PostalAddress}, {"safe_contact", &d.SafeContact},
	}
}

func (d *ContactUnsafe) members() []member {
	return []member{{"id", &d.ID}, {"contact", &d.ID}, {"do_not", &d.DoNot}}
}

func (d *Enquiry) members() []member {
	return []member{
		{"enquiry", &d.Enquiry}, {"channel", &d.Channel}, {"from", &d.From},
		{"about", &d.About}, {"urgent", &d.Urgent}, {"contact", &d.Contact},
	}
}

func (d *Reply) members() []member {
	return []member{{"enquiry", &d.Enquiry}, {"by", &d.By}, {"channel", &d.Channel}, {"note", &d.Note}}
}

func (d *Postponement) members() []member {
	return []member{{"enquiry", &d.Enquiry}, {"until", &d.Until}, {"reason", &d.Reason}, {"by", &d.By}}
}

func (d *Exception) members() []member {
	return []member{
		{"promise", &d.Promise}, {"enquiry", &d.Enquiry}, {"kind", &d.Kind},
		{"reason", &d.Reason}, {"until", &d.Until}, {"by", &d.By},
	}
}

func (d *OfficerChanged) members() []member { return []member{{"officer", &d.Officer}} }

func (d *OfficerAway) members() []member {
	return []member{{"officer", &d.Officer}, {"from", &d.From}, {"to", &d.To}, {"cover", &d.Cover}}
}

func (d *Closure) members() []member { return []member{{"reason", &d.Reason}} }

func (d *MessageReceived) members() []member {
	return []member{
		{"channel", &d.Channel}, {"contact", &d.Contact}, {"text", &d.Text}, {"enquiry", &d.Enquiry},
		{"address", &d.Address}, {"provider_id", &d.ProviderID}, {"answers", &d.Answers}, {"automatic", &d.Automatic},
	}
}

func (d *Receipt) members() []member {
	return []member{
		{"message", &d.Message}, {"channel", &d.Channel}, {"provider_id", &d.ProviderID}, {"status", &d.Status},
		{"code", &d.Code}, {"reason", &d.Reason}, {"unusable", &d.Unusable},
	}
}

func (d *OptedOut) members() []member {
	return []member{{"channel", &d.Channel}, {"contact", &d.Contact}, {"address", &d.Address}, {"told", &d.Told}}
}

func (d *Wished) members() []member {
	return []member{
		{"contact", &d.Contact}, {"prefers", &d.Prefers}, {"language", &d.Language}, {"do_not", &d.DoNot}, {"hours", &d.Hours},
	}
}

func (d *OfficerDeclined) members() []member {
	return []member{{"enquiry", &d.Enquiry}, {"by", &d.By}, {"note", &d.Note}}
}

func (d *Confirmed) members() []member {
	return []member{{"contact", &d.Contact}, {"channel", &d.Channel}, {"address", &d.Address}, {"by", &d.By}}
}

func (d *OfficerTexted) members() []member {
	return []member{
		{"by", &d.By}, {"address", &d.Address}, {"text", &d.Text}, {"provider_id", &d.ProviderID},
		{"answer", &d.Answer}, {"until", &d.Until}, {"say", &d.Say},
	}
}

func (d *TaskDone) members() []member {
	return []member{{"task", &d.Task}, {"by", &d.By}, {"note", &d.Note}, {"events", &d.Events}}
}

func (d *Replanned) members() []member {
	return []member{{"book", &d.Book}, {"by", &d.By}, {"why", &d.Why}}
}

func (d *Outcome) members() []member {
	return []member{
		{"message", &d.Message}, {"channel", &d.Channel}, {"contact", &d.Contact},
		{"promise", &d.Promise}, {"enquiry", &d.Enquiry}, {"provider_id", &d.ProviderID},
		{"reason", &d.Reason}, {"task", &d.Task}, {"due", &d.Due},
	}
}
