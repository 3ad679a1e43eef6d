package bench

import (
	"context"
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"hearback/events"
	"hearback/notifier/channel/standin"
	"hearback/notifier/stream"
)

// Size is how much a council takes, and how long it takes to start.
type Size struct {
	Promises int
	// Binary is the program's size in bytes; Stripped whether it has no symbol
	// table. BinaryKnown is false where the program's format is not ELF.
	Binary                int64
	Stripped, BinaryKnown bool
	// Cold is the median time from the start on an empty folder to readiness.
	Cold time.Duration
	// Idle, Loaded and Restarted are resident bytes: of an empty council, of
	// one whose promises were just opened, and of the same after a restart.
	Idle, Loaded, Restarted int64
	// Stop is how long a stop took that was asked for.
	Stop time.Duration
	// Asked and Crashed are the restarts after a stop and after kill -9.
	Asked, Crashed Restart
	// Disk is what the data folder takes, in bytes.
	Disk int64
}

// Restart is how long a start took: until ready, and until it leads. Floor is how
// long the server alone takes on the same folder until the last entry of every
// case has been read, with nothing done about it.
type Restart struct{ Ready, Leading, Floor time.Duration }

// Each is the resident bytes for each open promise, after a restart.
func (s Size) Each() float64 { return float64(s.Restarted-s.Idle) / float64(s.Promises) }

// EachLoaded is the same in the process that opened the promises.
func (s Size) EachLoaded() float64 { return float64(s.Loaded-s.Idle) / float64(s.Promises) }

// Memory is looked at once it has settled.
const (
	coldStarts   = 5
	idleAfter    = 5 * time.Second
	settleAfter  = 20 * time.Second
	loadPatience = 20 * time.Minute
)

// RunSize measures an empty council and one with so many open promises, each in
// a case of its own.
func RunSize(ctx context.Context, config Config, promises int) (Size, error) {
	return runSize(ctx, config, promises, idleAfter, settleAfter)
}

func runSize(ctx context.Context, config Config, promises int, idle, settle time.Duration) (s Size, err error) {
	s.Promises = promises
	config.Dir, err = os.MkdirTemp(config.Dir, "size")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(config.Dir)
	if err := s.program(config.Binary); err != nil {
		return s, err
	}
	cold := make([]time.Duration, coldStarts)
	for i := range cold {
		if cold[i], err = coldStart(ctx, config, filepath.Join(config.Dir, fmt.Sprint("cold", i))); err != nil {
			return s, err
		}
	}
	s.Cold = median(cold)
	c, err := open(config, silent(), standin.TwilioFaults{}, standin.SMTPFaults{})
	if err != nil {
		return s, err
	}
	defer c.close()
	if _, err := c.start(ctx); err != nil {
		return s, err
	}
	if s.Idle, err = c.memoryAfter(ctx, idle); err != nil {
		return s, err
	}
	at := time.Now()
	for _, event := range []func(string, int, time.Time) events.Event{opened, enquiry} {
		if err := c.store(ctx, promises, func(i int) events.Event { return event("S", i, at) }); err != nil {
			return s, err
		}
	}
	if err := c.quiet(ctx, loadPatience, promises); err != nil {
		return s, err
	}
	if s.Loaded, err = c.memoryAfter(ctx, settle); err != nil {
		return s, err
	}
	begun, process := time.Now(), c.process
	c.kill(syscall.SIGTERM)
	if s.Stop = time.Since(begun); !process.ProcessState.Success() {
		return s, fmt.Errorf("hearback run did not stop well when it was asked to: %v", process.ProcessState)
	}
	if s.Asked, err = c.restart(ctx, promises); err != nil {
		return s, err
	}
	if s.Restarted, err = c.memoryAfter(ctx, settle); err != nil {
		return s, err
	}
	c.kill(os.Kill)
	if s.Crashed, err = c.restart(ctx, promises); err != nil {
		return s, err
	}
	s.Disk, err = weigh(filepath.Join(config.Dir, "data"))
	return s, err
}

// program weighs the binary.
func (s *Size) program(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	s.Binary = info.Size()
	file, err := elf.Open(path)
	if err != nil {
		return nil // another system's format: only the size is known
	}
	defer file.Close()
	s.BinaryKnown, s.Stripped = true, file.Section(".symtab") == nil
	return nil
}

// coldStart starts a council on an empty folder and ends it again.
func coldStart(ctx context.Context, config Config, dir string) (time.Duration, error) {
	config.Dir = dir
	c, err := open(config, silent(), standin.TwilioFaults{}, standin.SMTPFaults{})
	if err != nil {
		return 0, err
	}
	defer c.close()
	return c.start(ctx)
}

// memoryAfter waits and then looks at the resident memory.
func (c *council) memoryAfter(ctx context.Context, d time.Duration) (int64, error) {
	if err := pause(ctx, d); err != nil {
		return 0, err
	}
	resident := c.memory()
	if resident == 0 {
		return 0, fmt.Errorf("read the resident memory of the process: it is known on Linux only")
	}
	return resident, nil
}

// restart starts the process and checks that it knows every promise.
func (c *council) restart(ctx context.Context, promises int) (r Restart, err error) {
	if r.Floor, err = startFloor(ctx, filepath.Join(c.config.Dir, "data", "stream"), filepath.Join(c.config.Dir, "floor")); err != nil {
		return r, fmt.Errorf("the server alone on the same folder: %w", err)
	}
	begun := time.Now()
	if r.Ready, err = c.start(ctx); err != nil {
		return r, err
	}
	if err := c.leads(ctx); err != nil {
		return r, err
	}
	r.Leading = time.Since(begun)
	if known := int(c.metric("hearback_promises_open")); known != promises {
		return r, fmt.Errorf("after the restart %d of %d promises are open", known, promises)
	}
	return r, nil
}

// startFloor starts the server alone on a copy of a folder and reads the last
// entry of every case.
func startFloor(ctx context.Context, dir, copied string) (time.Duration, error) {
	defer os.RemoveAll(copied)
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		return 0, err
	}
	begun := time.Now()
	server, err := stream.StartServer(stream.ServerConfig{Dir: copied})
	if err != nil {
		return 0, err
	}
	defer server.Close()
	conn, err := server.Connect()
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	s, err := stream.Open(ctx, conn, stream.Options{})
	if err != nil {
		return 0, err
	}
	_, err = s.LoadLast(ctx, events.LedgerWildcard, func(stream.Record) {})
	return time.Since(begun), err
}

// weigh adds up a folder's files.
func weigh(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}

// silent is a book that opens promises without a word to anybody.
func silent() fs.FS {
	return book(`
  - name: reply
    opened_by: enquiry.received
    kept_by: [reply.sent]
    due: 5 working days
    steps:
      - {at: 2 working days before due, chase: [officer], words: reply-due-soon}
      - {at: due, chase: [officer, team_lead], words: reply-overdue, tell_family: reply-late}
`)
}
