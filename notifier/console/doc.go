// Package console shows people who is waiting for a reply, and lets them say that a
// family got in touch or that somebody has answered.
//
// The pages are made on the server and need no script. They read a [Source] and write
// nothing but events, through [Actions]; those of the managers' book read and write its
// versions and drafts, through [Publishing]. They work at 320 pixels, in the dark, on
// paper and without a stylesheet. Every value is escaped by html/template; names,
// texts and reasons come from families and may hold anything.
//
// The handler holds nothing between requests but what it has worked out of books, and is
// safe for many goroutines.
package console
