package bench

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier/channel/standin"
)

// Speed is what one run of the speed measurements gave.
type Speed struct {
	Floor Floor
	// Plain and Grouped are families acknowledged per second: by 32 plain
	// publishers, and through events.Publisher.
	Plain, Grouped float64
	// CPU is processor seconds per 1,000 families in the rush of plain
	// publishers, the embedded server included; CPUGrouped the same through
	// events.Publisher; CPUFloor what the same process spends on 1,000 raw
	// publishes about which nothing is decided.
	CPU, CPUGrouped, CPUFloor float64
	// P50 and P99: from publish to hand-over at a steady 100 a second.
	P50, P99 time.Duration
}

// RunSpeed measures families acknowledged per second and the time from publish
// to hand-over.
func RunSpeed(ctx context.Context, config Config, families int) (s Speed, err error) {
	config.Dir, err = os.MkdirTemp(config.Dir, "speed")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(config.Dir)
	if s.Floor, err = measureFloor(ctx, config.Dir, floorPublishes); err != nil {
		return s, err
	}
	c, err := open(config, days(), standin.TwilioFaults{}, standin.SMTPFaults{})
	if err != nil {
		return s, err
	}
	defer c.close()
	if _, err := c.start(ctx); err != nil {
		return s, err
	}
	for _, prefix := range []string{"P", "G", "L"} {
		n := families
		if prefix == "L" {
			n = steadyFamilies
		}
		if err := c.store(ctx, n, func(i int) events.Event { return opened(prefix, i, time.Now()) }); err != nil {
			return s, err
		}
	}
	if s.P50, s.P99, err = c.steady(ctx); err != nil {
		return s, err
	}
	publishers, err := c.plain(32)
	if err != nil {
		return s, err
	}
	defer publishers.close()
	thousands := float64(families) / 1000
	cpu := c.cpu()
	if err := spread(32, floorPublishes, func(caller, i int) error { return publishers.raw(ctx, caller, i) }); err != nil {
		return s, err
	}
	s.CPUFloor = (c.cpu() - cpu).Seconds() / floorPublishes * 1000
	cpu = c.cpu()
	if s.Plain, err = c.rush(ctx, families, func() error {
		return spread(32, families, func(caller, i int) error { return publishers.publish(ctx, caller, enquiry("P", i, time.Now())) })
	}); err != nil {
		return s, err
	}
	s.CPU = (c.cpu() - cpu).Seconds() / thousands
	cpu = c.cpu()
	s.Grouped, err = c.rush(ctx, families, func() error {
		return c.store(ctx, families, func(i int) events.Event { return enquiry("G", i, time.Now()) })
	})
	s.CPUGrouped = (c.cpu() - cpu).Seconds() / thousands
	return s, err
}

// rush publishes and counts families acknowledged per second, from the first
// publish until the provider has the last text.
func (c *council) rush(ctx context.Context, families int, publish func() error) (float64, error) {
	before := c.twilio.Counts().Accepted
	begun := time.Now()
	if err := publish(); err != nil {
		return 0, err
	}
	err := until(ctx, 2*time.Minute, "the last acknowledgement", func() bool { return c.twilio.Counts().Accepted >= before+families })
	return float64(families) / time.Since(begun).Seconds(), err
}

// A steady load: steadyFamilies enquiries, one every steadyEvery.
const (
	steadyFamilies = 1500
	steadyEvery    = 10 * time.Millisecond
)

func (c *council) steady(ctx context.Context) (p50, p99 time.Duration, err error) {
	publishers, err := c.plain(4)
	if err != nil {
		return 0, 0, err
	}
	defer publishers.close()
	before := len(c.twilio.Received())
	published := make([]time.Time, steadyFamilies)
	var all sync.WaitGroup
	errs := make(chan error, steadyFamilies)
	ticker := time.NewTicker(steadyEvery)
	defer ticker.Stop()
	for i := range steadyFamilies {
		<-ticker.C
		all.Go(func() {
			published[i] = time.Now()
			if err := publishers.publish(ctx, i%4, enquiry("L", i, published[i])); err != nil {
				errs <- err
			}
		})
	}
	all.Wait()
	close(errs)
	if err := <-errs; err != nil {
		return 0, 0, err
	}
	if err := until(ctx, time.Minute, "the last acknowledgement", func() bool { return c.twilio.Counts().Accepted >= before+steadyFamilies }); err != nil {
		return 0, 0, err
	}
	var took []time.Duration
	for _, text := range c.twilio.Received()[before:] {
		var i int
		if at := strings.Index(text.Body, "L-"); at >= 0 {
			if _, err := fmt.Sscanf(text.Body[at:], "L-%06d", &i); err == nil {
				took = append(took, text.Created.Sub(published[i]))
			}
		}
	}
	return percentile(took, 0.5), percentile(took, 0.99), nil
}

// days is the example book's words under a ladder that counts in days, so that
// nothing falls due while acknowledgements are measured.
func days() fs.FS {
	return book(`
  - name: reply
    opened_by: enquiry.received
    kept_by: [reply.sent]
    due: 5 working days
    acknowledge: {words: enquiry-received, via: preferred, any_hour: true}
    steps:
      - {at: 2 working days before due, chase: [officer], words: reply-due-soon}
      - {at: due, chase: [officer, team_lead], words: reply-overdue, tell_family: reply-late}
      - {every: 5 working days, from: 7 working days after due, chase: [manager, head_of_service], words: reply-overdue, tell_family: reply-late}
`)
}

// book puts promises into a book with 75 officers and the example's words.
func book(promises string) fs.FS {
	var people strings.Builder
	for i := range 75 {
		fmt.Fprintf(&people, "  - {id: o.%d, name: Officer %d, email: officer%d@council.example, mobile: \"+447700900%03d\", team: north, role: officer}\n", i, i, i, i)
	}
	return withWords(`council: {name: Hertfordshire County Council, short: Herts SEND, phone: 01632 960123}
working_time:
  bank_holidays: england-and-wales
  hours: {mon-thu: ["09:00-12:30", "13:30-17:00"], fri: ["09:00-16:30"]}
contact_hours: {mon-sun: ["00:00-24:00"]}
promises:`+promises, `teams:
  - {id: north, name: SEND North, lead: p.lead, manager: p.manager, head_of_service: p.head, phone: 01632 960200}
people:
  - {id: p.lead, name: Team Lead, email: lead@council.example, team: north, role: team_lead}
  - {id: p.manager, name: Team Manager, email: manager@council.example, team: north, role: manager}
  - {id: p.head, name: Service Head, email: head@council.example, team: north, role: head_of_service}
`+people.String())
}

// withWords puts rules and a directory into a book with the example's words.
func withWords(rules, directory string) fs.FS {
	files := fstest.MapFS{"rules.yaml": {Data: []byte(rules)}, "directory.yaml": {Data: []byte(directory)}}
	words := deploy.Hertfordshire()
	_ = fs.WalkDir(words, "words", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if data, err := fs.ReadFile(words, path); err == nil {
				files[filepath.ToSlash(path)] = &fstest.MapFile{Data: data, Mode: 0o644}
			}
		}
		return nil
	})
	return files
}
