package story_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/story"
)

var stormSize = flag.Int("storm", 1000, "families of the storm; 10000 for the whole of it")

// patience is a promise that nobody is chased for while the storm lasts.
const patience = `
  - name: reply
    opened_by: enquiry.received
    due: 30 days
    acknowledge: {words: enquiry-received, via: preferred, any_hour: true}
    steps: [{at: due, chase: [officer], words: reply-overdue}]
`

const (
	stormKills  = 20
	stormPart   = 2 * time.Minute // between two kills
	stormOutage = 30 * time.Minute
)

// storm is a network on a bad day. What becomes of a text is drawn once for each
// message, so that a repeat meets the same.
type storm struct {
	town *story.Town
	ctx  context.Context

	mu     sync.Mutex
	random *rand.Rand
	tried  map[string]int
	fate   map[string]string // what became of a text, by the provider's id
	count  map[string]int
	// The provider is down from one time to the other.
	downFrom, downTill time.Time
	late               sync.WaitGroup
}

func stormCase(i int) string { return fmt.Sprintf("S-%05d", i) }

// noTexts: every fiftieth family must not be texted.
func noTexts(i int) bool { return i%50 == 0 }

// family opens a case and gets in touch.
func (s *storm) family(i int) {
	contact := events.Contact{ID: "c1", Mobile: fmt.Sprintf("07700 900%03d", i%1000), Email: fmt.Sprintf("family%d@family.example", i)}
	if noTexts(i) {
		contact.DoNot = []string{notifier.SMS}
	}
	if i%20 == 7 {
		contact.Email = ""
	}
	s.town.Write(s.ctx, s.event(fmt.Sprint("o", i), events.TypeCaseOpened, stormCase(i), events.CaseData{Team: new("north"), Officer: new("o.jane"), Contacts: []events.Contact{contact}}),
		s.event(fmt.Sprint("q", i), events.TypeEnquiryReceived, stormCase(i), events.Enquiry{Channel: "web", From: "c1"}))
}

func (s *storm) event(id, kind, ref string, data any) commit.Message {
	body, err := json.Marshal(data)
	if err == nil {
		body, err = json.Marshal(events.Event{ID: id, Source: "/storm", Type: kind, Case: ref, Time: time.Now(), Data: body})
	}
	if err != nil {
		panic(err) // a fault of the test
	}
	return commit.Message{Subject: events.Subject(ref, kind), Data: body}
}

// text is what happens when a text is handed over: 3 of 100 can never go (half of
// them are only reported so afterwards), 4 fail for a while.
func (s *storm) text(m channel.Message) story.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried[m.ID]++
	luck := rand.New(rand.NewPCG(7, seedOf(m.ID))).IntN(1000)
	switch {
	case !time.Now().Before(s.downFrom) && time.Now().Before(s.downTill):
		s.count["refused while the provider was down"]++
		return story.Answer{Failure: &channel.Failure{Verdict: channel.Retry, Code: "503", Reason: "Down."}}
	case luck < 15:
		s.count["refused for good"]++
		return story.Answer{Failure: &channel.Failure{Verdict: channel.Never, Code: "21614", Reason: "Not a mobile."}}
	case luck < 55 && s.tried[m.ID] == 1:
		s.count["failed for a while"]++
		return story.Answer{Failure: &channel.Failure{Verdict: channel.Retry, Code: "503", Reason: "Try again."}}
	case luck < 65 && s.tried[m.ID] == 1:
		s.count["taken, and the answer lost"]++
		return story.Answer{Accept: true, Failure: &channel.Failure{Verdict: channel.Unknown, Code: "reset", Reason: "No answer."}}
	}
	return story.Answer{Think: time.Duration(luck%50) * time.Millisecond}
}

func seedOf(id string) (seed uint64) {
	for _, b := range []byte(id) {
		seed = seed*131 + uint64(b)
	}
	return seed
}

// took sends receipts for a text: of 100, one is lost, two come twice, two in the
// wrong order, and 1.5 say that it did not arrive.
func (s *storm) took(a story.Accepted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := events.ReceiptDelivered
	luck := s.random.IntN(1000)
	if luck < 15 {
		status = events.ReceiptFailed
	}
	s.fate[a.ID] = status
	first, second := time.Duration(1+s.random.IntN(3))*time.Second, time.Duration(4+s.random.IntN(9))*time.Second
	times := 1
	switch turn := s.random.IntN(100); {
	case turn < 1:
		s.count["receipts lost"]++
		return
	case turn < 3:
		s.count["receipts doubled"]++
		times = 2
	case turn < 5:
		s.count["receipts out of order"]++
		first, second = second, first
	}
	for range times {
		s.posts(a, events.ReceiptSent, first)
		s.posts(a, status, second)
	}
}

// posts stores a receipt after a while, as the webhook does.
func (s *storm) posts(a story.Accepted, status string, after time.Duration) {
	s.late.Go(func() {
		time.Sleep(after)
		ref, _ := events.CaseOfMessage(a.Message.ID)
		s.town.Write(s.ctx, s.event(a.ID+":"+status, events.TypeReceiptReceived, ref,
			events.Receipt{Message: a.Message.ID, Channel: notifier.SMS, ProviderID: a.ID, Status: status, Reason: "in words"}))
	})
}

// Ten thousand families (fewer unless -storm says so) get in touch while the
// provider fails, falls silent and loses receipts, and Hearback is killed twenty
// times. Everybody is told, or a person is asked to; nobody is told twice.
func TestAStorm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, patience), "Mon 23 Nov 2026 09:00")
		s := &storm{town: town, ctx: t.Context(), random: rand.New(rand.NewPCG(7, 7)), tried: map[string]int{}, fate: map[string]string{}, count: map[string]int{}}
		town.Texts.Answers(s.text)
		town.Texts.Took(s.took)
		town.Texts.Reports(func(id string) channel.Report {
			s.mu.Lock()
			defer s.mu.Unlock()
			return channel.Report{Status: s.fate[id], Reason: "in words"}
		})
		setup := story.Setup{Receipts: true, Workers: 32, ReplyTimeout: 10 * time.Second}
		hearback := town.Start(setup)
		s.downFrom = time.Now().Add(4 * stormPart)
		s.downTill = s.downFrom.Add(stormOutage)
		families := *stormSize
		for kill := range stormKills {
			for i := kill * families / stormKills; i < (kill+1)*families/stormKills; i++ {
				s.family(i)
			}
			town.Pass(stormPart)
			hearback.Kill()
			hearback = town.Start(setup)
		}
		town.Pass(6 * time.Hour)
		s.late.Wait()
		town.Settle()

		heard, twice, forbidden, tasks, unsettled := map[string]bool{}, 0, 0, 0, 0
		texts := map[string]bool{}
		for _, a := range town.Texts.Accepted() {
			ref, _ := events.CaseOfMessage(a.Message.ID)
			if texts[a.To+a.Text] {
				twice++
			}
			texts[a.To+a.Text] = true
			var i int
			if _, err := fmt.Sscanf(ref, "S-%d", &i); err != nil || noTexts(i) {
				forbidden++
			}
			if s.fate[a.ID] == events.ReceiptDelivered {
				heard[ref] = true
			}
		}
		for _, a := range town.Mail.Accepted() {
			ref, _ := events.CaseOfMessage(a.Message.ID)
			heard[ref] = true
			s.count["emails"]++
		}
		hearback.Picture.Each(func(c notifier.Case) bool {
			unsettled += len(c.Messages)
			for _, a := range c.Sent {
				if a.Ask || !a.AskAt.IsZero() {
					unsettled++
				}
			}
			if len(c.Tasks) > 0 {
				tasks++
				heard[c.Ref] = true
			}
			return true
		})
		silent := 0
		for i := range families {
			if !heard[stormCase(i)] {
				silent++
			}
		}
		t.Logf("%d families, %d kills: %d texts taken, %d tasks; %v", families, stormKills, len(town.Texts.Accepted()), tasks, s.count)
		t.Logf("silent %d, texts twice %d, texts to a forbidden number %d, unsettled %d", silent, twice, forbidden, unsettled)
		if silent+twice+forbidden+unsettled > 0 {
			t.Error("somebody was left out, told twice, or told where they must not be")
		}
		for _, what := range []string{"refused while the provider was down", "refused for good", "failed for a while", "receipts lost", "receipts doubled", "receipts out of order", "emails"} {
			if s.count[what] == 0 {
				t.Errorf("there were no %s: the storm was none", what)
			}
		}
	})
}
