package rules

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"hearback/events"
)

// The members that conditions may take for granted are those that the catalogue
// of events gives each type.
func TestKnownMembersAreThoseOfTheEvents(t *testing.T) {
	for kind, data := range map[string]any{
		events.TypeCaseOpened: events.CaseData{}, events.TypeCaseChanged: events.CaseData{},
		events.TypeEnquiryReceived: events.Enquiry{}, events.TypeReplySent: events.Reply{}, events.TypeReplyPostponed: events.Postponement{},
		events.TypeOfficerChanged: events.OfficerChanged{}, events.TypeOfficerAway: events.OfficerAway{},
		events.TypeContactChanged: events.ContactChange{}, events.TypeContactUnsafe: events.ContactUnsafe{},
		events.TypeCaseClosed: events.Closure{}, events.TypeCaseStopped: events.Closure{},
		events.TypeMessageReceived: events.MessageReceived{}, events.TypeContactOptedOut: events.OptedOut{},
		events.TypeContactOptedIn: events.OptedOut{}, events.TypeReceiptReceived: events.Receipt{}, events.TypeContactWished: events.Wished{},
		events.TypeContactConfirmed: events.Confirmed{}, events.TypeOfficerTexted: events.OfficerTexted{},
		events.TypeOfficerDeclined: events.OfficerDeclined{}, events.TypeTaskDone: events.TaskDone{}, events.TypeCaseReplanned: events.Replanned{},
	} {
		want := []string{"occurred_on", "urgent"}
		kinds := map[string]reflect.Kind{"urgent": reflect.Bool}
		for field := range reflect.TypeOf(data).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			of := field.Type
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			want, kinds[name] = append(want, name), of.Kind()
		}
		got := members(kind)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(slices.Compact(want), got) {
			t.Errorf("%s: got %v, want %v", kind, got, want)
		}
		for _, name := range got {
			value, known := absent(kind, name)
			is := reflect.TypeOf(value).Kind()
			fits := is == kinds[name] || is == reflect.Map && kinds[name] == reflect.Struct || is == reflect.String && name == "occurred_on"
			if !known || !fits {
				t.Errorf("%s: data.%s counts as %v where it is absent", kind, name, value)
			}
		}
	}
}
