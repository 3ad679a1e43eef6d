// Package calendar counts time the way a council promises it: in working days
// and hours, bank holidays, closures, and calendar days, weeks and months.
//
// Everything here is a pure function of its arguments: no clock is read, no
// file is opened, nothing is shared. Dates are civil dates (Date); instants are
// time.Time; the one becomes the other only in a Calendar's Location, which is
// Europe/London for every English council. The time zone data is compiled in,
// because a small container has none.
//
// Counting follows the usual convention for complaints and requests: the day
// something arrives is day 0, and the next working day is 1. A date is never
// given without its working, in words that a family could read.
package calendar
