package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"

	"hearback/notifier/rehearse/report"
)

// showFlags adds --json and --html, and returns what shows a result as they say.
func showFlags(flags *flag.FlagSet) func(to io.Writer, found report.Report, result any) error {
	asJSON := flags.Bool("json", false, "print the figures as JSON")
	page := pageFlag(flags)
	return func(to io.Writer, found report.Report, result any) error {
		if err := page(found); err != nil {
			return err
		}
		if *asJSON {
			return report.JSON(to, result)
		}
		return report.Text(to, found)
	}
}

// pageFlag adds --html, and returns what writes the page where it is wanted.
func pageFlag(flags *flag.FlagSet) func(found report.Report) error {
	file := flags.String("html", "", "write one page to this `file` too")
	return func(found report.Report) error {
		if *file == "" {
			return nil
		}
		var html bytes.Buffer
		if err := report.HTML(&html, found); err != nil {
			return err
		}
		if err := os.WriteFile(*file, html.Bytes(), 0o644); err != nil {
			return fmt.Errorf("the page cannot be written: %w; name a file in a folder that you may write to", err)
		}
		return nil
	}
}
