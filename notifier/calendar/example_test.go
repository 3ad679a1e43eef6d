package calendar_test

import (
	"fmt"
	"time"

	"hearback/notifier/calendar"
)

func Example() {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	holidays, err := calendar.BankHolidays("england-and-wales")
	if err != nil {
		panic(err)
	}
	working, err := calendar.ParseHours(map[string][]string{"mon-thu": {"09:00-17:00"}, "fri": {"09:00-16:30"}})
	if err != nil {
		panic(err)
	}
	due, err := calendar.ParseDue("2 working days")
	if err != nil {
		panic(err)
	}
	council := &calendar.Calendar{Location: london, Holidays: holidays, Working: working}
	received := time.Date(2026, time.December, 23, 9, 5, 0, 0, london)
	deadline, err := council.Deadline(received, due, false)
	if err != nil {
		panic(err)
	}
	for _, line := range deadline.Working {
		fmt.Println(line)
	}
	// Output:
	// Received on Wednesday 23 December 2026; that day is not counted.
	// 2 working days: Thursday 24 December is 1, Tuesday 29 December is 2.
	// Saturday 26 and Sunday 27 December are not counted: not working days.
	// Friday 25 December (Christmas Day) and Monday 28 December (Boxing Day) are not counted: bank holidays.
	// Due at 5pm on Tuesday 29 December 2026, when working hours end.
}
