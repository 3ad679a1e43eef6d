package rules_test

import (
	"flag"
	"os"
	"testing"

	"hearback/deploy"
	"hearback/notifier"
	"hearback/notifier/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

// load reads a book that must be without any fault or warning.
func load(t testing.TB) *notifier.Book {
	t.Helper()
	book, faults := rules.Load(deploy.Hertfordshire())
	for _, f := range faults {
		t.Error(f)
	}
	if book == nil {
		t.Fatal("no book")
	}
	return book
}

func TestExampleBookIsExplained(t *testing.T) {
	const golden = "testdata/hertfordshire.txt"
	got := rules.Explain(load(t))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}
