package channeltest

import (
	"fmt"
	"net/url"
	"strings"

	"hearback/notifier/channel"
)

// leak names what stands in an error's text, or in that of its causes, and must
// not.
func leak(err error, message channel.Message, secrets []string) string {
	forbidden := []struct{ what, word string }{
		{"recipient", message.To},
		{"recipient, escaped", url.QueryEscape(message.To)},
		{"recipient's digits", strings.TrimPrefix(message.To, "+")},
		{"recipient's mailbox", mailbox(message.To)},
		{"subject", message.Subject},
		{"text", strings.TrimSpace(message.Text)},
		{"text, escaped", url.QueryEscape(message.Text)},
		{"HTML", message.HTML},
	}
	for line := range strings.Lines(message.To) {
		forbidden = append(forbidden, struct{ what, word string }{"recipient's line", strings.TrimSpace(line)})
	}
	for i, secret := range secrets {
		forbidden = append(forbidden, struct{ what, word string }{fmt.Sprintf("secret number %d", i), secret})
	}
	var said strings.Builder
	for _, cause := range causes(err) {
		fmt.Fprintf(&said, "%v\n%+v\n", cause, cause)
	}
	for _, secret := range forbidden {
		if secret.word != "" && strings.Contains(said.String(), secret.word) {
			return secret.what
		}
	}
	return ""
}

func mailbox(to string) string {
	name, _, found := strings.Cut(to, "@")
	if !found {
		return ""
	}
	return name
}

// causes gives an error and everything it wraps.
func causes(err error) []error {
	if err == nil {
		return nil
	}
	all := []error{err}
	switch wrapped := err.(type) {
	case interface{ Unwrap() error }:
		all = append(all, causes(wrapped.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, cause := range wrapped.Unwrap() {
			all = append(all, causes(cause)...)
		}
	}
	return all
}
