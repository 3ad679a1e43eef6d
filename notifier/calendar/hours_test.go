package calendar_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
)

func TestParseHours(t *testing.T) {
	got := hours(t, map[string][]string{
		"mon-tue": {"13:30-17:00", "09:00-12:30"}, // put in order
		"wed":     {},                             // closed
		"fri-sun": {"20:00-24:00", "00:00-06:00"},
	})
	day := []calendar.Span{{From: 540, To: 750}, {From: 810, To: 1020}}
	night := []calendar.Span{{From: 0, To: 360}, {From: 1200, To: 1440}}
	want := [7][]calendar.Span{
		time.Monday: day, time.Tuesday: day,
		time.Friday: night, time.Saturday: night, time.Sunday: night,
	}
	for weekday := range want {
		if len(got.Days[weekday]) != len(want[weekday]) || len(want[weekday]) > 0 && !reflect.DeepEqual(got.Days[weekday], want[weekday]) {
			t.Errorf("%s has %v, want %v", time.Weekday(weekday), got.Days[weekday], want[weekday])
		}
	}
}

func TestParseHoursOverTheWeekend(t *testing.T) {
	got := hours(t, map[string][]string{"fri-mon": {"10:00-11:00"}})
	for weekday, spans := range got.Days {
		day := time.Weekday(weekday)
		open := day == time.Friday || day == time.Saturday || day == time.Sunday || day == time.Monday
		if (len(spans) == 1) != open {
			t.Errorf("%s has %v", day, spans)
		}
	}
}

func TestParseHoursNamesEveryFault(t *testing.T) {
	for _, test := range []struct {
		week   map[string][]string
		key    string
		says   string
		remedy string
	}{
		{map[string][]string{"monday": nil}, "monday", "not a day", "use mon"},
		{map[string][]string{"Mon": nil}, "Mon", "not a day", "use mon"},
		{map[string][]string{"mon-": nil}, "mon-", "not a day", "use mon"},
		{map[string][]string{"mon-tue-wed": nil}, "mon-tue-wed", "not a day", "mon-thu"},
		{map[string][]string{"mon-mon": nil}, "mon-mon", "same day", "mon-sun"},
		{map[string][]string{"mon": {"9:00-17:00"}}, "mon", "not a span", "09:00-17:00"},
		{map[string][]string{"mon": {"09:00"}}, "mon", "not a span", "09:00-17:00"},
		{map[string][]string{"mon": {"09:00-17:60"}}, "mon", "not a span", "09:00-17:00"},
		{map[string][]string{"mon": {"09:00-24:01"}}, "mon", "not a span", "24:00"},
		{map[string][]string{"mon": {"24:00-24:00"}}, "mon", "not a span", "24:00"},
		{map[string][]string{"mon": {"09:00-17:00-18:00"}}, "mon", "not a span", "09:00-17:00"},
		{map[string][]string{"mon": {"17:00-09:00"}}, "mon", "ends before", "split a span over midnight"},
		{map[string][]string{"mon": {"09:00-09:00"}}, "mon", "ends before", "earlier time first"},
		{map[string][]string{"mon": {"09:00-12:30", "12:00-17:00"}}, "mon", "overlaps 09:00-12:30", "join the two"},
		{map[string][]string{"mon-wed": {"09:00-17:00"}, "wed": {"09:00-12:00"}}, "wed", "also named by mon-wed", "once"},
	} {
		_, err := calendar.ParseHours(test.week)
		fault, ok := errors.AsType[*calendar.HoursFault](err)
		if !ok {
			t.Errorf("ParseHours(%v): error %v, want a fault", test.week, err)
			continue
		}
		mustEqual(t, "key", fault.Key, test.key)
		if !strings.Contains(fault.Problem, test.says) || !strings.Contains(fault.Remedy, test.remedy) {
			t.Errorf("ParseHours(%v) says %q, want %q and %q", test.week, fault, test.says, test.remedy)
		}
	}
}

func TestParseHoursReportsAllFaultsAtOnce(t *testing.T) {
	_, err := calendar.ParseHours(map[string][]string{
		"mon": {"9-5"}, "tues": {"09:00-17:00"}, "wed": {"17:00-09:00", "10:00-25:00"}, "thu": {"09:00-17:00"},
	})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 4 {
		t.Fatalf("got %v, want four faults", err)
	}
}

func TestHoursFaultInOneLine(t *testing.T) {
	_, err := calendar.ParseHours(map[string][]string{"mon": {"17:00-09:00"}})
	if err == nil || !strings.HasPrefix(err.Error(), "mon: 17:00-09:00: ends before it has begun; put the earlier time first") {
		t.Errorf("got %v", err)
	}
	_, err = calendar.ParseHours(map[string][]string{"mo": {"17:00-09:00"}})
	if err == nil || !strings.HasPrefix(err.Error(), "mo: not a day or a range of days; use mon") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseHours(f *testing.F) {
	f.Add("mon-thu", "09:00-12:30", "13:30-17:00", "fri", "09:00-16:30")
	f.Add("fri-mon", "00:00-24:00", "", "sun", "10:00-09:00")
	f.Add("mon-mon", "24:00-24:00", "0a:00-1b:00", "", "-")
	f.Fuzz(func(t *testing.T, key1, span1, span2, key2, span3 string) {
		week := map[string][]string{key1: {span1, span2}, key2: {span3}}
		got, err := calendar.ParseHours(week)
		if err != nil {
			if !got.Empty() {
				t.Fatalf("ParseHours(%q) gave hours with the error %v", week, err)
			}
			return
		}
		for _, spans := range got.Days {
			end := 0
			for _, span := range spans {
				if span.From < end || span.To <= span.From || span.To > 1440 {
					t.Fatalf("ParseHours(%q) = %v", week, spans)
				}
				end = span.To
			}
		}
	})
}
