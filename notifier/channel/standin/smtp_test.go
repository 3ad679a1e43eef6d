package standin_test

import (
	"fmt"
	"net"
	"net/smtp"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/standin"
)

// post hands over one email with the standard library's client.
func post(t *testing.T, network *channeltest.Network, to, id string) error {
	t.Helper()
	connection, err := network.DialContext(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	client, err := smtp.NewClient(connection, "mail.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Mail("send@council.example"); err != nil {
		return err
	}
	if err := client.Rcpt(to); err != nil {
		return err
	}
	data, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(data, "Message-ID: %s\r\nSubject: x\r\n\r\nWords.\r\n", id); err != nil {
		return err
	}
	return data.Close()
}

func startSMTP(t *testing.T, faults standin.SMTPFaults) (*channeltest.Network, *standin.SMTP) {
	t.Helper()
	network, server := channeltest.NewNetwork(), standin.NewSMTP(faults)
	go func() { _ = server.Serve(network) }()
	t.Cleanup(func() { _ = server.Close() })
	return network, server
}

func TestEmailsAreCountedByMessageIDAndRecipient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := startSMTP(t, standin.SMTPFaults{})
		for _, email := range [][2]string{
			{"a@family.example", "<1@x>"}, {"b@family.example", "<1@x>"}, {"a@family.example", "<2@x>"}, {"a@family.example", "<1@x>"},
		} {
			if err := post(t, network, email[0], email[1]); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if counts := server.Counts(); counts.Accepted != 4 || counts.Repeated != 1 || counts.Connections != 4 || counts.Open != 0 {
			t.Errorf("counts %+v, want 4 accepted and 1 repeated, and no connection open", counts)
		}
		if received := server.Received(); received[0].Data != nil || received[0].Size == 0 || received[0].MessageID != "<1@x>" {
			t.Errorf("received %+v, want no data unless asked for", received[0])
		}
	})
}

func TestMailServerFailsAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := startSMTP(t, standin.SMTPFaults{Seed: 3, Permanent: 0.2, Temporary: 0.2, DownUntil: time.Now().Add(time.Minute)})
		if err := post(t, network, "a@family.example", "<0@x>"); err == nil {
			t.Error("an email was accepted during the outage")
		}
		time.Sleep(time.Minute)
		run := func() (refused, failed int) {
			for number := range 500 {
				_ = post(t, network, fmt.Sprintf("a%d@family.example", number), fmt.Sprintf("<%d@x>", number))
			}
			counts := server.Counts()
			return counts.Refused, counts.Failed - 1
		}
		refused, failed := run()
		if refused < 70 || refused > 130 || failed < 55 || failed > 110 {
			t.Errorf("%d of 500 refused and %d failed, want about 100 and 80", refused, failed)
		}
		// The same addresses again: refused as before.
		if again, _ := run(); again != 2*refused {
			t.Errorf("%d refused the second time, want %d", again-refused, refused)
		}
	})
}

// TestMailServerResetsOverTCP shows what a pipe cannot: the reset itself.
func TestMailServerResetsOverTCP(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := standin.NewSMTP(standin.SMTPFaults{ResetAfter: 1})
	defer func() { _ = server.Close() }()
	go func() { _ = server.Serve(listener) }()
	err = smtp.SendMail(listener.Addr().String(), nil, "send@council.example", []string{"a@family.example"}, []byte("Subject: x\r\n\r\nWords.\r\n"))
	if counts := server.Counts(); err == nil || counts.Accepted != 1 || counts.Spoilt != 1 {
		t.Errorf("SendMail = %v and counts %+v, want an error and one accepted", err, counts)
	}
}
