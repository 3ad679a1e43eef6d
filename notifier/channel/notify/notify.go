// Package notify hands texts and letters to GOV.UK Notify (its REST API, version
// 2), asks it what it accepted and what became of it, and reads its call-backs.
// The sources are Notify's documentation
// (https://docs.notifications.service.gov.uk/rest-api.html) and, where that is
// silent, its published code.
//
// Notify sends nothing but templates. The council makes two, once, under
// Templates in Notify, and copies their ids into the settings:
//
//   - a text message template whose whole content is ((body)), for
//     HEARBACK_NOTIFY_SMS_TEMPLATE;
//   - a letter template with the heading ((subject)) and the body ((body)), for
//     HEARBACK_NOTIFY_LETTER_TEMPLATE. Notify puts the address, ((address_line_1))
//     to ((address_line_7)), on every letter by itself.
//
// The words are then the book's alone, and one change of a template changes every
// message: add no other placeholder, or Notify refuses them all. Under Settings,
// "Start text messages with service name" is best switched off, because the
// book's words say who writes.
//
// The key is made under API integration and is a live one: with a key of the type
// team and guest list, or while the service is in trial mode, Notify refuses
// nearly everybody, and with a test key it sends nothing.
//
// Every message carries our id of it as Notify's reference, so a look-up before
// sending again is exact. Notify does not refuse a second message with the same
// reference, so whatever leaves room for doubt is sorted as channel.Unknown.
package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/notifier/channel"
)

const (
	defaultBaseURL = "https://api.notifications.service.gov.uk"

	// defaultTimeout is long enough for Notify on a bad day (it answers in well
	// under a second) and short enough that an outage is seen as one.
	defaultTimeout = 20 * time.Second

	// idleConnections are kept open to the one host that we call. At a tenth of
	// a second for each request, 64 connections carry 640 messages per second,
	// far above the 50 that Notify allows.
	idleConnections = 64
)

// Config says how to reach Notify. APIKey and Template are needed.
type Config struct {
	// APIKey is the key as Notify shows it once: name-serviceid-secret.
	APIKey string

	// Template is the id (a UUID) of the template described at the package's
	// head: that of texts for New, that of letters for NewLetters.
	Template string

	// SenderID is the id (a UUID) of one of the service's text message senders;
	// if it is empty, Notify uses the service's default. Letters have none.
	SenderID string

	// BaseURL replaces the scheme and the host of Notify's address,
	// https://api.notifications.service.gov.uk if empty. It has no path of its
	// own.
	BaseURL string

	// Timeout bounds one request, 20 seconds if zero. The context of a call may
	// end it sooner.
	Timeout time.Duration

	// HTTPClient is copied, and the copy follows no redirect: a redirected
	// request would carry the family's number to wherever it points. If it is
	// nil, a client of our own keeps up to 64 idle connections.
	HTTPClient *http.Client
}

// Sender hands texts to Notify. It is safe for many goroutines.
type Sender struct {
	service  *service
	senderID string
}

var (
	_ channel.Sender   = (*Sender)(nil)
	_ channel.Finder   = (*Sender)(nil)
	_ channel.Reporter = (*Sender)(nil)
)

// New checks the settings and makes a Sender. It calls nobody.
func New(config Config) (*Sender, error) {
	made, err := newService(config, texts)
	if config.SenderID != "" && !isUUID(config.SenderID) {
		err = errors.Join(err, errors.New("HEARBACK_NOTIFY_SMS_SENDER must be the id of a text message sender; copy it from Settings in GOV.UK Notify, or leave it out"))
	}
	if err != nil {
		return nil, err
	}
	return &Sender{service: made, senderID: config.SenderID}, nil
}

// Send hands over one text: channel.Message's To and Text, with its ID as the
// reference. The receipt holds Notify's id.
//
// A text that Notify cannot write, or that is longer than it takes, is not sent:
// the failure is never, with the code CodeScript, CodeTooLong or CodeEmpty.
func (s *Sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	body, failure := prepared(m.Text)
	if failure != nil {
		return channel.Receipt{}, failure
	}
	return s.service.create(ctx, request{
		PhoneNumber: m.To, SenderID: s.senderID, Template: s.service.template, Reference: m.ID,
		Values: map[string]string{"body": body},
	})
}

// Find asks Notify for the texts with the message's ID as their reference; see
// channel.Finder. Words and number are not compared: no other message of ours has
// the ID.
func (s *Sender) Find(ctx context.Context, since time.Time, m channel.Message) ([]channel.Found, error) {
	return s.service.find(ctx, since, m.ID)
}

// Report asks Notify what became of the text with that id.
func (s *Sender) Report(ctx context.Context, id string) (channel.Report, error) {
	return s.service.report(ctx, id)
}

// Close closes the idle connections. Calls under way go on.
func (s *Sender) Close() error { return s.service.close() }

// kind is what texts and letters differ in.
type kind struct {
	// name is Notify's word for it, in addresses and in replies.
	name string
	// noun is ours, for reasons.
	noun string
	// template is the setting that holds the template's id, and of is what it
	// must be.
	template, of string
	// address says what is wrong where Notify does not accept the recipient.
	address string
}

var (
	texts = kind{
		name: Text, noun: "text", template: "HEARBACK_NOTIFY_SMS_TEMPLATE", of: "a text message template with ((body)) and no other placeholder",
		address: "GOV.UK Notify says that this is not a mobile number that it can send texts to. Ask the family for the right one.",
	}
	letters = kind{
		name: Letter, noun: "letter", template: "HEARBACK_NOTIFY_LETTER_TEMPLATE", of: "a letter template with ((subject)), ((body)) and no other placeholder",
		address: "GOV.UK Notify does not accept this postal address. Ask the family for the right one: 3 to 7 lines, the last a UK postcode.",
	}
)

// service is one Notify service, reached with one key, for messages of one kind.
type service struct {
	kind     kind
	key      key
	template string
	base     *url.URL
	timeout  time.Duration
	client   *http.Client
}

func newService(config Config, k kind) (*service, error) {
	parsed, keyErr := parseKey(config.APIKey)
	base, baseErr := baseURL(config.BaseURL)
	var templateErr error
	if !isUUID(config.Template) {
		templateErr = fmt.Errorf("%s must be the id of %s; copy it from Templates in GOV.UK Notify", k.template, k.of)
	}
	if err := errors.Join(keyErr, templateErr, baseErr); err != nil {
		return nil, err
	}
	return &service{
		kind: k, key: parsed, template: config.Template, base: base,
		timeout: cmp.Or(config.Timeout, defaultTimeout), client: ownClient(config.HTTPClient),
	}, nil
}

func baseURL(raw string) (*url.URL, error) {
	base, err := url.Parse(cmp.Or(raw, defaultBaseURL))
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") ||
		strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.User != nil {
		// The value is left out: a mistyped address may hold a password.
		return nil, fmt.Errorf("HEARBACK_NOTIFY_BASE_URL must be a scheme and a host only, such as %s", defaultBaseURL)
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

func (s *service) close() error {
	s.client.CloseIdleConnections()
	return nil
}

// request is the body of a request to send.
type request struct {
	PhoneNumber string            `json:"phone_number,omitempty"`
	SenderID    string            `json:"sms_sender_id,omitempty"`
	Template    string            `json:"template_id"`
	Reference   string            `json:"reference,omitempty"`
	Values      map[string]string `json:"personalisation"`
}

// create makes one attempt to hand over a message.
func (s *service) create(ctx context.Context, r request) (channel.Receipt, error) {
	body, err := json.Marshal(r)
	if err != nil {
		// Strings always marshal; this is for the day when the request holds more.
		return channel.Receipt{}, &channel.Failure{Verdict: channel.Never, Code: "request",
			Reason: "The message cannot be written as JSON. The operator should report it as a fault in Hearback."}
	}
	reply := s.call(ctx, http.MethodPost, "/v2/notifications/"+s.kind.name, nil, body)
	if reply.status != http.StatusCreated {
		return channel.Receipt{}, reply.failure(s.kind)
	}
	var accepted struct {
		ID        string  `json:"id"`
		Reference *string `json:"reference"`
	}
	if json.Unmarshal(reply.body, &accepted) != nil || !isUUID(accepted.ID) ||
		accepted.Reference != nil && *accepted.Reference != r.Reference {
		odd := oddAcceptance(s.kind)
		odd.Err = reply.ended
		return channel.Receipt{}, odd
	}
	return channel.Receipt{ProviderID: accepted.ID}, nil
}
