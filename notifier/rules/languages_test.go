package rules_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hearback/deploy"
	"hearback/notifier/rules"
	"hearback/templates"
)

// example gives the files of the example book with these changed; an empty one is
// taken away.
func example(t testing.TB, changed rules.Files) rules.Files {
	t.Helper()
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(files, changed)
	maps.DeleteFunc(files, func(_, content string) bool { return content == "" })
	return files
}

// approving is the example's rules with a line about languages.
func approving(t testing.TB, line string) rules.Files {
	t.Helper()
	return rules.Files{rulesFile: example(t, nil)[rulesFile] + "\nlanguages: " + line + "\n"}
}

func TestOnlyApprovedLanguagesAreUsed(t *testing.T) {
	for line, want := range map[string][]string{
		"":                         {"cy", "en"},
		"{approved: [pl]}":         {"cy", "en", "pl"},
		"{approved: [UR, pl, ar]}": {"ar", "cy", "en", "pl", "ur"},
	} {
		files := example(t, nil)
		if line != "" {
			files = example(t, approving(t, line))
		}
		book, faults := rules.Load(files.FS())
		if book == nil {
			t.Fatalf("%s: %v", line, faults)
		}
		if got := book.Words.Languages(templates.EnquiryReceived, templates.Email); !slices.Equal(got, want) {
			t.Errorf("%s: %v are used, want %v", line, got, want)
		}
	}
}

func TestFaultsOfLanguages(t *testing.T) {
	const status = "words/pl/status.yaml"
	whole := "status: approved\nby: Anna Nowak, qualified translator\non: 2026-12-01\n"
	line := strings.Count(example(t, nil)[rulesFile], "\n") + 2
	at := func(column string) string { return rulesFile + ":" + strconv.Itoa(line) + ":" + column + ": " }
	for name, test := range map[string]struct {
		line  string
		files rules.Files
		want  []string // the beginnings
	}{
		"approved": {"{approved: [pl]}", rules.Files{status: whole}, nil},
		"some are missing": {"{approved: [pl]}", rules.Files{status: whole, "words/pl/help.sms.txt": "", "words/pl/reply-late.email.md": ""}, []string{
			"words/pl:1:1: families who read pl get these words in English: "}},
		"Welsh is missing": {"{approved: []}", rules.Files{"words/cy/reply-late.letter.md": ""}, []string{
			"words/cy:1:1: families who read cy get these words in English: reply-late.letter.md; "}},
		"unknown tag":       {"{approved: [qq]}", nil, []string{at("24") + `nobody speaks "qq", as far as BCP 47 knows; write a language's tag, such as cy, pl or ur`}},
		"no tag":            {"{approved: [Polish!]}", nil, []string{at("24") + `"Polish!" is not the tag of a language; write a tag of BCP 47`}},
		"a language's name": {"{approved: [Polish]}", nil, []string{at("24")}},
		"no words":          {"{approved: [so]}", nil, []string{at("24") + `there are no words in "so"; write its words into words/so, or take it out; there are words in ar, bn, pa, pl, ro, uk, ur`}},
		"no list":           {"{approved: pl}", nil, []string{at("23") + `"approved" cannot be a line of text; write it as a list: approved: [pl, ur]`}},
		"no key":            {"{}", nil, []string{at("12") + `the list of languages has no "approved"; add it, such as approved: [pl, ur]`}},
		"unapproved status": {"{approved: [pl]}", nil, []string{status + ":2:9: the rules approve pl, and this still says that its words need approval"}},
		"who approved":      {"{approved: [pl]}", rules.Files{status: "status: approved\nby: Anna Nowak\n"}, []string{status + ":1:9: it is not said who approved these words, or when"}},
		"no status":         {"{approved: []}", rules.Files{status: "status: fine\n"}, []string{status + `:1:9: "fine" is not a status; write status: approved, or status: needs approval by a qualified translator`}},
		"a key too many":    {"{approved: []}", rules.Files{status: "status: approved\nby: x\non: y\nwhen: z\n"}, []string{status + `:4:1: "when" is not a key of the status of a language; use one of: status, by, on`}},
		"status is no YAML": {"{approved: []}", rules.Files{status: "status: \"\n"}, []string{status + ":1:9: a quote that opens here is not closed on this line; close it"}},
		"twice":             {"{approved: [ur, ur]}", rules.Files{"words/ur/status.yaml": whole}, []string{at("28") + `"ur" is approved twice; keep one of the two`}},
	} {
		t.Run(name, func(t *testing.T) {
			changed := approving(t, test.line)
			maps.Copy(changed, test.files)
			_, faults := rules.Load(example(t, changed).FS())
			var got []string
			for _, f := range faults {
				if strings.HasSuffix(name, "missing") || !strings.Contains(f.Problem, "families who read") { // the catalogue has no words in these languages
					got = append(got, f.String())
				}
			}
			if len(got) != len(test.want) {
				t.Fatalf("got %q, want %q", got, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) || name == "some are missing" && (!strings.Contains(got[i], "help.sms.txt") || !strings.Contains(got[i], "reply-late.email.md") || strings.Contains(got[i], "help.email.md")) {
					t.Errorf("got %q, want %q", got[i], want)
				}
			}
		})
	}
}

// TestNoMarkerReachesAFamily: what is said of the state of a translation is in no words.
func TestNoMarkerReachesAFamily(t *testing.T) {
	for name, content := range example(t, nil) {
		if strings.HasPrefix(name, "words/") && !strings.HasSuffix(name, "/status.yaml") && strings.Contains(strings.ToLower(content), "approv") {
			t.Errorf("%s speaks of approval", name)
		}
	}
}
