package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"hearback/notifier/app"
)

// The statuses of a finding. Only failed ones make the doctor's exit status 1.
const (
	statusOK   = "ok"
	statusWarn = "warn"
	statusFail = "fail"
)

// finding is what one test found, and what to do about it.
type finding struct {
	Status string `json:"status"`
	What   string `json:"what"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy,omitempty"`
}

// doctor tests what a Hearback with these settings needs. It sends no message
// and leaves everything as it was.
type doctor struct {
	config   app.Config
	findings []finding
	// found is called with each finding as it is made.
	found func(finding)
}

func doctorVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON array")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errUsage{"it takes no arguments; settings come from the environment"}
	}
	d := &doctor{findings: []finding{}, found: func(f finding) {
		if !*asJSON {
			fmt.Fprintln(io.out, f)
		}
	}}
	d.examine(ctx, time.Now)
	if *asJSON {
		if err := json.NewEncoder(io.out).Encode(d.findings); err != nil {
			return err
		}
	}
	for _, f := range d.findings {
		if f.Status == statusFail {
			return errSaid
		}
	}
	return nil
}

// examine makes every test, the simplest first.
func (d *doctor) examine(ctx context.Context, now func() time.Time) {
	var err error
	if d.config, err = app.ReadConfig(); err != nil {
		for line := range strings.Lines(err.Error()) {
			d.fail("settings", strings.TrimSpace(line), "then ask the doctor again")
		}
		d.warn("everything else", "not tested: it depends on the settings", "correct them first")
		return
	}
	d.settings()
	d.book(now())
	d.clock(now())
	d.dataFolder()
	d.nats(ctx)
	d.texts(ctx, now)
	d.mail(ctx)
	d.letters(ctx)
	d.staff(ctx)
}

func (d *doctor) ok(what, detail string) { d.add(statusOK, what, detail, "") }

func (d *doctor) warn(what, detail, remedy string) { d.add(statusWarn, what, detail, remedy) }

func (d *doctor) fail(what, detail, remedy string) { d.add(statusFail, what, detail, remedy) }

func (d *doctor) add(status, what, detail, remedy string) {
	f := finding{status, what, d.redact(oneLine(detail)), d.redact(oneLine(remedy))}
	d.findings = append(d.findings, f)
	d.found(f)
}

// String gives the finding on one line.
func (f finding) String() string {
	text := fmt.Sprintf("%-4s  %s: %s", f.Status, f.What, f.Detail)
	if f.Remedy != "" {
		text += "; " + f.Remedy
	}
	return text
}

// userInfo is the user and password in an address.
var userInfo = regexp.MustCompile(`//[^/\s@]*@`)

// redact takes out every secret of the settings, whoever put it into a text:
// libraries and servers quote what they were given.
func (d *doctor) redact(text string) string {
	c := d.config
	secrets := []app.Secret{c.IngestToken, c.LinkSecret, c.TwilioAuthToken, c.NotifyAPIKey, c.NotifyCallbackToken, c.SMTPPassword, c.EncryptionKey, c.OIDCClientSecret, c.SessionSecret}
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, string(s), "[redacted]")
		}
	}
	return userInfo.ReplaceAllString(text, "//[redacted]@")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// settings tests what the settings mean together.
func (d *doctor) settings() {
	c := d.config
	before := len(d.findings)
	texts, emails, letters := c.TwilioAccountSID != "" || c.NotifySMSTemplate != "", c.SMTPHost != "", c.NotifyLetterTemplate != ""
	if c.NotifyAPIKey != "" && c.NotifyCallbackToken == "" {
		d.warn("NOTIFY_CALLBACK_TOKEN", "it is not set, so GOV.UK Notify can pass on nothing that families text, and has to be asked what became of ours",
			"set HEARBACK_NOTIFY_CALLBACK_TOKEN, and enter it in Notify under API integration, Callbacks")
	}
	if c.TwilioAccountSID != "" && c.PublicURL == "" {
		d.warn("PUBLIC_URL", "it is not set, so Twilio cannot report what became of texts", "set HEARBACK_PUBLIC_URL to the address under which the world reaches this service")
	}
	if (texts || emails || letters) && c.BookDir == "" {
		d.warn("BOOK_DIR", "messages are sent, and the built-in example book names made-up officers", "set HEARBACK_BOOK_DIR, or put your own book in force with hearback publish-book")
	}
	if c.NatsURL != "" {
		for name, value := range map[string]string{"NATS_USERS": c.NatsUsers, "ENCRYPTION_KEY": string(c.EncryptionKey)} {
			if value != "" {
				d.warn(name, "it is for the embedded server and has no effect with NATS_URL", "set it on the NATS servers instead, and remove HEARBACK_"+name)
			}
		}
	} else {
		for name, set := range map[string]bool{"NATS_CREDS": c.NatsCreds != "", "NATS_CA": c.NatsCA != "", "REPLICAS": c.Replicas > 1} {
			if set {
				d.warn(name, "it has no effect without NATS_URL", "set HEARBACK_NATS_URL, or remove HEARBACK_"+name)
			}
		}
	}
	if emails && (c.SMTPUsername == "") != (c.SMTPPassword == "") {
		d.fail("SMTP_USERNAME", "it goes with SMTP_PASSWORD, and one of them is missing", "set both or neither")
	}
	if emails && c.SMTPTLS == "none" && !loopback(c.SMTPHost+":0") {
		d.warn("SMTP_TLS", "families' emails cross the network in the clear", "set HEARBACK_SMTP_TLS to starttls or implicit")
	}
	if len(d.findings) == before {
		d.ok("settings", "they are understood and agree with one another")
	}
}

// cause is the shortest true thing to say about an error of the network.
func cause(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "it did not answer in time"
	}
	if request, ok := errors.AsType[*url.Error](err); ok {
		err = request.Err // without the address, which names the account
	}
	return err.Error()
}
