package sms

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	twilio "github.com/twilio/twilio-go/client"
)

// bodyLimit bounds what we read of one reply. A page of 100 texts is about
// 100 KB.
const bodyLimit = 4 << 20

// errTimeout is the cause of a request that took longer than Config.Timeout.
var errTimeout = errors.New("the request took too long")

// call is twilio-go's client for one request. It carries the context that the
// library does not, keeps what the library throws away (the status and
// Retry-After), reads every body to its end and closes it, so that connections
// are used again and none is left open.
type call struct {
	sender *Sender
	ctx    context.Context

	// written is set once the request's headers have gone out. Before that
	// Twilio cannot have accepted anything. The transport sets it from a
	// goroutine of its own.
	written atomic.Bool

	// status is zero until a reply has come.
	status int
	header http.Header
	body   []byte
}

var _ twilio.BaseClient = (*call)(nil)

// AccountSid implements client.BaseClient.
func (c *call) AccountSid() string { return c.sender.accountSID }

// SetTimeout implements client.BaseClient. The context bounds the call.
func (c *call) SetTimeout(time.Duration) {}

// SetOauth implements client.BaseClient. We use the account's own token.
func (c *call) SetOauth(twilio.OAuth) {}

// OAuth implements client.BaseClient.
func (c *call) OAuth() twilio.OAuth { return nil }

// SendRequest implements client.BaseClient. It returns a response only for a
// reply with a 2xx status; for everything else the error is errRefused or the
// transport's, and what came of the reply is in c. A 2xx reply that was cut is
// returned as far as it came: its JSON does not end, so the library fails on it.
//
// The query is encoded as it stands: the library's client cuts ".123" out of
// it, page tokens included.
func (c *call) SendRequest(method, rawURL string, data url.Values, headers map[string]any, _ ...byte) (*http.Response, error) {
	request, err := c.request(method, rawURL, data, headers)
	if err != nil {
		return nil, err
	}
	response, err := c.sender.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	c.status, c.header = response.StatusCode, response.Header
	c.body = readAll(response)
	if c.status < 200 || c.status > 299 {
		return nil, errRefused
	}
	response.Body = io.NopCloser(bytes.NewReader(c.body))
	return response, nil
}

// readAll reads a body to its end, to the limit, or as far as it comes. A body
// beyond the limit is an odd reply and is not drained; its connection goes with
// it.
func readAll(response *http.Response) []byte {
	var body bytes.Buffer
	if length := response.ContentLength; length > 0 && length < bodyLimit {
		// ReadFrom wants this much to spare to see the end.
		body.Grow(int(length) + bytes.MinRead)
	}
	// A body that was cut is no JSON, which shows later.
	_, _ = body.ReadFrom(io.LimitReader(response.Body, bodyLimit))
	return body.Bytes()
}

// errRefused tells failure to look at the reply.
var errRefused = errors.New("the provider refused")

func (c *call) request(method, rawURL string, data url.Values, headers map[string]any) (*http.Request, error) {
	address, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("the address of the request is not valid")
	}
	address.Scheme, address.Host = c.sender.base.Scheme, c.sender.base.Host
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(data.Encode())
	} else if len(data) > 0 {
		address.RawQuery = data.Encode()
	}
	trace := &httptrace.ClientTrace{WroteHeaders: func() { c.written.Store(true) }}
	// The address is set afterwards: it has been parsed already.
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(c.ctx, trace), method, "", body)
	if err != nil {
		return nil, errors.New("the request is not valid")
	}
	request.URL, request.Host = address, address.Host
	request.Header = http.Header{
		"Accept":        {"application/json"},
		"Authorization": {c.sender.authorization},
		"User-Agent":    {"hearback"},
	}
	for name, value := range headers {
		if text, ok := value.(string); ok {
			request.Header.Set(name, text)
		}
	}
	return request, nil
}
