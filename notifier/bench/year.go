package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"hearback/deploy"
	"hearback/events/commit"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

// Year is what a backtest of a recorded year takes.
type Year struct {
	Cases int
	// Messages and Bytes are what the stream holds, Entries and Events what of it is
	// played.
	Messages, Bytes uint64
	Entries, Events int
	// Made is how long the year took to make and store: no figure of Hearback's.
	Made time.Duration
	// Compared and Verified are one call each of `hearback backtest`, with a book and
	// without one.
	Compared, Verified Call
	// Exact: the ledger came out the same byte for byte, and the same play gave every
	// count that is in it.
	Exact bool
}

// Call is one run of the program: how long it took, its processor time, and the most
// memory it had resident, in bytes; 0 where the system does not say.
type Call struct {
	Took, CPU time.Duration
	Memory    int64
}

// recordedDays is a year.
const recordedDays = 365

// RunYear makes up the year of a council, stores it, and backtests it from another
// process while the server serves.
func RunYear(ctx context.Context, config Config, cases int) (y Year, err error) {
	y.Cases = cases
	config.Dir, err = os.MkdirTemp(config.Dir, "year")
	if err != nil {
		return y, err
	}
	defer os.RemoveAll(config.Dir)
	server, err := stream.StartServer(stream.ServerConfig{Dir: filepath.Join(config.Dir, "data"), Listen: "127.0.0.1:0"})
	if err != nil {
		return y, err
	}
	defer server.Close()
	conn, err := server.Connect()
	if err != nil {
		return y, err
	}
	defer conn.Close()
	s, err := stream.Open(ctx, conn, stream.Options{})
	if err != nil {
		return y, err
	}
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		return y, err
	}
	from := calendar.Date{Year: 2025, Month: time.September, Day: 1}
	begun := time.Now()
	if err := store(ctx, s, Recorded{Cases: cases, From: from, Days: recordedDays, Seed: config.Seed}, files); err != nil {
		return y, err
	}
	y.Made = time.Since(begun)
	info, err := s.Info(ctx)
	if err != nil {
		return y, err
	}
	y.Messages, y.Bytes = info.Messages, info.Bytes

	book := filepath.Join(config.Dir, "book")
	if err := os.CopyFS(book, deploy.Hertfordshire()); err != nil {
		return y, err
	}
	var compared struct {
		Exact  bool
		Events int
	}
	if y.Compared, err = ranOnce(ctx, config, server.Addr(), &compared, "backtest", "--json", "--from", from.String(), "--to", from.AddDays(recordedDays-1).String(), book); err != nil {
		return y, err
	}
	var verified struct{ Entries, Same int }
	if y.Verified, err = ranOnce(ctx, config, server.Addr(), &verified, "backtest", "--json"); err != nil {
		return y, err
	}
	y.Events, y.Entries = compared.Events, verified.Entries
	y.Exact = compared.Exact && verified.Same == verified.Entries
	return y, nil
}

// store writes a recorded year in atomic batches.
func store(ctx context.Context, s *stream.Stream, r Recorded, files rules.Files) error {
	batch := make([]commit.Message, 0, 900)
	flush := func() error {
		for _, result := range s.Writer().Write(ctx, batch) {
			if result.Err != nil {
				return result.Err
			}
		}
		batch = batch[:0]
		return nil
	}
	if err := r.Write(files, func(m commit.Message) error {
		if batch = append(batch, m); len(batch) < cap(batch) {
			return nil
		}
		return flush()
	}); err != nil {
		return err
	}
	return flush()
}

// ranOnce runs the program against a server and reads what it prints.
func ranOnce(ctx context.Context, config Config, addr string, result any, args ...string) (c Call, err error) {
	process := exec.CommandContext(ctx, config.Binary, args...)
	process.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "HEARBACK_NATS_LISTEN=" + addr, "HEARBACK_DATA_DIR=" + config.Dir}, config.Env...)
	process.Stderr = config.Log
	begun := time.Now()
	out, err := process.Output()
	if err != nil {
		return c, fmt.Errorf("hearback %v: %w", args, err)
	}
	c.Took = time.Since(begun)
	c.CPU = process.ProcessState.UserTime() + process.ProcessState.SystemTime()
	c.Memory = mostResident(process.ProcessState)
	return c, json.Unmarshal(out, result)
}

func yearFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	y, err := RunYear(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	figures := []Figure{
		{Name: "cases", Value: float64(y.Cases), Note: fmt.Sprintf("a year of them took %.0f s to make", y.Made.Seconds())},
		{Name: "messages of the stream", Value: float64(y.Messages), Note: fmt.Sprintf("%.0f MB; %d events, %d entries of the ledger", megabytes(int64(y.Bytes)), y.Events, y.Entries)},
		{Name: "backtest of a book", Value: y.Compared.Took.Seconds(), Unit: "s", Goal: atMost(60), Note: fmt.Sprintf("%.1f s of processor time", y.Compared.CPU.Seconds())},
		{Name: "its resident memory, at most", Value: megabytes(y.Compared.Memory), Unit: "MB"},
		{Name: "every entry decided again", Value: y.Verified.Took.Seconds(), Unit: "s", Note: fmt.Sprintf("%.1f s of processor time", y.Verified.CPU.Seconds())},
		{Name: "its resident memory, at most", Value: megabytes(y.Verified.Memory), Unit: "MB"},
	}
	if !y.Exact {
		return figures, broken(errors.New("the recorded year did not come out the same"))
	}
	return figures, nil
}
