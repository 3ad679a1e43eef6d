// Package simulate plays weeks of an invented council through a book: families get
// in touch, officers answer as people do, and notifier.Decide says who hears what
// and who is chased.
//
// The same book, plan and seed give the same result, byte for byte, on any number of
// processors: each case is played alone with random numbers of its own, and results
// are added up in the order of the cases. The package reads no clock and opens no
// file.
package simulate
