package commit_test

import (
	"os"
	"testing"

	"hearback/events/commit/committest"
)

func TestMain(m *testing.M) {
	committest.Register()
	os.Exit(m.Run())
}
