package sms_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/sms"
	"hearback/notifier/channel/standin"
)

const (
	accountSID = "AC00000000000000000000000000000000"
	authToken  = "not-a-real-token-7f3a9c"

	// kept is how many idle connections the tests' transport may keep. It may
	// have more than there are callers: a connection that was dialled for one
	// who then got another one's is kept too.
	kept = 64
)

func message(number int) channel.Message {
	return channel.Message{
		ID:   fmt.Sprintf("m%d", number),
		To:   fmt.Sprintf("+447700900%03d", number),
		Text: fmt.Sprintf("We have your message number %d. Jo will reply by 5pm on Mon 30 Nov.", number),
	}
}

// overPipes puts a channel in front of a stand-in's handler, on a network in
// memory.
func overPipes(t *testing.T, network *channeltest.Network, handler http.Handler) (sender *sms.Sender, closeAll func()) {
	t.Helper()
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(network) }()
	sender, err := sms.New(sms.Config{
		AccountSID: accountSID, AuthToken: authToken, From: "HertsSEND",
		BaseURL:    "http://twilio.example",
		HTTPClient: &http.Client{Transport: &http.Transport{DialContext: network.DialContext, MaxIdleConnsPerHost: kept}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return sender, func() {
		_ = sender.Close()
		_ = server.Close()
	}
}

func failing(faults standin.TwilioFaults) func(t *testing.T) channeltest.Provider {
	return func(t *testing.T) channeltest.Provider {
		t.Helper()
		network, twilio := channeltest.NewNetwork(), standin.NewTwilio(faults)
		sender, closeAll := overPipes(t, network, twilio)
		return channeltest.Provider{
			Sender:   sender,
			Accepted: func() int { return twilio.Counts().Accepted },
			Open:     network.Open,
			Close:    closeAll,
			After:    faults.RetryAfter,
			Keeps:    kept,
		}
	}
}

func TestSuite(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Providers: map[channeltest.Condition]func(t *testing.T) channeltest.Provider{
			channeltest.Accepts:        failing(standin.TwilioFaults{}),
			channeltest.Cancelled:      failing(standin.TwilioFaults{}),
			channeltest.RefusesForGood: failing(standin.TwilioFaults{Permanent: 1}),
			channeltest.Throttles:      failing(standin.TwilioFaults{Throttled: 1, RetryAfter: 30 * time.Second}),
			channeltest.Fails:          failing(standin.TwilioFaults{Temporary: 1}),
			channeltest.FailsWithPage:  failing(standin.TwilioFaults{HTML: 1}),
			channeltest.ResetsBefore:   failing(standin.TwilioFaults{ResetBefore: 1}),
			channeltest.ResetsAfter:    failing(standin.TwilioFaults{ResetAfter: 1}),
			channeltest.CutsReply:      failing(standin.TwilioFaults{Truncated: 1}),
			channeltest.Hangs:          failing(standin.TwilioFaults{Hang: 1}),
			channeltest.HangsAfter:     failing(standin.TwilioFaults{HangAfter: 1}),
			channeltest.AnswersOddly:   failing(standin.TwilioFaults{Odd: 1}),
			channeltest.RefusesUs:      refusingUs,
			channeltest.Unreachable:    unreachable,
			channeltest.FailsManyTimes: failing(standin.TwilioFaults{
				Seed: 1, Permanent: 0.1, Temporary: 0.2, HTML: 0.3, Throttled: 0.1,
				ResetBefore: 0.1, ResetAfter: 0.1, Truncated: 0.1, Odd: 0.1,
			}),
		},
		Message: message,
		Secrets: []string{authToken},
	})
}

func refusingUs(t *testing.T) channeltest.Provider {
	t.Helper()
	network := channeltest.NewNetwork()
	sender, closeAll := overPipes(t, network, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"code": 20003, "message": "Authenticate", "status": 401}`))
	}))
	return channeltest.Provider{Sender: sender, Accepted: none, Open: network.Open, Close: closeAll}
}

func unreachable(t *testing.T) channeltest.Provider {
	t.Helper()
	network := channeltest.NewNetwork()
	_ = network.Close()
	sender, closeAll := overPipes(t, network, http.NotFoundHandler())
	return channeltest.Provider{Sender: sender, Accepted: none, Open: network.Open, Close: closeAll}
}

func none() int { return 0 }

func TestNewNamesEverySettingThatIsWrong(t *testing.T) {
	_, err := sms.New(sms.Config{BaseURL: "ftp://user:secret@twilio.example/path"})
	if err == nil {
		t.Fatal("New accepted settings that are all wrong")
	}
	for _, setting := range []string{"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "TWILIO_BASE_URL"} {
		if !strings.Contains(err.Error(), setting) {
			t.Errorf("%q does not name %s", err, setting)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("%q holds the password", err)
	}
}
