// Package answer reads what a member of staff texts back to a chase.
//
// Three answers are known, and each may name the case:
//
//	1                   I have replied
//	2 Friday            I need until then; also 2 27 Nov, 2 27/11, 2 next week Tuesday
//	3                   this reply is not mine to give
//	1 H-10482           the same about one of several cases
//
// Nothing is guessed. What can be read in two ways, names a day that is past, or does
// not say which of several cases it is about, is a [*Question]: words to text back,
// which fit into one message of 160 characters of the GSM alphabet. An answer that
// follows a question is read by itself, so every question shows a whole answer.
//
// Dates are read as they are written in Britain, the day before the month. Weeks are
// counted from Monday as well as from Sunday, and where the two differ it is asked.
//
// The package is pure. It keeps nothing of what it reads, and no question repeats any
// of it: its only names are references of open cases.
package answer
