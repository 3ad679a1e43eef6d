package notify_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode"

	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/standin"
	"hearback/templates"

	"pgregory.net/rapid"
)

func TestWritable(t *testing.T) {
	for text, script := range map[string]string{
		"":                          "",
		"We have your message.\nJo": "",
		"“Don’t wait” – call… £5 €6":           "",
		"Otrzymaliśmy wiadomość. Łódź, Kraków": "",
		"Am primit mesajul dumneavoastră":      "",
		"Rydym wedi cael eich neges: ŵ ŷ â Ŵ":  "",
		"Yıldız":               "",
		"Cafe\u0301":           "",
		"ΔΦΓΛΩΠΨΣΘΞ":           "",
		"ہمیں آپ کا پیغام ملا": "Arabic",
		"وصلتنا رسالتك":        "Arabic",
		"আমরা আপনার বার্তা পেয়েছি": "Bengali",
		"ਸਾਨੂੰ ਤੁਹਾਡਾ ਸੁਨੇਹਾ ਮਿਲਿਆ": "Gurmukhi",
		"અમને તમારો સંદેશ મળ્યો":    "Gujarati",
		"உங்கள் செய்தி":             "Tamil",
		"Ми отримали":               "Cyrillic",
		"我们收到了":                     "Han",
		"Dear صوفيا":                "Arabic",
		"Þór":                       "unusual Latin",
		"λόγος":                     "Greek",
		"Done ✅":                    "emoji",
		"3½ hours":                  "signs",
		"\x1b":                      "signs",
		"\xff":                      "signs",
	} {
		ok, why := notify.Writable(text)
		if ok != (script == "") || !strings.Contains(why, script) || ok && why != "" {
			t.Errorf("Writable(%q) = %v, %q, want %q", text, ok, why, script)
		}
		if words := strings.Fields(text); !ok && len(words) > 0 && strings.Contains(why, words[0]) {
			t.Errorf("%q holds the text", why)
		}
	}
}

// notifyKeeps is what Notify does not change: GSM-7 by its standard (3GPP TS 23.038),
// and the vowels of Welsh under each of its four accents.
func notifyKeeps(r rune) bool {
	const others = "\n\r\f£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€"
	return r >= ' ' && r <= '~' && r != '`' || strings.ContainsRune(others, r) ||
		strings.ContainsRune("àèìòùẁỳáéíóúẃýäëïöüẅÿâêîôûŵŷ", unicode.ToLower(r))
}

// TestWhatIsWritableArrivesAsItIs: Notify changes nothing of a text that Send hands
// over, so what the ledger holds is what the family reads.
func TestWhatIsWritableArrivesAsItIs(t *testing.T) {
	provider := standin.NewNotify(apiKey, standin.NotifyFaults{})
	made := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: direct{provider}}})
	letters := rapid.RuneFrom([]rune("abc ŚśŁłŵâéñı’–…€\n"), unicode.Latin, unicode.Arabic, unicode.Mn, unicode.So, unicode.Cyrillic)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringOfN(letters, 1, 60, -1), rapid.StringOf(rapid.RuneFrom([]rune("abc ŚśŁłŵâéñı’–…€")))).Draw(t, "text")
		ok, _ := notify.Writable(text)
		kept := !strings.ContainsFunc(templates.Normalise(text), func(r rune) bool { return !notifyKeeps(r) })
		if ok != kept {
			t.Fatalf("Writable(%q) = %v, and Notify keeps all of it: %v", text, ok, kept)
		}
		before := len(provider.Received())
		_, err := made.Send(t.Context(), channel.Message{ID: "H-1-1", To: "+447700900501", Text: text})
		if !ok || strings.TrimSpace(templates.Normalise(text)) == "" {
			if channel.FailureOf(err) == nil || channel.FailureOf(err).Verdict != channel.Never {
				t.Fatalf("Send = %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if body := provider.Received()[before].Body; strings.ContainsFunc(body, func(r rune) bool { return !notifyKeeps(r) }) {
			t.Fatalf("%q went as %q", text, body)
		}
	})
}

func TestLengthIsCountedAsNotifyDoes(t *testing.T) {
	provider := standin.NewNotify(apiKey, standin.NotifyFaults{})
	made := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: direct{provider}}})
	for text, code := range map[string]string{
		strings.Repeat("a", 918):              "",
		strings.Repeat("ŵ", 918):              "",
		" " + strings.Repeat("a", 918) + "\n": "",
		strings.Repeat("a", 915) + "…":        "",
		strings.Repeat("a", 916) + "…":        notify.CodeTooLong,
		strings.Repeat("ŵ", 919):              notify.CodeTooLong,
		strings.Repeat("e\u0301", 918):        "",
	} {
		_, err := made.Send(t.Context(), channel.Message{ID: "H-1-1", To: "+447700900501", Text: text})
		if failure := channel.FailureOf(err); code == "" && err != nil || code != "" && (failure == nil || failure.Code != code) {
			t.Errorf("%d characters: Send = %v, want %q", len([]rune(text)), err, code)
		}
	}
}
