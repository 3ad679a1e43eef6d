package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/channel/email"
	"hearback/notifier/inbound"
	"hearback/notifier/link"
	"hearback/notifier/mailin"
	"hearback/notifier/mailin/letter"
	"hearback/notifier/picture"
)

// unsubscribeFor is how long the button to end emails works: for as long as a mail
// program may show the email.
const unsubscribeFor = 365 * 24 * time.Hour

// mailIn are the settings of the way back in by email; ok is false where it is off.
func (c Config) mailIn() (config mailin.Config, ok bool, err error) {
	if c.MailInListen == "" {
		return mailin.Config{}, false, nil
	}
	fault := func(name, what string) error { return errors.New(Prefix + "_" + name + " " + what) }
	if c.MailInDomain == "" || c.LinkSecret == "" {
		return mailin.Config{}, false, fault("MAIL_IN_LISTEN", "goes with MAIL_IN_DOMAIN and LINK_SECRET: set all three, or none")
	}
	config = mailin.Config{Domains: []string{c.MailInDomain}, LMTP: c.MailInLMTP}
	if domain := c.domain(); !strings.EqualFold(domain, c.MailInDomain) {
		config.Domains = append(config.Domains, domain) // that of our Message-IDs
	}
	for i, secret := range c.linkSecrets() {
		key, err := hkdf.Key(sha256.New, secret, nil, "hearback mail in 1", sha256.Size)
		if err != nil {
			return mailin.Config{}, false, err
		}
		if i == 0 {
			config.Secret = key
		} else {
			config.Earlier = append(config.Earlier, key)
		}
	}
	for network := range fieldsOf(c.MailInAllow) {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return mailin.Config{}, false, fault("MAIL_IN_ALLOW", "must list networks such as 10.1.0.0/16, with commas between")
		}
		config.Allow = append(config.Allow, prefix)
	}
	for inbox := range fieldsOf(c.MailInAddresses) {
		config.Inboxes = append(config.Inboxes, inbox)
	}
	return config, true, nil
}

// fieldsOf are the parts of a setting that is a list.
func fieldsOf(list string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(list, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}

// dkim is the key that signs emails, none where it is not set.
func (c Config) dkim() (email.DKIM, error) {
	if c.DKIMKeyFile == "" {
		return email.DKIM{}, nil
	}
	key, err := os.ReadFile(c.DKIMKeyFile)
	if err != nil {
		return email.DKIM{}, fmt.Errorf("%s_DKIM_KEY_FILE cannot be read: %w; make it readable to this user", Prefix, err)
	}
	return email.DKIM{Domain: c.DKIMDomain, Selector: c.DKIMSelector, Key: string(key)}, nil
}

// envelopes gives each email what is its own: the address that a bounce comes back
// to, the one that an answer goes to, and the button that ends emails.
func (a *App) envelopes(in mailin.Config, takesIn bool, keys link.Keys) func(channel.Message) email.Own {
	return func(m channel.Message) (own email.Own) {
		if takesIn {
			own.Mark = letter.LoopHeader
			own.ReturnPath, own.ReplyTo = letter.Return(m.ID, in.Domains[0], in.Secret), letter.ReplyTo(m.ID, in.Domains[0], in.Secret)
		}
		ref, _ := events.CaseOfMessage(m.ID)
		c, _, err := a.picture.Case(ref)
		message, waits := c.Message(m.ID)
		if err != nil || !waits || message.Staff || message.To == "" || !keys.Ready() || !strings.HasPrefix(a.Config.PublicURL, "https://") {
			return own
		}
		token, err := keys.Make(link.Link{Purpose: link.Unsubscribe, Case: ref, Person: message.To, SentTo: keys.Tag(message.Address), Expires: message.Decided.Add(unsubscribeFor)})
		if err == nil {
			own.Unsubscribe = strings.TrimSuffix(a.Config.PublicURL, "/") + inbound.UnsubscribePath + token
		}
		return own
	}
}

// takeMail opens the listener for bounces and answers by email.
func (a *App) takeMail(config mailin.Config, p *publisher) error {
	config.Logger = a.log
	server, err := mailin.New(config, mailin.Desk{Publisher: p, Directory: correspondents{a.picture}, Pen: notifier.PenRef})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.Config.MailInListen)
	if err != nil {
		return fmt.Errorf("listen on %s_MAIL_IN_LISTEN: %w; stop what uses it or choose another address", Prefix, err)
	}
	a.mailAddr = listener.Addr().String()
	a.mail.Store(server)
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := server.Serve(listener); err != nil {
			a.fail(fmt.Errorf("take in email: %w", err))
		}
	}()
	a.onClose("mail in", func(context.Context) error {
		err := server.Close()
		<-served
		return err
	})
	return nil
}

// MailAddr is where emails are taken in; empty where they are not.
func (a *App) MailAddr() string { return a.mailAddr }

// correspondents finds in the picture who has an email address.
type correspondents struct{ picture *picture.Picture }

func (c correspondents) Matches(channel, address string) []mailin.Match {
	found := c.picture.Matches(channel, address)
	matches := make([]mailin.Match, len(found))
	for i, f := range found {
		matches[i] = mailin.Match{Case: f.Case, Contact: f.Contact, Last: f.Last, Open: f.Open}
	}
	return matches
}
