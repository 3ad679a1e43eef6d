package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"time"

	"hearback/deploy"
	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
	"hearback/notifier/rules/explained"
)

func checkVerb(_ context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print the faults as a JSON array")
	explain := flags.Bool("explain", false, "say what the book promises, and what follows day by day if nobody replies")
	on := flags.String("on", "", "with --explain: the day on which a family gets in touch (default: next Monday)")
	page := pageFlag(flags)
	words := flags.Bool("words", false, "measure the words instead: segments of texts, reading age, longest sentence")
	first := flags.String("from", "", "the day from which a year is proved, such as 2026-12-21 (default: today)")
	if err := parse(flags, args); err != nil {
		return err
	}
	source, name, err := bookSource(flags)
	if err != nil {
		return err
	}
	if *words {
		return printWords(source, name, *asJSON, io)
	}
	today := calendar.DateOf(time.Now(), time.Local)
	from, err := dayOr(*first, today)
	if err != nil {
		return err
	}
	sample, err := dayOr(*on, explained.NextMonday(today))
	if err != nil {
		return err
	}
	if !*explain {
		for _, with := range []string{"on", "html"} {
			if flags.Lookup(with).Value.String() != "" {
				return errUsage{"--" + with + " goes with --explain; add --explain"}
			}
		}
	}
	book, faults := rules.Prove(source, from)
	wrong := 0
	for _, f := range faults {
		if !f.Warning {
			wrong++
		}
	}
	if *asJSON {
		if faults == nil {
			faults = []rules.Fault{}
		}
		if err := printFaults(book, faults, *explain, sample, io); err != nil {
			return err
		}
	} else {
		for _, f := range faults {
			kind := ""
			if f.Warning {
				kind = "warning: "
			}
			fmt.Fprintf(io.out, "%s%s\n", kind, f)
		}
		switch {
		case wrong == 1:
			fmt.Fprintf(io.out, "%s: 1 fault. It cannot be put in force.\n", name)
		case wrong > 1:
			fmt.Fprintf(io.out, "%s: %d faults. It cannot be put in force.\n", name, wrong)
		default:
			fmt.Fprintf(io.out, "%s: no faults. Version %s, %d promises, %d people.\n", name, book.Version, len(book.Rules), len(book.Directory.People))
		}
	}
	if wrong > 0 {
		return errSaid
	}
	if !*explain {
		return nil
	}
	if err := page(explained.Page(book, sample)); err != nil || *asJSON {
		return err
	}
	return printExplained(book, sample, io)
}

// proveFromToday proves a book as check does: what fails there is not published.
func proveFromToday(book fs.FS) (*notifier.Book, []rules.Fault) {
	return rules.Prove(book, calendar.DateOf(time.Now(), time.Local))
}

// dayOr reads a day that a flag gives, and takes another where it gives none.
func dayOr(text string, absent calendar.Date) (calendar.Date, error) {
	if text == "" {
		return absent, nil
	}
	day, err := calendar.ParseDate(text)
	if err != nil {
		return day, errUsage{fmt.Sprintf("%q is not a day; write it as 2026-12-21", text)}
	}
	return day, nil
}

// bookSource is the book that a verb is about: its argument, BOOK_DIR, or the
// built-in example.
func bookSource(flags *flag.FlagSet) (source fs.FS, name string, err error) {
	if flags.NArg() > 1 {
		return nil, "", errUsage{"name one folder"}
	}
	name = flags.Arg(0)
	if name == "" {
		config, err := app.ReadConfig()
		if err != nil {
			return nil, "", errUsage{err.Error()}
		}
		if name = config.BookDir; name == "" {
			return deploy.Hertfordshire(), "built-in example book", nil
		}
	}
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return nil, "", fmt.Errorf("%s is not a folder; name the folder that holds rules.yaml", name)
	}
	return os.DirFS(name), name, nil
}
