package streamtest

import (
	"bytes"
	"os"
	"runtime"
	"testing"

	"github.com/nats-io/nats.go"
)

// aloneMark, when set in the environment, says that the test that runs is Alone.
const aloneMark = "STREAMTEST_ALONE"

// Alone is for tests in which a connection is lost and made again inside a bubble
// of testing/synctest: when the server stops under its client, or a gate stays
// closed until a line is given up. Call it before the bubble begins; Bubble does.
//
// The NATS client keeps the timers with which it waits for a new connection for
// whatever comes next in the process, and a timer of one bubble must not be used
// in another, nor outside. So such a test must not be parallel with others, and
// nothing that it has kept may be left, before or after.
func Alone(t testing.TB) {
	t.Helper()
	// The environment belongs to the process: a parallel test may not set it, nor
	// become parallel once it has. That is the point, more than the mark.
	t.Setenv(aloneMark, t.Name())
	emptyPools()
	t.Cleanup(emptyPools)
}

// emptyPools throws away whatever a sync.Pool keeps: it survives one collection,
// not two.
func emptyPools() {
	runtime.GC()
	runtime.GC()
}

// reconnected makes a test fail, and say why, that should have been Alone. Without
// it, now and then some other test would die.
func reconnected(t testing.TB) nats.Option {
	if !inBubble() {
		return func(*nats.Options) error { return nil }
	}
	return nats.ReconnectHandler(func(*nats.Conn) {
		if os.Getenv(aloneMark) == "" {
			t.Error("a connection was lost and made again inside a bubble: call streamtest.Alone before it begins")
		}
	})
}

// inBubble says whether the caller runs inside a bubble: its stack begins with
// "goroutine 7 [running, synctest bubble 1]:".
func inBubble() bool {
	stack := make([]byte, 128)
	line, _, _ := bytes.Cut(stack[:runtime.Stack(stack, false)], []byte("\n"))
	return bytes.Contains(line, []byte("synctest bubble"))
}
