package calendar_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"hearback/notifier/calendar"
)

var rewrite = flag.Bool("rewrite", false, "write the working in testdata/clocks.txt anew; the dates are never written")

// clock is one entry of testdata/clocks.txt: what the domain's rules say about a
// wording, and the working that a manager would read aloud.
type clock struct {
	title   string
	says    map[string]string
	keys    []string
	working []string
}

func readClocks(t *testing.T) []clock {
	t.Helper()
	content, err := os.ReadFile("testdata/clocks.txt")
	if err != nil {
		t.Fatal(err)
	}
	var clocks []clock
	for block := range strings.SplitSeq(strings.TrimSpace(string(content)), "\n\n") {
		title, rest, _ := strings.Cut(block, "\n")
		c := clock{title: title, says: map[string]string{}}
		for line := range strings.Lines(rest) {
			line = strings.TrimSuffix(line, "\n")
			if text, is := strings.CutPrefix(line, "    "); is {
				c.working = append(c.working, text)
				continue
			}
			key, value, ok := strings.Cut(line, ": ")
			if !ok || c.says[key] != "" {
				t.Fatalf("%s: the line %q cannot be read", title, line)
			}
			c.says[key] = value
			c.keys = append(c.keys, key)
		}
		clocks = append(clocks, c)
	}
	return clocks
}

func (c clock) String() string {
	var b strings.Builder
	b.WriteString(c.title + "\n")
	for _, key := range c.keys {
		b.WriteString(key + ": " + c.says[key] + "\n")
	}
	for _, line := range c.working {
		b.WriteString("    " + line + "\n")
	}
	return b.String()
}

// count counts as the entry says.
func (c clock) count(t *testing.T) calendar.Deadline {
	t.Helper()
	council := mondayToFriday(t, "england-and-wales")
	if days, is := strings.CutPrefix(c.says["council"], "closed from "); is {
		from, to, _ := strings.Cut(days, " to ")
		council.Closures = []calendar.Closure{{From: date(t, from), To: date(t, to), Name: "Christmas closure"}}
	}
	limit := calendar.Limit{Due: due(t, c.says["due"]), CountsFrom: c.says["counts_from"], Statutory: c.says["statutory"] == "true"}
	limit.Law.RollsOn = c.says["rolls"] == "next working day"
	switch division := c.says["calendar"]; division {
	case "":
	case "tribunal":
		limit.Law.Tribunal = calendar.OtherActs
	case "tribunal-appeal":
		limit.Law.Tribunal = calendar.StartingAppeal
	default:
		limit.Law.Holidays = new(bankHolidays(t, division))
	}
	from := calendar.From{At: date(t, c.says["happened"]).At(9, 5, council.Location), Dates: map[string]calendar.Date{}}
	if c.says["dates"] != "" {
		for named := range strings.SplitSeq(c.says["dates"], ", ") {
			name, day, _ := strings.Cut(named, " ")
			from.Dates[name] = date(t, day)
		}
	}
	got, err := council.Count(from, limit)
	if err != nil {
		t.Fatalf("%s: %v", c.title, err)
	}
	return got
}

// The worked examples of the domain's sections 1.1 to 1.5, those that were
// computed there marked [T], and every other wording of those sections.
func TestClocks(t *testing.T) {
	var written strings.Builder
	for _, c := range readClocks(t) {
		t.Run(c.title, func(t *testing.T) {
			got := c.count(t)
			mustEqual(t, "date", got.Date, date(t, c.says["date"]))
			mustEqual(t, "beyond the table", got.BeyondTable, false)
			mustEqual(t, "lacks", got.Lacks, "")
			want := strings.Join(c.working, "\n")
			c.working = got.Working
			if now := strings.Join(got.Working, "\n"); now != want && !*rewrite {
				t.Errorf("the working is\n%s\nwant\n%s", now, want)
			}
		})
		written.WriteString(c.String() + "\n")
	}
	if *rewrite {
		if err := os.WriteFile("testdata/clocks.txt", []byte(written.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
