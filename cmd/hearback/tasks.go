package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"github.com/nats-io/nats.go"

	"hearback/notifier/ask"
)

func tasksVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON array")
	if err := parse(flags, args); err != nil {
		return err
	}
	return askRunning(ctx, func(ctx context.Context, conn *nats.Conn) error {
		tasks, err := ask.Tasks(ctx, conn)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(io.out).Encode(tasks)
		}
		if len(tasks) == 0 {
			fmt.Fprintln(io.out, "No task is open.")
			return nil
		}
		for _, t := range tasks {
			due := ""
			switch {
			case t.Late:
				due = ", late since " + day(t.Due)
			case !t.Due.IsZero():
				due = ", to be done by " + day(t.Due)
			}
			fmt.Fprintf(io.out, "%s  case %s, open since %s%s\n  %s\n  %s\n", t.ID, t.Case, day(t.Opened), due, t.What, t.Why)
		}
		fmt.Fprintln(io.out, "\nWho has done one publishes task.done with its id, or uses the page of the task.")
		return nil
	})
}
