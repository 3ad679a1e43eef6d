package events_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/events"
)

// Every constant of a type is in the catalogue, once and with a meaning; nothing else is.
func TestCatalogueIsWhole(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "types.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var constants []string
	ast.Inspect(file, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			constants = append(constants, text)
		}
		return true
	})
	var listed []string
	for _, kind := range events.Catalogue() {
		listed = append(listed, kind.Type)
		if !events.Known(kind.Type) || kind.Meaning == "" {
			t.Errorf("%+v", kind)
		}
		if events.IsOutcome(kind.Type) != (kind.Origin == events.FromHearback) {
			t.Errorf("%s: IsOutcome", kind.Type)
		}
		if _, _, ok := events.ParseSubject(events.Subject("H-1", kind.Type)); !ok {
			t.Errorf("%s cannot be part of a subject", kind.Type)
		}
	}
	slices.Sort(constants)
	slices.Sort(listed)
	if !slices.Equal(constants, listed) {
		t.Errorf("constants %v\ncatalogue %v", constants, listed)
	}
	if len(listed) != len(slices.Compact(slices.Clone(listed))) {
		t.Error("a type is listed twice")
	}
	for _, unknown := range []string{"", "case", "Case.Opened", "case.opened ", "case.opened.x"} {
		if events.Known(unknown) || events.IsOutcome(unknown) {
			t.Errorf("%q is known", unknown)
		}
	}
}

func TestCatalogueIsTheCallersOwn(t *testing.T) {
	events.Catalogue()[0].Type = "spoilt"
	if events.Catalogue()[0].Type == "spoilt" || events.Known("spoilt") {
		t.Error("a caller changed the catalogue")
	}
}

func TestNearest(t *testing.T) {
	for wrong, want := range map[string]string{
		"enquiry.recieved":         events.TypeEnquiryReceived,
		"Enquiry.Received":         events.TypeEnquiryReceived,
		"enquiry_received":         events.TypeEnquiryReceived,
		"inquiry.received":         events.TypeEnquiryReceived,
		" case.open":               events.TypeCaseOpened,
		"case.opened":              events.TypeCaseOpened,
		"plan.draft_sent":          events.TypePlanDraftSent,
		"child.died":               events.TypeCaseStopped,
		"reply.human-sent":         events.TypeReplySent,
		"contact.call-missed":      events.TypeEnquiryReceived,
		"safe-flag.set":            events.TypeContactUnsafe,
		"contact.message-received": events.TypeEnquiryReceived,
		"call.completed":           events.TypeReplySent,
		"contact.officer-assigned": events.TypeOfficerChanged,
		"officer.left":             events.TypeOfficerChanged,
		"contact.details-changed":  events.TypeContactChanged,
		"message.opted-out":        events.TypeContactOptedOut,
		"exclusion-risk":           events.TypeProvisionExclusionRisk,
		"out-of-education":         events.TypeProvisionOutOfEducation,
		"weather.changed-again":    "",
		"":                         "",
		"zzz":                      "",
	} {
		if got := events.Nearest(wrong); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", wrong, got, want)
		}
	}
}

func TestNearestForgivesOneSlip(t *testing.T) {
	kinds := slices.DeleteFunc(events.Catalogue(), func(k events.Kind) bool { return k.Origin == events.FromHearback || len(k.Type) < 9 })
	rapid.Check(t, func(t *rapid.T) {
		meant := rapid.SampledFrom(kinds).Draw(t, "type").Type
		place := rapid.IntRange(0, len(meant)-1).Draw(t, "place")
		var wrong string
		switch rapid.IntRange(0, 2).Draw(t, "slip") {
		case 0:
			wrong = meant[:place] + meant[place+1:]
		case 1:
			wrong = meant[:place] + "x" + meant[place:]
		default:
			wrong = meant[:place] + "q" + meant[place+1:]
		}
		got := events.Nearest(wrong)
		// Hyphens do not tell names apart, so another name may be as near.
		bare := strings.NewReplacer("-", "")
		if got != meant && distance(bare.Replace(got), bare.Replace(wrong)) > 1 {
			t.Fatalf("Nearest(%q) = %q, meant %q", wrong, got, meant)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		if got := events.Nearest(rapid.String().Draw(t, "text")); got != "" && (!events.Known(got) || events.IsOutcome(got)) {
			t.Fatalf("suggests %q", got)
		}
	})
	if events.Nearest(strings.Repeat("case.opened", 10)) != "" {
		t.Error("a long text was compared")
	}
}

// distance is a plain recursive edit distance for texts that are nearly alike: the
// judge of the one in the package, cut off above 2.
func distance(a, b string) int {
	var within func(a, b string, left int) bool
	within = func(a, b string, left int) bool {
		for a != "" && b != "" && a[0] == b[0] {
			a, b = a[1:], b[1:]
		}
		if a == "" || b == "" {
			return len(a)+len(b) <= left
		}
		return left > 0 && (within(a[1:], b, left-1) || within(a, b[1:], left-1) || within(a[1:], b[1:], left-1))
	}
	for n := range 3 {
		if within(a, b, n) {
			return n
		}
	}
	return 3
}
