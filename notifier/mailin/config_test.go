package mailin

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier/mailin/letter"
)

// nothing is a Sink that is not asked.
type nothing struct{}

func (nothing) Take(context.Context, Mail) error { return nil }

func TestSettingsAreChecked(t *testing.T) {
	good := Config{Domains: []string{"send.council.example"}, Secret: []byte("0123456789abcdef")}
	if _, err := New(good, nothing{}); err != nil {
		t.Fatal(err)
	}
	for says, change := range map[string]func(*Config){
		"MAIL_IN_DOMAIN is empty":      func(c *Config) { c.Domains = nil },
		"what is no domain":            func(c *Config) { c.Domains = []string{"send@council.example"} },
		"shorter than 16 bytes":        func(c *Config) { c.Secret = []byte("short") },
		"earlier key":                  func(c *Config) { c.Earlier = [][]byte{nil} },
		"MAIL_IN_ADDRESSES: number 2":  func(c *Config) { c.Inboxes = []string{"send@council.example", "council.example"} },
		"MAIL_IN_ALLOW":                func(c *Config) { c.Allow = []netip.Prefix{{}} },
		"limit of incoming mail":       func(c *Config) { c.Timeout = -time.Second },
		"limit of incoming mail is be": func(c *Config) { c.MaxBytes = -1 },
	} {
		config := good
		change(&config)
		_, err := New(config, nothing{})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("New = %v, want the words %q", err, says)
		}
		if err != nil && strings.Contains(err.Error(), "0123456789") {
			t.Errorf("%v holds the key", err)
		}
	}
}

// TestNobodySendsMoreThanTheirAllowance: in any stretch of time no more than the
// burst and what the rate gives, and at least what the rate gives.
func TestNobodySendsMoreThanTheirAllowance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, burst := rapid.Float64Range(0.1, 50).Draw(t, "rate"), rapid.IntRange(1, 20).Draw(t, "burst")
		p, client := newPace(rate, burst), netip.MustParseAddr("192.0.2.1")
		now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
		begun, allowed := now, 0
		for _, pause := range rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 60).Draw(t, "pauses") {
			now = now.Add(time.Duration(pause) * time.Millisecond)
			if p.allow(client, now) {
				allowed++
			} else if since := now.Sub(begun).Seconds(); float64(allowed) < rate*since-1 && float64(allowed) < float64(burst) {
				t.Fatalf("refused after %d in %v s", allowed, since)
			}
		}
		if most := float64(burst) + rate*now.Sub(begun).Seconds(); float64(allowed) > most+1e-6 {
			t.Fatalf("%d were allowed, %v at most", allowed, most)
		}
	})
}

func TestPaceForgetsClients(t *testing.T) {
	p, now := newPace(1, 2), time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	for i := range 3 * maxPaced {
		p.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(p.clients) > maxPaced {
		t.Errorf("%d clients are remembered, want %d at most", len(p.clients), maxPaced)
	}
	busy := netip.MustParseAddr("192.0.2.1")
	p.clients = map[netip.Addr]allowance{busy: {left: 0, then: now}}
	for i := range maxPaced {
		p.clients[netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})] = allowance{left: 2, then: now}
	}
	p.allow(netip.MustParseAddr("192.0.2.2"), now)
	if p.allow(busy, now) {
		t.Error("a busy client was forgotten before the idle ones")
	}
}

func TestLogsHoldNobody(t *testing.T) {
	raw := "From: sam@family.example\nSubject: Hello\n\nNobody came.\n"
	ours := letter.Ours{Domains: []string{"send.council.example"}, Secret: []byte("0123456789abcdef")}
	m := Mail{From: "sam@family.example", To: []string{"send@council.example"}, Raw: []byte(raw), Letter: ours.Sort("sam@family.example", nil, []byte(raw))}
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("here", "mail", m, "letter", m.Letter)
	for _, word := range []string{"sam", "Hello", "Nobody", "council"} {
		if strings.Contains(out.String(), word) {
			t.Errorf("the log holds %q: %s", word, out.String())
		}
	}
	if !strings.Contains(out.String(), m.Letter.ID) {
		t.Errorf("the log does not hold the email's identity: %s", out.String())
	}
}

func TestUnreadKeepsTheText(t *testing.T) {
	l := letter.Unread([]byte("From: sam@family.example\n\nNobody came.\n"))
	if l.Kind != letter.Unknown || !strings.Contains(l.Text, "Nobody came.") || len(l.ID) != 32 || l.Machine {
		t.Errorf("it is kept as %s", fmt.Sprintf("%+v", l))
	}
}
