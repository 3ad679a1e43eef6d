package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/calendar"
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
  - {name: manager, password: ` + secret + `, publish: [hearback.book.>, hearback.event.*.case.replanned, $JS.API.STREAM.INFO.HEARBACK,
      $JS.API.STREAM.MSG.GET.HEARBACK, $JS.API.CONSUMER.CREATE.HEARBACK.>, $JS.API.CONSUMER.INFO.HEARBACK.>, $JS.API.CONSUMER.DELETE.HEARBACK.>, $JS.FC.>]}
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
	opened(t, a, "H-1")
	if got := hearback(t, "publish-book", "--replan", "--yes", book); got.code != 0 || !strings.Contains(got.out, "1 case re-planned.") {
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

// opened is a case of a running Hearback with one open promise.
func opened(t *testing.T, a *app.App, ref string) {
	t.Helper()
	publisher, err := events.NewPublisher(a.Conn())
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	enquiry := events.Event{ID: "asked-" + ref, Source: "/test", Type: events.TypeEnquiryReceived, Case: ref, Time: time.Now(), Data: []byte(`{"enquiry":"q1","channel":"phone"}`)}
	if err := publisher.Publish(t.Context(), enquiry); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the enquiry is decided", func() bool { return decided(t.Context(), a, ref) })
}

// A manager looks, is asked, publishes and re-plans; the history, the difference and
// the files are there afterwards, and the version before comes back.
func TestPublishAndReplan(t *testing.T) {
	settings(t)
	a := started(t, app.Options{Demo: true})
	opened(t, a, "H-1")
	first := version(t, writeBook(t))
	book := writeBook(t)
	change(t, filepath.Join(book, "rules.yaml"), "due: 5 working days", "due: 10 working days")
	second := version(t, book)

	look := hearback(t, "publish-book", book, "--replan", "--dry-run")
	if look.code != 0 || !strings.Contains(look.out, `is due 10 working days after it opens (was 5 working days`) || !strings.Contains(look.out, "Re-planning the open promises of 1 case:") || !strings.Contains(look.out, "Nothing was published.") {
		t.Fatalf("a look: %+v", look)
	}
	var said struct {
		Version   string
		Changes   []struct{ What string }
		Plan      struct{ Cases []string }
		Published bool
	}
	asJSON := hearback(t, "publish-book", book, "--replan", "--dry-run", "--json")
	if err := json.Unmarshal([]byte(asJSON.out), &said); err != nil || said.Version != second || len(said.Changes) != 1 || len(said.Plan.Cases) != 1 || said.Published {
		t.Errorf("a look as JSON: %+v (%v)", asJSON, err)
	}
	if asked := hearback(t, "publish-book", "--replan", book); asked.code != 2 || !strings.Contains(asked.err, "--yes") {
		t.Errorf("nobody can be asked: %+v", asked)
	}
	if overtaken := hearback(t, "publish-book", "--expect", second, book); overtaken.code != 1 || !strings.Contains(overtaken.err, first) || !strings.Contains(overtaken.err, "somebody was first") {
		t.Errorf("another version than expected: %+v", overtaken)
	}
	if history := hearback(t, "book", "history"); strings.Contains(history.out, second) || !strings.Contains(history.out, first) {
		t.Fatalf("it was published all the same: %+v", history)
	}
	done := hearback(t, "publish-book", "--expect", first, "--replan", "--yes", "--by", "Moira", "--why", "Christmas", book)
	if done.code != 0 || !strings.Contains(done.out, "Version "+second+" is in force") || !strings.Contains(done.out, "1 case re-planned.") {
		t.Fatalf("published: %+v", done)
	}
	if told := hearback(t, "case", "H-1"); !strings.Contains(told.out, "under version "+first+"; now ") || !strings.Contains(told.out, "Moira re-planned the open promises: Christmas.") {
		t.Errorf("the case says %s", told.out)
	}
	if again := hearback(t, "publish-book", "--replan", "--yes", book); again.code != 0 || !strings.Contains(again.out, "No open promise had to be re-planned.") {
		t.Errorf("the same again: %+v", again)
	}

	if history := hearback(t, "book", "history"); history.code != 0 || !strings.Contains(history.out, "Moira") || !strings.Contains(history.out, "in force: Christmas") {
		t.Errorf("history: %+v", history)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(hearback(t, "book", "history", "--json").out), &list); err != nil || len(list) != 2 || list[1]["version"] != second || list[1]["files"] != nil {
		t.Errorf("history as JSON: %v (%v)", list, err)
	}
	for _, args := range [][]string{{"book", "diff"}, {"book", "diff", first[:6]}, {"book", "diff", first, second}} {
		if diff := hearback(t, args...); diff.code != 0 || !strings.Contains(diff.out, "is due 10 working days") {
			t.Errorf("%q: %+v", args, diff)
		}
	}
	folder := filepath.Join(t.TempDir(), "shown")
	if shown := hearback(t, "book", "show", first, "--to", folder); shown.code != 0 || version(t, folder) != first {
		t.Errorf("show: %+v, in the folder stands %s", shown, version(t, folder))
	}
	if twice := hearback(t, "book", "show", "--to", folder); twice.code != 1 || !strings.Contains(twice.err, "not empty") {
		t.Errorf("into a folder that is not empty: %+v", twice)
	}
	if back := hearback(t, "book", "revert", first, "--replan", "--yes"); back.code != 0 || !strings.Contains(back.out, "Version "+first+" is in force") || !strings.Contains(back.out, "1 case re-planned.") {
		t.Errorf("revert: %+v", back)
	}
	if never := hearback(t, "book", "revert", "zz"); never.code != 1 || !strings.Contains(never.err, "book history") {
		t.Errorf("a version that never was: %+v", never)
	}
	if wrong := hearback(t, "book", "burn"); wrong.code != 2 || !strings.Contains(wrong.err, "history, diff, show or revert") {
		t.Errorf("a word that is none: %+v", wrong)
	}
}

// A day that is proclaimed becomes part of the book, and moves what it touches.
func TestCalendar(t *testing.T) {
	settings(t)
	a := started(t, app.Options{Demo: true})
	opened(t, a, "H-1")
	today := calendar.DateOf(time.Now(), time.UTC)
	day := today.AddDays(2)
	for works, _ := mustBook(t).Calendar.IsWorkingDay(day); !works; works, _ = mustBook(t).Calendar.IsWorkingDay(day) {
		day = day.AddDays(1)
	}
	if shown := hearback(t, "calendar"); shown.code != 0 || !strings.Contains(shown.out, "They are known until") || strings.Contains(shown.out, "Coronation") {
		t.Errorf("calendar: %+v", shown)
	}
	if added := hearback(t, "calendar", "add", day.String(), "Coronation", "--yes", "--by", "Moira"); added.code != 0 || !strings.Contains(added.out, day.Words()+" is a bank holiday (Coronation).") {
		t.Fatalf("add: %+v", added)
	}
	if shown := hearback(t, "calendar"); !strings.Contains(shown.out, "Coronation") {
		t.Errorf("calendar: %+v", shown)
	}
	var list struct {
		BankHolidays []struct{ Date, Name string } `json:"bank_holidays"`
	}
	if err := json.Unmarshal([]byte(hearback(t, "calendar", "--json").out), &list); err != nil || !strings.Contains(fmt.Sprint(list), day.String()+" Coronation") {
		t.Errorf("as JSON: %v (%v)", list, err)
	}
	if again := hearback(t, "calendar", "add", day.String(), "Coronation", "--yes"); again.code != 0 || !strings.Contains(again.err, "known already") || !strings.Contains(again.out, "in force already") {
		t.Errorf("once more: %+v", again)
	}
	file := filepath.Join(t.TempDir(), "bank-holidays.json")
	table := `{"england-and-wales":{"division":"england-and-wales","events":[{"title":"Jubilee","date":"` + day.AddDays(400).String() + `","notes":"","bunting":true}]}}`
	if err := os.WriteFile(file, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	if updated := hearback(t, "calendar", "update", file, "--yes"); updated.code != 0 || !strings.Contains(updated.out, "(Jubilee)") || strings.Contains(updated.out, "no bank holiday any more") {
		t.Errorf("update: %+v", updated)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if broken := hearback(t, "calendar", "update", file); broken.code != 1 || !strings.Contains(broken.err, "bank-holidays.json:1:") {
		t.Errorf("a broken file: %+v", broken)
	}
	for _, args := range [][]string{{"calendar", "add"}, {"calendar", "add", "2027-02-30", "Never"}, {"calendar", "add", "2027-05-04", "Coronation", "--in", "wales"}, {"calendar", "take-away"}} {
		if wrong := hearback(t, args...); wrong.code != 2 {
			t.Errorf("%q: %+v", args, wrong)
		}
	}
}
