// Package bench loads the real pipeline and measures it.
//
// Hearback runs as a process of its own, with its embedded server, its real
// channels and fsync on, exactly as a council runs it; this process plays the
// services that publish and, with stand-ins, the providers. Every figure is
// printed beside a floor measured in the same run on the same disk: what raw
// fsync'd publishes and raw atomic batches reach with nothing else to do.
// Machines are shared and noisy, so ratios count more than figures.
package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/notifier/channel/standin"
)

// Config is what a measurement works with.
type Config struct {
	// Binary is the hearback to run.
	Binary string
	// Dir holds the data; it is used and removed.
	Dir string
	// Log takes what the measured process says.
	Log io.Writer
	// Seed makes what is invented repeatable.
	Seed uint64
	// Env is added to the environment of the process that is measured.
	Env []string
}

// council is a running Hearback under load, with the stand-ins of its providers.
type council struct {
	config   Config
	book     string
	env      []string
	twilio   *standin.Twilio
	smtp     *standin.SMTP
	natsURL  string
	httpAddr string
	process  *exec.Cmd
	exited   chan struct{}
	servers  []io.Closer
	// args are the verb that is run and its flags, output what it prints for people.
	args   []string
	output io.Writer
}

// twilioToken signs what the stand-in's calls say.
const twilioToken = "00000000000000000000000000000000"

// open starts the stand-ins and writes the book; start then starts Hearback.
func open(config Config, book fs.FS, texts standin.TwilioFaults, mails standin.SMTPFaults) (c *council, err error) {
	c = &council{config: config, twilio: standin.NewTwilio(texts), smtp: standin.NewSMTP(mails), book: filepath.Join(config.Dir, "book"),
		args: []string{"run"}, output: config.Log}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if err := os.CopyFS(c.book, book); err != nil {
		return nil, err
	}
	twilioAt, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	web := &http.Server{Handler: c.twilio, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = web.Serve(twilioAt) }()
	c.servers = append(c.servers, web)
	smtpAt, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() { _ = c.smtp.Serve(smtpAt) }()
	c.servers = append(c.servers, c.smtp)
	natsPort, err := freePort()
	if err != nil {
		return nil, err
	}
	httpPort, err := freePort()
	if err != nil {
		return nil, err
	}
	_, smtpPort, _ := net.SplitHostPort(smtpAt.Addr().String())
	c.natsURL, c.httpAddr = "nats://127.0.0.1:"+natsPort, "127.0.0.1:"+httpPort
	c.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"),
		"HEARBACK_DATA_DIR=" + filepath.Join(config.Dir, "data"), "HEARBACK_BOOK_DIR=" + c.book,
		"HEARBACK_NATS_LISTEN=127.0.0.1:" + natsPort, "HEARBACK_HTTP_LISTEN=" + c.httpAddr,
		"HEARBACK_TWILIO_ACCOUNT_SID=AC" + strings.Repeat("0", 32), "HEARBACK_TWILIO_AUTH_TOKEN=" + twilioToken,
		"HEARBACK_TWILIO_FROM=+447700900000", "HEARBACK_TWILIO_BASE_URL=http://" + twilioAt.Addr().String(),
		"HEARBACK_SMS_RATE=0", "HEARBACK_SMS_WORKERS=64",
		"HEARBACK_SMTP_HOST=127.0.0.1", "HEARBACK_SMTP_PORT=" + smtpPort, "HEARBACK_SMTP_TLS=none",
		"HEARBACK_SMTP_FROM=send@council.example", "HEARBACK_EMAIL_RATE=0", "HEARBACK_LOG_LEVEL=error",
	}
	c.env = append(c.env, config.Env...)
	return c, nil
}

// Ports for a process that is restarted lie below those that systems give to
// outgoing connections: nobody takes one while the process is down.
const (
	portFrom = 18000
	portTo   = 32000
)

func freePort() (string, error) {
	var failed error
	for range 100 {
		port := strconv.Itoa(portFrom + rand.IntN(portTo-portFrom))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err == nil {
			return port, l.Close()
		}
		failed = err
	}
	return "", fmt.Errorf("find a free port: %w; stop what listens on this machine", failed)
}

// start starts the process and returns how long it took to be ready.
func (c *council) start(ctx context.Context) (time.Duration, error) {
	begun := time.Now()
	if err := c.launch(); err != nil {
		return 0, err
	}
	err := c.ready(ctx)
	return time.Since(begun), err
}

// launch starts the process and waits for nothing.
func (c *council) launch() error {
	if c.process != nil {
		return errors.New("the process of before is still running; kill it first")
	}
	process := exec.Command(c.config.Binary, c.args...)
	process.Env = c.env
	process.Stderr, process.Stdout = c.config.Log, c.output
	if err := process.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	c.process, c.exited = process, exited
	go func() { _ = process.Wait(); close(exited) }()
	return nil
}

// ready returns once the process says that it is.
func (c *council) ready(ctx context.Context) error {
	for {
		if r, err := http.Get("http://" + c.httpAddr + "/readyz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-c.exited:
			return fmt.Errorf("hearback %s ended at once with %v; see its log", c.args[0], c.process.ProcessState)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// kill ends the process as a power cut would, or asks it to stop.
func (c *council) kill(signal os.Signal) {
	if c.process == nil {
		return
	}
	_ = c.process.Process.Signal(signal)
	<-c.exited
	c.process = nil
}

func (c *council) close() {
	c.kill(os.Kill)
	for _, s := range c.servers {
		_ = s.Close()
	}
}

func (c *council) connect() (*nats.Conn, error) {
	lost := func(*nats.Conn, *nats.Subscription, error) {} // connections are lost on purpose
	return nats.Connect(c.natsURL, nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond), nats.RetryOnFailedConnect(true), nats.ErrorHandler(lost))
}

// cpu is the processor time the process has used.
func (c *council) cpu() time.Duration {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(c.process.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / 100
}

// memory is the resident memory of the process, in bytes.
func (c *council) memory() int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(c.process.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// until waits for a condition, or says what was still missing.
func until(ctx context.Context, patience time.Duration, what string, done func() bool) error {
	return untilEvery(ctx, 2*time.Millisecond, patience, what, done)
}

// untilEvery is until for conditions that cost something to look at.
func untilEvery(ctx context.Context, every, patience time.Duration, what string, done func() bool) error {
	deadline := time.Now().Add(patience)
	for !done() {
		if time.Now().After(deadline) {
			return fmt.Errorf("after %s still waiting for %s", patience, what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
	return nil
}

// percentile of durations; p from 0 to 1.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	return sorted[int(math.Round(float64(len(sorted)-1)*p))]
}

func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
