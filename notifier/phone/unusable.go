package phone

import "strconv"

// Reason says why a number cannot be texted.
type Reason int

// The reasons, from what is plainly missing to what is a telephone after all.
const (
	Empty Reason = iota + 1
	NotANumber
	TooShort
	TooLong
	Landline
	Foreign
	CrownDependency // Jersey, Guernsey, Isle of Man: +44, but charged as abroad
	NotAMobile
)

// String names the reason in one word, for figures and logs.
func (r Reason) String() string {
	switch r {
	case Empty:
		return "empty"
	case NotANumber:
		return "not-a-number"
	case TooShort:
		return "too-short"
	case TooLong:
		return "too-long"
	case Landline:
		return "landline"
	case Foreign:
		return "foreign"
	case CrownDependency:
		return "crown-dependency"
	case NotAMobile:
		return "not-a-mobile"
	}
	return "unknown-reason-" + strconv.Itoa(int(r))
}

// Words says in a sentence, for an officer, what is wrong with the number.
func (r Reason) Words() string {
	switch r {
	case Empty:
		return "No mobile number is recorded."
	case NotANumber:
		return "What is recorded holds something other than one phone number."
	case TooShort:
		return "The number has too few digits for a UK mobile."
	case TooLong:
		return "The number has too many digits for a UK mobile."
	case Landline:
		return "This is a landline. A text to it may be read aloud to whoever answers."
	case Foreign:
		return "This is a number outside the UK, which we do not text."
	case CrownDependency:
		return "This is a number in Jersey, Guernsey or the Isle of Man, which we do not text: it is charged as abroad."
	case NotAMobile:
		return "This is not a UK mobile number that is in use."
	}
	return "The number cannot be used for texts."
}

// Ask says in a sentence what the officer should do about it.
func (r Reason) Ask() string {
	switch r {
	case Empty:
		return "Ask the family for a mobile number, or how else they would like to hear from us."
	case NotANumber:
		return "Record one number and nothing else; put notes and second numbers elsewhere."
	case TooShort, TooLong:
		return "Ask the family to read the number out; a UK mobile has 11 digits and begins with 07."
	case Landline:
		return "Ask for a mobile number, and keep this one for calls."
	case Foreign, CrownDependency:
		return "Ask for a UK mobile number, or write by email."
	}
	return "Ask the family for their mobile number, and check it against what is recorded."
}

// Unusable is the error for a number that cannot be texted. It never holds the
// number.
type Unusable struct{ Reason Reason }

// Error says what is wrong and what to do.
func (u *Unusable) Error() string { return u.Reason.Words() + " " + u.Reason.Ask() }
