package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"hearback/notifier/publishing"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

func bookVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	what := map[string]func(context.Context, *flag.FlagSet, []string, streams) error{
		"history": bookHistory, "diff": bookDiff, "show": bookShow, "revert": bookRevert,
	}
	if len(args) > 0 && what[args[0]] != nil {
		return what[args[0]](ctx, flags, args[1:], io)
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	return errUsage{"say what you want of the book: history, diff, show or revert"}
}

// withHistory reads the history of the book that the running Hearback of the same
// settings works by.
func withHistory(ctx context.Context, name string, work func(context.Context, *publishing.History) error) error {
	return onStream(ctx, name, func(ctx context.Context, s *stream.Stream) error {
		ctx, cancel := context.WithTimeout(ctx, publishBookPatience)
		defer cancel()
		h, err := publishing.Load(ctx, s)
		if err != nil {
			return err
		}
		if len(h.Versions) == 0 {
			return errNoBook
		}
		return work(ctx, h)
	})
}

func bookHistory(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON array")
	if err := parse(flags, args); err != nil {
		return err
	}
	return withHistory(ctx, "hearback book history", func(_ context.Context, h *publishing.History) error {
		if *asJSON {
			return json.NewEncoder(io.out).Encode(h.Versions)
		}
		table := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "VERSION\tPUBLISHED\tBY\tWHY")
		for i, v := range slices.Backward(h.Versions) {
			why := v.Why
			if i == len(h.Versions)-1 {
				why = joined("in force", why)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", v.Version, day(v.At), v.By, why)
		}
		return table.Flush()
	})
}

func joined(first, second string) string {
	if second == "" {
		return first
	}
	return first + ": " + second
}

func bookDiff(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON array")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 2 {
		return errUsage{"name two versions at most, or folders of books"}
	}
	return withHistory(ctx, "hearback book diff", func(_ context.Context, h *publishing.History) error {
		before, after := flags.Arg(0), flags.Arg(1)
		if before == "" { // what the last publication changed
			if len(h.Versions) < 2 {
				fmt.Fprintln(io.out, "Only one version was published so far.")
				return nil
			}
			before = h.Versions[len(h.Versions)-2].Version
		}
		a, nameA, err := bookNamed(h, before)
		if err != nil {
			return err
		}
		b, nameB, err := bookNamed(h, after)
		if err != nil {
			return err
		}
		changes, err := rules.Diff(a, b)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(io.out).Encode(append([]rules.Change{}, changes...))
		}
		fmt.Fprintf(io.out, "From %s\nto %s:\n", nameA, nameB)
		printDiff(io.out, changes)
		return nil
	})
}

// bookNamed is a version of the history, the one in force where the name is empty, or
// the book in a folder.
func bookNamed(h *publishing.History, name string) (rules.Files, string, error) {
	if info, err := os.Stat(name); name != "" && err == nil && info.IsDir() {
		files, err := rules.Bundle(os.DirFS(name))
		return files, "the book in " + name, err
	}
	v, err := h.Find(name)
	return v.Files, v.String(), err
}

func bookShow(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	to := flags.String("to", "", "write the files of the book into this folder, which must be new or empty")
	var names []string
	for rest := args; ; rest = flags.Args()[1:] { // flags stand before and after the version
		if err := parse(flags, rest); err != nil {
			return err
		}
		if flags.NArg() == 0 {
			break
		}
		names = append(names, flags.Arg(0))
	}
	if len(names) > 1 {
		return errUsage{"name one version"}
	}
	return withHistory(ctx, "hearback book show", func(_ context.Context, h *publishing.History) error {
		v, err := h.Find(append(names, "")[0])
		if err != nil {
			return err
		}
		if *to != "" {
			if err := writeFiles(*to, v.Files); err != nil {
				return err
			}
			fmt.Fprintf(io.out, "Wrote %s of %s into %s.\n", count(len(v.Files), "file"), v, *to)
			return nil
		}
		fmt.Fprintf(io.out, "%s, %s\n\n", v, count(len(v.Files), "file"))
		if book, _ := rules.Load(v.Files.FS()); book != nil {
			fmt.Fprint(io.out, rules.Explain(book))
		}
		return nil
	})
}

// writeFiles writes a book into a folder in which nothing stands yet.
func writeFiles(dir string, files rules.Files) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty; name a new folder", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := root.MkdirAll(filepath.Dir(filepath.FromSlash(name)), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.FromSlash(name), []byte(files[name]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func bookRevert(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	var p publication
	p.flags(flags)
	name, err := oneArgument(flags, args, "version", "name the version to bring back, such as hearback book history shows it")
	if err != nil {
		return err
	}
	return onStream(ctx, "hearback book revert", func(ctx context.Context, s *stream.Stream) error {
		return p.publish(ctx, s, func(h *publishing.History) (rules.Files, error) {
			v, err := h.Find(name)
			if p.why == "" && err == nil {
				p.why = "back to the version of " + v.At.UTC().Format(time.DateOnly)
			}
			return v.Files, err
		}, io)
	})
}
