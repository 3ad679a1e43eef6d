package mailin_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/mailin"
	"hearback/notifier/mailin/letter"
)

func TestEmailIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		c := h.enter()
		for _, to := range []string{strings.ToLower(inbox), strings.ToUpper(inbox), replyTo("H-10482-3"), strings.ToUpper(bounceTo("H-10482-3"))} {
			c.mail(hello, "250 2.0.0", to)
		}
		c.bye()
		stored := h.shelf.stored()
		if len(stored) != 4 {
			t.Fatalf("%d emails are stored, want 4", len(stored))
		}
		m := stored[2]
		if m.From != sam || len(m.To) != 1 || m.To[0] != replyTo("H-10482-3") || string(m.Raw) != hello || m.At.IsZero() {
			t.Errorf("what came is %+v", m)
		}
		if m.Letter.Kind != letter.Reply || m.Letter.Message != "H-10482-3" || !m.Letter.Proven || m.Letter.Text != "Nobody came." {
			t.Errorf("what was read is %+v", m.Letter)
		}
		if counts := h.server.Counts(); counts.Taken[letter.Reply] != 4 || counts.Connections != 1 {
			t.Errorf("the counts are %+v", counts)
		}
	})
}

// TestStoredBeforeAcknowledged: 250 comes only after the sink has said so.
func TestStoredBeforeAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		begun := time.Now()
		h.shelf.take = func(context.Context, mailin.Mail) error {
			time.Sleep(7 * time.Second)
			return nil
		}
		c := h.enter()
		c.mail(hello, "250 ", inbox)
		if waited := time.Since(begun); waited != 7*time.Second || len(h.shelf.stored()) != 1 {
			t.Errorf("acknowledged after %v with %d stored, want 7 s and 1", waited, len(h.shelf.stored()))
		}
		c.bye()
	})
}

func TestWhatIsNotOursIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		c := h.enter()
		c.say("MAIL FROM:<"+sam+">", "250 ")
		for address, answer := range map[string]string{
			"victim@elsewhere.example":                         "550 5.7.1",
			"bounce+abc@elsewhere.example":                     "550 5.7.1",
			"send@council.example":                             "550 5.7.1",
			"send@evil.send.council.example":                   "550 5.7.1",
			"victim%elsewhere.example@" + domain:               "550 5.1.1",
			"elsewhere.example!victim@" + domain:               "550 5.1.1",
			"\"victim@elsewhere.example\"@" + domain:           "550 5.1.1",
			"nobody@" + domain:                                 "550 5.1.1",
			"bounce+@" + domain:                                "550 5.1.1",
			"bounce+" + strings.Repeat("a", 80) + "@" + domain: "550 5.1.1",
		} {
			c.say("RCPT TO:<"+address+">", answer)
		}
		c.say("RCPT TO:<@"+domain+":victim@elsewhere.example>", "550 5.7.1")
		c.say("DATA", "502 ")
		c.bye()
		if counts := h.server.Counts(); counts.Refused != 11 || len(h.shelf.stored()) != 0 {
			t.Errorf("the counts are %+v with %d stored", counts, len(h.shelf.stored()))
		}
	})
}

// TestTooLarge: announced or not, the rest of the email is thrown away and the
// talk stays in step.
func TestTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, func(c *mailin.Config) { c.MaxBytes = 1000 })
		defer h.close()
		c := h.enter()
		c.say("MAIL FROM:<"+sam+"> SIZE=1001", "552 5.3.4")
		c.mail(hello+strings.Repeat("MAIL FROM:<x@y.example>\r\n", 100), "552 5.3.4", inbox)
		c.say("NOOP", "250 ")
		c.say("MAIL FROM:<"+sam+">", "250 ")
		c.say("RCPT TO:<"+inbox+">", "250 ")
		c.say("BDAT 2000 LAST\r\n"+strings.Repeat("x", 1998), "552 5.3.4")
		c.mail(hello, "250 ", inbox)
		c.bye()
		if counts := h.server.Counts(); counts.TooLarge != 1 || len(h.shelf.stored()) != 1 {
			t.Errorf("the counts are %+v with %d stored", counts, len(h.shelf.stored()))
		}
	})
}

func TestInChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		c := h.enter()
		c.say("MAIL FROM:<"+sam+">", "250 ")
		c.say("RCPT TO:<"+inbox+">", "250 ")
		c.say(fmt.Sprintf("BDAT %d\r\n%s", 10, hello[:8]), "250 ")
		c.say("RSET", "250 ") // abandoned
		synctest.Wait()       // until the library has taken note
		c.say("MAIL FROM:<"+sam+">", "250 ")
		c.say("RCPT TO:<"+inbox+">", "250 ")
		c.say(fmt.Sprintf("BDAT %d\r\n%s", 10, hello[:8]), "250 ")
		c.say(fmt.Sprintf("BDAT %d LAST\r\n%s", len(hello)+2, hello), "250 ")
		c.bye()
		synctest.Wait()
		stored := h.shelf.stored()
		if len(stored) != 1 || string(stored[0].Raw) != hello[:8]+"\r\n"+hello+"\r\n" {
			t.Errorf("stored is %v", stored)
		}
		if counts := h.server.Counts(); counts.Broken != 1 {
			t.Errorf("the counts are %+v", counts)
		}
	})
}

func TestTooManyRecipients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, func(c *mailin.Config) { c.MaxRecipients = 2 })
		defer h.close()
		c := h.enter()
		c.say("MAIL FROM:<"+sam+">", "250 ")
		c.say("RCPT TO:<"+inbox+">", "250 ")
		c.say("RCPT TO:<"+inbox+">", "250 ")
		c.say("RCPT TO:<"+inbox+">", "452 4.5.3")
		c.bye()
	})
}

// TestNotStoredComesAgain: the sender is told to come again, and what comes again
// is recognised.
func TestNotStoredComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		failures := 1
		h.shelf.take = func(context.Context, mailin.Mail) error {
			if failures--; failures >= 0 {
				return errors.New("the stream cannot be reached")
			}
			return nil
		}
		c := h.enter()
		c.mail(hello, "451 4.3.0", inbox)
		c.mail(hello, "250 ", inbox)
		c.mail("Received: from elsewhere.example\r\n"+hello, "250 ", inbox)
		c.bye()
		stored := h.shelf.stored()
		if len(stored) != 2 || stored[0].Letter.ID != stored[1].Letter.ID {
			t.Errorf("%d are stored, and are not known for the same", len(stored))
		}
		if counts := h.server.Counts(); counts.NotStored != 1 || !strings.Contains(h.log.String(), "not stored") {
			t.Errorf("the counts are %+v, the log %s", counts, h.log)
		}
	})
}

func TestASinkThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		h.shelf.take = func(ctx context.Context, _ mailin.Mail) error {
			<-ctx.Done()
			return ctx.Err()
		}
		c, begun := h.enter(), time.Now()
		c.mail(hello, "451 4.3.0", inbox)
		if waited := time.Since(begun); waited != 30*time.Second {
			t.Errorf("given up after %v, want 30 s", waited)
		}
		c.bye()
	})
}

// TestASinkThatPanicsStopsNothing: the email is not acknowledged, and the next is
// taken.
func TestASinkThatPanicsStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		h.shelf.take = func(_ context.Context, m mailin.Mail) error {
			if m.Letter.Subject == "Hello" {
				panic("sam@family.example")
			}
			return nil
		}
		c := h.enter()
		c.mail(hello, "421 ", inbox)
		c = h.enter()
		c.mail(strings.Replace(hello, "Subject: Hello", "Subject: Again", 1), "250 ", inbox)
		c.bye()
	})
}

func TestLMTPAnswersForEachRecipient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, func(c *mailin.Config) { c.LMTP = true })
		defer h.close()
		h.shelf.take = func(_ context.Context, m mailin.Mail) error {
			if m.Letter.Message == "K-7-1" {
				return errors.New("its case cannot be written")
			}
			return nil
		}
		c := h.dial()
		c.expect("220 ")
		c.say("EHLO mx.council.example", "500 ")
		c.say("LHLO mx.council.example", "250 ")
		c.say("MAIL FROM:<>", "250 ")
		for _, to := range []string{replyTo("K-7-1"), inbox, bounceTo("H-10482-3"), replyTo("H-10482-3"), bounceTo("K-7-1")} {
			c.say("RCPT TO:<"+to+">", "250 ")
		}
		c.say("RCPT TO:<victim@elsewhere.example>", "550 5.7.1")
		c.say("DATA", "354 ")
		c.data(hello)
		// The inbox goes with the first message that is addressed.
		for _, answer := range []string{"451 4.3.0", "451 4.3.0", "250 ", "250 ", "451 4.3.0"} {
			c.expect(answer)
		}
		c.bye()
		if stored := h.shelf.stored(); len(stored) != 1 || stored[0].Letter.Message != "H-10482-3" || len(stored[0].To) != 2 {
			t.Errorf("stored is %v", stored)
		}
	})
}

// TestSeveralMessagesAreSeveralEmails: an email to two of our messages is about
// both; where one cannot be stored, SMTP sends all of it again.
func TestSeveralMessagesAreSeveralEmails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		failures := 1
		h.shelf.take = func(_ context.Context, m mailin.Mail) error {
			if m.Letter.Message == "K-7-1" {
				if failures--; failures >= 0 {
					return errors.New("not now")
				}
			}
			return nil
		}
		c := h.enter()
		c.mail(hello, "451 4.3.0", replyTo("H-10482-3"), replyTo("K-7-1"))
		c.mail(hello, "250 ", replyTo("H-10482-3"), replyTo("K-7-1"))
		c.bye()
		identities := map[string]string{}
		for _, m := range h.shelf.stored() {
			identities[m.Letter.ID] = m.Letter.Message
		}
		if len(identities) != 2 || len(h.shelf.stored()) != 3 {
			t.Errorf("%d emails with the identities %v, want 3 with 2", len(h.shelf.stored()), identities)
		}
	})
}

func TestTooQuickClientsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, func(c *mailin.Config) {
			c.Rate, c.Burst = 0.5, 3
			c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		})
		defer h.close()
		c := h.enter()
		for range 3 {
			c.mail(hello, "250 ", inbox)
		}
		c.say("MAIL FROM:<"+sam+">", "451 4.7.28")
		h.from = netip.MustParseAddrPort("127.0.0.2:1")
		other := h.enter()
		other.mail(hello, "250 ", inbox)
		other.bye()
		time.Sleep(2 * time.Second)
		c.mail(hello, "250 ", inbox)
		c.say("MAIL FROM:<"+sam+">", "451 4.7.28")
		c.bye()
		if counts := h.server.Counts(); counts.Limited != 2 {
			t.Errorf("the counts are %+v", counts)
		}
	})
}
