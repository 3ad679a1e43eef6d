// Package link makes and checks signed links: the part of an address that lets its
// holder say one thing about one case, or see one page, without signing in.
//
// A token is what stands behind the last slash of such an address. It names the case,
// the promise and the person it was made for, what it is for and until when, and a
// keyed hash of the address it was sent to. Nothing in it is secret: whoever holds it
// can read the case reference and the ids. Whoever lacks the key cannot make one, nor
// change a bit of one.
//
// A token is bound to its purpose: a link by which a family looks at its enquiry
// cannot record an officer's reply. It holds good until it expires, and for as long
// as the key that made it is among the [Keys]; it is not used up by being followed.
//
// How long a token is depends on what it names. For case H-10482, a family's link for
// contact c1 has 47 characters; an officer's, for promise reply/call-1 and o.jane, 66.
// They are letters, digits, - and _, the case of letters matters, and the last
// character is a letter or a digit, because programs that make addresses in a text
// clickable often leave a last - or _ out.
//
// The package is pure: the caller says what time it is, and making the same link
// twice gives the same token.
package link
