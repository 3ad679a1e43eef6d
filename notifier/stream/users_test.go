package stream

import (
	"slices"
	"strings"
	"testing"
)

func TestUsersFileFaults(t *testing.T) {
	tests := map[string]struct{ text, says string }{
		"empty":                {"", "names no users"},
		"no list":              {"users:", "names no users"},
		"an unknown key":       {"users: [{name: a, passwd: b}]", "passwd"},
		"no name":              {"users: [{password: b}]", "user 1 has no name"},
		"no password":          {"users: [{name: a}]", "user a has no password"},
		"a name twice":         {"users: [{name: a, password: b}, {name: a, password: c}]", "there twice"},
		"our own name":         {"users: [{name: hearback, password: b}]", "Hearback's own"},
		"not a subject":        {"users: [{name: a, password: b, publish: ['hearback..x']}]", "not a NATS subject"},
		"a subject with space": {"users: [{name: a, password: b, subscribe: ['hearback. x']}]", "not a NATS subject"},
		"not YAML":             {"users: [", "is not as it must be"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := parseUsers([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want %q", err, test.says)
			}
		})
	}
}

func TestUsersFileErrorsHoldNoPassword(t *testing.T) {
	for _, text := range []string{"users: hunter2", "users: [hunter2]", "users: [{name: a, password: x, publish: hunter2}]", "hunter2"} {
		if _, err := parseUsers([]byte(text)); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error is %v", text, err)
		}
	}
}

func TestUsersPublishEventsByDefault(t *testing.T) {
	users, err := parseUsers([]byte("users: [{name: a, password: b}]"))
	if err != nil {
		t.Fatal(err)
	}
	if may := users[0].Permissions.Publish.Allow; !slices.Equal(may, []string{"hearback.event.>"}) {
		t.Errorf("may publish on %v", may)
	}
	if may := users[0].Permissions.Subscribe.Allow; !slices.Equal(may, []string{"_INBOX.>"}) {
		t.Errorf("may subscribe to %v", may)
	}
}

// Whatever the file holds, whoever comes out of it is restricted.
func FuzzUsers(f *testing.F) {
	f.Add("users: [{name: a, password: b}]")
	f.Add("users:\n  - name: a\n    password: $2a$11$x\n    publish: [hearback.event.*.reply.sent]\n    subscribe: [hearback.outcome.>]\n")
	f.Add("users: [{name: a, password: b, publish: [], subscribe: null}]")
	f.Fuzz(func(t *testing.T, text string) {
		users, err := parseUsers([]byte(text))
		if err != nil {
			return
		}
		for _, user := range users {
			if user.Username == "" || user.Username == internalUser || user.Password == "" || len(user.Permissions.Publish.Allow) == 0 || len(user.Permissions.Subscribe.Allow) == 0 {
				t.Errorf("user %+v", user)
			}
		}
	})
}
