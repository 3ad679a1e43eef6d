package sms_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hearback/notifier/channel"
	"hearback/notifier/channel/sms"
	"hearback/notifier/channel/standin"
)

// BenchmarkSend and BenchmarkPlainPost do the same work over loopback, the
// second with net/http alone: the difference is what the library and our
// sorting cost.
func BenchmarkSend(b *testing.B) {
	server := httptest.NewServer(standin.NewTwilio(standin.TwilioFaults{}))
	defer server.Close()
	sender, err := sms.New(sms.Config{AccountSID: accountSID, AuthToken: authToken, From: "HertsSEND", BaseURL: server.URL})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sender.Close() }()
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := sender.Send(b.Context(), message(1)); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkPlainPost(b *testing.B) {
	server := httptest.NewServer(standin.NewTwilio(standin.TwilioFaults{}))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	defer client.CloseIdleConnections()
	address := server.URL + "/2010-04-01/Accounts/" + accountSID + "/Messages.json"
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := plainPost(b, client, address, message(1)); err != nil {
				b.Error(err)
			}
		}
	})
}

func plainPost(b *testing.B, client *http.Client, address string, m channel.Message) error {
	b.Helper()
	form := url.Values{"To": {m.To}, "From": {"HertsSEND"}, "Body": {m.Text}}
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(accountSID, authToken)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
