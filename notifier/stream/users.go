package stream

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
	"go.yaml.in/yaml/v3"

	"hearback/events"
)

// usersFile is the file of users.
type usersFile struct {
	Users []user `yaml:"users"`
}

type user struct {
	Name      string   `yaml:"name"`
	Password  string   `yaml:"password"`
	Publish   []string `yaml:"publish"`
	Subscribe []string `yaml:"subscribe"`
}

// Where a user may publish who names no subjects, and where every user may
// listen: on inboxes, to which the server sends acknowledgements.
const (
	publishDefault = events.EventWildcard
	inboxes        = "_INBOX.>"
)

// readUsers reads the file of users, which is YAML:
//
//	users:
//	  - name: ehc-hub
//	    password: plain, or hashed with bcrypt ($2a$…)
//	    publish: [hearback.event.>]        # the default
//	    subscribe: [hearback.outcome.>]    # none by default
//
// A user may publish on these subjects only, and listen for acknowledgements
// and on those it subscribes to. The rest, JetStream's API included, stays
// closed: the stream can be written to, but neither read nor changed.
func readUsers(name string) ([]*server.User, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the file of users (HEARBACK_NATS_USERS): %w", err)
	}
	users, err := parseUsers(text)
	if err != nil {
		return nil, fmt.Errorf("the file of users %s: %w", name, err)
	}
	return users, nil
}

func parseUsers(text []byte) ([]*server.User, error) {
	var file usersFile
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("is not as it must be, users: with a list of name, password, publish, subscribe: %s", withoutValues(err))
	}
	if len(file.Users) == 0 {
		return nil, errors.New("names no users; add at least one, or unset HEARBACK_NATS_USERS")
	}
	var made []*server.User
	seen := map[string]bool{internalUser: true}
	for i, user := range file.Users {
		switch {
		case user.Name == "":
			return nil, fmt.Errorf("user %d has no name", i+1)
		case user.Name == internalUser:
			return nil, fmt.Errorf("the name %s is Hearback's own; choose another for user %d", internalUser, i+1)
		case seen[user.Name]:
			return nil, fmt.Errorf("the name %s is there twice; names must differ", user.Name)
		case user.Password == "":
			return nil, fmt.Errorf("user %s has no password", user.Name)
		}
		seen[user.Name] = true
		if len(user.Publish) == 0 {
			user.Publish = []string{publishDefault}
		}
		for _, subject := range slices.Concat(user.Publish, user.Subscribe) {
			if !server.IsValidSubject(subject) || strings.ContainsAny(subject, " \t") {
				return nil, fmt.Errorf("user %s: %q is not a NATS subject", user.Name, subject)
			}
		}
		made = append(made, &server.User{
			Username: user.Name,
			Password: user.Password,
			Permissions: &server.Permissions{
				Publish:   &server.SubjectPermission{Allow: user.Publish},
				Subscribe: &server.SubjectPermission{Allow: append([]string{inboxes}, user.Subscribe...)},
			},
		})
	}
	return made, nil
}

// withoutValues drops what the YAML library quotes from the file, which may be a
// password.
func withoutValues(err error) string {
	var kept strings.Builder
	for i, part := range strings.Split(err.Error(), "`") {
		if i%2 == 0 {
			kept.WriteString(part)
		} else {
			kept.WriteString("…")
		}
	}
	return kept.String()
}
