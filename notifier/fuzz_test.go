package notifier_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier"
)

// FuzzDecide plays lines as the stream would bring them: JSON is an event, every
// other byte wakes the case later or says what became of a message. Whatever
// comes, Decide holds to what it promises and does not panic.
func FuzzDecide(f *testing.F) {
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no conversations to begin from: %v", err)
	}
	for _, file := range files {
		story, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed(f, string(story)))
	}
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/s","type":"reply.postponed","subject":"H-1","time":"1900-01-01T00:00:00Z","data":{"until":"1900-01-01"}}`))
	f.Add([]byte(`{"specversion":"1.0","id":"1","source":"/s","type":"enquiry.received","subject":"H-1","time":"1900-01-01T00:00:00Z","data":{"occurred_on":"1900-01-01"}}` + "\ndsdsd"))
	f.Fuzz(func(t *testing.T, input []byte) {
		var c notifier.Case
		now := clock(t, "2027-03-27 23:30") // the clocks go forward within a day
		for i, line := range bytes.Split(input, []byte("\n")) {
			if i > 40 {
				return
			}
			if !bytes.HasPrefix(line, []byte("{")) {
				c, now = fuzzedMoments(t, c, now, line)
				continue
			}
			e, err := events.Parse(line)
			if err != nil || e.Check(now) != nil {
				continue // kept elsewhere, and never decided
			}
			c = decide(t, c, notifier.Input{Event: &e, Sequence: uint64(i + 1)}, base(), now).Case
		}
	})
}

// fuzzedMoments is what happens to a case without an event.
func fuzzedMoments(t *testing.T, c notifier.Case, now time.Time, moments []byte) (notifier.Case, time.Time) {
	for i, moment := range moments {
		if i > 20 {
			return c, now
		}
		in := notifier.Input{Due: true}
		switch moment % 4 {
		case 0:
			now = now.Add(time.Duration(moment) * time.Hour)
		case 1:
			if next := c.Next(); next.After(now) {
				now = next
			}
		default:
			if len(c.Messages) == 0 {
				continue
			}
			m := c.Messages[int(moment)/8%len(c.Messages)]
			look := notifier.LastLook(c, m.ID, base().Current, now)
			in = notifier.Input{Result: &look.Settle}
			switch {
			case !look.Until.IsZero():
				continue
			case look.Send && moment%4 == 2:
				in.Result = &notifier.Result{Message: m.ID, Status: notifier.Sent, Provider: "accepted", At: now}
			case look.Send:
				in.Result = &notifier.Result{Message: m.ID, Status: notifier.Failed, Reason: "no", Unusable: moment&4 != 0, At: now}
			}
		}
		c = decide(t, c, in, base(), now).Case
	}
	return c, now
}

// seed turns the commands of a recorded conversation into lines.
func seed(f *testing.F, story string) []byte {
	var lines bytes.Buffer
	for line := range strings.Lines(story) {
		switch fields := strings.Fields(line); {
		case len(fields) > 4 && fields[0] == ">" && (fields[1] == "at" || fields[1] == "given"):
			_, data, _ := strings.Cut(line, "{")
			e := happened(line, fields[4], "H-1", clock(f, fields[2]+" "+fields[3]), "{"+data)
			body, err := e.MarshalJSON()
			if err != nil {
				f.Fatalf("%s: %v", line, err)
			}
			lines.Write(body)
			lines.WriteByte('\n')
		case strings.HasPrefix(line, "> due"):
			lines.WriteString("a\n")
		case strings.HasPrefix(line, "> send"):
			lines.WriteString("bbb\n")
		}
	}
	return lines.Bytes()
}
