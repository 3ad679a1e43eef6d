package rules_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/deploy"
	"hearback/notifier/rules"
)

// bundled is the example book as files.
func bundled(t testing.TB) rules.Files {
	t.Helper()
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// edits are changes that a manager makes, each with what the difference must say.
var edits = []struct{ file, from, to, says string }{
	{"rules.yaml", "due: 5 working days", "due: 7 working days", `The promise "reply" is due 7 working days after it opens (was 5 working days after it opens).`},
	{"rules.yaml", "{at: 2 working days before due, chase: [officer], words: reply-due-soon}", "{at: 1 working day before due, chase: [officer], words: reply-due-soon}", `The promise "reply" has the new step: 1 working day before it is due, the officer is chased (reply-due-soon).`},
	{"rules.yaml", "when: data.urgent == true", "when: data.urgent == true && data.channel == 'phone'", `The promise "urgent-reply" opens where data.urgent == true && data.channel == 'phone' || type == "contact.marked-urgent" (was where data.urgent == true || type == "contact.marked-urgent").`},
	{"rules.yaml", "fri: [\"09:00-16:30\"]", "fri: [\"09:00-12:00\"]", "Friday 9am to midday (was "},
	{"rules.yaml", "{from: 2026-12-24, to: 2027-01-01, name: Christmas closure}", "{from: 2026-12-24, to: 2027-01-08, name: Christmas closure}", "The council is closed from Thursday 24 December 2026 to Friday 8 January 2027 (Christmas closure)."},
	{"rules.yaml", "mon-sat: [\"08:00-20:00\"]", "mon-fri: [\"08:00-20:00\"]", "Families are contacted unprompted Monday to Friday 8am to 8pm (was Monday to Saturday 8am to 8pm)."},
	{"rules.yaml", "phone: 01632 960123", "phone: 01632 960124", "The council's number is 01632 960124 (was 01632 960123)."},
	{"rules.yaml", "colour: \"#1f3b63\"", "colour: \"#12403f\"", "The colour of its pages is #12403f (was #1f3b63)."},
	{"rules.yaml", "costs: {text: 4p, letter: 95p}", "costs: {text: 4.2p}", "A letter costs what the book does not say (was 95p)."},
	{"rules.yaml", "each: request\n    kept_by: [sar.answered]\n    due: 1 month\n", "each: case\n    kept_by: [sar.answered]\n    due: 2 months\n", `The promise "subject-access" differs.`},
	{"rules.yaml", "bank_holidays: england-and-wales", "bank_holidays: scotland", "Monday 6 April 2026 is no bank holiday any more."},
	{"rules.yaml", "# What we promise families", "# What we promise all families", "rules.yaml is written differently, and means the same."},
	{"directory.yaml", "name: Jane Okafor", "name: Jane Whitlock", "o.jane: the name is Jane Whitlock (was Jane Okafor)."},
	{"words/en/enquiry-received.sms.txt", "thank you", "many thanks", `The words "enquiry-received" for texts in English read differently.`},
}

// edited is the book after one edit.
func edited(t testing.TB, files rules.Files, file, from, to string) rules.Files {
	t.Helper()
	if !strings.Contains(files[file], from) {
		t.Fatalf("%s does not hold %q", file, from)
	}
	changed := maps.Clone(files)
	changed[file] = strings.Replace(files[file], from, to, 1)
	return changed
}

// Every edit is told in a sentence, and so is the way back; a book differs from itself
// in nothing.
func TestTheDifferenceIsToldInSentences(t *testing.T) {
	before := bundled(t)
	if same, err := rules.Diff(before, maps.Clone(before)); err != nil || len(same) != 0 {
		t.Fatalf("from itself it differs in %+v (%v)", same, err)
	}
	for _, e := range edits {
		after := edited(t, before, e.file, e.from, e.to)
		changes, err := rules.Diff(before, after)
		if err != nil {
			t.Errorf("%s: %v", e.to, err)
			continue
		}
		var all strings.Builder
		for _, c := range changes {
			all.WriteString(c.What + "\n")
		}
		if !strings.Contains(all.String(), e.says) {
			t.Errorf("%q is told as:\n%swant %s", e.to, all.String(), e.says)
		}
		if back, err := rules.Diff(after, before); err != nil || len(back) == 0 {
			t.Errorf("the way back from %q: %+v (%v)", e.to, back, err)
		}
	}
}

// However many edits a manager makes at once, each is told as it is alone.
func TestEveryOneOfSeveralChangesIsTold(t *testing.T) {
	before := bundled(t)
	rapid.Check(t, func(t *rapid.T) {
		after := maps.Clone(before)
		var want []string
		for _, e := range edits {
			if strings.Contains(e.to, "scotland") || strings.Contains(e.to, "all families") || !rapid.Bool().Draw(t, e.to) {
				continue
			}
			after[e.file] = strings.Replace(after[e.file], e.from, e.to, 1)
			want = append(want, e.says)
		}
		changes, err := rules.Diff(before, after)
		if err != nil {
			t.Fatalf("%v", err)
		}
		all := fmt.Sprint(changes)
		for _, says := range want {
			if !strings.Contains(all, says) {
				t.Fatalf("nobody says %q: %s", says, all)
			}
		}
		if len(want) == 0 && len(changes) > 0 {
			t.Fatalf("nothing was changed: %s", all)
		}
	})
}

func TestAVersionThatCannotBeReadIsNamed(t *testing.T) {
	before := bundled(t)
	broken := edited(t, before, "rules.yaml", "due: 5 working days", "due: soon")
	if _, err := rules.Diff(before, broken); err == nil || !strings.Contains(err.Error(), broken.Version()) || !strings.Contains(err.Error(), "rules.yaml:") {
		t.Errorf("the error is %v", err)
	}
}
