package console

// Refused finds rejected events, whole.
type Refused interface{}
