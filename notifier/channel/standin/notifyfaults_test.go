package standin_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel/standin"
)

func TestNotifyTakesOnlyAGoodToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
		token := func(header, claims, secret string) string {
			mac := hmac.New(sha256.New, []byte(secret))
			_, _ = mac.Write([]byte(part(header) + "." + part(claims)))
			return "Bearer " + part(header) + "." + part(claims) + "." + part(string(mac.Sum(nil)))
		}
		claims := func(issuer string, early time.Duration) string {
			return fmt.Sprintf(`{"iss":"%s","iat":%d}`, issuer, time.Now().Add(early).Unix())
		}
		const header = `{"typ":"JWT","alg":"HS256"}`
		for name, test := range map[string]struct {
			authorization string
			status        int
		}{
			"good":              {token(header, claims(notifyService, 0), notifySecret), 200},
			"30 seconds old":    {token(header, claims(notifyService, -30*time.Second), notifySecret), 200},
			"31 seconds old":    {token(header, claims(notifyService, -31*time.Second), notifySecret), 403},
			"31 seconds early":  {token(header, claims(notifyService, 31*time.Second), notifySecret), 403},
			"another secret":    {token(header, claims(notifyService, 0), notifyService), 403},
			"another service":   {token(header, claims(notifySecret, 0), notifySecret), 403},
			"another algorithm": {token(`{"alg":"none"}`, claims(notifyService, 0), notifySecret), 403},
			"no JSON":           {token("x", "y", notifySecret), 403},
			"two parts":         {"Bearer x.y", 403},
			"none":              {"", 401},
			"Basic":             {"Basic eDp5", 401},
		} {
			notify := standin.NewNotify("a-key-"+notifyService+"-"+notifySecret, standin.NotifyFaults{})
			recorder, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v2/notifications", nil)
			request.Header.Set("Authorization", test.authorization)
			notify.ServeHTTP(recorder, request)
			if recorder.Code != test.status || recorder.Code != 200 && notify.Counts().Unauthorised != 1 {
				t.Errorf("%s: status %d, %s, want %d", name, recorder.Code, recorder.Body, test.status)
			}
		}
	})
}

func TestNotifyLimitsTheDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notify := standin.NewNotify("", standin.NotifyFaults{DailyLimit: 2})
		var got []int
		for range 3 {
			got = append(got, send(notify, "sms", "07700900123", "r", "body", "x").Code)
		}
		time.Sleep(24 * time.Hour)
		got = append(got, send(notify, "sms", "07700900123", "r", "body", "x").Code)
		if fmt.Sprint(got) != "[201 201 429 201]" {
			t.Errorf("statuses %v, want a refusal until the next day", got)
		}
	})
}

func TestNotifyIsDownAndLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notify := standin.NewNotify("", standin.NotifyFaults{DownUntil: time.Now().Add(time.Minute), ListingLag: 3 * time.Second})
		for _, reply := range []*httptest.ResponseRecorder{
			send(notify, "sms", "07700900123", "r", "body", "x"), get(notify, "/v2/notifications"), get(notify, "/v2/notifications/x"),
		} {
			if reply.Code != http.StatusServiceUnavailable {
				t.Errorf("status %d during the outage", reply.Code)
			}
		}
		time.Sleep(time.Minute)
		send(notify, "sms", "07700900123", "r", "body", "x")
		if page := read[notifyListing](t, get(notify, "/v2/notifications?reference=r")); page.Notifications == nil || len(page.Notifications) != 0 {
			t.Errorf("listed %+v before its time", page)
		}
		time.Sleep(3 * time.Second)
		if page := read[notifyListing](t, get(notify, "/v2/notifications?reference=r")); len(page.Notifications) != 1 {
			t.Errorf("listed %+v, want one", page)
		}
	})
}

func TestNotifyFaultsAddUp(t *testing.T) {
	faults := standin.NotifyFaults{Seed: 7, Permanent: 0.1, Temporary: 0.1, HTML: 0.1, Throttled: 0.1, RetryAfter: 7 * time.Second, Odd: 0.1}
	notify := standin.NewNotify("", faults)
	for number := range 1000 {
		reply := send(notify, "sms", fmt.Sprintf("07700900%03d", number), "r", "body", "x")
		if after := reply.Header().Get("Retry-After"); (reply.Code == http.StatusTooManyRequests) != (after == "7") {
			t.Errorf("status %d with Retry-After %q", reply.Code, after)
		}
	}
	c := notify.Counts()
	if c.Requests != 1000 || c.Requests != c.Accepted+c.Simulated+c.Refused+c.Throttled+c.Failed || c.Accepted != len(notify.Received()) {
		t.Errorf("counts do not add up: %+v", c)
	}
	for name, count := range map[string]int{"refused": c.Refused, "throttled": c.Throttled, "failed": c.Failed / 2, "spoilt": c.Spoilt} {
		if count < 60 || count > 140 {
			t.Errorf("%d of 1000 %s, want about 100", count, name)
		}
	}
	notify.SetFaults(standin.NotifyFaults{})
	if reply := send(notify, "sms", "07700900123", "r", "body", "x"); reply.Code != http.StatusCreated {
		t.Errorf("status %d without faults", reply.Code)
	}
}
