package stream_test

import (
	"os"
	"testing"

	"hearback/notifier/stream/streamtest"
)

// childFolder, when set in the environment, makes the test program a process
// that writes to the stream in that folder until it is killed.
const childFolder = "STREAM_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		writeUntilKilled(dir)
		return
	}
	streamtest.Register()
	os.Exit(m.Run())
}
