// Package templates holds the words: what families and staff are sent, and
// how a manager's text becomes one SMS or one email.
//
// Managers write words as files, with the placeholders that council staff
// know from GOV.UK Notify:
//
//	((name))                            a value
//	((urgent??Someone will call you.))  optional text, shown when the value is yes
//	((told??We have told ((told)).))    optional text, shown when it has the value it uses
//
// [Parse] reads a folder of words and reports every fault in it by line and
// column. The [Library] it returns never changes, so any number of goroutines
// may call [Library.Render] at once.
//
// Three promises hold for every message that is rendered:
//
//   - There is never a blank. A value that is missing, or that shows nothing,
//     is a [Missing] error.
//   - A value is only ever read as letters. It cannot hold a working
//     placeholder, and in an email it cannot become a link, a heading, a list
//     or HTML. Parse refuses words in which the look of the email would hang
//     on what a value says.
//   - A text message holds the letters that were written. Quotes, dashes and
//     accents that would double its price are made plain, but letters of
//     another script are never turned into question marks.
//
// The package is pure: it keeps no state, reads no clock and logs nothing. Its
// errors name words and placeholders, never a value.
package templates
