package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
)

// Name is the name of a council's stream.
const Name = "HEARBACK"

// topology is the stream, whole. The de-duplication window is the server's
// default, two minutes: it spares the stream the repeats of a publisher that
// lost its connection. What was answered for ever is known from the cases.
func topology(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        Name,
		Description: "Hearback: everything that happens to a council's promises",
		Subjects:    []string{events.AllSubjects},
		// The core recognises a repeated event for ever. The server need only
		// recognise what a publisher sends again at once, and what it remembers
		// costs memory and is read again at every start.
		Duplicates:         10 * time.Second,
		Retention:          jetstream.LimitsPolicy,
		Storage:            jetstream.FileStorage,
		Replicas:           replicas,
		MaxConsumers:       -1,
		MaxMsgs:            -1,
		MaxBytes:           -1,
		MaxMsgsPerSubject:  -1,
		MaxMsgSize:         -1,
		Discard:            jetstream.DiscardNew,
		AllowAtomicPublish: true,
		AllowDirect:        true,
		AllowMsgTTL:        true,
		AllowRollup:        true,
	}
}

// faults compares a stream that exists with what Hearback needs and returns one
// sentence for each setting that must be changed.
func faults(have jetstream.StreamConfig, replicas int) []string {
	want := topology(replicas)
	var found []string
	check := func(setting string, right bool, is, needs any) {
		if !right {
			found = append(found, fmt.Sprintf("%s is %v and must be %v", setting, is, needs))
		}
	}
	check("subjects", slices.Contains(have.Subjects, want.Subjects[0]), strings.Join(have.Subjects, ","), want.Subjects[0])
	check("retention", have.Retention == want.Retention, have.Retention, want.Retention)
	check("storage", have.Storage == want.Storage, have.Storage, want.Storage)
	check("num_replicas", have.Replicas == replicas, have.Replicas, replicas)
	check("allow_atomic", have.AllowAtomicPublish, have.AllowAtomicPublish, true)
	check("allow_direct", have.AllowDirect, have.AllowDirect, true)
	check("allow_msg_ttl", have.AllowMsgTTL, have.AllowMsgTTL, true)
	check("allow_rollup_hdrs", have.AllowRollup, have.AllowRollup, true)
	check("deny_delete", !have.DenyDelete, have.DenyDelete, false)
	check("deny_purge", !have.DenyPurge, have.DenyPurge, false)
	check("max_age", have.MaxAge == 0, have.MaxAge, "0: cases are aged by Hearback, never by the server")
	check("max_msgs", have.MaxMsgs <= 0, have.MaxMsgs, "-1: an old message may be a case")
	check("max_msgs_per_subject", have.MaxMsgsPerSubject <= 0, have.MaxMsgsPerSubject, "-1: a case's history is its audit trail")
	check("discard", have.MaxBytes <= 0 || have.Discard == jetstream.DiscardNew, have.Discard, "new where max_bytes is set: a full stream must refuse, not forget")
	check("no_ack", !have.NoAck, have.NoAck, false)
	check("sealed", !have.Sealed, have.Sealed, false)
	check("mirror", have.Mirror == nil, "set", "absent: a mirror cannot be written")
	return found
}

// serverVersionMin is the first server with atomic batches.
var serverVersionMin = [2]int{2, 12}

// apiLevelMin is JetStream's API level of that server.
const apiLevelMin = 2

// checkServer refuses a server that cannot keep our promises, in words.
func checkServer(ctx context.Context, js jetstream.JetStream, nc *nats.Conn) error {
	version := nc.ConnectedServerVersion()
	if !versionAtLeast(version, serverVersionMin) {
		return fmt.Errorf("the NATS server is version %s; Hearback needs %d.%d or newer, for atomic batches: upgrade the server", version, serverVersionMin[0], serverVersionMin[1])
	}
	account, err := js.AccountInfo(ctx)
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("JetStream is off on the NATS server or for this account; switch it on there: %w", err)
	case err != nil:
		return fmt.Errorf("cannot ask the NATS server about JetStream; check that it runs and that this user may use the JetStream API: %w", err)
	case account.API.Level < apiLevelMin:
		return fmt.Errorf("JetStream's API level is %d and must be %d or more, for atomic batches: upgrade every server of the cluster", account.API.Level, apiLevelMin)
	}
	return nil
}

func versionAtLeast(version string, least [2]int) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	x, errMajor := strconv.Atoi(major)
	y, errMinor := strconv.Atoi(minor)
	if errMajor != nil || errMinor != nil {
		return false
	}
	return x > least[0] || x == least[0] && y >= least[1]
}
