// Package mailin takes in email by SMTP or LMTP, with go-smtp: bounces of what we
// sent, and the answers of families. A mail system of the council (Postfix,
// Exchange) passes on what is for us; nothing on the internet should reach the
// listener itself.
//
// It takes email for its own addresses only, from allowed networks only, and says
// 250 only after the [Sink] has stored it. Whatever cannot be stored gets 451, and
// the mail system comes again: a repeat changes nothing, for the events that
// [Events] makes have the same identity. Nothing is answered by email here.
//
// What it reads is sorted by hearback/notifier/mailin/letter. No log line holds an
// address or anything that somebody wrote.
package mailin
