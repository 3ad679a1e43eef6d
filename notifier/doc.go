// Package notifier is the decision core: who must hear what, when, and why.
//
// It holds values and one pure function. [Decide] takes a case as it stands,
// one input (an event, a deadline that has passed, or what became of a
// message), the managers' book and the time, and returns the case afterwards
// with the messages to hand over, the tasks for people and the reason for each
// in words. It does no I/O, reads no clock and draws no random numbers: the
// same arguments give the same decision, byte for byte, so the ledger can be
// replayed.
//
// Machines live in child packages. They may know this package; it knows none
// of them.
package notifier
