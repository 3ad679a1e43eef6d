package proving

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/deploy"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// book is the example's in the languages that are in use, with so many line ends more:
// each is another version.
func book(t testing.TB, more int) rules.Files {
	t.Helper()
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(files, func(file, _ string) bool {
		return strings.HasPrefix(file, "words/") && !strings.HasPrefix(file, "words/en/") && !strings.HasPrefix(file, "words/cy/")
	})
	for range more {
		files["rules.yaml"] += "\n"
	}
	return files
}

// What is remembered is what the rules say, of a sound book and of a broken one.
func TestAnswersAreThoseOfTheRules(t *testing.T) {
	from := calendar.Date{Year: 2026, Month: time.November, Day: 27}
	broken := book(t, 0)
	broken["directory.yaml"] = "teams: 5\n"
	for name, files := range map[string]rules.Files{"sound": book(t, 0), "broken": broken, "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			p := New()
			for range 2 {
				proved, faults := p.Of(files, from)
				same(t, "proof", faults, func() (*notifier.Book, []rules.Fault) { return rules.Prove(files.FS(), from) }, proved)
				loaded, faults := p.Load(files)
				same(t, "reading", faults, func() (*notifier.Book, []rules.Fault) { return rules.Load(files.FS()) }, loaded)
				words := p.Words(files)
				measured, faults := rules.MeasureWords(files.FS())
				if !reflect.DeepEqual(words.Measured, measured) || !reflect.DeepEqual(words.Faults, faults) {
					t.Error("the words are measured otherwise")
				}
				const file = "words/en/enquiry-received.sms.txt"
				shown, known := rules.ShowWords(files.FS(), file)
				if got, ok := words.Show(file); ok != known || !reflect.DeepEqual(got, shown) {
					t.Errorf("shown: %+v, want %+v", got, shown)
				}
				typed := p.Typed(files, file)
				if got, ok := typed.Show(file); ok != known || !reflect.DeepEqual(got, shown) || !reflect.DeepEqual(typed.Faults, faults) {
					t.Errorf("while it is typed: %+v, want %+v", got, shown)
				}
				changes, err := p.Diff(book(t, 1), files)
				wanted, wantedErr := rules.Diff(book(t, 1), files)
				if !reflect.DeepEqual(changes, wanted) || (err == nil) != (wantedErr == nil) {
					t.Errorf("differs in %v, %v; want %v, %v", changes, err, wanted, wantedErr)
				}
			}
		})
	}
}

func same(t *testing.T, what string, faults []rules.Fault, want func() (*notifier.Book, []rules.Fault), book *notifier.Book) {
	t.Helper()
	wanted, wantedFaults := want()
	if (book == nil) != (wanted == nil) || book != nil && book.Version != wanted.Version || !reflect.DeepEqual(faults, wantedFaults) {
		t.Errorf("%s: %v, %v; want %v, %v", what, book, faults, wanted, wantedFaults)
	}
}

// However many ask at once, a version is proved once, and the last few are remembered.
func TestAVersionIsProvedOnce(t *testing.T) {
	p, from := New(), calendar.Date{Year: 2026, Month: time.November, Day: 27}
	var all sync.WaitGroup
	books := make([]*notifier.Book, 8)
	for i := range books {
		all.Go(func() { books[i], _ = p.Of(book(t, 0), from) })
	}
	all.Wait()
	for _, b := range books {
		if b == nil || b != books[0] {
			t.Fatal("it was proved twice")
		}
	}
	if b, _ := p.Of(book(t, 0), from.AddDays(1)); b == books[0] {
		t.Error("another day has the same proof")
	}
	for i := range mostKnown + 1 {
		p.loaded.put(string(rune('a'+i)), outcome{})
		p.loaded.get("a") // what is asked for again stays
	}
	if _, known := p.loaded.get("a"); !known || len(p.loaded.known) != mostKnown {
		t.Errorf("%d are known, and the first: %v", len(p.loaded.known), known)
	}
	if _, known := p.loaded.get("b"); known {
		t.Error("what nobody asked for again is kept")
	}
}

// While one version is proved, what is known of others is told.
func TestNobodyWaitsForWhatIsKnown(t *testing.T) {
	p, from := New(), calendar.Date{Year: 2026, Month: time.November, Day: 27}
	known, _ := p.Of(book(t, 0), from)
	p.working.Lock() // somebody proves
	defer p.working.Unlock()
	if again, _ := p.Of(book(t, 0), from); again != known {
		t.Error("it was proved again")
	}
}

// A version is proved when it comes into force, again at midnight in London, and as soon
// as it can be read.
func TestVersionsAreProvedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		var mu sync.Mutex
		files, over, fault := rules.Files(nil), make(chan struct{}), errors.New("the stream cannot be read")
		put := func(now rules.Files, why error) {
			mu.Lock()
			defer mu.Unlock()
			close(over)
			files, over, fault = now, make(chan struct{}), why
		}
		known := func(files rules.Files) bool {
			synctest.Wait()
			version := files.Version()
			_, loaded := p.loaded.get(version)
			_, words := p.words.get(version)
			return p.Known(files, p.Today(time.Now())) && loaded && words
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			p.Ahead(ctx, func(context.Context) (rules.Files, <-chan struct{}, error) {
				mu.Lock()
				defer mu.Unlock()
				return files, over, fault
			})
		}()
		synctest.Wait()
		mu.Lock()
		files, fault = book(t, 0), nil // nobody has published: it can be read again
		mu.Unlock()
		time.Sleep(againAfter)
		if !known(book(t, 0)) {
			t.Error("the version in force is not proved once it can be read")
		}
		put(book(t, 1), nil)
		if !known(book(t, 1)) {
			t.Error("a version that was published is not proved")
		}
		tomorrow := p.Today(time.Now()).AddDays(1)
		time.Sleep(time.Until(tomorrow.At(0, 0, p.london)))
		if p.Today(time.Now()) != tomorrow || !known(book(t, 1)) {
			t.Error("the version in force is not proved for the new day")
		}
		put(book(t, 2), errors.New("the stream cannot be read"))
		if known(book(t, 2)) {
			t.Error("it was proved though it could not be read")
		}
		stop()
		<-ended
	})
}
