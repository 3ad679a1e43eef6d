package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sync"
	"time"

	"hearback/events"
	"hearback/notifier/app"
)

// publishTogether is how many events may be on their way at once: enough for
// them to be stored in groups. Events of one case go one after the other, since
// their order is what they mean.
const publishTogether = 128

// publishPatience is how long one event may take to be stored.
const publishPatience = 30 * time.Second

// publishLine is what became of one line of input.
type publishLine struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	ID     string `json:"id,omitempty"`
	Case   string `json:"case,omitempty"`
	Stored bool   `json:"stored"`
	Reason string `json:"reason,omitempty"`
}

func publishVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print one JSON object for each line")
	if err := parse(flags, args); err != nil {
		return err
	}
	config, err := app.ReadConfig()
	if err != nil {
		return errUsage{err.Error()}
	}
	conn, err := app.Dial(config, "hearback publish")
	if err != nil {
		return err
	}
	defer conn.Close()
	publisher, err := events.NewPublisher(conn)
	if err != nil {
		return err
	}
	defer publisher.Close()

	report := reporter{io: io, asJSON: *asJSON}
	files := flags.Args()
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		if err := publishFile(ctx, publisher, name, io.in, &report); err != nil {
			return err
		}
	}
	return report.end()
}

func publishFile(ctx context.Context, publisher *events.Publisher, name string, in io.Reader, report *reporter) error {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("%w; name a file of CloudEvents, one JSON object to a line", err)
		}
		defer file.Close()
		in = file
	} else {
		name = "standard input"
	}
	var under sync.WaitGroup
	lanes := make([]chan publishTask, publishTogether)
	for i := range lanes {
		lanes[i] = make(chan publishTask, 1)
		under.Go(func() {
			for task := range lanes[i] {
				report.take(publishOne(ctx, publisher, task))
			}
		})
	}
	finish := sync.OnceFunc(func() {
		for _, lane := range lanes {
			close(lane)
		}
		under.Wait()
	})
	defer finish()
	reader := bufio.NewReaderSize(in, 64<<10)
	for number := 1; ; number++ {
		line, err := reader.ReadBytes('\n')
		if text := bytes.TrimSpace(line); len(text) > 0 {
			result := publishLine{File: name, Line: number}
			event, parseErr := events.Parse(text)
			if parseErr != nil {
				result.Reason = parseErr.Error()
				if bytes.HasPrefix(text, []byte("{")) && !json.Valid(text) {
					result.Reason += "; in a file, each event stands on one line"
				}
				report.take(result)
			} else {
				lane := fnv.New32a()
				lane.Write([]byte(event.Case))
				lanes[lane.Sum32()%publishTogether] <- publishTask{result, event}
			}
		}
		if err != nil {
			finish()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
}

type publishTask struct {
	line  publishLine
	event events.Event
}

func publishOne(ctx context.Context, publisher *events.Publisher, task publishTask) publishLine {
	ctx, cancel := context.WithTimeout(ctx, publishPatience)
	defer cancel()
	task.line.ID, task.line.Case = task.event.ID, task.event.Case
	if err := publisher.Publish(ctx, task.event); err != nil {
		task.line.Reason = err.Error()
	} else {
		task.line.Stored = true
	}
	return task.line
}

// reporter says what was stored and what was refused.
type reporter struct {
	io              streams
	asJSON          bool
	mu              sync.Mutex
	stored, refused int
}

func (r *reporter) take(line publishLine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if line.Stored {
		r.stored++
	} else {
		r.refused++
	}
	switch {
	case r.asJSON:
		_ = json.NewEncoder(r.io.out).Encode(line)
	case line.Stored:
		fmt.Fprintf(r.io.out, "stored   %s:%d case %s event %s\n", line.File, line.Line, line.Case, line.ID)
	default:
		fmt.Fprintf(r.io.err, "refused  %s:%d %s\n", line.File, line.Line, line.Reason)
	}
}

func (r *reporter) end() error {
	if !r.asJSON {
		fmt.Fprintf(r.io.out, "%d stored, %d refused\n", r.stored, r.refused)
	}
	if r.refused > 0 {
		return errSaid
	}
	return nil
}
