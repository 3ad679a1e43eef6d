package standin_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel/standin"

	"pgregory.net/rapid"
)

const messages = "/2010-04-01/Accounts/AC1/Messages.json"

// text is what we read of the stand-in's JSON, with the standard library.
type text struct {
	SID     string `json:"sid"`
	To      string `json:"to"`
	From    string `json:"from"`
	Body    string `json:"body"`
	Created string `json:"date_created"`
	Code    int    `json:"code"`
}

type listing struct {
	Messages []text  `json:"messages"`
	Next     *string `json:"next_page_uri"`
	PageSize int     `json:"page_size"`
}

func create(handler http.Handler, to, body string) *httptest.ResponseRecorder {
	form := url.Values{"To": {to}, "From": {"HertsSEND"}, "Body": {body}}
	request := httptest.NewRequest(http.MethodPost, messages, strings.NewReader(form.Encode()))
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

func get(handler http.Handler, address string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, address, nil))
	return recorder
}

func read[T any](t interface{ Fatalf(string, ...any) }, recorder *httptest.ResponseRecorder) T {
	var value T
	if err := json.Unmarshal(recorder.Body.Bytes(), &value); err != nil {
		t.Fatalf("%v in %s", err, recorder.Body)
	}
	return value
}

func TestAnyWordsComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		twilio := standin.NewTwilio(standin.TwilioFaults{})
		body := rapid.StringN(1, -1, -1).Draw(t, "body")
		reply := create(twilio, "+447700900001", body)
		if reply.Code != http.StatusCreated {
			t.Fatalf("status %d", reply.Code)
		}
		created := read[text](t, reply)
		if created.Body != body || created.To != "+447700900001" || created.From != "HertsSEND" {
			t.Fatalf("got %+v, want the body %q", created, body)
		}
		listed := read[listing](t, get(twilio, messages+"?To=%2B447700900001"))
		fetched := read[text](t, get(twilio, "/2010-04-01/Accounts/AC1/Messages/"+created.SID+".json"))
		if len(listed.Messages) != 1 || listed.Messages[0] != created || fetched != created {
			t.Fatalf("listed %+v, fetched %+v, want %+v", listed, fetched, created)
		}
	})
}

func TestPagesHoldEveryTextOnceNewestFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		twilio := standin.NewTwilio(standin.TwilioFaults{})
		numbers := rapid.SliceOfN(rapid.IntRange(0, 2), 1, 60).Draw(t, "numbers")
		size := rapid.IntRange(1, 20).Draw(t, "page size")
		filter := rapid.Bool().Draw(t, "filter")
		var want []string
		for place, number := range numbers {
			body := strconv.Itoa(place)
			create(twilio, fmt.Sprintf("+44770090000%d", number), body)
			if !filter || number == 1 {
				want = append(want, body)
			}
		}
		slices.Reverse(want)
		query := url.Values{"PageSize": {strconv.Itoa(size)}}
		if filter {
			query.Set("To", "+447700900001")
		}
		var got []string
		for next := messages + "?" + query.Encode(); next != ""; {
			page := read[listing](t, get(twilio, next))
			if len(page.Messages) > size {
				t.Fatalf("%d texts on a page of %d", len(page.Messages), size)
			}
			for _, text := range page.Messages {
				got = append(got, text.Body)
			}
			next = ""
			if page.Next != nil {
				next = *page.Next
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestPageSizeIsBounded(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	for query, want := range map[string]int{"": 50, "?PageSize=0": 50, "?PageSize=x": 50, "?PageSize=5000": 1000} {
		if page := read[listing](t, get(twilio, messages+query)); page.PageSize != want || page.Messages == nil {
			t.Errorf("%q gives %+v, want an empty page of %d", query, page, want)
		}
	}
}

func TestListingLagsAndOutageEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twilio := standin.NewTwilio(standin.TwilioFaults{ListingLag: 3 * time.Second, DownUntil: time.Now().Add(time.Minute)})
		if reply := create(twilio, "+447700900001", "x"); reply.Code != http.StatusServiceUnavailable {
			t.Errorf("status %d during the outage", reply.Code)
		}
		if reply := get(twilio, messages); reply.Code != http.StatusServiceUnavailable {
			t.Errorf("status %d for the listing during the outage", reply.Code)
		}
		time.Sleep(time.Minute)
		created := read[text](t, create(twilio, "+447700900001", "x"))
		time.Sleep(3*time.Second - 1)
		if page := read[listing](t, get(twilio, messages)); len(page.Messages) != 0 {
			t.Errorf("listed %+v before its time", page)
		}
		if fetched := read[text](t, get(twilio, "/2010-04-01/Accounts/AC1/Messages/"+created.SID+".json")); fetched != created {
			t.Errorf("fetched %+v, want %+v at once", fetched, created)
		}
		time.Sleep(1)
		if page := read[listing](t, get(twilio, messages)); len(page.Messages) != 1 {
			t.Errorf("listed %+v, want one text", page)
		}
	})
}

// outcomes sends each text three times and gives the statuses by text.
func outcomes(twilio *standin.Twilio, order []int, senders int) map[int][3]int {
	var mutex sync.Mutex
	got := make(map[int][3]int)
	work := make(chan int)
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for number := range work {
				var statuses [3]int
				for attempt := range statuses {
					statuses[attempt] = create(twilio, fmt.Sprintf("+447700900%03d", number%1000), strconv.Itoa(number)).Code
				}
				mutex.Lock()
				got[number] = statuses
				mutex.Unlock()
			}
		})
	}
	for _, number := range order {
		work <- number
	}
	close(work)
	group.Wait()
	return got
}

func TestFaultsDependOnTheSeedAndTheTextAlone(t *testing.T) {
	faults := standin.TwilioFaults{Seed: 7, Permanent: 0.03, Temporary: 0.04, Throttled: 0.05, HTML: 0.05}
	order := make([]int, 5000)
	for i := range order {
		order[i] = i
	}
	first := standin.NewTwilio(faults)
	want := outcomes(first, order, 1)
	slices.Reverse(order)
	second := standin.NewTwilio(faults)
	got := outcomes(second, order, 16)
	for number := range want {
		if got[number] != want[number] {
			t.Fatalf("text %d got %v in another order, first %v", number, got[number], want[number])
		}
	}
	if first.Counts() != second.Counts() {
		t.Errorf("counts %+v and %+v", first.Counts(), second.Counts())
	}
	faults.Seed = 8
	if other := outcomes(standin.NewTwilio(faults), order, 1); fmt.Sprint(other) == fmt.Sprint(want) {
		t.Error("another seed gives the same faults")
	}
	// 15,000 attempts to 1,000 numbers. The bounds are wide: a seed is one
	// draw, and this one does not change.
	counts := first.Counts()
	share := func(part int) float64 { return float64(part) / float64(counts.Requests) }
	if got := share(counts.Refused); got < 0.015 || got > 0.045 {
		t.Errorf("%v of attempts refused, want about 0.03", got)
	}
	if got := share(counts.Throttled); got < 0.04 || got > 0.06 {
		t.Errorf("%v of attempts throttled, want about 0.05", got)
	}
	if got := share(counts.Failed); got < 0.07 || got > 0.10 {
		t.Errorf("%v of attempts failed, want about 0.087", got)
	}
	if counts.Requests != counts.Accepted+counts.Refused+counts.Throttled+counts.Failed || counts.Accepted != len(first.Received()) {
		t.Errorf("counts do not add up: %+v", counts)
	}
}

func TestRefusedNumbersStayRefusedAndCodesAreThePlans(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{Permanent: 1, PermanentCodes: []int{21610, 21612}})
	seen := make(map[int]int)
	for number := range 200 {
		to := fmt.Sprintf("+447700900%03d", number)
		first, second := read[text](t, create(twilio, to, "one")), read[text](t, create(twilio, to, "two"))
		if first.Code != second.Code {
			t.Fatalf("%s got %d, then %d", to, first.Code, second.Code)
		}
		seen[first.Code]++
	}
	if len(seen) != 2 || seen[21610] < 60 || seen[21612] < 60 {
		t.Errorf("codes %v, want both of the plan's about equally", seen)
	}
}

func TestTemporaryFaultsPass(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{Seed: 1, Temporary: 0.5})
	for number := range 100 {
		attempts := 1
		for create(twilio, "+447700900001", strconv.Itoa(number)).Code != http.StatusCreated {
			if attempts++; attempts > 30 {
				t.Fatalf("text %d failed 30 times at a rate of a half", number)
			}
		}
	}
	if counts := twilio.Counts(); counts.Failed < 50 {
		t.Errorf("counts %+v, want about 100 failures", counts)
	}
}

func TestRepeatsAreCountedByRecipientAndWords(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	for _, text := range [][2]string{{"1", "a"}, {"1", "b"}, {"2", "a"}, {"1", "a"}, {"1", "a"}} {
		create(twilio, text[0], text[1])
	}
	if counts := twilio.Counts(); counts.Accepted != 5 || counts.Repeated != 2 {
		t.Errorf("counts %+v, want 5 accepted and 2 of them repeats", counts)
	}
}

// FuzzTwilio gives the stand-in any request at all. It answers with JSON, and
// counts what it was asked.
func FuzzTwilio(f *testing.F) {
	f.Add("POST", messages, "To=%2B447700900001&From=x&Body=y")
	f.Add("POST", messages, "%zz")
	f.Add("POST", messages, "To=1")
	f.Add("GET", messages+"?PageSize=-1&PageToken=PASM0&Page=x", "")
	f.Add("GET", messages+"?PageToken=PASMffffffffffffffff", "")
	f.Add("GET", "/2010-04-01/Accounts/AC1/Messages/SM-1.json", "")
	f.Add("DELETE", "/elsewhere", "")
	f.Fuzz(func(t *testing.T, method, address, body string) {
		target, err := url.Parse(address)
		if err != nil || !strings.HasPrefix(address, "/") {
			return
		}
		twilio := standin.NewTwilio(standin.TwilioFaults{})
		create(twilio, "+447700900001", "first")
		recorder := httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
		request.Method, request.URL = method, target
		twilio.ServeHTTP(recorder, request)
		if !json.Valid(recorder.Body.Bytes()) {
			t.Errorf("%s %s gives %q", method, address, recorder.Body)
		}
	})
}

func BenchmarkTwilioCreate(b *testing.B) {
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	form := url.Values{"To": {"+447700900001"}, "From": {"HertsSEND"}, "Body": {strings.Repeat("word ", 30)}}.Encode()
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, messages, strings.NewReader(form))
		twilio.ServeHTTP(httptest.NewRecorder(), request)
	}
}
