package answer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/notifier/calendar"
)

// dated is what words say about a day: the day itself, or why it must be asked, with
// the days that may have been meant. The zero value is for words that are no day.
type dated struct {
	date calendar.Date
	why  string
	days []calendar.Date
}

func sure(date calendar.Date) dated { return dated{date: date} }

func which(days ...calendar.Date) dated { return dated{why: "Which day do you mean?", days: days} }

func doubtful(why string) dated { return dated{why: why} }

const (
	// maxAhead is how far away a date may be, in days. One that lies further is more
	// likely a slip than a promise.
	maxAhead = 366
	// maxTurn is how far into the next year a date without a year may lie, in days.
	maxTurn = 92
)

// readDate reads the words behind a 2.
func readDate(words []string, today calendar.Date) dated {
	words = slices.DeleteFunc(unglued(words), func(word string) bool {
		return slices.Contains([]string{"on", "by", "until", "till", "til", "the", "of"}, word)
	})
	weekday, rest, named := cutWeekday(words)
	switch said := strings.Join(rest, " "); {
	case !named && said == "":
		return doubtful("Until which day?")
	case !named && said == "today":
		return sure(today)
	case !named && (said == "tomorrow" || said == "tmrw" || said == "tmr"):
		return sure(today.AddDays(1))
	case !named && (said == "next week" || said == "this week"):
		return doubtful("Which day of the week?")
	case !named:
		return dayOfYear(rest, today)
	case said == "":
		return nearest(weekday, today)
	case said == "this":
		return thisWeek(weekday, today)
	case said == "next":
		first := after(today, weekday)
		return which(first, first.AddDays(7))
	case said == "next week":
		return nextWeek(weekday, today)
	case said == "week":
		return weekAfter(weekday, today)
	}
	found := dayOfYear(rest, today)
	if found.date.IsZero() || found.date.Weekday() == weekday {
		return found
	}
	return dated{why: dayAndMonth(found.date) + " is a " + found.date.Weekday().String() + ".", days: []calendar.Date{found.date}}
}

// cutWeekday takes the first day of the week out, wherever it stands.
func cutWeekday(words []string) (weekday time.Weekday, rest []string, named bool) {
	for i, word := range words {
		if day, is := weekdayOf(word); is {
			return day, slices.Delete(slices.Clone(words), i, i+1), true
		}
	}
	return 0, words, false
}

// after is the first such day after a date.
func after(date calendar.Date, weekday time.Weekday) calendar.Date {
	return date.AddDays((int(weekday)-int(date.Weekday())+6)%7 + 1)
}

// nearest is the next such day. Said on such a day, it may be today or in a week.
func nearest(weekday time.Weekday, today calendar.Date) dated {
	if weekday == today.Weekday() {
		return which(today, today.AddDays(7))
	}
	return sure(after(today, weekday))
}

// weekAfter is for "Tuesday week": a week after Tuesday.
func weekAfter(weekday time.Weekday, today calendar.Date) dated {
	if weekday == today.Weekday() {
		return which(today.AddDays(7), today.AddDays(14))
	}
	return sure(after(today, weekday).AddDays(7))
}

// thisWeek is a day still to come in the week that ends on Sunday.
func thisWeek(weekday time.Weekday, today calendar.Date) dated {
	first := after(today, weekday)
	switch {
	case weekday == today.Weekday():
		return which(today, first)
	case first.Compare(monday(today).AddDays(6)) > 0:
		return which(first, first.AddDays(7))
	}
	return sure(first)
}

// nextWeek is a day of the week after this one, if that is the same day whether weeks
// begin on Monday or on Sunday.
func nextWeek(weekday time.Weekday, today calendar.Date) dated {
	byMonday := monday(today).AddDays(7 + (int(weekday)+6)%7)
	bySunday := today.AddDays(7 + int(weekday) - int(today.Weekday()))
	switch byMonday.Compare(bySunday) {
	case 0:
		return sure(byMonday)
	case -1:
		return which(byMonday, bySunday)
	default:
		return which(bySunday, byMonday)
	}
}

// monday is the one that begins the week of a date.
func monday(date calendar.Date) calendar.Date {
	return date.AddDays(-(int(date.Weekday()) + 6) % 7)
}

// dayOfYear reads a date that names its day and month: 27 Nov, 27th November 2026,
// November 27, 27/11, 27.11.26, 2026-11-27.
func dayOfYear(words []string, today calendar.Date) dated {
	month := monthNamed
	if len(words) == 1 {
		if date, err := calendar.ParseDate(words[0]); err == nil {
			return within(date, today)
		}
		parts := strings.FieldsFunc(words[0], func(r rune) bool { return strings.ContainsRune("/-.", r) })
		switch {
		case len(parts) == 1:
			return onlyDay(parts[0], today)
		case slices.ContainsFunc(parts, func(part string) bool { return number(part) < 0 }):
			return dated{}
		}
		words, month = parts, monthNumbered
	}
	if len(words) < 2 || len(words) > 3 {
		return dated{}
	}
	date := calendar.Date{Year: today.Year, Month: month(words[1]), Day: number(ordinal(words[0]))}
	if date.Day < 0 { // November 27
		date.Month, date.Day = month(words[0]), number(ordinal(words[1]))
	}
	if date.Day < 0 || date.Month == 0 {
		return dated{}
	}
	if len(words) == 2 {
		return withoutYear(date, today)
	}
	switch year := number(words[2]); {
	case year >= 0 && len(words[2]) == 2:
		date.Year = 2000 + year
	case year >= 0 && len(words[2]) == 4:
		date.Year = year
	default:
		return dated{}
	}
	return within(date, today)
}

// onlyDay is for a day without its month. It is asked.
func onlyDay(word string, today calendar.Date) dated {
	day := number(ordinal(word))
	if day < 1 || day > 31 {
		return dated{}
	}
	found := doubtful("Of which month?")
	for first := (calendar.Date{Year: today.Year, Month: today.Month, Day: 1}); len(found.days) < 2; first = first.AddMonths(1) {
		if date := first.AddDays(day - 1); date.Month == first.Month && date.Compare(today) >= 0 {
			found.days = append(found.days, date)
		}
	}
	return found
}

// withoutYear takes the date of this year, or shortly before the turn of the year that
// of the next.
func withoutYear(date, today calendar.Date) dated {
	next := date
	next.Year++
	if exists(next) && date.Compare(today) < 0 && next.Compare(today.AddDays(maxTurn)) <= 0 {
		return sure(next)
	}
	return within(date, today)
}

// within is the date, if it exists and a promise may name it.
func within(date, today calendar.Date) dated {
	switch {
	case !exists(date):
		return doubtful("There is no such day.")
	case date.Compare(today) < 0:
		return doubtful(dayAndMonth(date) + " has passed.")
	case date.Compare(today.AddDays(maxAhead)) > 0:
		return doubtful("That is more than a year away.")
	}
	return sure(date)
}

func exists(date calendar.Date) bool {
	_, err := date.MarshalText()
	return err == nil && !date.IsZero()
}

// number is a whole number of at most four digits; -1 where it is none.
func number(word string) int {
	n, err := strconv.Atoi(word)
	if err != nil || len(word) > 4 || strings.Trim(word, "0123456789") != "" {
		return -1
	}
	return n
}

// ordinal takes the end off 1st, 22nd, 3rd and 27th.
func ordinal(word string) string {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		if digits, ok := strings.CutSuffix(word, end); ok {
			return digits
		}
	}
	return word
}

// unglued parts a day from the month behind it: 27nov, 27thnov.
func unglued(words []string) []string {
	var list []string
	for _, word := range words {
		letters := strings.TrimLeft(word, "0123456789")
		digits := word[:len(word)-len(letters)]
		for _, end := range []string{"st", "nd", "rd", "th"} {
			if rest, ok := strings.CutPrefix(letters, end); ok && digits != "" {
				letters = rest
				break
			}
		}
		if digits != "" && monthNamed(letters) != 0 {
			list = append(list, digits, letters)
			continue
		}
		list = append(list, word)
	}
	return list
}

func monthNumbered(word string) time.Month {
	if n := number(word); n >= 1 && n <= 12 {
		return time.Month(n)
	}
	if number(word) > 12 {
		return 13 // no month, and plainly meant as one
	}
	return 0
}

func monthNamed(word string) time.Month {
	for month := time.January; month <= time.December; month++ {
		name := strings.ToLower(month.String())
		if word == name || word == name[:3] || word == "sept" && month == time.September {
			return month
		}
	}
	return 0
}

func weekdayOf(word string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		name := strings.ToLower(day.String())
		if word == name || word == name[:3] {
			return day, true
		}
	}
	switch word {
	case "tues":
		return time.Tuesday, true
	case "weds":
		return time.Wednesday, true
	case "thur", "thurs":
		return time.Thursday, true
	}
	return 0, false
}
