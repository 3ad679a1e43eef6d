package stream

import (
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
)

// Fault says in words why the server can store nothing, and the remedy; nil while
// it can. What it has stored can be read all the same.
//
// Once a write has failed, for want of room or otherwise, the server answers no
// publish any more, and it does not find out that there is room again: it must be
// started anew. The same holds for its share of the disk, which it measures when it
// starts: three quarters of what it uses and what is free.
func (s *Server) Fault() error {
	if what := unhealthy(func() *server.HealthStatus { return s.server.Healthz(&server.HealthzOptions{Details: true}) }); what != "" {
		return fmt.Errorf("nothing can be stored in the data folder %s: make room on its disk, if it is full, and restart Hearback: %s", s.dir, what)
	}
	used, err := s.server.Jsz(&server.JSzOptions{})
	if err != nil {
		return fmt.Errorf("the embedded NATS server cannot say how it is; restart Hearback: %w", err)
	}
	if share := used.Config.MaxStore; share >= 0 && used.Store > uint64(share) {
		return fmt.Errorf("nothing more can be stored: the data folder %s has reached its share of the disk, %d MB; make room on that disk and restart Hearback, which then measures anew", s.dir, share>>20)
	}
	return nil
}

// unhealthy returns what the server finds wrong with itself, "" if nothing.
//
// Before it looks at its streams it gives itself one millisecond to see that it
// takes connections. On a busy machine it may not get to run for as long, and then
// says that it does not. So that answer counts only when it stays the same.
func unhealthy(ask func() *server.HealthStatus) string {
	const attempts = 50
	for attempt := 1; ; attempt++ {
		faults := ask().Errors
		if len(faults) == 0 {
			return ""
		}
		if faults[0].Type != server.HealthzErrorConn || attempt == attempts {
			return faults[0].Error
		}
	}
}
