package bench

import (
	"testing"
	"time"

	"hearback/deploy"
	"hearback/notifier/backtest"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

// A recorded year, read from a real stream, is exact in both ways.
func TestARecordedYearIsExact(t *testing.T) {
	t.Parallel()
	server, err := stream.StartServer(stream.ServerConfig{Dir: t.TempDir(), Listen: stream.ListenOff})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	conn, err := server.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	s, err := stream.Open(t.Context(), conn, stream.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	from := calendar.Date{Year: 2025, Month: time.September, Day: 1}
	if err := store(t.Context(), s, Recorded{Cases: 12, From: from, Days: recordedDays, Seed: 3}, files); err != nil {
		t.Fatal(err)
	}

	v, err := backtest.Verify(t.Context(), s, "")
	if err != nil || !v.Exact() || v.Same != v.Entries || v.Cases != 12 || v.Entries < 500 {
		t.Errorf("%+v %v", v, err)
	}
	book, faults := rules.Load(files.FS())
	if book == nil {
		t.Fatal(faults)
	}
	c, err := backtest.Compare(t.Context(), s, book, backtest.Window{From: from, To: from.AddDays(recordedDays - 1)}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if !c.Exact || len(c.Families)+len(c.Staff) > 0 || c.Events != v.Events || len(c.Rows) < 4 {
		t.Errorf("%+v", c)
	}
}
