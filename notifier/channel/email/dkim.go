package email

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"

	"hearback/notifier/channel"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"
)

// DKIM is the key with which the council vouches for its emails (RFC 6376). The
// public half stands in DNS, at <Selector>._domainkey.<Domain>. A mail server that
// signs by itself needs none here; two signatures do no harm.
//
// Mail programs show a one-click button only for a List-Unsubscribe that is signed
// (RFC 8058, section 4), so it is, and its absence too: nobody can add one.
type DKIM struct {
	// Domain is that of Config.From, or one above it, so that the signature counts
	// for the sender that a family sees (DMARC, RFC 7489, 3.1.1). It is the former
	// if empty.
	Domain string
	// Selector tells the keys of one domain apart, such as "hearback2026".
	Selector string
	// Key is the private half in PEM: RSA of 2048 to 4096 bits (RFC 8301, 3.2), or
	// Ed25519 (RFC 8463), which some receivers cannot check yet.
	Key string
}

const (
	// minBits is what RFC 8301 asks of those who sign, maxBits the most that those
	// who check must take.
	minBits, maxBits = 2048, 4096
)

// signedHeaders are those under the signature (RFC 6376, 5.4). One that is named twice
// and there once is signed with the promise that there is no second: most programs show
// the first of two, and a signature covers the last.
func signedHeaders() []string {
	twice := []string{"From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"}
	return slices.Concat(twice, twice, []string{"MIME-Version", "Auto-Submitted", "Content-Language"})
}

// seal signs. A nil seal signs nothing.
type seal struct{ options dkim.SignOptions }

// newSeal checks the settings. It gives nil where there are none.
func newSeal(config DKIM, from *netmail.Address) (*seal, error) {
	if config == (DKIM{}) {
		return nil, nil
	}
	var faults []error
	sender := ""
	if from != nil {
		sender = from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	}
	domain := config.Domain
	if domain == "" {
		domain = sender
	}
	if !isName(domain) || from != nil && !within(sender, domain) {
		faults = append(faults, errors.New("DKIM_DOMAIN must be the domain of SMTP_FROM, or one above it, such as council.example"))
	}
	if !isName(config.Selector) {
		faults = append(faults, errors.New("DKIM_SELECTOR must be the name of the key in DNS, before ._domainkey, such as hearback2026"))
	}
	key, err := privateKey(config.Key)
	if err != nil {
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return &seal{dkim.SignOptions{
		Domain: domain, Selector: config.Selector, Signer: key,
		// A mail system on the way may fold lines anew.
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys:             signedHeaders(),
	}}, nil
}

// privateKey reads a key. Its errors say nothing of what it holds.
func privateKey(pem string) (crypto.Signer, error) {
	key, err := mail.PrivKeyFromPEM([]byte(pem))
	if err != nil {
		return nil, errors.New("DKIM_KEY_FILE holds no private key in PEM, RSA or Ed25519; make one with: openssl genrsa 2048")
	}
	if key, ok := key.(*rsa.PrivateKey); ok {
		if bits := key.N.BitLen(); bits < minBits || bits > maxBits {
			return nil, fmt.Errorf("DKIM_KEY_FILE holds a key of %d bits; receivers take RSA keys of %d to %d", bits, minBits, maxBits)
		}
	}
	return key, nil
}

// isName says whether text may stand as a name in DNS (RFC 1123, 2.1): labels of
// letters, digits and hyphens with dots between them.
func isName(text string) bool {
	if len(text) > 253 {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// within says whether name is the domain or lies in it.
func within(name, domain string) bool {
	name, domain = strings.ToLower(name), strings.ToLower(domain)
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// sign puts the signature into an email that is otherwise complete.
//
// go-mail can sign too, but its signatures do not hold where the list of headers
// is longer than a line (v0.8.1): it folds the list and signs it unfolded.
func (s *seal) sign(message *mail.Msg) error {
	if s == nil {
		return nil
	}
	var written bytes.Buffer
	if _, err := message.WriteTo(&written); err != nil {
		return err
	}
	signer, err := dkim.NewSigner(&s.options)
	if err != nil {
		return err
	}
	// Close ends the signer's goroutine, and says what went wrong in it.
	_, _ = signer.Write(written.Bytes())
	if err := signer.Close(); err != nil {
		return err
	}
	_, signature, _ := strings.Cut(signer.Signature(), ":")
	message.SetGenHeaderPreformatted("DKIM-Signature", strings.TrimSpace(signature))
	return nil
}

// unsigned is for an email that could not be signed. It is not sent without: the
// council has told the world that its emails are signed.
func unsigned() *channel.Failure {
	return &channel.Failure{Verdict: channel.Retry, Code: "not-signed",
		Reason: "The email could not be signed. The operator must check DKIM_KEY_FILE."}
}
