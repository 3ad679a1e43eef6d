package templates_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/templates"
)

func TestNormalise(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"plain", "Hello, you.\n2 lines", "Hello, you.\n2 lines"},
		{"quotes", "‘a’ “b” ‚c‛ „d‟ «e» ‹f› `g´", `'a' "b" 'c' "d" "e" 'f' 'g'`},
		{"dashes and dots", "a – b — c − d ‑ e …", "a - b - c - d - e ..."},
		{"spaces", "a\u00a0b\u202fc\td\u2009e\u3000f", "a b c d e f"},
		{"invisible", "a\u200bb\u2060c\ufeffd\u00ade\u200df\u202ag\u202c", "abcdefg"},
		{"line ends", "a\r\nb\rc\n", "a\nb\nc\n"},
		{"GSM-7 accents stay", "éèùìòàäöüñÅØÆß£€", "éèùìòàäöüñÅØÆß£€"},
		{"Welsh accents stay", "âêîôûŵŷáéíóúẃýẁỳëïẅÿ", "âêîôûŵŷáéíóúẃýẁỳëïẅÿ"},
		{"Polish", "Otrzymaliśmy wiadomość. Zażółć gęślą jaźń. ŁÓDŹ", "Otrzymalismy wiadomosc. Zazólc gesla jazn. LÓDZ"},
		{"Romanian", "Vă mulțumim și așteptați", "Va multumim si asteptati"},
		{"Turkish", "ığşİĞŞç", "igsIGSc"},
		{"Vietnamese", "Tiếng Việt", "Tieng Viet"},
		{"French", "garçon ÇA", "garcon ÇA"},
		{"accents apart, kept", "e\u0301 w\u0302 n\u0303 A\u030a C\u0327", "é ŵ ñ Å Ç"},
		{"accents apart, dropped", "s\u0301 c\u0327 e\u0323\u0302 é\u0323 a\u200b\u0301", "s c ê é á"},
		{"signs with a twin", "5 \u2126, \u212bse", "5 Ω, Åse"},
		{"Ukrainian", "Ми отримали ваше повідомлення", "Ми отримали ваше повідомлення"},
		{"Ukrainian, accents apart", "и\u0306", "и\u0306"},
		{"Urdu", "ہمیں آپ کا پیغام مل گیا ہے\u200c۔ \u2068H-1\u2069", "ہمیں آپ کا پیغام مل گیا ہے\u200c۔ \u2068H-1\u2069"},
		{"Bengali", "আমরা আপনার বার্তা পেয়েছি র\u200d্য", "আমরা আপনার বার্তা পেয়েছি র\u200d্য"},
		{"a smile", "ok 😀", "ok 😀"},
		{"looks like Δ", "∆", "∆"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := templates.Normalise(test.text); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestNormaliseNeverAsksQuestions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("aeWśÆœ\u212b\u2126\u0301\u0302\u200d\u202eب`’é €\r\n\t")))).Draw(t, "text")
		got := templates.Normalise(text)
		if again := templates.Normalise(got); again != got {
			t.Fatalf("%q becomes %q", got, again)
		}
		if strings.Count(got, "?") != strings.Count(text, "?") {
			t.Fatalf("%q from %q", got, text)
		}
		if before, after := templates.Measure(text), templates.Measure(got); before.Encoding == templates.GSM7 && after.Encoding != templates.GSM7 {
			t.Fatalf("%q forces UCS-2, %q did not", got, text)
		}
	})
}
