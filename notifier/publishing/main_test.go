package publishing_test

import (
	"os"
	"testing"

	"hearback/notifier/stream/streamtest"
)

func TestMain(m *testing.M) {
	streamtest.Register()
	os.Exit(m.Run())
}
