// Package inbound takes in over HTTP what services, providers and mail programs say,
// and says whether the process is well.
//
// [Events] is the gateway for services that do not speak NATS: CloudEvents 1.0 over
// HTTP in structured, binary and batched mode. It answers 202 only once everything in
// the request is stored. Whatever it refuses it explains as a problem document (RFC
// 9457) that names each field, what is wrong with it and what to do, and it keeps a
// copy so that a person can see what a service got wrong.
//
// [Twilio] and [Notify] take those providers' calls: what became of a text, and what a
// family wrote back. What follows from a text is the same for both, and is said once,
// in [Texts]. [OneClick] is the button with which mail programs end emails (RFC 8058).
// All of them answer 2xx only once what they were told is stored or kept for a person.
//
// No answer quotes a value that could be a name, a number, an address or a family's
// words. The package reads no clock of its own and holds no state between requests.
package inbound
