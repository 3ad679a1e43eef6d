// Package events says what may be told to Hearback and what Hearback tells others.
//
// Every event is a CloudEvent 1.0 about one case. Services publish events on the
// subject that [Subject] spells; Hearback publishes what came of them on the subject
// that [OutcomeSubject] spells. The pair of source and id is the identity of an event
// for ever: a repeat changes nothing.
//
// A body is understood in two steps. [Parse], [ParseBinary], [ParseMessage] and
// [ParseBatch] read the envelope and refuse what is not a CloudEvent. [Event.Check]
// then judges the content: is the type known, is the case reference well formed, is
// every date real. Both refuse with a [*Refusal] that names each field, what is wrong
// with it and what to do. A refusal never quotes a value that could be a name, a
// number, an address or a family's words, so it may be logged and stored.
//
// Members that are not described here are allowed and ignored, so a service may send
// more than Hearback reads. Names of members are compared exactly: "Team" is not
// "team".
//
// The package opens no file and, but for [Publisher], is made of pure functions: they
// keep no state and read no clock. The JSON Schemas of all events are in [Schemas];
// asyncapi.yaml beside this file describes the channels.
package events
