package commit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// look settles a conflict that may be our own doing. The subject's last message
// tells: ours is there, so it is stored; nothing has come since, so an earlier
// write is still on its way and the message must be tried again; or somebody
// else has written, and the conflict stands.
func (w *Writer) look(ctx context.Context, message *Message, conflict Result) Result {
	there, err := w.last(ctx, message.Subject)
	switch {
	case err != nil:
		return unconfirmed(err)
	case there == nil && *message.Expect == 0, there != nil && there.Sequence == *message.Expect:
		return unconfirmed(conflict.Err)
	case there != nil && there.Sequence > *message.Expect && same(message, there):
		return Result{Sequence: there.Sequence}
	}
	return conflict
}

// same says whether the stored message is this one. What the server and an
// atomic batch have added to its header does not count.
func same(message *Message, stored *jetstream.RawStreamMsg) bool {
	if !bytes.Equal(message.Data, stored.Data) {
		return false
	}
	for name, values := range message.Header {
		if !slices.Equal(stored.Header[name], values) {
			return false
		}
	}
	return true
}

// last returns the last message on the subject, nil where there is none.
func (w *Writer) last(ctx context.Context, subject string) (*jetstream.RawStreamMsg, error) {
	return w.read(ctx, subject, map[string]any{"last_by_subj": subject})
}

// at returns the message at this place in the stream of the subject, whatever its
// own subject is, nil where there is none.
func (w *Writer) at(ctx context.Context, subject string, sequence uint64) (*jetstream.RawStreamMsg, error) {
	return w.read(ctx, subject, map[string]any{"seq": sequence})
}

// read asks the leader of the subject's stream for one message, because a replica
// may lag behind.
func (w *Writer) read(ctx context.Context, subject string, what map[string]any) (*jetstream.RawStreamMsg, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	name, err := w.js.StreamNameBySubject(ctx, subject)
	if err != nil {
		return nil, err
	}
	prefix := "$JS.API"
	switch options := w.js.Options(); {
	case options.APIPrefix != "":
		prefix = options.APIPrefix
	case options.Domain != "":
		prefix = "$JS." + options.Domain + ".API"
	}
	question, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	reply, err := w.conn.RequestWithContext(ctx, prefix+".STREAM.MSG.GET."+name, question)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error   *jetstream.APIError `json:"error"`
		Message *struct {
			Data     []byte `json:"data"`
			Header   []byte `json:"hdrs"`
			Sequence uint64 `json:"seq"`
			Subject  string `json:"subject"`
		} `json:"message"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return nil, err
	}
	switch {
	case answer.Error != nil && answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, nil
	case answer.Error != nil:
		return nil, answer.Error
	case answer.Message == nil:
		return nil, errors.New("the server's answer holds no message")
	}
	header, err := nats.DecodeHeadersMsg(answer.Message.Header)
	if err != nil && len(answer.Message.Header) > 0 {
		return nil, fmt.Errorf("the stored message's header cannot be read: %w", err)
	}
	return &jetstream.RawStreamMsg{Subject: answer.Message.Subject, Sequence: answer.Message.Sequence, Header: header, Data: answer.Message.Data}, nil
}
