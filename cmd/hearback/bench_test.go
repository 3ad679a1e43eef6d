package main

import (
	"flag"
	"strings"
	"testing"
)

func TestBenchRefusesWhatItCannotMeasure(t *testing.T) {
	for _, args := range [][]string{{"sped"}, {"speed", "size"}, {"speed", "--runs", "many"}, {"faults", "--kills", "-1"}, {"faults", "--leader-kills", "-1"}, {"--nothing"}} {
		got := hearback(t, append([]string{"bench"}, args...)...)
		if got.code != 2 || got.out != "" {
			t.Errorf("bench %v ended with %d, out %q, want usage and 2", args, got.code, got.out)
		}
	}
	if got := hearback(t, "bench", "sped"); !strings.Contains(got.err, "speed, deadlines, webhooks, size, faults, day, console, year, all") {
		t.Errorf("the parts are not named:\n%s", got.err)
	}
}

func TestBenchHelpNamesEveryPart(t *testing.T) {
	got := hearback(t, "bench", "--help")
	for _, want := range []string{"speed ", "deadlines ", "webhooks ", "size ", "faults ", "day ", "console ", "year ", "all ", "-kills", "-seed"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("ended with %d and without %q:\n%s", got.code, want, got.out)
		}
	}
}

func TestFlagsOfBenchStandBeforeAndAfterThePart(t *testing.T) {
	for _, args := range [][]string{{"faults", "--kills", "3", "--json"}, {"--kills", "3", "faults", "--json"}, {"--kills", "3", "--json", "faults"}} {
		flags := flag.NewFlagSet("bench", flag.ContinueOnError)
		kills, asJSON := flags.Int("kills", 0, ""), flags.Bool("json", false, "")
		if name, err := partOf(flags, args); name != "faults" || err != nil || *kills != 3 || !*asJSON {
			t.Errorf("%v: part %q, %d kills, %v", args, name, *kills, err)
		}
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	if name, err := partOf(flags, nil); name != "speed" || err != nil {
		t.Errorf("without a part: %q, %v", name, err)
	}
}

func TestOnlyTheLastWordsAreKept(t *testing.T) {
	var l lastWords
	for range 3 {
		if n, err := l.Write([]byte(strings.Repeat("x", lastWordsSize-1))); n != lastWordsSize-1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := l.Write([]byte("end")); err != nil {
		t.Fatal(err)
	}
	if got := l.String(); len(got) != lastWordsSize || !strings.HasSuffix(got, "xend") {
		t.Errorf("%d bytes are kept, ending in %q", len(got), got[len(got)-5:])
	}
}
