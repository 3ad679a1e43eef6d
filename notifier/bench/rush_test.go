package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier/channel/standin"
)

func TestHearSeesEveryLossAndRepeat(t *testing.T) {
	start := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	second := func(n int) time.Time { return start.Add(time.Duration(n) * time.Second) }
	text := func(i, at int, words string) standin.Text {
		return standin.Text{To: "+447700900001", Body: "Herts SEND: ref " + ref("F", i) + ". " + words, Created: second(at)}
	}
	mail := func(i, at int, id string) standin.Mail {
		return standin.Mail{To: fmt.Sprintf("family%d@home.example", i), MessageID: id, At: second(at)}
	}
	stored := []time.Time{second(0), second(0), second(0), second(0), second(0), second(0), {}}
	killed := []time.Time{second(10), second(20)}
	texts := []standin.Text{
		text(0, 1, "Thank you."), text(1, 2, "Thank you."),
		text(1, 3, "Thank you."),   // accepted twice
		text(0, 4, "Other words."), // told twice in other words
		text(3, 30, "Thank you."),  // told by email before
	}
	mails := []standin.Mail{
		mail(3, 1, "<3>"), mail(4, 2, "<4>"),
		mail(4, 12, "<4>"), mail(4, 22, "<4>"), mail(3, 12, "<3>"), // sent again after each kill
		mail(4, 23, "<other>"), // again with another Message-ID
	}
	var c Crashes
	c.hear(texts, mails, stored, killed)
	want := Crashes{Texts: 3, TextsTwice: 2, Emails: 1, EmailsAgain: 3, EmailsAgainMost: 2, EmailsOdd: 2, Missing: 2, Longest: 30 * time.Second}
	if c != want {
		t.Errorf("%+v, want %+v", c, want)
	}
}

func TestLivesAreRepeatableAndOfEveryKind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		lives := drawLives(rand.New(rand.NewPCG(seed, 1)), 30)
		if !slices.Equal(lives, drawLives(rand.New(rand.NewPCG(seed, 1)), 30)) {
			t.Fatal("the same seed gives other lives")
		}
		for _, l := range lives {
			usual := l.lasts >= lifeFrom && l.lasts < lifeTo
			long := l.lasts >= longFrom && l.lasts < longTo
			if l.starting && (l.lasts < 0 || l.lasts >= startingTo) || !l.starting && !usual && !long {
				t.Fatalf("a life of %+v", l)
			}
		}
	})
	starting, long := 0, 0
	for _, l := range drawLives(rand.New(rand.NewPCG(1, 1)), 200) {
		if l.starting {
			starting++
		} else if l.lasts >= longFrom {
			long++
		}
	}
	if starting == 0 || long == 0 {
		t.Errorf("of 200 lives %d end while starting, %d are long", starting, long)
	}
}

func TestEveryFamilyHasALife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		families := rapid.IntRange(1, 2000).Draw(t, "families")
		lives := rapid.IntRange(1, 20).Draw(t, "lives")
		before := 0
		for i := range families {
			k, share := placeOf(i, families, lives)
			if k < before || k >= lives || share < 0 || share > 1 {
				t.Fatalf("family %d of %d is in life %d of %d, at %v of it", i, families, k, lives, share)
			}
			before = k
		}
	})
}

func TestMetricsAreSummedOverTheirLabels(t *testing.T) {
	const text = `# HELP hearback_leading 1 on the replica that decides and sends.
# TYPE hearback_leading gauge
hearback_leading 1
hearback_outbox_depth{channel="email"} 3
hearback_outbox_depth{channel="sms"} 4
hearback_outbox_depths 100
hearback_odd{reason="a b"} NaNsense
`
	for name, want := range map[string]float64{"hearback_leading": 1, "hearback_outbox_depth": 7, "hearback_odd": 0, "hearback_none": 0} {
		if got := sumMetric(strings.NewReader(text), name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func FuzzSumMetric(f *testing.F) {
	f.Add("hearback_leading 1\n", "hearback_leading")
	f.Add("a{b=\"c d\"} 1e3\na 2", "a")
	f.Add("a{", "a")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		once := sumMetric(strings.NewReader(text), name)
		if again := sumMetric(strings.NewReader(text), name); again != once && !math.IsNaN(once) {
			t.Errorf("%v, then %v", once, again)
		}
	})
}

func FuzzFamilyOf(f *testing.F) {
	f.Add("family12@home.example")
	f.Add("family@home.example")
	f.Add("lead@council.example")
	f.Fuzz(func(t *testing.T, address string) {
		if i := familyOf(address); i < -1 {
			t.Errorf("family %d", i)
		}
	})
}
