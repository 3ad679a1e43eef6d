package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/rehearse"
	"hearback/notifier/rules"
)

// writeBook gives a folder with the example book.
func writeBook(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, deploy.Hertfordshire()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// change replaces a text in a file of a book.
func change(t *testing.T, file, from, to string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("%s does not hold %q", filepath.Base(file), from)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func version(t *testing.T, dir string) string {
	t.Helper()
	files, err := rules.Bundle(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return files.Version()
}

func TestPublishBook(t *testing.T) {
	settings(t)
	a := started(t, app.Options{Demo: true})
	book := writeBook(t)
	change(t, filepath.Join(book, "rules.yaml"), "due: 5 working days", "due: 7 working days")

	got := hearback(t, "publish-book", "--by", "Moira", "--why", "more time over Christmas", book)
	if got.code != 0 || !strings.Contains(got.out, "Version "+version(t, book)+" is in force") || !strings.Contains(got.out, "Moira") {
		t.Fatalf("status %d, output %q, errors %q", got.code, got.out, got.err)
	}
	// The running Hearback takes it up: a new enquiry is promised by the new rule.
	council := rehearse.Invent(mustBook(t).Directory, 1, 1)
	publisher, err := events.NewPublisher(a.Conn())
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	working := ""
	eventually(t, "a promise under the new book", func() bool {
		// Its own case each time, since the book may not have been taken up yet.
		council = rehearse.Invent(mustBook(t).Directory, len(council.Families)+1, 1)
		last := len(council.Families) - 1
		ref := council.Families[last].Ref
		if err := publisher.Publish(t.Context(), council.Enquiry(last, "q-"+ref, time.Now(), events.Enquiry{})); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the enquiry is decided", func() bool { return decided(t.Context(), a, ref) })
		working = hearback(t, "case", "--json", ref).out
		return strings.Contains(working, "7 working days")
	})

	if again := hearback(t, "publish-book", book); again.code != 0 || !strings.Contains(again.out, "in force already, published by Moira") {
		t.Errorf("the same book again: status %d, output %q, errors %q", again.code, again.out, again.err)
	}
	// The first version may come back: it is a publication like any other.
	first := writeBook(t)
	if back := hearback(t, "publish-book", first, "--by", "Tomasz"); back.code != 0 || !strings.Contains(back.out, "Version "+version(t, first)+" is in force for") {
		t.Errorf("the first book again, with a flag after the folder: status %d, output %q, errors %q", back.code, back.out, back.err)
	}
	if now := hearback(t, "publish-book", book); now.code != 0 || !strings.Contains(now.out, "is in force for") {
		t.Errorf("the second book once more: status %d, output %q, errors %q", now.code, now.out, now.err)
	}
}

func TestPublishBookWithFaults(t *testing.T) {
	settings(t)
	started(t, app.Options{})
	good := writeBook(t)
	if got := hearback(t, "publish-book", good); got.code != 0 {
		t.Fatalf("the good book: status %d, errors %q", got.code, got.err)
	}
	bad := writeBook(t)
	change(t, filepath.Join(bad, "rules.yaml"), "due: 5 working days", "due: soon")
	got := hearback(t, "publish-book", bad)
	if got.code != 1 || !strings.Contains(got.err, "rules.yaml:") || !strings.Contains(got.err, "nothing was published") || got.out != "" {
		t.Fatalf("status %d, output %q, errors %q", got.code, got.out, got.err)
	}
	if got := hearback(t, "publish-book", good); !strings.Contains(got.out, "in force already") {
		t.Errorf("the good book is no longer in force: %q %q", got.out, got.err)
	}
	if got := hearback(t, "publish-book", filepath.Join(bad, "missing")); got.code != 1 || !strings.Contains(got.err, "is not a folder") {
		t.Errorf("a folder that is not there: status %d, errors %q", got.code, got.err)
	}
}

// A service's user may not publish books. The server says so aside: nobody should
// have to wait for the answer that does not come.
func TestPublishBookAsAUserWhoMayNot(t *testing.T) {
	users := filepath.Join(t.TempDir(), "users.yaml")
	text := `users:
  - {name: hub, password: ` + secret + `}
  - {name: reader, password: ` + secret + `, publish: [$JS.API.>]}
  - {name: manager, password: ` + secret + `, publish: [$JS.API.>, hearback.book.>]}
`
	if err := os.WriteFile(users, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	settings(t, "NATS_USERS", users)
	a := started(t, app.Options{})
	book := writeBook(t)
	change(t, filepath.Join(book, "rules.yaml"), "due: 5 working days", "due: 7 working days")
	for user, lacks := range map[string]string{"hub": `"$JS.API.STREAM.INFO.HEARBACK"`, "reader": `"hearback.book.whole"`} {
		t.Setenv("HEARBACK_NATS_URL", "nats://"+user+":"+secret+"@"+a.NATSAddr())
		began := time.Now()
		got := hearback(t, "publish-book", book)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s waited %v", user, took)
		}
		if got.code != 1 || !strings.Contains(got.err, "NATS user "+user+" lacks") || !strings.Contains(got.err, lacks) || !strings.Contains(got.err, "HEARBACK_NATS_URL") {
			t.Errorf("%s: status %d, errors %q", user, got.code, got.err)
		}
		if strings.Contains(got.err, secret) {
			t.Errorf("the error holds the password: %q", got.err)
		}
	}
	t.Setenv("HEARBACK_NATS_URL", "nats://hub:"+secret+"@"+a.NATSAddr())
	t.Setenv("HEARBACK_REPLICAS", "1")
	_, found := examined(t)
	expect(t, found, "stream", statusFail, "NATS user hub lacks")
	expect(t, found, "Hearback", statusWarn, "NATS user hub lacks")

	t.Setenv("HEARBACK_NATS_URL", "nats://manager:"+secret+"@"+a.NATSAddr())
	if got := hearback(t, "publish-book", book); got.code != 0 {
		t.Errorf("a user who may: status %d, errors %q", got.code, got.err)
	}
}

// The folder of BOOK_DIR rules as long as nobody published over it: changed, and
// changed back. What a person published is not undone by a restart.
func TestTheBookAfterRestarts(t *testing.T) {
	first, second := writeBook(t), writeBook(t)
	change(t, filepath.Join(second, "rules.yaml"), "due: 5 working days", "due: 7 working days")
	settings(t)
	restart := func(step, folder, inForce, by string, meanwhile func(t *testing.T)) {
		t.Run(step, func(t *testing.T) {
			t.Setenv("HEARBACK_BOOK_DIR", folder)
			started(t, app.Options{})
			if got := hearback(t, "publish-book", inForce); got.code != 0 || !strings.Contains(got.out, "in force already, published by "+by) {
				t.Errorf("status %d, output %q, errors %q", got.code, got.out, got.err)
			}
			meanwhile(t)
		})
	}
	const folder = "BOOK_DIR at start"
	nothing := func(*testing.T) {}
	restart("the first book", first, first, folder, nothing)
	restart("changed", second, second, folder, nothing)
	restart("changed back", first, first, folder, func(t *testing.T) {
		if got := hearback(t, "publish-book", "--by", "Moira", second); got.code != 0 {
			t.Fatalf("status %d, errors %q", got.code, got.err)
		}
	})
	restart("after Moira published", first, second, "Moira", nothing)
}
