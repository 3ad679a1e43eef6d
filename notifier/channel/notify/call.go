package notify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"hearback/notifier/channel"
)

// bodyLimit bounds what we read of one reply. A page of 250 messages is about
// 600 KB.
const bodyLimit = 4 << 20

// errTimeout is the cause of a request that took longer than Config.Timeout.
var errTimeout = errors.New("the request took too long")

// reply is what came of one request.
type reply struct {
	// status is zero where no reply came.
	status int
	header http.Header
	body   []byte

	// written: the request's headers have gone out. Before that Notify cannot
	// have accepted anything.
	written bool
	// at is when the reply came, by our clock.
	at time.Time
	// ended says why the context ended, if it has.
	ended error
}

// call makes one request. It reads the body to its end and closes it, so that the
// connection is used again and none is left open. The transport's errors are
// dropped: their words may hold a reference, and only the end of a context is
// worth telling apart.
func (s *service) call(ctx context.Context, method, path string, query url.Values, body []byte) reply {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeout)
	defer cancel()
	var written atomic.Bool // set by a goroutine of the transport
	trace := &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }}
	address := *s.base
	address.Path, address.RawQuery = path, query.Encode()
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), method, address.String(), bytes.NewReader(body))
	if err != nil {
		return reply{at: time.Now(), ended: channel.Ended(ctx)}
	}
	request.Header = http.Header{
		"Accept":        {"application/json"},
		"Authorization": {"Bearer " + s.key.token(time.Now())},
		"User-Agent":    {"hearback"},
	}
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := s.client.Do(request)
	if err != nil {
		return reply{written: written.Load(), at: time.Now(), ended: channel.Ended(ctx)}
	}
	defer func() { _ = response.Body.Close() }()
	came := reply{status: response.StatusCode, header: response.Header, written: true, at: time.Now()}
	came.body = readAll(response)
	came.ended = channel.Ended(ctx)
	return came
}

// readAll reads a body to its end, to the limit, or as far as it comes. What was
// cut is no JSON, which shows later. A body beyond the limit is an odd reply and
// is not drained; its connection goes with it.
func readAll(response *http.Response) []byte {
	var body bytes.Buffer
	_, _ = body.ReadFrom(io.LimitReader(response.Body, bodyLimit))
	return body.Bytes()
}
