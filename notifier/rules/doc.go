// Package rules reads the book that managers own: rules.yaml, directory.yaml
// and the folder words. It parses, validates and explains.
//
// [Load] finds every fault of every file in one run and names each once, at the
// place to mend, with what to do about it. A book with a fault is never put in
// force; a warning does not stop it. What a fault says may hold names and
// addresses from the book: show it to managers, do not log it.
//
// The package reads no clock and keeps no state. The same files give the same
// book, with the same version, for ever.
package rules
