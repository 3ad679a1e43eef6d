package mailin

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"
	"strings"
	"time"

	"hearback/notifier/mailin/letter"
)

// Defaults of Config.
const (
	defaultMaxBytes    = 5 << 20
	defaultRecipients  = 50
	defaultConnections = 100
	defaultRate        = 20
	defaultBurst       = 200
	// defaultTimeout is what RFC 5321, 4.5.3.2.7, asks of servers.
	defaultTimeout = 5 * time.Minute
	// defaultTake is well below the ten minutes that a client waits for the answer
	// to its data (RFC 5321, 4.5.3.2.6).
	defaultTake = 30 * time.Second
	// defaultLife bounds a connection. A mail system that keeps one open longer
	// opens another.
	defaultLife = 30 * time.Minute

	// minSecret is the shortest key for the proofs in addresses, in bytes.
	minSecret = 16
)

// Config says what is taken in, and from whom. Domains and Secret are needed.
type Config struct {
	// Domains are those of our return paths, Reply-To addresses and Message-IDs.
	Domains []string
	// Secret is the key of the proofs in those addresses: at least 16 bytes, the
	// same in every replica and after every start. Earlier are keys that it has
	// replaced; bounces of what was sent under them come for some days yet.
	Secret  []byte
	Earlier [][]byte
	// Inboxes are whole addresses, beside those with a proof, that families may
	// write to.
	Inboxes []string
	// Allow are the networks whose machines may connect; this machine only if
	// empty. A unix socket is guarded by its own permissions.
	Allow []netip.Prefix
	// LMTP: speak LMTP (RFC 2033) instead of SMTP.
	LMTP bool

	// MaxBytes bounds one email, 5 MiB if zero.
	MaxBytes int64
	// MaxRecipients bounds the recipients of one email, 50 if zero.
	MaxRecipients int
	// MaxConnections bounds the connections at one time, 100 if zero.
	MaxConnections int
	// Rate is how many emails a second one client may send, 20 if zero, after the
	// first Burst, 200 if zero.
	Rate  float64
	Burst int

	// Timeout bounds the wait for a command, and the whole of an email's data; 5
	// minutes if zero.
	Timeout time.Duration
	// TakeTimeout bounds the storing of one email, 30 seconds if zero.
	TakeTimeout time.Duration
	// Life bounds a connection, 30 minutes if zero.
	Life time.Duration

	// TLS offers STARTTLS if set.
	TLS *tls.Config
	// Logger is where troubles are told; nowhere if nil.
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if len(c.Allow) == 0 {
		c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	c.MaxBytes = cmp.Or(c.MaxBytes, defaultMaxBytes)
	c.MaxRecipients = cmp.Or(c.MaxRecipients, defaultRecipients)
	c.MaxConnections = cmp.Or(c.MaxConnections, defaultConnections)
	c.Rate = cmp.Or(c.Rate, defaultRate)
	c.Burst = cmp.Or(c.Burst, defaultBurst)
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.TakeTimeout = cmp.Or(c.TakeTimeout, defaultTake)
	c.Life = cmp.Or(c.Life, defaultLife)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) validate() error {
	var faults []error
	if len(c.Domains) == 0 {
		faults = append(faults, errors.New("MAIL_IN_DOMAIN is empty; set the domain of our return paths"))
	}
	for _, domain := range c.Domains {
		if domain == "" || strings.ContainsAny(domain, "@ <>,") {
			faults = append(faults, errors.New("MAIL_IN_DOMAIN holds what is no domain; write it as in send.council.example"))
		}
	}
	for i, inbox := range c.Inboxes {
		if parsed, err := mail.ParseAddress(inbox); err != nil || parsed.Name != "" {
			faults = append(faults, fmt.Errorf("MAIL_IN_ADDRESSES: number %d is not an email address; write it as in send@council.example", i+1))
		}
	}
	if len(c.Secret) < minSecret {
		faults = append(faults, fmt.Errorf("the key of our addresses is shorter than %d bytes; without it anybody could declare an address dead", minSecret))
	}
	for _, secret := range c.Earlier {
		if len(secret) < minSecret {
			faults = append(faults, fmt.Errorf("an earlier key of our addresses is shorter than %d bytes; take it out", minSecret))
		}
	}
	for _, prefix := range c.Allow {
		if !prefix.IsValid() {
			faults = append(faults, errors.New("MAIL_IN_ALLOW holds what is no network; write it as in 10.1.2.0/24"))
		}
	}
	if c.MaxBytes < 0 || c.MaxRecipients < 0 || c.MaxConnections < 0 || c.Rate < 0 || c.Burst < 0 || c.Timeout < 0 || c.TakeTimeout < 0 || c.Life < 0 {
		faults = append(faults, errors.New("a limit of incoming mail is below zero; leave it out for the usual one"))
	}
	return errors.Join(faults...)
}

// addressBook knows which addresses are ours.
type addressBook struct {
	ours    letter.Ours
	inboxes map[string]bool
}

func (c Config) addressBook() addressBook {
	book := addressBook{ours: letter.Ours{Domains: c.Domains, Secret: c.Secret, Earlier: c.Earlier}, inboxes: map[string]bool{}}
	for _, inbox := range c.Inboxes {
		if parsed, err := mail.ParseAddress(inbox); err == nil {
			book.inboxes[strings.ToLower(parsed.Address)] = true
		}
	}
	return book
}

func (b addressBook) knows(address string) bool {
	_, carries := b.ours.Token(address)
	return carries || b.inboxes[strings.ToLower(address)]
}

// ourDomain reports whether the domain is one of ours, so that a mistyped local
// part can be told from an attempt to use us as a relay.
func (b addressBook) ourDomain(address string) bool {
	domain := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	for _, ours := range b.ours.Domains {
		if strings.EqualFold(ours, domain) {
			return true
		}
	}
	for inbox := range b.inboxes {
		if strings.HasSuffix(inbox, "@"+domain) {
			return true
		}
	}
	return false
}

// groups splits recipients so that each group is about one of our messages. Plain
// inboxes go with the first: it is the same email.
func (b addressBook) groups(recipients []string) [][]string {
	var groups [][]string
	var plain []string
	place := map[string]int{}
	for _, address := range recipients {
		text, carries := b.ours.Token(address)
		if !carries {
			plain = append(plain, address)
			continue
		}
		at, known := place[text]
		if !known {
			at = len(groups)
			place[text] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], address)
	}
	if len(groups) == 0 {
		return [][]string{plain}
	}
	groups[0] = append(groups[0], plain...)
	return groups
}
