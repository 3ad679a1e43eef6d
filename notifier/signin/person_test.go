package signin_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hearback/notifier/signin"
)

// FuzzClaims reads any claims: nothing panics, and nobody gets a role or an address
// that does not stand there.
func FuzzClaims(f *testing.F) {
	f.Add(`{"email":"o.jane@council.example","email_verified":true,"roles":["hearback.officer"],"teams":"north","name":"Jane"}`)
	f.Add(`{"email":["a"],"email_verified":"true","roles":{"manager":1},"teams":[1,null,"x"],"name":{}}`)
	f.Add(`{"preferred_username":"\u0000x","realm":{"roles":"manager"},"upn":" "}`)
	f.Fuzz(func(t *testing.T, body string) {
		var said map[string]any
		if json.Unmarshal([]byte(body), &said) != nil {
			return
		}
		for _, claim := range []string{"roles", "realm.roles", "", ".", "roles."} {
			p := signin.Described(said, signin.Options{PersonClaims: []string{"email", "preferred_username", "upn"}, RolesClaim: claim, TeamsClaim: "teams", Roles: []string{"officer", "manager"}})
			for _, name := range p.Names {
				if name == "" || len(name) > 100 || strings.ContainsAny(name, "\x00\n\r") {
					t.Errorf("somebody is called %q", name)
				}
				if name == said["email"] && said["email_verified"] != true && said["email_verified"] != "true" && name != said["preferred_username"] && name != said["upn"] {
					t.Errorf("%q counts and is not verified", name)
				}
			}
			for _, role := range p.Roles {
				if !slices.Contains([]string{"officer", "manager"}, role) || !strings.Contains(strings.ToLower(body), role) && !strings.Contains(body, `\u`) {
					t.Errorf("the role %q stands nowhere in %s", role, body)
				}
			}
		}
	})
}

// FuzzAnswers comes back from the identity provider with anything: nobody gets in.
func FuzzAnswers(f *testing.F) {
	f.Add("code=x&state=y", "abc")
	f.Add("error=access_denied&state=", "")
	f.Add("%zz&state=%00", "\x00")
	f.Fuzz(func(t *testing.T, query, cookie string) {
		signin.TryAnswer(t, query, cookie)
	})
}
