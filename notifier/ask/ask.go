// Package ask lets people on the command line ask the running process what it
// sees, over NATS request and reply: who is waiting, what only a person can do, and
// what happened in one case. Every replica answers from its own picture. The subjects lie outside
// the council's stream, so that questions are not stored.
package ask

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"hearback/notifier/picture"
)

const (
	name           = "hearback"
	version        = "1.0.0"
	subjectWaiting = "ask-hearback.waiting"
	subjectTasks   = "ask-hearback.tasks"
	subjectCase    = "ask-hearback.case"
	// page is how many promises or tasks go into one reply, well under NATS's 1 MB.
	page = 1000
	// patience is how long one answer may take.
	patience = 10 * time.Second
)

// Source is where answers come from.
type Source interface {
	Waiting() []picture.Waiting
	// Tasks lists what only a person can do, the oldest first.
	Tasks() []picture.CaseTask
	// Case returns picture.ErrUnknown for a case that the ledger does not hold.
	Case(ctx context.Context, ref string) (picture.CaseView, error)
}

type listQuestion struct {
	From int `json:"from"`
}

type listAnswer[T any] struct {
	List []T `json:"list"`
	Next int `json:"next"` // 0 after the last page
}

type caseQuestion struct {
	Case string `json:"case"`
}

// Serve answers questions until the service that it returns is stopped.
func Serve(nc *nats.Conn, source Source) (micro.Service, error) {
	service, err := micro.AddService(nc, micro.Config{Name: name, Version: version, Description: "who waits for a reply, and why each message was sent"})
	if err != nil {
		return nil, fmt.Errorf("answer questions over NATS: %w", err)
	}
	one := func(r micro.Request) {
		var q caseQuestion
		if err := json.Unmarshal(r.Data(), &q); err != nil {
			_ = r.Error("400", "the question is not understood", nil)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		view, err := source.Case(ctx, q.Case)
		switch {
		case errors.Is(err, picture.ErrUnknown):
			_ = r.Error("404", picture.ErrUnknown.Error(), nil)
		case err != nil:
			_ = r.Error("500", err.Error(), nil)
		default:
			answer(r, view)
		}
	}
	err = errors.Join(
		service.AddEndpoint("waiting", list(source.Waiting), micro.WithEndpointSubject(subjectWaiting)),
		service.AddEndpoint("tasks", list(source.Tasks), micro.WithEndpointSubject(subjectTasks)),
		service.AddEndpoint("case", micro.HandlerFunc(one), micro.WithEndpointSubject(subjectCase)),
	)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("answer questions over NATS: %w", err), service.Stop())
	}
	return service, nil
}

// list answers with a list, page by page.
func list[T any](all func() []T) micro.HandlerFunc {
	return func(r micro.Request) {
		var q listQuestion
		if err := json.Unmarshal(r.Data(), &q); err != nil || q.From < 0 {
			_ = r.Error("400", "the question is not understood", nil)
			return
		}
		all := all()
		a := listAnswer[T]{List: all[min(q.From, len(all)):min(q.From+page, len(all))]}
		if q.From+page < len(all) {
			a.Next = q.From + page
		}
		answer(r, a)
	}
}

// answer sends JSON, compressed: a long history must fit into one reply.
func answer(r micro.Request, v any) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := errors.Join(json.NewEncoder(z).Encode(v), z.Close()); err != nil {
		_ = r.Error("500", err.Error(), nil)
		return
	}
	_ = r.Respond(b.Bytes())
}

// ErrNobody means that no running Hearback answered.
var ErrNobody = errors.New("no running Hearback answered")

// Waiting asks who is waiting, the longest wait first.
func Waiting(ctx context.Context, nc *nats.Conn) ([]picture.Waiting, error) {
	return whole[picture.Waiting](ctx, nc, subjectWaiting)
}

// Tasks asks what only a person can do, the oldest first.
func Tasks(ctx context.Context, nc *nats.Conn) ([]picture.CaseTask, error) {
	return whole[picture.CaseTask](ctx, nc, subjectTasks)
}

// whole asks for every page of a list; it is never nil.
func whole[T any](ctx context.Context, nc *nats.Conn, subject string) ([]T, error) {
	all := []T{}
	for from := 0; ; {
		var a listAnswer[T]
		if err := put(ctx, nc, subject, listQuestion{From: from}, &a); err != nil {
			return nil, err
		}
		all = append(all, a.List...)
		if a.Next <= from {
			return all, nil
		}
		from = a.Next
	}
}

// Case asks for everything known of one case; picture.ErrUnknown if there is none.
func Case(ctx context.Context, nc *nats.Conn, ref string) (view picture.CaseView, err error) {
	err = put(ctx, nc, subjectCase, caseQuestion{Case: ref}, &view)
	return view, err
}

func put(ctx context.Context, nc *nats.Conn, subject string, question, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	data, err := json.Marshal(question)
	if err != nil {
		return err
	}
	reply, err := nc.RequestWithContext(ctx, subject, data)
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, context.DeadlineExceeded) {
		return ErrNobody
	}
	if err != nil {
		return fmt.Errorf("ask the running Hearback: %w", err)
	}
	switch reply.Header.Get(micro.ErrorCodeHeader) {
	case "":
	case "404":
		return picture.ErrUnknown
	default:
		return fmt.Errorf("the running Hearback answered: %s", reply.Header.Get(micro.ErrorHeader))
	}
	z, err := gzip.NewReader(bytes.NewReader(reply.Data))
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return json.Unmarshal(plain, into)
}
