package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// tongue is how one language writes days and times. The names of days and months are
// those of Unicode's CLDR, months in the form that stands inside a date. Numerals are
// Western in every language.
type tongue struct {
	script                string // of the names, as in BCP 47
	days, months          []string
	shortDays, shortMonth []string // for texts, with no letter that would make one dearer; no months: 30.11
	beforeDay, afterDay   string   // round the name of the day, in a whole date
	afterYear             string
	halves                bool // 5yh, not 17:00
	am, pm, midday        string
}

// Speaks reports whether dates can be written in a language, a tag of BCP 47. In any
// other they are written in figures: 30/11/2026.
func Speaks(language string) bool {
	_, foreign := tongueOf(language)
	return foreign || english(language)
}

// WordsIn is Words in another language, a tag of BCP 47: dydd Llun 30 Tachwedd 2026.
// A language that the calendar does not speak gets figures, 30/11/2026.
func (d Date) WordsIn(language string) string {
	if english(language) {
		return d.Words()
	}
	t, spoken := tongueOf(language)
	if !spoken {
		return fmt.Sprintf("%02d/%02d/%d", d.Day, d.Month, d.Year)
	}
	return fmt.Sprintf("%s%s%s %d %s %d%s", t.beforeDay, t.days[d.Weekday()], t.afterDay, d.Day, t.months[d.Month-1], d.Year, t.afterYear)
}

// ShortIn is Short in another language: Llun 30 Tach, or 30/11 in figures.
func (d Date) ShortIn(language string) string {
	if english(language) {
		return d.Short()
	}
	t, spoken := tongueOf(language)
	switch {
	case !spoken:
		return fmt.Sprintf("%02d/%02d", d.Day, d.Month)
	case len(t.shortMonth) == 0:
		return fmt.Sprintf("%s %d.%02d", t.shortDays[d.Weekday()], d.Day, d.Month)
	}
	return t.shortDays[d.Weekday()] + " " + strconv.Itoa(d.Day) + " " + t.shortMonth[d.Month-1]
}

// ClockIn is Clock in another language: 5yh in Welsh, 17:00 in every other.
func ClockIn(t time.Time, loc *time.Location, language string) string {
	if english(language) {
		return Clock(t, loc)
	}
	t = t.In(loc)
	spoken, _ := tongueOf(language)
	if !spoken.halves {
		return t.Format("15:04")
	}
	if t.Hour() == 12 && t.Minute() == 0 {
		return spoken.midday
	}
	half := spoken.am
	if t.Hour() >= 12 {
		half = spoken.pm
	}
	if t.Minute() == 0 {
		return t.Format("3") + half
	}
	return t.Format("3:04") + half
}

// english is true of the language that Words speaks; a book that says nothing means it.
func english(language string) bool {
	primary, _, _ := strings.Cut(language, "-")
	return primary == "" || strings.EqualFold(primary, "en")
}

// tongueOf finds a language by its first subtag. One that is to be written in another
// script, as pa-Arab is, is not spoken.
func tongueOf(language string) (tongue, bool) {
	subtags := strings.Split(language, "-")
	t, spoken := tongueNamed(strings.ToLower(subtags[0]))
	for _, subtag := range subtags[1:] {
		if len(subtag) == 1 {
			break // what follows says nothing about the script
		}
		if len(subtag) == 4 && (subtag[0] < '0' || subtag[0] > '9') && !strings.EqualFold(subtag, t.script) {
			return tongue{}, false
		}
	}
	return t, spoken
}

func tongueNamed(primary string) (tongue, bool) {
	words := strings.Fields
	switch primary {
	case "ar":
		days, months := words("الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت"), words("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر")
		return tongue{script: "Arab", days: days, months: months, shortDays: days, shortMonth: months}, true
	case "bn":
		return tongue{script: "Beng", days: words("রবিবার সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার শনিবার"),
			months:    words("জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর"),
			shortDays: words("রবি সোম মঙ্গল বুধ বৃহস্পতি শুক্র শনি"), shortMonth: words("জানু ফেব মার্চ এপ্রি মে জুন জুলাই আগ সেপ অক্টো নভে ডিসে")}, true
	case "cy":
		return tongue{script: "Latn", days: words("Sul Llun Mawrth Mercher Iau Gwener Sadwrn"), beforeDay: "dydd ",
			months:    words("Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr"),
			shortDays: words("Sul Llun Maw Mer Iau Gwen Sad"), shortMonth: words("Ion Chwef Maw Ebr Mai Meh Gorff Awst Medi Hyd Tach Rhag"),
			halves: true, am: "yb", pm: "yh", midday: "hanner dydd"}, true
	case "pa":
		return tongue{script: "Guru", days: words("ਐਤਵਾਰ ਸੋਮਵਾਰ ਮੰਗਲਵਾਰ ਬੁੱਧਵਾਰ ਵੀਰਵਾਰ ਸ਼ੁੱਕਰਵਾਰ ਸ਼ਨਿੱਚਰਵਾਰ"),
			months:    words("ਜਨਵਰੀ ਫ਼ਰਵਰੀ ਮਾਰਚ ਅਪ੍ਰੈਲ ਮਈ ਜੂਨ ਜੁਲਾਈ ਅਗਸਤ ਸਤੰਬਰ ਅਕਤੂਬਰ ਨਵੰਬਰ ਦਸੰਬਰ"),
			shortDays: words("ਐਤ ਸੋਮ ਮੰਗਲ ਬੁੱਧ ਵੀਰ ਸ਼ੁੱਕਰ ਸ਼ਨਿੱਚਰ"), shortMonth: words("ਜਨ ਫ਼ਰ ਮਾਰਚ ਅਪ੍ਰੈ ਮਈ ਜੂਨ ਜੁਲਾ ਅਗ ਸਤੰ ਅਕਤੂ ਨਵੰ ਦਸੰ")}, true
	case "pl":
		return tongue{script: "Latn", days: words("niedziela poniedziałek wtorek środa czwartek piątek sobota"), afterDay: ",",
			months:    words("stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"),
			shortDays: words("niedz. pon. wt. śr. czw. pt. sob."), shortMonth: words("sty lut mar kwi maj cze lip sie wrz paź lis gru")}, true
	case "ro":
		return tongue{script: "Latn", days: words("duminică luni marți miercuri joi vineri sâmbătă"), afterDay: ",",
			months:    words("ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"),
			shortDays: words("dum lun mar mie joi vin sam"), shortMonth: words("ian feb mar apr mai iun iul aug sept oct nov dec")}, true
	case "uk":
		return tongue{script: "Cyrl", days: words("неділя понеділок вівторок середа четвер п’ятниця субота"), afterDay: ",", afterYear: " року",
			months:    words("січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"),
			shortDays: words("нд пн вт ср чт пт сб")}, true
	case "ur":
		days, months := words("اتوار پیر منگل بدھ جمعرات جمعہ ہفتہ"), words("جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر")
		return tongue{script: "Arab", days: days, months: months, shortDays: days, shortMonth: months}, true
	}
	return tongue{}, false
}
