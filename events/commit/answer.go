package commit

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Error codes of the server that jetstream has no names for.
const (
	codeInsufficientResources jetstream.ErrorCode = 10023
	codeStorageExceeded       jetstream.ErrorCode = 10047
	codeStoreFailed           jetstream.ErrorCode = 10077
	// The first copy of this Nats-Msg-Id is still being replicated.
	codeDuplicateInFlight jetstream.ErrorCode = 10158
)

// An answer with this status says that nobody listens for the subject: the
// stream has no leader at the moment, or does not exist.
const (
	statusHeader       = "Status"
	statusNoResponders = "503"
)

// acknowledgement is the server's answer to a publish.
type acknowledgement struct {
	Error    *jetstream.APIError `json:"error"`
	Stream   string              `json:"stream"`
	Sequence uint64              `json:"seq"`
}

// understand turns the server's answer to one publish into its result.
func understand(reply *nats.Msg) Result {
	if len(reply.Data) == 0 && reply.Header.Get(statusHeader) == statusNoResponders {
		return unconfirmed(nats.ErrNoResponders)
	}
	var ack acknowledgement
	if err := json.Unmarshal(reply.Data, &ack); err != nil {
		return unconfirmed(fmt.Errorf("the answer is not JetStream's: %w", err))
	}
	if ack.Error != nil {
		return Result{Err: classify(ack.Error)}
	}
	if ack.Stream == "" || ack.Sequence == 0 {
		return unconfirmed(jetstream.ErrInvalidJSAck)
	}
	return Result{Sequence: ack.Sequence}
}

// classify puts the server's error into one of three classes: a conflict, a state
// that passes (which is unconfirmed, so that it is tried again), or a refusal.
func classify(err error) error {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return fmt.Errorf("%w: %w", ErrUnconfirmed, err)
	}
	switch api.ErrorCode {
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return fmt.Errorf("%w: %w", ErrConflict, api)
	case codeInsufficientResources, codeStorageExceeded, codeStoreFailed:
		return fmt.Errorf("the stream cannot store any more; make room on its disk or raise its limits: %w", api)
	case codeDuplicateInFlight:
		return fmt.Errorf("%w: %w", ErrUnconfirmed, api)
	}
	if api.Code == http.StatusServiceUnavailable || api.Code == http.StatusTooManyRequests {
		return fmt.Errorf("%w: %w", ErrUnconfirmed, api)
	}
	return fmt.Errorf("the stream refused the message: %w", api)
}

// wire makes the message as it is sent. The header is copied where anything is
// to be added, because a repeat must not carry what an earlier attempt added.
func (m *Message) wire(reply string, extra int) *nats.Msg {
	header := m.Header
	if m.Expect != nil || extra > 0 {
		header = make(nats.Header, len(m.Header)+1+extra)
		maps.Copy(header, m.Header)
	}
	if m.Expect != nil {
		header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(*m.Expect, 10)}
	}
	return &nats.Msg{Subject: m.Subject, Reply: reply, Header: header, Data: m.Data}
}
