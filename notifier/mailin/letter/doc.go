// Package letter reads one incoming email and says what it is: a delivery that
// failed for good or for now, a delay, a success, a machine's answer, a
// complaint, our own message coming back, or the words of a person. It says which
// of our messages it concerns, and whether that is proven.
//
// Whatever comes is from strangers, so nothing here fails: what cannot be read is
// [Unknown], and is kept. The package is pure. Its work grows with the size of the
// email and no faster; the caller bounds that size.
//
// # Addresses of our own
//
// Every email that we send has a return path and a Reply-To address of its own
// (variable envelope return paths, VERP), made by [Return] and [ReplyTo]:
//
//	bounce+h-10482-3.b.k7q2m5vx3d@send.council.example
//
// It survives mail systems that lower-case or upper-case local parts, and it ends
// in a keyed proof: whoever has not had the message cannot make one up, so nobody
// can declare another family's address dead by counting case references. Without
// a proof a message may still be named by the Message-IDs in the email; those can
// be guessed, and [Letter.Proven] is false.
package letter
