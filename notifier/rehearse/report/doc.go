// Package report shows what a rehearsal found: tables for people, JSON for
// programs, and one page of HTML that needs nothing beside itself.
//
// A report is made of values and is the same, byte for byte, for the same values.
// The package reads no clock and opens no file.
package report
