// Package doorstep is the pages for people who come by a signed link, without signing
// in: an officer who answers a chase, and a family that looks where its enquiry stands.
//
//	GET  /a/<token>   a member of staff is asked to confirm what the link says
//	POST /a/<token>   and confirms it: reply.sent, reply.postponed or officer.declined
//	GET  /f/<token>   a contact sees their enquiries, and how we may reach them
//	POST /f/<token>   and changes the latter: contact.wished
//
// A GET changes nothing, for programs that look for viruses follow every link of an
// email. What is posted becomes an event whose identity follows from the link, the
// answers and what they were an answer to, so a second press changes nothing.
//
// A family's page shows what concerns its contact and nothing about anybody else, no
// name of a child, no school and no need. It opens only for a link that was sent to a
// number or address which is still the contact's, and on no channel that is unsafe.
// Nothing on it tells a visitor that a channel is unsafe.
//
// The pages are made on the server and hold no script. Every value is escaped by
// html/template. No token is logged, and none is written into a page or sent on to
// another site. The handler holds no state between requests and is safe for many
// goroutines.
package doorstep
