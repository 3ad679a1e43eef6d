package app

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"

	"hearback/events/nearest"
)

// Prefix stands before every setting's name in the environment.
const Prefix = "HEARBACK"

// Secret is a setting that is never printed.
type Secret string

// String keeps the secret out of logs, errors and doctor.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// LogValue keeps the secret out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Config is every setting, read from HEARBACK_* variables.
type Config struct {
	DataDir    string `split_words:"true" default:"./data" desc:"folder of the embedded stream and of captured messages"`
	NatsURL    string `envconfig:"NATS_URL" desc:"NATS servers to use; empty: the embedded server"`
	NatsCreds  string `envconfig:"NATS_CREDS" desc:"credentials file for NATS_URL"`
	NatsCA     string `envconfig:"NATS_CA" desc:"certificate authority file for NATS_URL"`
	NatsListen string `envconfig:"NATS_LISTEN" default:"127.0.0.1:4222" desc:"where the embedded server listens for services; off: nowhere"`
	NatsUsers  string `envconfig:"NATS_USERS" desc:"file of the embedded server's users and what each may publish"`
	Replicas   int    `desc:"servers that keep the stream; 0: 1 embedded, 3 otherwise"`
	HTTPListen string `envconfig:"HTTP_LISTEN" default:"127.0.0.1:8080" desc:"where health, metrics, the gateway and the console listen"`
	PublicURL  string `envconfig:"PUBLIC_URL" desc:"address under which the world reaches HTTP_LISTEN, such as https://hearback.council.example"`
	// LinkSecret signs the links in messages.
	LinkSecret Secret `split_words:"true" desc:"32 bytes in base64 that sign the links in emails; empty, or without PUBLIC_URL: emails have none"`

	// OIDCIssuer and what follows it let staff into the console.
	OIDCIssuer       string `envconfig:"OIDC_ISSUER" desc:"address of the identity provider that staff sign in with, as it names itself, such as https://login.microsoftonline.com/TENANT/v2.0; empty: the console is closed"`
	OIDCClientID     string `envconfig:"OIDC_CLIENT_ID" desc:"id under which the identity provider knows Hearback"`
	OIDCClientSecret Secret `envconfig:"OIDC_CLIENT_SECRET" desc:"client secret that goes with it"`
	OIDCScopes       string `envconfig:"OIDC_SCOPES" default:"openid profile email" desc:"scopes to ask for, with spaces between"`
	OIDCPersonClaims string `envconfig:"OIDC_PERSON_CLAIMS" default:"email,preferred_username,upn" desc:"claims that say who somebody is in the directory, the best first; leave out what people may change themselves; email counts where it is marked as verified"`
	OIDCRolesClaim   string `envconfig:"OIDC_ROLES_CLAIM" default:"roles" desc:"claim with the roles officer, manager and operator, given besides those of the directory"`
	OIDCTeamsClaim   string `envconfig:"OIDC_TEAMS_CLAIM" default:"teams" desc:"claim with the teams of those who have none in the directory"`
	SessionSecret    Secret `split_words:"true" desc:"32 bytes in base64 that encrypt the sessions of staff, the same on every replica"`
	TrustedProxies   string `split_words:"true" desc:"networks of the proxies before HTTP_LISTEN, such as 10.1.0.0/16, whose X-Forwarded-For says where somebody is; this machine is always one"`

	// IngestToken opens the HTTP gateway.
	IngestToken Secret `split_words:"true" desc:"bearer token of POST /v1/events; empty: the gateway is closed"`
	BookDir     string `split_words:"true" desc:"folder of the managers' book; empty: the built-in example book"`

	TwilioAccountSID string  `envconfig:"TWILIO_ACCOUNT_SID" desc:"Twilio account; empty: texts are captured"`
	TwilioAuthToken  Secret  `envconfig:"TWILIO_AUTH_TOKEN" desc:"Twilio's auth token"`
	TwilioFrom       string  `envconfig:"TWILIO_FROM" desc:"number, sender id or MG… messaging service that texts come from"`
	TwilioBaseURL    string  `envconfig:"TWILIO_BASE_URL" default:"https://api.twilio.com" desc:"where Twilio's API is"`
	SMSRate          float64 `envconfig:"SMS_RATE" default:"10" desc:"texts per second at most"`
	SMSWorkers       int     `envconfig:"SMS_WORKERS" default:"32" desc:"texts in flight at most"`

	NotifyAPIKey         Secret `envconfig:"NOTIFY_API_KEY" desc:"GOV.UK Notify's API key, for texts, letters or both; empty: not used"`
	NotifySMSTemplate    string `envconfig:"NOTIFY_SMS_TEMPLATE" desc:"id of the Notify template for texts, whose whole content is ((body))"`
	NotifySMSSender      string `envconfig:"NOTIFY_SMS_SENDER" desc:"id of a Notify text message sender; empty: the service's default"`
	NotifyLetterTemplate string `envconfig:"NOTIFY_LETTER_TEMPLATE" desc:"id of the Notify template for letters, with ((subject)) and ((body)); empty: letters are captured where no channel is set up, and else refused, so that a person is asked to phone"`
	// NotifyCallbackToken opens the doors for Notify's calls.
	NotifyCallbackToken Secret `envconfig:"NOTIFY_CALLBACK_TOKEN" desc:"bearer token of Notify's calls to /webhooks/notify/, the same as is entered there; empty: they are refused, and Notify is asked instead"`
	NotifyBaseURL       string `envconfig:"NOTIFY_BASE_URL" default:"https://api.notifications.service.gov.uk" desc:"where Notify's API is"`

	SMTPHost     string  `envconfig:"SMTP_HOST" desc:"mail server; empty: emails are captured"`
	SMTPPort     int     `envconfig:"SMTP_PORT" default:"587" desc:"its port"`
	SMTPUsername string  `envconfig:"SMTP_USERNAME" desc:"user name for it; empty: none is given"`
	SMTPPassword Secret  `envconfig:"SMTP_PASSWORD" desc:"password for it"`
	SMTPTLS      string  `envconfig:"SMTP_TLS" default:"starttls" desc:"starttls, implicit or none"`
	SMTPFrom     string  `envconfig:"SMTP_FROM" desc:"sender of emails, such as SEND team <send@council.example>"`
	EmailRate    float64 `split_words:"true" default:"20" desc:"emails per second at most"`
	EmailWorkers int     `split_words:"true" default:"8" desc:"emails in flight, and mail connections, at most"`

	DKIMDomain   string `envconfig:"DKIM_DOMAIN" desc:"domain that signs emails; empty: that of SMTP_FROM"`
	DKIMSelector string `envconfig:"DKIM_SELECTOR" desc:"selector under which the public key stands in DNS"`
	DKIMKeyFile  string `envconfig:"DKIM_KEY_FILE" desc:"file of the private key in PEM that signs emails; empty: they are not signed here"`

	MailInListen    string `split_words:"true" desc:"where bounces and families' emails are taken in by SMTP, passed on by the council's mail system; empty: nowhere"`
	MailInDomain    string `split_words:"true" desc:"domain of the addresses that bounces and answers come to; the mail system passes all of it on"`
	MailInAddresses string `split_words:"true" desc:"further addresses that families may write to, with commas between"`
	MailInAllow     string `split_words:"true" desc:"networks that may connect, such as 10.1.0.0/16; empty: this machine only"`
	MailInLMTP      bool   `envconfig:"MAIL_IN_LMTP" default:"false" desc:"true: LMTP instead of SMTP"`

	EncryptionKey Secret `split_words:"true" desc:"32 bytes in base64 that encrypt the embedded stream at rest"`
	HeartbeatURL  string `envconfig:"HEARTBEAT_URL" desc:"address to call every minute while all is well"`
	LogLevel      string `split_words:"true" default:"info" desc:"debug, info, warn or error"`
	LogFormat     string `split_words:"true" default:"text" desc:"text or json"`
}

// ReadConfig reads the settings from the environment. A variable that Hearback
// does not know is an error that names the nearest one it does.
func ReadConfig() (Config, error) {
	var c Config
	if err := unknownVariable(&c, os.Environ()); err != nil {
		return c, err
	}
	if err := envconfig.Process(Prefix, &c); err != nil {
		if wrong, ok := errors.AsType[*envconfig.ParseError](err); ok {
			kind := wrong.TypeName
			switch kind {
			case "int":
				kind = "whole number, such as 10"
			case "float64":
				kind = "number, such as 10 or 0.5"
			case "bool":
				kind = "true or false: write one of them"
			}
			return c, fmt.Errorf("%s is not a %s; correct it or remove it", wrong.KeyName, kind)
		}
		return c, err
	}
	return c, c.validate()
}

// Setting describes one setting for help and documentation.
type Setting struct{ Name, Default, Description string }

// Settings lists every setting in the order of Config.
func Settings() []Setting { return settings() }

func unknownVariable(c *Config, environ []string) error {
	names := make([]string, 0, 40)
	for _, s := range settings() {
		names = append(names, s.Name)
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, Prefix+"_") || slices.Contains(names, name) {
			continue
		}
		return fmt.Errorf("there is no setting %s; did you mean %s? Correct its name or remove it", name, nearest.Within(name, names, len(name)))
	}
	_ = c
	return nil
}

func (c Config) validate() error {
	var errs []error
	fault := func(name, format string, args ...any) {
		errs = append(errs, fmt.Errorf(Prefix+"_"+name+" "+format, args...))
	}
	oneOf := func(name, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			fault(name, "must be one of %s", strings.Join(allowed, ", "))
		}
	}
	oneOf("LOG_LEVEL", c.LogLevel, "debug", "info", "warn", "error")
	oneOf("LOG_FORMAT", c.LogFormat, "text", "json")
	oneOf("SMTP_TLS", c.SMTPTLS, "starttls", "implicit", "none")
	if c.NatsListen != "off" {
		if _, _, err := net.SplitHostPort(c.NatsListen); err != nil {
			fault("NATS_LISTEN", "must be host:port or off")
		}
	}
	if _, _, err := net.SplitHostPort(c.HTTPListen); err != nil {
		fault("HTTP_LISTEN", "must be host:port, such as 127.0.0.1:8080")
	}
	for name, value := range map[string]string{"PUBLIC_URL": c.PublicURL, "TWILIO_BASE_URL": c.TwilioBaseURL, "HEARTBEAT_URL": c.HeartbeatURL} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
			fault(name, "must be a full address that begins with https://")
		}
	}
	if (c.TwilioAccountSID == "") != (c.TwilioAuthToken == "") || c.TwilioAccountSID != "" && c.TwilioFrom == "" {
		fault("TWILIO_ACCOUNT_SID", "goes with TWILIO_AUTH_TOKEN and TWILIO_FROM: set all three, or none to capture texts")
	}
	if (c.NotifyAPIKey == "") != (c.NotifySMSTemplate == "" && c.NotifyLetterTemplate == "") {
		fault("NOTIFY_API_KEY", "goes with NOTIFY_SMS_TEMPLATE, NOTIFY_LETTER_TEMPLATE or both: set the key and a template, or none of them")
	}
	if c.NotifySMSTemplate != "" && c.TwilioAccountSID != "" {
		fault("NOTIFY_SMS_TEMPLATE", "and TWILIO_ACCOUNT_SID are both set: choose one provider of texts")
	}
	if token := string(c.NotifyCallbackToken); token != "" && (len(token) < 16 || strings.ContainsFunc(token, notInAToken)) {
		fault("NOTIFY_CALLBACK_TOKEN", "must be at least 16 letters, digits and signs without spaces: make one with `openssl rand -hex 32`, and enter the same in GOV.UK Notify under API integration, Callbacks")
	}
	if c.SMTPHost != "" {
		if _, err := mail.ParseAddress(c.SMTPFrom); err != nil {
			fault("SMTP_FROM", "must be an email address when SMTP_HOST is set, such as SEND team <send@council.example>")
		}
	}
	if (c.DKIMDomain != "" || c.DKIMSelector != "") && c.DKIMKeyFile == "" {
		fault("DKIM_KEY_FILE", "is missing: set it, or take DKIM_DOMAIN and DKIM_SELECTOR away, so that emails are not left unsigned in silence")
	}
	if c.SMTPPort < 1 || c.SMTPPort > 65535 {
		fault("SMTP_PORT", "must be between 1 and 65535")
	}
	if c.SMSRate < 0 || c.EmailRate < 0 {
		fault("SMS_RATE", "and EMAIL_RATE must not be below 0 (0: no limit)")
	}
	if c.SMSWorkers < 1 || c.EmailWorkers < 1 {
		fault("EMAIL_WORKERS", "and SMS_WORKERS must be at least 1")
	}
	if c.Replicas < 0 || c.Replicas > 5 {
		fault("REPLICAS", "must be between 1 and 5")
	}
	if _, err := c.key(); err != nil {
		errs = append(errs, err)
	}
	if _, _, err := c.signIn(); err != nil {
		errs = append(errs, err)
	}
	if _, err := c.linkKeys(); err != nil {
		errs = append(errs, err)
	} else if _, _, err := c.mailIn(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// notInAToken are the characters that a header may not hold or may change.
func notInAToken(r rune) bool { return r <= ' ' || r > '~' }

func (c Config) key() ([]byte, error) {
	if c.EncryptionKey == "" {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(string(c.EncryptionKey))
	if err != nil || len(key) != 32 {
		return nil, errors.New(Prefix + "_ENCRYPTION_KEY must be 32 bytes in base64: make one with `openssl rand -base64 32`")
	}
	return key, nil
}

// domain is the right-hand side of our Message-IDs.
func (c Config) domain() string {
	if a, err := mail.ParseAddress(c.SMTPFrom); err == nil {
		return a.Address[strings.LastIndexByte(a.Address, '@')+1:]
	}
	return "hearback.example"
}

// doubtFor is how long after a takeover the provider's list is believed. A
// leader that lost its lease may still be waiting for the reply to a hand-over
// that it began while it held it; one whose process is gone cannot.
func (c Config) doubtFor() time.Duration {
	if c.NatsURL == "" {
		return listingLag
	}
	return listingLag + replyTimeout
}

// Logger makes the log that the settings ask for.
func (c Config) Logger(to *os.File) *slog.Logger {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}
	options := &slog.HandlerOptions{Level: levels[c.LogLevel]}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// Times that are not settings.
const (
	// leaseTerm is how long a leader may be silent before a standby takes over.
	leaseTerm = 5 * time.Second
	// listingLag is how long Twilio's list may lag behind what it accepted.
	listingLag = 3 * time.Second
	// replyTimeout bounds one hand-over.
	replyTimeout = 10 * time.Second
)
