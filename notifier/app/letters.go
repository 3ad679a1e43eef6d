package app

import (
	"context"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
)

// Letters are few, and wait for a printer until the evening.
const (
	letterRate    = 5
	letterWorkers = 2
)

// letters is the sender of letters, and what is heard of them afterwards. Where
// another channel really sends, letters that were only captured would be silence:
// they are refused instead, and the core asks a person to phone.
func (a *App) letters() (sender channel.Sender, awaits string, err error) {
	c := a.Config
	switch {
	case c.NotifyLetterTemplate != "":
		letters, err := notify.NewLetters(notify.Config{APIKey: string(c.NotifyAPIKey), Template: c.NotifyLetterTemplate, BaseURL: c.NotifyBaseURL})
		if err != nil {
			return nil, "", err
		}
		a.onClose("letters", func(context.Context) error { return letters.Close() })
		return letters, notifier.AwaitsReceipt, nil
	case c.TwilioAccountSID != "" || c.NotifyAPIKey != "" || c.SMTPHost != "":
		return noLetters{}, "", nil
	default:
		return a.capture(notifier.Letter), "", nil
	}
}

// noLetters refuses every letter for good.
type noLetters struct{}

// Send says that letters are not set up. The address is not to blame.
func (noLetters) Send(context.Context, channel.Message) (channel.Receipt, error) {
	return channel.Receipt{}, &channel.Failure{Verdict: channel.Never, Code: "no-letters", Blameless: true,
		Reason: "Letters are not set up here. The operator can set " + Prefix + "_NOTIFY_LETTER_TEMPLATE; until then a person must phone."}
}

// Find lists nothing: no letter was ever accepted.
func (noLetters) Find(context.Context, time.Time, channel.Message) ([]channel.Found, error) {
	return nil, nil
}

var _ channel.Finder = noLetters{}
