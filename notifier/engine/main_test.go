package engine_test

import (
	"os"
	"testing"

	"hearback/notifier/stream/streamtest"
)

func TestMain(m *testing.M) {
	streamtest.Register()
	os.Exit(m.Run())
}

const (
	family = "07700 900123"
	other  = "07700 900124"
	sam    = "sam@family.example"
	jane   = "jane.okafor@council.example"
)
