package answer

import (
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
	"hearback/templates"
)

func day(t testing.TB, text string) calendar.Date {
	t.Helper()
	date, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return date
}

// Read on Tuesday 24 November 2026 about one open case.
func TestAnswersAboutOneCase(t *testing.T) {
	today := day(t, "2026-11-24")
	for text, want := range map[string]Answer{
		"1":                      {Kind: Replied},
		" 1. ":                   {Kind: Replied},
		"#1":                     {Kind: Replied},
		"1️⃣":                    {Kind: Replied},
		"One":                    {Kind: Replied},
		"1 thank you":            {Kind: Replied},
		"1 h-10482":              {Kind: Replied},
		"H-10482: 1":             {Kind: Replied},
		"1 H–10482":              {Kind: Replied},
		"3":                      {Kind: NotMine},
		"3, please!":             {Kind: NotMine},
		"2 Friday":               {Kind: Until, Until: day(t, "2026-11-27")},
		"2 fri":                  {Kind: Until, Until: day(t, "2026-11-27")},
		"2 until Friday please":  {Kind: Until, Until: day(t, "2026-11-27")},
		"2 this Friday":          {Kind: Until, Until: day(t, "2026-11-27")},
		"2 Monday":               {Kind: Until, Until: day(t, "2026-11-30")},
		"2 today":                {Kind: Until, Until: today},
		"2 tomorrow":             {Kind: Until, Until: day(t, "2026-11-25")},
		"2 27 Nov":               {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27th of November":     {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27nov":                {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27thNov":              {Kind: Until, Until: day(t, "2026-11-27")},
		"2 Thurs":                {Kind: Until, Until: day(t, "2026-11-26")},
		"2 Weds":                 {Kind: Until, Until: day(t, "2026-11-25")},
		"2 Tues 1 Dec":           {Kind: Until, Until: day(t, "2026-12-01")},
		"2 Nov 27th":             {Kind: Until, Until: day(t, "2026-11-27")},
		"2 Fri 27 Nov":           {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27/11 Friday":         {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27/11":                {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27.11.26":             {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27-11-2026":           {Kind: Until, Until: day(t, "2026-11-27")},
		"2 2026-11-27":           {Kind: Until, Until: day(t, "2026-11-27")},
		"2 1 Sept 2027":          {Kind: Until, Until: day(t, "2027-09-01")},
		"2 5 Jan":                {Kind: Until, Until: day(t, "2027-01-05")},
		"2 5/12":                 {Kind: Until, Until: day(t, "2026-12-05")}, // the day comes first
		"2 next week Tuesday":    {Kind: Until, Until: day(t, "2026-12-01")},
		"2 Thursday next week":   {Kind: Until, Until: day(t, "2026-12-03")},
		"2 Friday week":          {Kind: Until, Until: day(t, "2026-12-04")},
		"2 Sat 28 Nov":           {Kind: Until, Until: day(t, "2026-11-28")}, // a weekend, see Note
		"2 H-10482 27 Nov":       {Kind: Until, Until: day(t, "2026-11-27")},
		"2 27 Nov H-10482 thx":   {Kind: Until, Until: day(t, "2026-11-27")},
		"2 ‘Friday’":             {Kind: Until, Until: day(t, "2026-11-27")},
		"2\nFriday\n":            {Kind: Until, Until: day(t, "2026-11-27")},
		"h-10482 two wednesday.": {Kind: Until, Until: day(t, "2026-11-25")},
	} {
		want.Case = "H-10482"
		got, err := Parse(text, today, []string{"H-10482"})
		if err != nil || got != want {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

// What is not certain is asked. Each question begins as it does here.
func TestWhatIsNotCertainIsAsked(t *testing.T) {
	const (
		today     = "2026-11-24" // a Tuesday
		lost      = "Sorry, we cannot read that. Reply 1 if you have replied, 2 and a day if it needs longer (2 Fri 27 Nov), 3 if it is not yours."
		mayBeDays = "Which day do you mean? Reply "
	)
	for text, want := range map[string]string{
		"":                        lost,
		"ok":                      lost,
		"4":                       lost,
		"12":                      lost,
		"1 2":                     lost,
		"1 Friday":                lost,
		"1 she will call back":    lost,
		"3 ask Tomasz":            lost,
		"I have replied":          lost,
		"2 soon":                  lost,
		"2 Friday 5pm":            lost,
		"2 Friday or Monday":      lost,
		"2 3 days":                lost,
		"2 27 Nov 2026 2027":      lost,
		"2 27/x":                  lost,
		"2 27/11/5":               lost,
		"2 27 Nov 5":              lost,
		"2 0":                     lost,
		"\xff":                    lost,
		strings.Repeat("1 ", 400): lost,
		"2":                       "Until which day? Reply for example 2 Fri 27 Nov.",
		"2 please":                "Until which day? Reply for example 2 Fri 27 Nov.",
		"2 H-10482":               "Until which day? Reply for example 2 H-10482 Fri 27 Nov.",
		"2 next week":             "Which day of the week? Reply for example 2 Fri 27 Nov.",
		"2 Tuesday":               mayBeDays + "2 Tue 24 Nov or 2 Tue 1 Dec.",
		"2 this tuesday":          mayBeDays + "2 Tue 24 Nov or 2 Tue 1 Dec.",
		"2 Tuesday week":          mayBeDays + "2 Tue 1 Dec or 2 Tue 8 Dec.",
		"2 next Friday":           mayBeDays + "2 Fri 27 Nov or 2 Fri 4 Dec.",
		"2 this Monday":           mayBeDays + "2 Mon 30 Nov or 2 Mon 7 Dec.",
		"2 next week Sunday":      mayBeDays + "2 Sun 29 Nov or 2 Sun 6 Dec.",
		"2 H-10482 next Friday":   mayBeDays + "2 H-10482 Fri 27 Nov or 2 H-10482 Fri 4 Dec.",
		"2 27":                    "Of which month? Reply 2 Fri 27 Nov or 2 Sun 27 Dec.",
		"2 31st":                  "Of which month? Reply 2 Thu 31 Dec or 2 Sun 31 Jan.",
		"2 Friday the 27th":       "Of which month? Reply 2 Fri 27 Nov or 2 Sun 27 Dec.",
		"2 23 Nov":                "23 Nov has passed. Reply for example 2 Fri 27 Nov.",
		"2 23/11/2026":            "23 Nov has passed. ",
		"2 27 Nov 2025":           "27 Nov has passed. ",
		"2 1 Mar":                 "1 Mar has passed. ", // of next year would be more than three months away
		"2 27 Nov 2028":           "That is more than a year away. ",
		"2 30 Feb":                "There is no such day. ",
		"2 29 Feb":                "There is no such day. ",
		"2 11/27":                 "There is no such day. ",
		"2 Thursday 27 Nov":       "27 Nov is a Friday. Reply 2 Fri 27 Nov.",
		"1 H-99999":               "You were not asked about that case. You have H-10482.",
		"2 X12 Friday":            "You were not asked about that case. ",
		"3 100482":                "You were not asked about that case. ",
	} {
		got, err := Parse(text, day(t, today), []string{"H-10482"})
		if err == nil || !strings.HasPrefix(err.Error(), want) || got != (Answer{}) {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

// On a Sunday people do not agree whether next week begins tomorrow.
func TestNextWeekIsAskedOnASunday(t *testing.T) {
	_, err := Parse("2 next week Tuesday", day(t, "2026-11-29"), []string{"H-1"})
	if err == nil || err.Error() != "Which day do you mean? Reply 2 Tue 1 Dec or 2 Tue 8 Dec." {
		t.Error(err)
	}
}

func TestSeveralCases(t *testing.T) {
	today, open := day(t, "2026-11-24"), []string{"H-10482", "H-10519", "H-10482", "", "27", "3"}
	for text, want := range map[string]Answer{
		"1 H-10519":        {Kind: Replied, Case: "H-10519"},
		"h-10519 3":        {Kind: NotMine, Case: "H-10519"},
		"2 H-10519 Friday": {Kind: Until, Case: "H-10519", Until: day(t, "2026-11-27")},
		"1 27":             {Kind: Replied, Case: "27"},
		"2 27 Friday":      {},
		"2 3 Friday":       {},
		"1 3":              {Kind: Replied, Case: "3"},
		"3 3":              {Kind: NotMine, Case: "3"},
		"1 1":              {},
	} {
		got, err := Parse(text, today, open)
		if (err == nil) != (want != Answer{}) || got != want {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"1":                 "Which case? Reply for example 1 H-10482. You have H-10482, H-10519, 27, 3.",
		"3":                 "Which case? Reply for example 3 H-10482. ",
		"2 Friday":          "Which case? Reply for example 2 H-10482 Fri 27 Nov. ",
		"2 next Friday":     "Which day do you mean? Reply 2 H-10482 Fri 27 Nov or 2 H-10482 Fri 4 Dec.",
		"2 27 Nov":          "Which case? Reply for example 2 H-10482 Fri 27 Nov. ",
		"what":              "Sorry, we cannot read that. Reply 1 if you have replied, 2 and a day if it needs longer (2 H-10482 Fri 27 Nov), 3 if it is not yours.",
		"1 H-1 H-2":         "You were not asked about that case. You have ",
		"1 H-10482 H-10519": "Please answer for one case at a time, for example 1 H-10482.",
	} {
		got, err := Parse(text, today, open)
		if err == nil || !strings.HasPrefix(err.Error(), want) || got != (Answer{}) {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

// A reference that reads as a date too is not taken for either.
func TestAReferenceThatLooksLikeADate(t *testing.T) {
	today := day(t, "2026-11-24")
	if got, err := Parse("2 27-11 Monday", today, []string{"27-11"}); err == nil {
		t.Errorf("taken as %+v", got)
	}
	if got, err := Parse("1 27-11", today, []string{"27-11", "H-1"}); err != nil || got.Case != "27-11" {
		t.Errorf("%+v, %v", got, err)
	}
}

// However long references are, and however many, a question fits one message.
func TestQuestionsAboutLongReferences(t *testing.T) {
	open := []string{strings.Repeat("A", 64), strings.Repeat("B", 64), strings.Repeat("C", 64)}
	for text, want := range map[string]string{
		"1":             "Which case? Reply for example 1 " + open[0] + ".",
		"2 Friday":      "Which case? Reply for example 2 " + open[0] + " Fri 27 Nov.",
		"2 next Friday": "Which day do you mean? Reply 2, the case and a day: Fri 27 Nov or Fri 4 Dec.",
		"what":          "Sorry, we cannot read that. Reply 1 and the case if you have replied, 2, the case and a day if it needs longer, 3 and the case if it is not yours.",
		"1 H-99999":     "You were not asked about that case. You have " + open[0] + " and 2 more.",
	} {
		if _, err := Parse(text, day(t, "2026-11-24"), open); err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestNobodyWaits(t *testing.T) {
	for _, open := range [][]string{nil, {""}} {
		if _, err := Parse("1", day(t, "2026-11-24"), open); err == nil || err.Error() != "Thank you. No family is waiting for an answer from you." {
			t.Error(err)
		}
	}
}

// week is a calendar with a closure.
func week(t *testing.T) *calendar.Calendar {
	t.Helper()
	holidays, err := calendar.BankHolidays("england-and-wales")
	if err != nil {
		t.Fatal(err)
	}
	hours, err := calendar.ParseHours(map[string][]string{"mon-fri": {"09:00-17:00"}})
	if err != nil {
		t.Fatal(err)
	}
	return &calendar.Calendar{Location: time.UTC, Holidays: holidays, Working: hours,
		Closures: []calendar.Closure{{From: day(t, "2026-12-29"), To: day(t, "2026-12-31"), Name: "Gau naDolig ŵ"}}}
}

func TestNotes(t *testing.T) {
	c := week(t)
	for until, want := range map[string]string{
		"2026-11-27": "",
		"2026-11-28": "H-10482: Sat 28 Nov is no working day: Saturday. The family is told a working day next to it. To choose another, reply 2 and a day.",
		"2026-12-25": "H-10482: Fri 25 Dec is no working day: Christmas Day (bank holiday). The family is told a working day next to it. To choose another, reply 2 and a day.",
		"2026-12-29": "H-10482: Tue 29 Dec is no working day. The family is told a working day next to it. To choose another, reply 2 and a day.",
	} {
		if got := Note(Answer{Kind: Until, Case: "H-10482", Until: day(t, until)}, c); got != want {
			t.Errorf("%s: %q", until, got)
		} else if s := templates.Measure(got); s.Parts > 1 || s.Encoding != templates.GSM7 {
			t.Errorf("%s: %+v", until, s)
		}
	}
	if got := Note(Answer{Kind: Replied, Case: "H-10482"}, c); got != "" {
		t.Errorf("a reply: %q", got)
	}
}

func TestWhatIsTaken(t *testing.T) {
	for text, want := range map[string]string{
		"1":       "H-10482: thank you. It is recorded that you have replied, and nobody is chased about it any more.",
		"3":       "H-10482: recorded that it is not yours. The team lead is asked to find who answers. The family still waits.",
		"2 4 dec": "H-10482: thank you. The family is told that they will hear by Fri 4 Dec. We remind you again before.",
	} {
		said, err := Parse(text, day(t, "2026-11-27"), []string{"H-10482"})
		if err != nil {
			t.Fatal(err)
		}
		if got := Taken(said, week(t)); got != want {
			t.Errorf("%q is answered %q, want %q", text, got, want)
		}
	}
	long := Answer{Kind: Until, Case: strings.Repeat("H", 64), Until: day(t, "2026-12-04")}
	for _, kind := range []Kind{Replied, Until, NotMine} {
		long.Kind = kind
		if got := Taken(long, week(t)); len(got) > 160 {
			t.Errorf("%v with a long reference takes %d characters", kind, len(got))
		}
	}
}
