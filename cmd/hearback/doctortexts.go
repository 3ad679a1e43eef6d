package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearback/notifier/channel/sms"
)

const (
	textsPatience = 10 * time.Second
	// clockOff is how wrong the clock may be before somebody should mend it.
	clockOff = 2 * time.Second
)

// texts tests whoever sends the texts.
func (d *doctor) texts(ctx context.Context, now func() time.Time) {
	switch {
	case d.config.TwilioAccountSID != "":
		d.twilio(ctx, now)
	case d.config.NotifySMSTemplate != "":
		d.notifyTexts(ctx)
	default:
		d.warn("texts", "they are captured, not sent", "set HEARBACK_TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM to send them, or HEARBACK_NOTIFY_API_KEY and NOTIFY_SMS_TEMPLATE")
	}
}

// twilio tests the Twilio account with the look-up that Hearback itself makes
// after a crash. It sends no text, and reads no more than one.
func (d *doctor) twilio(ctx context.Context, now func() time.Time) {
	c := d.config
	sender, err := sms.New(sms.Config{AccountSID: c.TwilioAccountSID, AuthToken: string(c.TwilioAuthToken), From: c.TwilioFrom, BaseURL: c.TwilioBaseURL})
	if err != nil {
		d.fail("texts", err.Error(), "correct the HEARBACK_TWILIO_ settings")
		return
	}
	_ = sender.Close()
	began := now()
	status, code, date, err := d.askTwilio(ctx)
	ended := now()
	if err != nil {
		d.fail("texts", "Twilio cannot be reached at "+c.TwilioBaseURL+": "+cause(err), "check the network, any proxy, and HEARBACK_TWILIO_BASE_URL")
		return
	}
	d.judgeTwilio(status, code)
	d.judgeClock(began, ended, date)
}

// askTwilio lists one text. It gives the HTTP status, Twilio's own code (0 if it
// gave none) and its clock's time as it wrote it.
func (d *doctor) askTwilio(ctx context.Context) (status, code int, date string, err error) {
	ctx, cancel := context.WithTimeout(ctx, textsPatience)
	defer cancel()
	address := strings.TrimSuffix(d.config.TwilioBaseURL, "/") + "/2010-04-01/Accounts/" + url.PathEscape(d.config.TwilioAccountSID) + "/Messages.json?PageSize=1"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, 0, "", err
	}
	request.SetBasicAuth(d.config.TwilioAccountSID, string(d.config.TwilioAuthToken))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return 0, 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	var answer struct {
		Code     int             `json:"code"`
		Messages json.RawMessage `json:"messages"`
	}
	if json.Unmarshal(body, &answer) != nil || response.StatusCode == http.StatusOK && answer.Messages == nil {
		answer.Code = notTwilioCode
	}
	return response.StatusCode, answer.Code, response.Header.Get("Date"), nil
}

// notTwilioCode stands for an answer that Twilio would not give.
const notTwilioCode = -1

// judgeTwilio says what an answer means.
func (d *doctor) judgeTwilio(status, code int) {
	said := fmt.Sprintf("Twilio answers %d", status)
	if code > 0 {
		said += fmt.Sprintf(", code %d", code)
	}
	switch {
	case status == http.StatusOK && code == notTwilioCode, status >= 300 && status < 400, status < 500 && code == notTwilioCode:
		d.fail("texts", fmt.Sprintf("what answers (%d) does not look like Twilio", status), "check HEARBACK_TWILIO_BASE_URL and any proxy")
	case status == http.StatusOK:
		d.ok("texts", "Twilio takes the account and its token; no text was sent")
	case status == http.StatusUnauthorized:
		d.fail("texts", said+": it does not take the account and its token", "copy HEARBACK_TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from Twilio's console again")
	case status == http.StatusForbidden:
		d.fail("texts", said+": the account may not do this; it may be suspended", "look at the account in Twilio's console")
	case status == http.StatusNotFound:
		d.fail("texts", said+": it knows no such account", "correct HEARBACK_TWILIO_ACCOUNT_SID")
	case status == http.StatusTooManyRequests:
		d.warn("texts", said+": the account is asked too much at the moment", "try again in a minute")
	default:
		d.fail("texts", said, "see Twilio's status page, and try again")
	}
}

// judgeClock compares our clock with the Date of an answer (RFC 9110, 6.6.1),
// which is in whole seconds and was written between two readings of our clock.
func (d *doctor) judgeClock(began, ended time.Time, date string) {
	theirs, err := http.ParseTime(date)
	if err != nil {
		d.warn("clock", "Twilio's answer bears no time, so our clock was compared with nobody", "check that the machine keeps its time, such as by chrony")
		return
	}
	// Theirs lies between date and a second later; the least difference that
	// fits counts.
	var off time.Duration
	switch latest := theirs.Add(time.Second); {
	case ended.Before(theirs):
		off = ended.Sub(theirs)
	case began.After(latest):
		off = began.Sub(latest)
	}
	switch {
	case off > clockOff:
		d.warn("clock", fmt.Sprintf("it is at least %s ahead of Twilio's", off.Round(time.Second)), "let the machine keep its time, such as by chrony")
	case off < -clockOff:
		d.warn("clock", fmt.Sprintf("it is at least %s behind Twilio's", (-off).Round(time.Second)), "let the machine keep its time, such as by chrony")
	default:
		d.ok("clock", "it agrees with Twilio's within 2 seconds")
	}
}
