// Package sms hands texts to Twilio's Programmable Messaging API (version
// 2010-04-01) and asks it what it accepted.
//
// The requests are made by twilio-go, and sent by a small client of our own
// (see call), because the library's client takes no context, loses the HTTP
// status and Retry-After, and leaves the bodies of errors open.
//
// Twilio has no idempotency key: the same request made twice is two texts. So
// every outcome that leaves room for doubt is sorted as channel.Unknown, and
// Find tells whether the text was accepted.
package sms

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/notifier/channel"

	twilio "github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

const (
	defaultBaseURL = "https://api.twilio.com"

	// defaultTimeout is long enough for Twilio on a bad day (it answers in
	// well under a second) and short enough that an outage is seen as one.
	defaultTimeout = 20 * time.Second

	// idleConnections are kept open to the one host that we call. At a tenth
	// of a second for each request, 256 connections carry 2,560 texts per
	// second, far above any account's rate; net/http's default of two would
	// open and close a connection for nearly every text.
	idleConnections = 256
)

// Config says how to reach Twilio. AccountSID, AuthToken and From are needed.
type Config struct {
	AccountSID, AuthToken string

	// From is a number in E.164 form, an alphanumeric sender id, or the SID of
	// a messaging service ("MG…"), which then chooses the sender.
	From string

	// BaseURL replaces the scheme and the host of Twilio's address,
	// https://api.twilio.com if empty. It has no path of its own.
	BaseURL string

	// StatusCallback is where Twilio reports what became of a text: each text adds
	// its ID to it as the query's message, so that a report finds its message even
	// where Twilio's answer to the request was lost. If it is empty, the settings
	// of the messaging service hold.
	StatusCallback string

	// Timeout bounds one request, 20 seconds if zero. The context of a call
	// may end it sooner.
	Timeout time.Duration

	// HTTPClient is copied, and the copy follows no redirect: a redirected
	// request would carry the family's number to wherever it points. If it is
	// nil, a client of our own keeps up to 256 idle connections.
	HTTPClient *http.Client
}

// Sender hands texts to Twilio. It is safe for many goroutines.
type Sender struct {
	accountSID     string
	authorization  string
	from, service  string
	statusCallback string
	base           *url.URL
	timeout        time.Duration
	client         *http.Client
}

var (
	_ channel.Sender   = (*Sender)(nil)
	_ channel.Finder   = (*Sender)(nil)
	_ channel.Reporter = (*Sender)(nil)
)

// New checks the settings and makes a Sender. It calls nobody.
func New(config Config) (*Sender, error) {
	base, err := baseURL(config.BaseURL)
	faults := []error{err}
	if config.AccountSID == "" || strings.ContainsAny(config.AccountSID, "/?# \t\r\n") {
		faults = append(faults, errors.New("TWILIO_ACCOUNT_SID must be the account's SID (AC…); copy it from the Twilio console"))
	}
	if config.AuthToken == "" {
		faults = append(faults, errors.New("TWILIO_AUTH_TOKEN is empty; copy the account's auth token from the Twilio console"))
	}
	if strings.TrimSpace(config.From) == "" {
		faults = append(faults, errors.New("TWILIO_FROM is empty; set a number, a sender id or a messaging service (MG…)"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	sender := &Sender{
		accountSID:     config.AccountSID,
		authorization:  "Basic " + base64.StdEncoding.EncodeToString([]byte(config.AccountSID+":"+config.AuthToken)),
		statusCallback: config.StatusCallback,
		base:           base,
		timeout:        cmp.Or(config.Timeout, defaultTimeout),
		client:         ownClient(config.HTTPClient),
	}
	if isMessagingService(config.From) {
		sender.service = config.From
	} else {
		sender.from = config.From
	}
	return sender, nil
}

// isMessagingService tells "MG" and 32 hexadecimal digits from a sender id
// such as "MGCouncil", which is at most 11 characters long.
func isMessagingService(from string) bool {
	return len(from) > 11 && strings.HasPrefix(from, "MG")
}

func baseURL(raw string) (*url.URL, error) {
	base, err := url.Parse(cmp.Or(raw, defaultBaseURL))
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") ||
		strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.User != nil {
		// The value is left out: a mistyped address may hold a password.
		return nil, fmt.Errorf("TWILIO_BASE_URL must be a scheme and a host only, such as %s", defaultBaseURL)
	}
	return base, nil
}

// ownClient gives a client that follows no redirect.
func ownClient(given *http.Client) *http.Client {
	var client http.Client
	if given != nil {
		client = *given
	} else {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConns = idleConnections
		transport.MaxIdleConnsPerHost = idleConnections
		client.Transport = transport
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// Close closes the idle connections. Calls under way go on.
func (s *Sender) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

// Send hands over one text: channel.Message's To and Text. The receipt holds
// the text's SID.
func (s *Sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	service, call, done := s.begin(ctx)
	defer done()
	message, err := service.CreateMessage(s.createParams(m))
	if err != nil {
		return channel.Receipt{}, call.failure()
	}
	if message.Sid == nil || *message.Sid == "" {
		return channel.Receipt{}, oddAcceptance()
	}
	return channel.Receipt{ProviderID: *message.Sid}, nil
}

// begin makes the API service of one call, bound to its context. The request
// handler is made by hand: the library's constructor would read TWILIO_EDGE
// and TWILIO_REGION from the environment, which are no settings of ours.
func (s *Sender) begin(ctx context.Context) (*api.ApiService, *call, context.CancelFunc) {
	bounded, cancel := context.WithTimeoutCause(ctx, s.timeout, errTimeout)
	call := &call{sender: s, ctx: bounded}
	return api.NewApiService(&twilio.RequestHandler{Client: call}), call, cancel
}

func (s *Sender) createParams(m channel.Message) *api.CreateMessageParams {
	params := &api.CreateMessageParams{To: &m.To, Body: &m.Text}
	if s.service != "" {
		params.MessagingServiceSid = &s.service
	} else {
		params.From = &s.from
	}
	if s.statusCallback != "" {
		params.StatusCallback = new(s.statusCallback + "?message=" + url.QueryEscape(m.ID))
	}
	return params
}
