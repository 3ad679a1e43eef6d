package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	stdio "io"
	"os"
	"os/user"
	"time"

	"hearback/notifier/engine"
	"hearback/notifier/publishing"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

const (
	// publishBookPatience is how long the book may take to be stored.
	publishBookPatience = 30 * time.Second
	// replanPatience is how long no case may be decided before re-planning is no longer
	// waited for. What was told is decided all the same.
	replanPatience = 20 * time.Second
)

// publication is a version of the book that is to be put in force.
type publication struct {
	by, why, expect     string
	dryRun, replan, yes bool
	asJSON              bool
	// only re-plans the cases of promises whose date moves.
	only bool
}

// flags are those of every verb that puts a version in force.
func (p *publication) flags(flags *flag.FlagSet) {
	flags.StringVar(&p.by, "by", "", "who publishes it, as it stands in the history (default: your user name)")
	flags.StringVar(&p.why, "why", "", "why, as it stands in the history and in the ledger of cases that are re-planned")
	flags.StringVar(&p.expect, "expect", "", "publish only if this version is in force now")
	flags.BoolVar(&p.dryRun, "dry-run", false, "say what would change, and publish nothing")
	flags.BoolVar(&p.replan, "replan", false, "move open promises to the new version too, after showing what that does")
	flags.BoolVar(&p.asJSON, "json", false, "print a JSON object")
	flags.BoolVar(&p.yes, "yes", false, "do not ask before re-planning")
}

// oneArgument reads flags before and after the one argument, which people write in
// either order.
func oneArgument(flags *flag.FlagSet, args []string, kind, wanted string) (string, error) {
	if err := parse(flags, args); err != nil {
		return "", err
	}
	argument := flags.Arg(0)
	if flags.NArg() > 1 {
		if err := parse(flags, flags.Args()[1:]); err != nil {
			return "", err
		}
		if flags.NArg() > 0 {
			return "", errUsage{"name one " + kind}
		}
	}
	if argument == "" {
		return "", errUsage{wanted}
	}
	return argument, nil
}

func publishBookVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	var p publication
	p.flags(flags)
	dir, err := oneArgument(flags, args, "folder", "name the folder that holds rules.yaml")
	if err != nil {
		return err
	}
	files, err := checkedBook(dir, io)
	if err != nil {
		return err
	}
	return onStream(ctx, "hearback publish-book", func(ctx context.Context, s *stream.Stream) error {
		return p.publish(ctx, s, func(*publishing.History) (rules.Files, error) { return files, nil }, io)
	})
}

// checkedBook reads a book and prints its faults. A book with any but warnings
// is not given back.
func checkedBook(dir string, io streams) (rules.Files, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder; name the folder that holds rules.yaml", dir)
	}
	// What is checked is what is published, even if somebody is writing there.
	files, err := rules.Bundle(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("read the book: %w", err)
	}
	book, faults := proveFromToday(files.FS())
	for _, f := range faults {
		kind := ""
		if f.Warning {
			kind = "warning: "
		}
		fmt.Fprintf(io.err, "%s%s\n", kind, f)
	}
	if book == nil {
		fmt.Fprintf(io.err, "%s: nothing was published. Mend what is listed above and try again.\n", dir)
		return nil, errSaid
	}
	return files, nil
}

// publish says what changes against the version in force, puts the book in force, and
// re-plans where that was asked for. which makes the book from the history.
func (p *publication) publish(ctx context.Context, s *stream.Stream, which func(*publishing.History) (rules.Files, error), io streams) (err error) {
	storing, cancel := context.WithTimeout(ctx, publishBookPatience)
	defer cancel()
	h, err := publishing.Load(storing, s)
	if err != nil {
		return err
	}
	files, err := which(h)
	if err != nil {
		return err
	}
	over, is := h.InForce()
	if p.expect != "" && over.Version != p.expect {
		return &publishing.Overtaken{By: over}
	}
	said := publicationReport{Version: files.Version(), Changes: []rules.Change{}}
	out := io.out
	if p.asJSON {
		io.out = stdio.Discard
		defer func() {
			if err == nil {
				err = json.NewEncoder(out).Encode(said)
			}
		}()
	}
	same := is && over.Version == said.Version
	if is {
		said.InForce = &over
	}
	switch {
	case same:
		fmt.Fprintf(io.out, "Version %s is in force already, published by %s on %s. Nothing was changed.\n", over.Version, over.By, day(over.At))
	case !is:
		fmt.Fprintf(io.out, "No book is in force yet. This one is version %s.\n", said.Version)
	default:
		fmt.Fprintf(io.out, "Version %s, against %s:\n", said.Version, over)
		var incomparable error
		if said.Changes, incomparable = rules.Diff(over.Files, files); incomparable != nil {
			fmt.Fprintf(io.err, "They cannot be compared: %v\n", incomparable)
		} else {
			printDiff(io.out, said.Changes)
		}
	}
	if p.replan {
		if said.Plan, err = p.look(storing, s, h, files); err != nil {
			return err
		}
		printPlan(io.out, *said.Plan)
		if err := p.confirm(*said.Plan, io); err != nil {
			return err
		}
	}
	if p.dryRun {
		fmt.Fprintln(io.out, "\nNothing was published.")
		return nil
	}
	version := over
	if !same {
		storing, cancel := context.WithTimeout(ctx, publishBookPatience) // whoever was asked may have thought it over
		defer cancel()
		book := engine.Published{At: time.Now().UTC(), By: publisherName(p.by), Why: p.why, Files: files}
		if version, err = publishing.Publish(storing, s, book, over); err != nil {
			return err
		}
		said.Published = true
		fmt.Fprintf(io.out, "\nVersion %s is in force for promises opened from now on, published by %s.\n", version.Version, version.By)
	}
	if !p.replan {
		return nil
	}
	said.Replanned, err = p.move(ctx, s, version, io)
	return err
}

// publicationReport is what publish-book and its like print with --json.
type publicationReport struct {
	Version string              `json:"version"`
	InForce *publishing.Version `json:"in_force_before"`
	Changes []rules.Change      `json:"changes"`
	// Plan is what re-planning does, and Replanned what became of it, where it was asked for.
	Plan      *publishing.Plan `json:"plan,omitempty"`
	Published bool             `json:"published"`
	Replanned *publishing.Done `json:"replanned,omitempty"`
}

// look says what re-planning to a book would do, which need not be published.
func (p *publication) look(ctx context.Context, s *stream.Stream, h *publishing.History, files rules.Files) (*publishing.Plan, error) {
	book, _ := rules.Load(files.FS())
	if book == nil {
		return nil, fmt.Errorf("version %s cannot be read by this Hearback; publish a book that hearback check finds no fault in", files.Version())
	}
	plan, err := publishing.Look(ctx, s, h.Books(book), book.Version, p.reach(), time.Now())
	return &plan, err
}

// confirm asks for leave to re-plan. The error is that there is none.
func (p *publication) confirm(plan publishing.Plan, io streams) error {
	if p.dryRun || p.yes || len(plan.Cases) == 0 {
		return nil
	}
	if p.asJSON || !isTerminal(io.in) {
		return errUsage{"nobody can be asked here whether to re-plan; look at what it does with --dry-run, then add --yes"}
	}
	fmt.Fprintf(io.out, "\nPublish it and re-plan %s? Type yes: ", count(len(plan.Cases), "case"))
	var answer string
	if _, err := fmt.Fscanln(io.in, &answer); err != nil || answer != "yes" {
		fmt.Fprintln(io.out, "\nNothing was published.")
		return errSaid
	}
	return nil
}

func (p *publication) reach() publishing.Reach { return publishing.Reach(p.only) }

// move re-plans the open promises.
func (p *publication) move(ctx context.Context, s *stream.Stream, to publishing.Version, io streams) (*publishing.Done, error) {
	h, err := publishing.Load(ctx, s)
	if err != nil {
		return nil, err
	}
	asked := publishing.Asked{By: publisherName(p.by), Why: p.why}
	done, err := publishing.Replan(ctx, s, h.Books(nil), to, p.reach(), asked, replanPatience)
	if err != nil {
		return nil, err
	}
	switch {
	case done.Cases == 0:
		fmt.Fprintln(io.out, "No open promise had to be re-planned.")
	case done.Waiting == 0:
		fmt.Fprintf(io.out, "%s re-planned. Each tells it in its timeline: hearback case REF.\n", count(done.Cases, "case"))
	default:
		fmt.Fprintf(io.out, "%s told, and %d not decided yet: they are as soon as hearback run has come to them. What it refuses, with the reason, stands on the page of rejected events.\n", count(done.Cases, "case"), done.Waiting)
	}
	return &done, nil
}

// isTerminal reports whether somebody sits at the other end.
func isTerminal(in any) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// publisherName is who publishes: as said, or whoever is signed in.
func publisherName(said string) string {
	if said != "" {
		return said
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "the command line"
}

var errNoBook = errors.New("no book was ever published; start hearback run with the same settings, or publish one with hearback publish-book")
