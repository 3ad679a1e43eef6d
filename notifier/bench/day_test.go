package bench

import (
	"testing"
	"time"

	"hearback/notifier/rehearse"
	"hearback/notifier/rules"
)

func TestTheLargeCouncilsBookIsSound(t *testing.T) {
	if book, faults := rules.Load(largeCouncil()); book == nil {
		t.Fatal(faults)
	}
}

func TestNobodyIsLeftInSilenceOnADay(t *testing.T) {
	t.Parallel()
	plan := rehearse.Plan{Events: 200, From: 8 * time.Hour, To: 18 * time.Hour, Batch: 200, BatchAt: 6 * time.Hour, BatchTime: 20 * time.Second}
	d, err := runDay(t.Context(), testConfig(t), 200, plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", d)
	if err := d.Err(); err != nil {
		t.Error(err)
	}
	if a := d.Asked; a.Enquiries == 0 || a.Heard+a.Answered+a.Phone+a.Added+a.Silent != a.Enquiries {
		t.Errorf("the families who asked do not add up: %+v", a)
	}
}
