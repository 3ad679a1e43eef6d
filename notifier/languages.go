package notifier

import "strings"

// The few values of a message to a family that we write ourselves, in the language of
// its words. Dates and times are the calendar's.

// ToldIn names who has been told, as it reads on from "we have told". It is empty,
// and the words leave it out, in a language that is not here.
func ToldIn(role, language string) string {
	switch primary(language) {
	case "", "en":
		return roleWords[role]
	case "cy": // after "wrth", which softens the first letter
		switch role {
		case Officer:
			return "y swyddog"
		case TeamLead:
			return "arweinydd y tîm"
		case Manager:
			return "y rheolwr"
		case HeadOfService:
			return "bennaeth y gwasanaeth"
		}
	}
	return ""
}

// noReasonIn stands where a person gave a new date and no reason. It is empty in a
// language that is not here.
func noReasonIn(language string) string {
	switch primary(language) {
	case "", "en":
		return "No reason was recorded."
	case "cy":
		return "Ni chofnodwyd rheswm."
	}
	return ""
}

// Why re-planning moved a date, as a case keeps it and as families read it in English.
const (
	movedByRules   = "The rules by which we set dates have changed."
	movedByHoliday = "There is a new bank holiday: "
)

// movedIn is that reason in the language of the words; in English where it is not here,
// as a reason is that a person wrote.
func movedIn(why, language string) string {
	if primary(language) != "cy" {
		return why
	}
	if holiday, is := strings.CutPrefix(why, movedByHoliday); is {
		return "Mae gŵyl banc newydd: " + holiday
	}
	return "Mae’r rheolau yr ydym yn gosod dyddiadau wrthynt wedi newid."
}

// primary is the first subtag of a language's tag: cy of cy-GB.
func primary(language string) string {
	first, _, _ := strings.Cut(strings.ToLower(language), "-")
	return first
}
