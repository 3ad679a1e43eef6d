package email_test

import (
	"fmt"
	"testing"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/email"
	"hearback/notifier/channel/standin"
)

const (
	username = "hearback-submission"
	password = "not-a-real-password-51c8"
)

func message(number int) channel.Message {
	return channel.Message{
		ID:        fmt.Sprintf("m%d", number),
		To:        fmt.Sprintf("sam.taylor.%d@family.example", number),
		Subject:   fmt.Sprintf("We have your message %d", number),
		Text:      fmt.Sprintf("Jo will reply to message %d by 5pm on Monday 30 November.", number),
		HTML:      fmt.Sprintf("<p>Jo will reply to message %d by 5pm on Monday 30 November.</p>", number),
		MessageID: fmt.Sprintf("<m%d@council.example>", number),
		Language:  "en",
	}
}

func newSender(t *testing.T, network *channeltest.Network, change func(*email.Config)) *email.Sender {
	t.Helper()
	config := email.Config{
		Host: "localhost", TLS: email.NoTLS, From: "Herts SEND <send@council.example>",
		DialContext: network.DialContext,
	}
	if change != nil {
		change(&config)
	}
	sender, err := email.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func failing(faults standin.SMTPFaults) func(t *testing.T) channeltest.Provider {
	return func(t *testing.T) channeltest.Provider {
		t.Helper()
		network, server := channeltest.NewNetwork(), standin.NewSMTP(faults)
		go func() { _ = server.Serve(network) }()
		sender := newSender(t, network, nil)
		return channeltest.Provider{
			Sender:   sender,
			Accepted: func() int { return server.Counts().Accepted },
			Open:     network.Open,
			Keeps:    8,
			Close: func() {
				_ = sender.Close()
				_ = server.Close()
			},
		}
	}
}

// answering puts a channel in front of a server that talks by the script.
func answering(script script, change func(*email.Config)) func(t *testing.T) channeltest.Provider {
	return func(t *testing.T) channeltest.Provider {
		t.Helper()
		network := channeltest.NewNetwork()
		server := &scripted{script: script}
		go server.serve(network)
		sender := newSender(t, network, change)
		return channeltest.Provider{
			Sender:   sender,
			Accepted: server.acceptedMails,
			Open:     network.Open,
			Close: func() {
				_ = sender.Close()
				_ = network.Close()
			},
		}
	}
}

func withPassword(config *email.Config) { config.Username, config.Password = username, password }

func TestSuite(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Providers: map[channeltest.Condition]func(t *testing.T) channeltest.Provider{
			channeltest.Accepts:        failing(standin.SMTPFaults{}),
			channeltest.Cancelled:      failing(standin.SMTPFaults{}),
			channeltest.RefusesForGood: failing(standin.SMTPFaults{Permanent: 1}),
			channeltest.Throttles:      answering(script{"RCPT": "450 4.7.1 Too many messages, slow down"}, nil),
			channeltest.Fails:          failing(standin.SMTPFaults{Temporary: 1}),
			channeltest.FailsWithPage:  answering(script{"": "HTTP/1.1 400 Bad Request"}, nil),
			channeltest.ResetsBefore:   failing(standin.SMTPFaults{ResetBefore: 1}),
			channeltest.ResetsAfter:    failing(standin.SMTPFaults{ResetAfter: 1}),
			channeltest.CutsReply:      answering(script{".": "25"}, nil),
			channeltest.Hangs:          failing(standin.SMTPFaults{Hang: 1}),
			channeltest.AnswersOddly:   answering(script{".": "Bonjour"}, nil),
			channeltest.RefusesUs:      answering(script{"AUTH": "535 5.7.8 Authentication failed for " + username}, withPassword),
			channeltest.Unreachable:    unreachable,
			channeltest.FailsManyTimes: failing(standin.SMTPFaults{
				Seed: 1, Permanent: 0.2, Temporary: 0.5, ResetBefore: 0.25, ResetAfter: 0.25,
			}),
		},
		Message: message,
		Secrets: []string{username, password},
	})
}

func unreachable(t *testing.T) channeltest.Provider {
	t.Helper()
	network := channeltest.NewNetwork()
	_ = network.Close()
	sender := newSender(t, network, nil)
	return channeltest.Provider{
		Sender: sender, Accepted: func() int { return 0 }, Open: network.Open,
		Close: func() { _ = sender.Close() },
	}
}
