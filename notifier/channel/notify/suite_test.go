package notify_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/standin"
)

const (
	serviceID  = "11111111-2222-4333-8444-555555555555"
	secret     = "66666666-7777-4888-9999-aaaaaaaaaaaa"
	apiKey     = "made-up key-" + serviceID + "-" + secret
	templateID = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"

	// kept is how many idle connections the tests' transport may keep. It may
	// have more than there are callers: a connection that was dialled for one
	// who then got another one's is kept too.
	kept = 64
)

// message is a text. Its numbers leave out those that Notify keeps for trials.
func message(number int) channel.Message {
	return channel.Message{
		ID:   fmt.Sprintf("H-1-%d", number),
		To:   fmt.Sprintf("+447700900%03d", 500+number%500),
		Text: fmt.Sprintf("We have your message number %d. Jo will reply by 5pm on Mon 30 Nov.", number),
	}
}

func letter(number int) channel.Message {
	return channel.Message{
		ID:      fmt.Sprintf("H-2-%d", number),
		To:      fmt.Sprintf("Sam Taylor\n%d High Street\nHitchin\nSG5 1AA", number+1),
		Subject: "We have your message",
		Text:    "Jo will reply by 5pm on Mon 30 Nov.",
	}
}

// sender is what texts and letters have in common.
type sender interface {
	channel.Sender
	channel.Finder
	channel.Reporter
	Close() error
}

func newTexts(t testing.TB, config notify.Config) sender {
	t.Helper()
	config.APIKey, config.Template = apiKey, templateID
	made, err := notify.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func newLetters(t testing.TB, config notify.Config) sender {
	t.Helper()
	config.APIKey, config.Template = apiKey, templateID
	made, err := notify.NewLetters(config)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

type maker func(testing.TB, notify.Config) sender

// overPipes puts a channel in front of a stand-in's handler, on a network in
// memory.
func overPipes(t *testing.T, with maker, network *channeltest.Network, handler http.Handler) (made sender, closeAll func()) {
	t.Helper()
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(network) }()
	made = with(t, notify.Config{
		BaseURL:    "http://notify.example",
		HTTPClient: &http.Client{Transport: &http.Transport{DialContext: network.DialContext, MaxIdleConnsPerHost: kept}},
	})
	return made, func() {
		_ = made.Close()
		_ = server.Close()
	}
}

func failing(with maker, faults standin.NotifyFaults) func(t *testing.T) channeltest.Provider {
	return func(t *testing.T) channeltest.Provider {
		t.Helper()
		network, provider := channeltest.NewNetwork(), standin.NewNotify(apiKey, faults)
		made, closeAll := overPipes(t, with, network, provider)
		after := faults.RetryAfter
		if after == 0 {
			after = time.Minute // Notify names none, and counts a rolling minute
		}
		return channeltest.Provider{
			Sender:   made,
			Accepted: func() int { return provider.Counts().Accepted },
			Open:     network.Open,
			Close:    closeAll,
			After:    after,
			Keeps:    kept,
		}
	}
}

func TestSuite(t *testing.T) {
	for name, test := range map[string]struct {
		with    maker
		message func(int) channel.Message
	}{
		"texts": {newTexts, message}, "letters": {newLetters, letter},
	} {
		t.Run(name, func(t *testing.T) {
			failing := func(faults standin.NotifyFaults) func(t *testing.T) channeltest.Provider {
				return failing(test.with, faults)
			}
			channeltest.Run(t, channeltest.Suite{
				Providers: map[channeltest.Condition]func(t *testing.T) channeltest.Provider{
					channeltest.Accepts:        failing(standin.NotifyFaults{}),
					channeltest.Cancelled:      failing(standin.NotifyFaults{}),
					channeltest.RefusesForGood: failing(standin.NotifyFaults{Permanent: 1}),
					channeltest.Throttles:      failing(standin.NotifyFaults{Throttled: 1}),
					channeltest.Fails:          failing(standin.NotifyFaults{Temporary: 1}),
					channeltest.FailsWithPage:  failing(standin.NotifyFaults{HTML: 1}),
					channeltest.ResetsBefore:   failing(standin.NotifyFaults{ResetBefore: 1}),
					channeltest.ResetsAfter:    failing(standin.NotifyFaults{ResetAfter: 1}),
					channeltest.CutsReply:      failing(standin.NotifyFaults{Truncated: 1}),
					channeltest.Hangs:          failing(standin.NotifyFaults{Hang: 1}),
					channeltest.HangsAfter:     failing(standin.NotifyFaults{HangAfter: 1}),
					channeltest.AnswersOddly:   failing(standin.NotifyFaults{Odd: 1}),
					channeltest.RefusesUs:      failing(standin.NotifyFaults{ClockAhead: time.Hour}),
					channeltest.Unreachable:    unreachable(test.with),
					channeltest.FailsManyTimes: failing(standin.NotifyFaults{
						Seed: 1, Permanent: 0.1, Temporary: 0.2, HTML: 0.3, Throttled: 0.1,
						ResetBefore: 0.1, ResetAfter: 0.1, Truncated: 0.1, Odd: 0.1,
					}),
				},
				Message: test.message,
				Secrets: []string{apiKey, secret, serviceID, templateID},
			})
		})
	}
}

func unreachable(with maker) func(t *testing.T) channeltest.Provider {
	return func(t *testing.T) channeltest.Provider {
		t.Helper()
		network := channeltest.NewNetwork()
		_ = network.Close()
		made, closeAll := overPipes(t, with, network, http.NotFoundHandler())
		return channeltest.Provider{Sender: made, Accepted: func() int { return 0 }, Open: network.Open, Close: closeAll}
	}
}

func TestNewNamesEverySettingThatIsWrong(t *testing.T) {
	wrong := notify.Config{APIKey: "hush-hush", Template: "hush-hush", SenderID: "hush-hush", BaseURL: "ftp://user:hush-hush@notify.example/path"}
	for name, made := range map[string]struct {
		new   func() error
		names []string
	}{
		"texts": {
			func() error { _, err := notify.New(wrong); return err },
			[]string{"HEARBACK_NOTIFY_API_KEY", "HEARBACK_NOTIFY_SMS_TEMPLATE", "HEARBACK_NOTIFY_SMS_SENDER", "HEARBACK_NOTIFY_BASE_URL"},
		},
		"letters": {
			func() error { _, err := notify.NewLetters(wrong); return err },
			[]string{"HEARBACK_NOTIFY_API_KEY", "HEARBACK_NOTIFY_LETTER_TEMPLATE", "HEARBACK_NOTIFY_BASE_URL"},
		},
	} {
		err := made.new()
		if err == nil {
			t.Fatalf("%s: made with settings that are all wrong", name)
		}
		for _, setting := range made.names {
			if !strings.Contains(err.Error(), setting) {
				t.Errorf("%s: %q does not name %s", name, err, setting)
			}
		}
		if strings.Contains(err.Error(), "hush-hush") {
			t.Errorf("%s: %q holds what was set", name, err)
		}
	}
}
