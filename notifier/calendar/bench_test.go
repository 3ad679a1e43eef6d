package calendar_test

import (
	"testing"

	"hearback/notifier/calendar"
)

func BenchmarkDeadline(b *testing.B) {
	c := councilClosedAtChristmas(b)
	start := london(b, "2026-11-23 09:05")
	for _, text := range []string{"5 working days", "60 working days", "20 weeks", "4 hours", "8 working hours"} {
		d := due(b, text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Deadline(start, d, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkStep(b *testing.B) {
	c := councilClosedAtChristmas(b)
	d := deadline(b, c, london(b, "2026-11-23 09:05"), due(b, "5 working days"), false)
	for _, text := range []string{"2 working days", "10000 working days", "10000 working hours"} {
		step := amount(b, text)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Before(d, step)
			}
		})
	}
}

func BenchmarkNextOpening(b *testing.B) {
	c := councilClosedAtChristmas(b)
	contact := hours(b, map[string][]string{"mon-sat": {"08:00-20:00"}})
	at := london(b, "2026-11-28 21:00")
	b.ReportAllocs()
	for b.Loop() {
		c.NextOpening(contact, at)
	}
}

func BenchmarkWorkingDaysBetween(b *testing.B) {
	c := councilClosedAtChristmas(b)
	to := date(b, "2026-12-31")
	for _, from := range []string{"2026-12-21", "2026-01-01", "2019-01-02", "1900-01-01"} {
		from := date(b, from)
		b.Run("from "+from.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.WorkingDaysBetween(from, to)
			}
		})
		b.Run("from "+from.String()+" day by day", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				walkedBetween(c, from, to)
			}
		})
	}
}

func BenchmarkBankHolidays(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := calendar.BankHolidays("united-kingdom"); err != nil {
			b.Fatal(err)
		}
	}
}
