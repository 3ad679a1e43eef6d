// Package story lets tests tell stories about a made-up town in fake time.
//
// A town has families with phones, staff with inboxes, services that report
// what happens, and one or more Hearbacks: the real engine, outbox, picture and
// stream with the real embedded server. Only the providers are played, so that
// they can refuse, stall and forget. A test says what happened, lets days pass
// and says what each phone and inbox must have received. Whatever was sent and
// not expected fails the test at the next Silence.
//
// Everything runs inside one bubble of testing/synctest: a month takes seconds.
package story
