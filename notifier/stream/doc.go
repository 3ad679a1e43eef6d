// Package stream is everything Hearback does with JetStream, and nothing else:
// the one stream that is a council's truth, its embedded server, the writer
// that makes decisions durable, the readers that follow them, and the lease
// that says which replica decides.
//
// It knows subjects and sequences, not cases. What a message means is decided
// elsewhere.
package stream
