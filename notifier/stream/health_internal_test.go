package stream

import (
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// A server that did not get to run for a moment says that it takes no connections.
// That must not count as a fault, nor hide one.
func TestAServerThatHadNoTimeIsAskedAgain(t *testing.T) {
	busy := server.HealthzError{Type: server.HealthzErrorConn, Error: "failed to be ready for connections"}
	full := server.HealthzError{Type: server.HealthzErrorStream, Error: "no space left on device"}
	for _, test := range []struct {
		name    string
		answers [][]server.HealthzError // the last one stays
		want    string
	}{
		{"well", [][]server.HealthzError{nil}, ""},
		{"busy, then well", [][]server.HealthzError{{busy}, {busy}, nil}, ""},
		{"busy, then full", [][]server.HealthzError{{busy}, {full}}, full.Error},
		{"full", [][]server.HealthzError{{full}}, full.Error},
		{"never ready", [][]server.HealthzError{{busy}}, busy.Error},
	} {
		t.Run(test.name, func(t *testing.T) {
			answers := test.answers
			got := unhealthy(func() *server.HealthStatus {
				answer := answers[0]
				if len(answers) > 1 {
					answers = answers[1:]
				}
				return &server.HealthStatus{Errors: answer}
			})
			if got != test.want {
				t.Errorf("it says %q, want %q", got, test.want)
			}
		})
	}
}
