// Package rehearse makes up a council: families, their contacts, and what
// happens to them. Demonstrations, measurements and tests play it through the
// real pipeline.
//
// Everything is drawn from a seed. The same directory, number of families and
// seed give the same council, byte for byte, and a larger council begins with
// the families of a smaller one. The package reads no clock, opens no file and
// keeps no state.
//
// Nobody in it is real. Mobiles are from 07700 900000 to 900999 and landlines
// from 01632 960000 to 960999, the numbers that Ofcom keeps for drama, and
// addresses end in .example, which nobody can own (RFC 2606). There are only a
// thousand such mobiles, so families share numbers; the contacts of one family
// do not.
package rehearse
