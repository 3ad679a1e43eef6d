// Package delivery says what became of a message in the words that the website of
// GOV.UK Notify shows, which council staff know, and in plain words of our own where
// Notify has none. It is pure.
package delivery
