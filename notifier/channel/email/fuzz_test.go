package email_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"hearback/notifier/channel"
)

// FuzzReplies puts any text at all in place of one of the server's replies. Send
// must sort it in the time it has, and let out nothing of it.
func FuzzReplies(f *testing.F) {
	verbs := []string{"", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", ".", "RSET", "NOOP"}
	const marker = "sam.taylor.1"
	for place, reply := range map[int]string{
		0: "220", 1: "250-mail.example", 2: "334 !!!", 3: "550 5.1.1 " + marker, 4: "999 " + marker,
		5: "354", 6: "250-half", 7: "4", 8: "5\r\n\r\n",
	} {
		f.Add(uint8(place), reply)
	}
	f.Add(uint8(6), "421 4.3.2 Closing\r\n250 OK")
	f.Add(uint8(4), "4\x00\x00 \r\n550 "+marker)
	f.Add(uint8(1), "250-AUTH\r\n250-SIZE x\r\n250 STARTTLS")
	f.Fuzz(func(t *testing.T, place uint8, reply string) {
		synctest.Test(t, func(t *testing.T) {
			provider := answering(script{verbs[int(place)%len(verbs)]: reply}, withPassword)(t)
			defer provider.Close()
			for number := range 2 {
				receipt, err := provider.Sender.Send(t.Context(), message(1))
				if err == nil {
					if receipt.ProviderID == "" {
						t.Error("accepted without a receipt")
					}
					continue
				}
				failure, ok := errors.AsType[*channel.Failure](err)
				if !ok || failure.Code == "" || failure.Reason == "" {
					t.Fatalf("attempt %d: %v is no whole *channel.Failure", number, err)
				}
				for _, word := range []string{marker, username, password} {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%v holds %q", err, word)
					}
				}
			}
		})
	})
}
