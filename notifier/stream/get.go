package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// messageQuestion asks the stream's leader for one message.
type messageQuestion struct {
	LastFor  string `json:"last_by_subj,omitempty"`
	Sequence uint64 `json:"seq,omitempty"`
}

type messageAnswer struct {
	Error   *jetstream.APIError `json:"error"`
	Message struct {
		Data     []byte    `json:"data"`
		Header   []byte    `json:"hdrs"`
		Sequence uint64    `json:"seq"`
		Subject  string    `json:"subject"`
		Time     time.Time `json:"time"`
	} `json:"message"`
}

// readTime bounds a read whose context has no deadline.
const readTime = 5 * time.Second

// read asks the leader rather than any replica (which the client library would
// do), because a replica may lag behind what was acknowledged.
func (s *Stream) read(ctx context.Context, where string, question messageQuestion) (Record, error) {
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, readTime)
		defer cancel()
	}
	body, err := json.Marshal(question)
	if err != nil {
		return Record{}, err
	}
	reply, err := s.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+Name, body)
	if err != nil {
		return Record{}, fmt.Errorf("cannot read the message %s: %w", where, err)
	}
	var answer messageAnswer
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return Record{}, fmt.Errorf("cannot understand the server's answer about the message %s: %w", where, err)
	}
	if answer.Error != nil {
		if answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound {
			return Record{}, fmt.Errorf("%w: %s", ErrNone, where)
		}
		return Record{}, fmt.Errorf("cannot read the message %s: %w", where, answer.Error)
	}
	message := answer.Message
	record := Record{Sequence: message.Sequence, Subject: message.Subject, Data: message.Data, Time: message.Time.UTC()}
	if len(message.Header) > 0 {
		if record.Header, err = nats.DecodeHeadersMsg(message.Header); err != nil {
			return Record{}, fmt.Errorf("cannot understand the header of the message %s: %w", where, err)
		}
	}
	return record, nil
}
