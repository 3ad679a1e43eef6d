package bench

import "testing"

func TestNobodyIsLostWhenTheProcessIsKilled(t *testing.T) {
	t.Parallel()
	crashes, err := RunCrashes(t.Context(), testConfig(t), 300, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", crashes)
	if err := crashes.Err(); err != nil {
		t.Errorf("seed 1: %v", err)
	}
	if crashes.Kills != 3 || crashes.Families != 300 || crashes.Texts+crashes.Emails != 300 {
		t.Errorf("3 kills and 300 families were asked for: %+v", crashes)
	}
}

func TestNobodyIsLostWhenTheLeaderIsKilled(t *testing.T) {
	t.Parallel()
	crashes, err := RunTakeovers(t.Context(), testConfig(t), 300, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", crashes)
	if err := crashes.Err(); err != nil {
		t.Errorf("seed 1: %v", err)
	}
	if crashes.Kills != 1 || crashes.Families != 300 || crashes.Texts+crashes.Emails != 300 {
		t.Errorf("1 kill and 300 families were asked for: %+v", crashes)
	}
}
