package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrNoStream reports that the server has no stream of Hearback's.
var ErrNoStream = errors.New("the NATS server has no stream of Hearback's yet; start hearback run with the same settings first")

// Find returns the council's stream on the server of nc as it stands, or
// ErrNoStream: it is neither made nor checked. It is for the command line, which
// works beside a Hearback that has opened the stream.
func Find(ctx context.Context, nc *nats.Conn) (*Stream, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("cannot use JetStream: %w", err)
	}
	handle, err := find(ctx, js)
	if err != nil {
		return nil, err
	}
	return newStream(js, nc, handle, Options{External: true}), nil
}

func find(ctx context.Context, js jetstream.JetStream) (jetstream.Stream, error) {
	handle, err := js.Stream(ctx, Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, ErrNoStream
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read stream %s; check that this user may use the JetStream API: %w", Name, err)
	}
	return handle, nil
}

// WhileAllowed calls ask, and ends its context as soon as the server says that
// the user of nc lacks a permission: the server says so aside, and what was asked
// would stay without an answer. The error then names the user and the permission,
// and is nats.ErrPermissionViolation. Meanwhile nc must serve nobody else.
func WhileAllowed(ctx context.Context, nc *nats.Conn, ask func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	before := nc.ErrorHandler()
	defer nc.SetErrorHandler(before)
	nc.SetErrorHandler(func(nc *nats.Conn, subscription *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			cancel(err)
		} else if before != nil {
			before(nc, subscription, err)
		}
	})
	err := ask(ctx)
	if lacking := context.Cause(ctx); err != nil && errors.Is(lacking, nats.ErrPermissionViolation) {
		return fmt.Errorf("NATS user %s lacks a permission that this needs (%w); name a user who has it, in HEARBACK_NATS_URL=nats://NAME:PASSWORD@HOST:PORT, or run this as the user who runs Hearback, with the same settings", userOf(nc), lacking)
	}
	return err
}

// userOf is as whom nc is connected, where that is known. A name without a
// password is none: it is a token, which is secret.
func userOf(nc *nats.Conn) string {
	name := nc.Opts.User
	if address, err := url.Parse(nc.ConnectedUrl()); err == nil {
		if _, given := address.User.Password(); given {
			name = address.User.Username()
		}
	}
	return cmp.Or(name, "(of the credentials file, or without a name)")
}
