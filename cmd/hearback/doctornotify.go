package main

import (
	"context"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
)

const notifyPatience = 10 * time.Second

// notify tests GOV.UK Notify with the look-up that Hearback itself makes after a
// crash. It sends nothing. Whether the template is the right one only a message shows.
func (d *doctor) notify(ctx context.Context, what string, sender channel.Finder, err error) {
	if err != nil {
		d.fail(what, err.Error(), "correct the HEARBACK_NOTIFY_ settings")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, notifyPatience)
	defer cancel()
	if _, err := sender.Find(ctx, time.Time{}, channel.Message{ID: "doctor"}); err != nil {
		d.fail(what, channel.FailureOf(err).Reason, "check HEARBACK_NOTIFY_API_KEY, HEARBACK_NOTIFY_BASE_URL and any proxy")
		return
	}
	d.ok(what, "GOV.UK Notify takes the key; nothing was sent")
}

func (d *doctor) notifyTexts(ctx context.Context) {
	c := d.config
	sender, err := notify.New(notify.Config{APIKey: string(c.NotifyAPIKey), Template: c.NotifySMSTemplate, SenderID: c.NotifySMSSender, BaseURL: c.NotifyBaseURL})
	d.notify(ctx, "texts", sender, err)
}

// letters tests the lane of letters.
func (d *doctor) letters(ctx context.Context) {
	c := d.config
	switch {
	case c.NotifyLetterTemplate != "":
		sender, err := notify.NewLetters(notify.Config{APIKey: string(c.NotifyAPIKey), Template: c.NotifyLetterTemplate, BaseURL: c.NotifyBaseURL})
		d.notify(ctx, "letters", sender, err)
	case c.TwilioAccountSID != "" || c.NotifyAPIKey != "" || c.SMTPHost != "":
		d.warn("letters", "they are not set up, so a family that nothing else reaches is phoned by a person", "set HEARBACK_NOTIFY_API_KEY and HEARBACK_NOTIFY_LETTER_TEMPLATE to post them")
	default:
		d.warn("letters", "they are captured, not sent", "set HEARBACK_NOTIFY_API_KEY and HEARBACK_NOTIFY_LETTER_TEMPLATE to post them")
	}
}
