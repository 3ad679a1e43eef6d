package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/publishing"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

func calendarVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	switch {
	case len(args) > 0 && args[0] == "update":
		return calendarUpdate(ctx, flags, args[1:], io)
	case len(args) > 0 && args[0] == "add":
		return calendarAdd(ctx, flags, args[1:], io)
	}
	return calendarShow(ctx, flags, args, io)
}

// shownHoliday is a bank holiday as hearback calendar --json prints it.
type shownHoliday struct {
	Date calendar.Date `json:"date"`
	Name string        `json:"name"`
}

// shownCalendar is what hearback calendar --json prints.
type shownCalendar struct {
	Version     string         `json:"version"`
	Issued      calendar.Date  `json:"issued"`
	KnownFrom   calendar.Date  `json:"known_from"`
	KnownUntil  calendar.Date  `json:"known_until"`
	EndsSoon    bool           `json:"ends_within_a_year"`
	BankHoliday []shownHoliday `json:"bank_holidays"`
}

func calendarShow(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON object")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errUsage{fmt.Sprintf("%q is nothing that the calendar can do; write nothing, update or add", flags.Arg(0))}
	}
	return withHistory(ctx, "hearback calendar", func(_ context.Context, h *publishing.History) error {
		book := h.Books(nil).Current
		if book == nil {
			return errNoBook
		}
		days := book.Calendar.Holidays
		today := calendar.DateOf(time.Now(), book.Calendar.Location)
		shown := shownCalendar{Version: book.Version, Issued: days.Issued(), KnownFrom: days.First(), KnownUntil: days.Last(), EndsSoon: days.EndsWithinAYear(today), BankHoliday: []shownHoliday{}}
		for _, d := range days.All() {
			if d.Year >= today.Year || *asJSON {
				name, _ := days.On(d)
				shown.BankHoliday = append(shown.BankHoliday, shownHoliday{d, name})
			}
		}
		if *asJSON {
			return json.NewEncoder(io.out).Encode(shown)
		}
		fmt.Fprintf(io.out, "Bank holidays of the book in force, version %s. GOV.UK's table as issued on %s.\nThey are known until %s.", book.Version, shown.Issued.Words(), shown.KnownUntil.Words())
		if shown.EndsSoon {
			fmt.Fprint(io.out, " That is less than a year ahead: save https://www.gov.uk/bank-holidays.json\nand load it with hearback calendar update FILE.")
		}
		fmt.Fprintln(io.out)
		year := 0
		for _, one := range shown.BankHoliday {
			if one.Date.Year != year {
				year = one.Date.Year
				fmt.Fprintf(io.out, "\n%d\n", year)
			}
			fmt.Fprintf(io.out, "  %-10s %s\n", one.Date.Short(), one.Name)
		}
		return nil
	})
}

func calendarUpdate(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	var p publication
	p.flags(flags)
	file, err := oneArgument(flags, args, "file", "name the file saved from https://www.gov.uk/bank-holidays.json")
	if err != nil {
		return err
	}
	added, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%w; save https://www.gov.uk/bank-holidays.json and name that file", err)
	}
	p.why = cmp.Or(p.why, "the bank holidays that GOV.UK publishes")
	err = p.addHolidays(ctx, added, io)
	if fault, ok := errors.AsType[*calendar.TableFault](err); ok {
		return fmt.Errorf("%s:%d:%d: %s; %s", file, fault.Line, fault.Column, fault.Problem, fault.Remedy)
	}
	return err
}

func calendarAdd(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	var p publication
	p.flags(flags)
	in := flags.String("in", "", "england-and-wales, scotland or northern-ireland; all of them where it is left out")
	const wanted = `name the day and what it is, such as hearback calendar add 2027-05-03 "Coronation"`
	if len(args) < 2 {
		if err := parse(flags, args); err != nil {
			return err
		}
		return errUsage{wanted}
	}
	var words []string
	for rest := args; ; rest = flags.Args()[1:] {
		if err := parse(flags, rest); err != nil {
			return err
		}
		if flags.NArg() == 0 {
			break
		}
		words = append(words, flags.Arg(0))
	}
	if len(words) != 2 {
		return errUsage{wanted}
	}
	day, err := calendar.ParseDate(words[0])
	if err != nil {
		return errUsage{err.Error()}
	}
	var parts []string
	if *in != "" {
		parts = []string{*in}
	}
	added, err := calendar.OneDay(day, words[1], parts...)
	if fault, ok := errors.AsType[*calendar.TableFault](err); ok {
		return errUsage{fault.Problem + "; " + fault.Remedy}
	}
	if err != nil {
		return errUsage{err.Error()}
	}
	p.why = cmp.Or(p.why, words[1]+" on "+day.Words())
	return p.addHolidays(ctx, added, io)
}

// holidaysFile is the book's own table of bank holidays.
const holidaysFile = "bank-holidays.json"

// addHolidays publishes the book in force with more bank holidays, and re-plans the
// open promises that they touch.
func (p *publication) addHolidays(ctx context.Context, added []byte, io streams) error {
	p.replan, p.only = true, true
	return onStream(ctx, "hearback calendar", func(ctx context.Context, s *stream.Stream) error {
		return p.publish(ctx, s, func(h *publishing.History) (rules.Files, error) {
			last, is := h.InForce()
			if !is {
				return nil, errNoBook
			}
			table, err := calendar.JoinTables([]byte(last.Files[holidaysFile]), added)
			if err != nil {
				return nil, err
			}
			if !isNews([]byte(last.Files[holidaysFile]), table) {
				fmt.Fprintln(io.err, "Every bank holiday in it is known already: hearback calendar lists them.")
				return last.Files, nil
			}
			files := maps.Clone(last.Files)
			files[holidaysFile] = string(table)
			return files, nil
		}, io)
	})
}

// isNews reports whether a table of the book names days, in any part of the country,
// that neither the built-in one nor the book's last one has.
func isNews(old, table []byte) bool {
	for _, division := range []string{"england-and-wales", "scotland", "northern-ireland"} {
		known, err := calendar.BankHolidays(division)
		if err == nil && len(old) > 0 {
			known, err = known.Merge(old)
		}
		fresh, err2 := known.Merge(table)
		if err != nil || err2 != nil || len(fresh.All()) > len(known.All()) {
			return true
		}
	}
	return false
}
