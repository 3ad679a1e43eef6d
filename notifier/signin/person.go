package signin

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Person is somebody as the identity provider described them when they signed in.
type Person struct {
	// Name is for people to read; it may be empty.
	Name string `json:"name,omitempty"`
	// Names are the addresses and ids by which they are known, the best first.
	Names []string `json:"names,omitempty"`
	// Roles are those that they have, of the roles that count.
	Roles []string `json:"roles,omitempty"`
	// Teams are the values of the claim, as they were.
	Teams []string `json:"teams,omitempty"`
}

// longestName bounds, in bytes, a claim that says who somebody is.
const longestName = 100

// claims are those of an ID token.
type claims map[string]any

// person reads who somebody is. An email address counts only where the provider has
// verified it: in many directories people may write into that field what they like.
func (c claims) person(o Options) Person {
	p := Person{Teams: c.texts(o.TeamsClaim)}
	for _, value := range c.texts(o.RolesClaim) {
		if role := roleOf(value, o.Roles); role != "" && !slices.Contains(p.Roles, role) {
			p.Roles = append(p.Roles, role)
		}
	}
	for _, claim := range o.PersonClaims {
		if claim == "email" && !c.verified() {
			continue
		}
		text := strings.TrimSpace(c.text(claim))
		if text != "" && len(text) <= longestName && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl) && !slices.Contains(p.Names, text) {
			p.Names = append(p.Names, text)
		}
	}
	p.Name = strings.Join(strings.Fields(c.text("name")), " ")
	if letters := []rune(p.Name); len(letters) > 100 {
		p.Name = string(letters[:100])
	}
	return p
}

func (c claims) verified() bool {
	value := c.value("email_verified")
	return value == true || value == "true"
}

// value finds a claim by its name, or by a path with dots, such as realm_access.roles.
func (c claims) value(name string) any {
	if value, there := c[name]; there {
		return value
	}
	first, rest, deeper := strings.Cut(name, ".")
	if inner, is := c[first].(map[string]any); is && deeper {
		return claims(inner).value(rest)
	}
	return nil
}

func (c claims) text(name string) string {
	text, _ := c.value(name).(string)
	return text
}

// texts are the values of a claim that holds one text or a list of them.
func (c claims) texts(name string) (list []string) {
	switch value := c.value(name).(type) {
	case string:
		list = append(list, value)
	case []any:
		for _, item := range value {
			if text, is := item.(string); is {
				list = append(list, text)
			}
		}
	}
	return list
}

// roleOf is the role that a value names, in any case and with or without our name
// before it, such as hearback.manager; empty for any other value.
func roleOf(value string, roles []string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if rest, ours := strings.CutPrefix(value, "hearback"); ours {
		value = strings.TrimLeft(rest, ".:-_/")
	}
	if slices.Contains(roles, value) {
		return value
	}
	return ""
}
