package stream

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// serverLog passes the embedded server's log on to ours. Its notices are of
// interest only to whoever debugs it.
type serverLog struct {
	log *slog.Logger

	mu    sync.Mutex
	first error
}

func (l *serverLog) Noticef(format string, values ...any) {
	l.log.Debug("nats: " + fmt.Sprintf(format, values...))
}
func (l *serverLog) Warnf(format string, values ...any) {
	l.log.Warn("nats: " + fmt.Sprintf(format, values...))
}
func (l *serverLog) Errorf(format string, values ...any) {
	l.log.Error("nats: " + fmt.Sprintf(format, values...))
}
func (l *serverLog) Debugf(string, ...any) {}
func (l *serverLog) Tracef(string, ...any) {}

// Fatalf keeps the reason why the server cannot run. The server expects it to
// end the process, which is not ours to do.
func (l *serverLog) Fatalf(format string, values ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		l.first = errors.New(fmt.Sprintf(format, values...))
	}
	l.log.Error("nats: " + fmt.Sprintf(format, values...))
}

func (l *serverLog) fatal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}
