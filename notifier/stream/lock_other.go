//go:build !unix

package stream

import "errors"

// lockDir refuses: without a lock that goes with the process, two processes
// could write to one folder and destroy it.
func lockDir(string) (unlock func() error, err error) {
	return nil, errors.New("the embedded NATS server needs a Unix system, which can lock the data folder; run a NATS server beside Hearback and name it with HEARBACK_NATS_URL")
}
