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
	return behind(func() *scripted { return &scripted{script: script} }, change)
}

// inTurn is answering with another script on each connection.
func inTurn(scripts ...script) func(t *testing.T) channeltest.Provider {
	return behind(func() *scripted { return &scripted{turns: scripts} }, nil)
}

func behind(newServer func() *scripted, change func(*email.Config)) func(t *testing.T) channeltest.Provider {
	return func(t *testing.T) channeltest.Provider {
		t.Helper()
		network := channeltest.NewNetwork()
		server := newServer()
		go server.serve(network)
		sender := newSender(t, network, change)
		return channeltest.Provider{
			Sender:   sender,
			Accepted: server.acceptedMails,
			Open:     network.Open,
			Keeps:    8,
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
			channeltest.HangsAfter:     failing(standin.SMTPFaults{HangAfter: 1}),
			channeltest.AnswersOddly:   answering(script{".": "Bonjour"}, nil),
			channeltest.RefusesUs:      answering(script{"AUTH": "535 5.7.8 Authentication failed for " + username}, withPassword),
			channeltest.Unreachable:    unreachable,
			channeltest.FailsManyTimes: failing(standin.SMTPFaults{
				Seed: 1, Permanent: 0.2, Temporary: 0.5, ResetBefore: 0.25, ResetAfter: 0.25,
			}),
		},
		More: map[channeltest.Condition]map[string]func(t *testing.T) channeltest.Provider{
			channeltest.RefusesForGood: {
				"in several lines": answering(script{"RCPT": "550-5.1.1 The email account that you tried to reach does not exist.\r\n550 5.1.1 Ask for the right address"}, nil),
				"the whole email":  answering(script{".": "554 5.7.1 Not wanted"}, nil),
			},
			channeltest.Throttles: {
				"at the greeting":  answering(script{"": "421 4.7.0 Too many connections, slow down"}, nil),
				"at the sender":    answering(script{"MAIL": "421 4.7.0 Too many messages, slow down"}, nil),
				"after the data":   answering(script{".": "452 4.3.1 Too many messages, slow down"}, nil),
				"in several lines": answering(script{"RCPT": "450-4.7.1 Too many messages\r\n450 4.7.1 Slow down"}, nil),
			},
			channeltest.Fails: {
				"in several lines": answering(script{".": "451-4.3.0 A fault\r\n451 4.3.0 Try again later"}, nil),
			},
			channeltest.ResetsBefore: {
				"at the greeting":  answering(script{"": ""}, nil),
				"at the recipient": answering(script{"RCPT": ""}, nil),
				"at the data":      answering(script{"DATA": "35"}, nil),
			},
			channeltest.CutsReply: {
				"after a digit":           answering(script{".": "2"}, nil),
				"after the code":          answering(script{".": "250"}, nil),
				"in the second line":      answering(script{".": "250-2.0.0 Queued\r\n25"}, nil),
				"before the second line":  answering(script{".": "250-2.0.0 Queued\r\n"}, nil),
				"in the first of several": answering(script{".": "250-2.0.0 Que"}, nil),
			},
			channeltest.Hangs: {
				"at the greeting":  answering(script{"": "silence"}, nil),
				"in the greeting":  answering(script{"": "220-mail.example\r\nsilence"}, nil),
				"at the recipient": answering(script{"RCPT": "silence"}, nil),
				"in the recipient": answering(script{"RCPT": "250-2.1.5 OK\r\n2silence"}, nil),
			},
			channeltest.HangsAfter: {
				"in the code":        answering(script{".": "25silence"}, nil),
				"in the second line": answering(script{".": "250-2.0.0 Queued\r\n25silence"}, nil),
			},
			channeltest.AnswersOddly: {
				"go on":               answering(script{".": "354 Go ahead"}, nil),
				"no class of code":    answering(script{".": "999 2.0.0 Queued"}, nil),
				"an empty line":       answering(script{".": "\r\n250 2.0.0 Queued"}, nil),
				"lines of two codes":  answering(script{".": "250-2.0.0 Queued\r\n550 5.7.1 Not wanted"}, nil),
				"bytes that are none": answering(script{".": "\x00\xff\xfe\x00\x00"}, nil),
				"a page, at the data": answering(script{"DATA": "<html>No server is available.</html>"}, nil),
				"a page, at the rcpt": answering(script{"RCPT": "<html>No server is available.</html>"}, nil),
			},
			channeltest.FailsManyTimes: {
				"in every other way": inTurn(
					script{"": "421 4.7.0 Too many connections"}, script{"": ""}, script{"RCPT": "250-2.1.5 OK\r\n2"}, script{"DATA": "35"},
					script{".": "25"}, script{".": "250-2.0.0 Queued\r\n25"}, script{".": "Bonjour"}, script{".": "451 4.3.0 Later"}, script{".": "25silence"},
				),
			},
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
