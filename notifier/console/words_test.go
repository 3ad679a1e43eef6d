package console

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier"
	"hearback/notifier/picture"
)

func testConsole(t testing.TB) *console {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return &console{london: london}
}

func TestMoments(t *testing.T) {
	c := testConsole(t)
	for at, want := range map[time.Time]string{
		time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC): "Monday 30 November 2026 at 5pm",
		time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC):  "Thursday 2 July 2026 at 12:30am", // summer time: London's next day
		time.Date(2027, 3, 28, 12, 0, 0, 0, time.UTC):  "Sunday 28 March 2027 at 1pm",
		{}: "not known",
	} {
		if got := c.moment(at).Words; got != want {
			t.Errorf("%v is %q, not %q", at, got, want)
		}
	}
	if got := day("2026-11-30"); got != "Monday 30 November 2026" {
		t.Errorf("the day is %q", got)
	}
	if got := day("soon"); got != "soon" {
		t.Errorf("what is no day became %q", got)
	}
}

func TestPromiseTags(t *testing.T) {
	c := testConsole(t)
	friday := time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)
	monday := time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		promise picture.Waiting
		want    []string
	}{
		"due after the weekend":        {picture.Waiting{Due: monday}, []string{"Due soon"}},
		"due the day after that":       {picture.Waiting{Due: monday.AddDate(0, 0, 1)}, []string{"On time"}},
		"late by its date":             {picture.Waiting{Due: friday.Add(-time.Second)}, []string{"Late"}},
		"due this instant":             {picture.Waiting{Due: friday}, []string{"Due soon"}},
		"decided late":                 {picture.Waiting{Due: monday, Late: true}, []string{"Late"}},
		"nobody reached, late":         {picture.Waiting{Due: friday.AddDate(0, 0, -1), Unreachable: true}, []string{"Nobody can reach them", "Late"}},
		"kept, though late":            {picture.Waiting{Due: monday, Late: true, Kept: new(friday)}, []string{"Kept"}},
		"ended without a reply":        {picture.Waiting{Due: monday, Ended: "the case was closed"}, []string{"Ended"}},
		"kept, with a reason for that": {picture.Waiting{Due: monday, Kept: new(friday), Ended: "answered"}, []string{"Kept"}},
	} {
		var got []string
		for _, tag := range c.promiseTags(test.promise, friday) {
			got = append(got, tag.Words)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, not %v", name, got, test.want)
		}
	}
}

func TestMessageTags(t *testing.T) {
	now := time.Date(2026, 11, 30, 9, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		m    picture.MessageView
		want tag
	}{
		{picture.MessageView{Channel: "sms", Status: notifier.Waiting}, tag{"soon", "Waiting to go"}},
		{picture.MessageView{Channel: "sms", Status: notifier.Waiting, NotBefore: new(now.Add(time.Hour))}, tag{"soon", "Waiting for contact hours"}},
		{picture.MessageView{Channel: "sms", Status: notifier.Waiting, NotBefore: new(now.Add(-time.Hour))}, tag{"soon", "Waiting to go"}},
		{picture.MessageView{Channel: "sms", Status: notifier.Sent, HandedOver: &now}, tag{"captured", "Captured, not sent"}},
		{picture.MessageView{Channel: "email", Status: notifier.Sent, HandedOver: &now}, tag{"ended", "Sent"}},
		{picture.MessageView{Channel: "email", Status: notifier.Sent, HandedOver: &now, Awaits: notifier.AwaitsBounce}, tag{"ended", "Sent"}},
		{picture.MessageView{Channel: "email", Status: notifier.Sent, HandedOver: &now, Awaits: notifier.AwaitsReceipt}, tag{"ended", "Delivering"}},
		{picture.MessageView{Channel: "sms", Status: notifier.Failed}, tag{"late", "Not sent"}},
		{picture.MessageView{Channel: "sms", Status: notifier.Failed, HandedOver: &now, Code: "30003"}, tag{"late", "Phone not accepting messages right now"}},
		{picture.MessageView{Channel: "email", Status: notifier.Withdrawn}, tag{"ended", "Withdrawn"}},
		{picture.MessageView{Channel: "sms", Status: notifier.Delivered, HandedOver: &now}, tag{"on-time", "Delivered"}},
		{picture.MessageView{Channel: "sms", Status: notifier.Unknown, HandedOver: &now}, tag{"soon", "Not known whether it arrived"}},
		{picture.MessageView{Channel: "email"}, tag{"ended", "Not known"}},
	} {
		if got := messageTag(test.m, []string{"sms"}, now); got != test.want {
			t.Errorf("%+v is %v, not %v", test.m, got, test.want)
		}
	}
}

func TestLists(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := list(words); got != want {
			t.Errorf("%v is %q", words, got)
		}
	}
	for text, want := range map[string]string{"": "", "élan": "Élan", "\xff": "\ufffd", "a": "A"} {
		if got := capitalised(text); got != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}

// However the list is cut, going from page to page shows everything once and in order,
// and no page that is asked for fails.
func TestPagesShowEverythingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := make([]int, rapid.IntRange(0, 100).Draw(t, "length"))
		for i := range all {
			all[i] = i
		}
		size := rapid.IntRange(1, 30).Draw(t, "size")
		var seen []int
		for page := 1; page != 0; {
			shown, p := paginate(httptest.NewRequest("GET", fmt.Sprintf("/?page=%d", page), nil), "/", all, size)
			if p.Page != page || len(shown) > size || p.Total != len(all) || p.Previous() != page-1 {
				t.Fatalf("page %d is %+v", page, p)
			}
			if len(shown) > 0 && (shown[0] != p.First-1 || shown[len(shown)-1] != p.Last-1) {
				t.Fatalf("page %d counts from %d to %d", page, p.First, p.Last)
			}
			seen, page = append(seen, shown...), p.Next()
		}
		if !slices.Equal(seen, all) {
			t.Fatalf("%v were shown", seen)
		}
		asked := rapid.String().Draw(t, "asked")
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = "page=" + asked
		if shown, p := paginate(r, "/", all, size); len(all) > 0 && len(shown) == 0 || p.Page < 1 || p.Page > p.Pages {
			t.Fatalf("page %q is %+v", asked, p)
		}
	})
}
