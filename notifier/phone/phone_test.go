package phone_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"hearback/notifier/phone"
	"pgregory.net/rapid"
)

func TestMobileAcceptsEverySpelling(t *testing.T) {
	const want = phone.Number("+447700900123")
	for _, raw := range []string{
		"07700900123",
		"07700 900123",
		"07700 900 123",
		"0 7 7 0 0 9 0 0 1 2 3",
		"+447700900123",
		"+44 7700 900123",
		"+44 (0)7700 900123",
		"+44 (0) 7700 900 123",
		"+44-7700-900-123",
		"+4407700900123",
		"0044 7700 900123",
		"0044 (0)7700 900123",
		"00447700900123",
		"44 7700 900123",
		"4407700900123",
		"0+44 7700 900123",
		"0+44 (0)7700 900123",
		"+044 7700 900123",
		"+07700 900123",
		"++44 7700 900123",
		"(+44) 7700 900123",
		"7700900123",
		"7700 900123",
		"(07700) 900-123",
		"[07700] 900.123",
		"07700–900–123",
		"07700 900‑123",
		"tel:+447700900123",
		" tel:07700 900123 ",
		"\t07700 900123\r\n",
		"\u00a007700\u00a0900123\u00a0",
		"\u202a+44 7700 900123\u202c", // as copied from an address book
		"\ufeff07700900123",
		"０７７００　９００１２３",
		"٠٧٧٠٠٩٠٠١٢٣",
		"۰۷۷۰۰۹۰۰۱۲۳",
	} {
		got, err := phone.Mobile(raw)
		if err != nil || got != want {
			t.Errorf("Mobile(%q) = %q, %v", raw, got, err)
		}
	}
}

func TestMobileRefuses(t *testing.T) {
	for raw, want := range map[string]phone.Reason{
		"":                              phone.Empty,
		"   ":                           phone.Empty,
		"\u200b\u00a0":                  phone.Empty,
		"tel:":                          phone.Empty,
		"none":                          phone.NotANumber,
		"-":                             phone.NotANumber,
		"+":                             phone.NotANumber,
		"O7700 900123":                  phone.NotANumber, // the letter O
		"07700 900123 (mum)":            phone.NotANumber,
		"07700 900123 ext 5":            phone.NotANumber,
		"07700 900123, 07700 900124":    phone.NotANumber,
		"07700 900123 / 900124":         phone.NotANumber,
		"07700+900123":                  phone.NotANumber,
		"sam@family.example":            phone.NotANumber,
		strings.Repeat("07700", 50):     phone.NotANumber,
		"0":                             phone.TooShort,
		"00000000000":                   phone.TooShort,
		"999":                           phone.TooShort,
		"900123":                        phone.TooShort,
		"07700 90012":                   phone.TooShort,
		"+44 7700 90012":                phone.TooShort,
		"44 7700 9001":                  phone.TooShort,
		"07700 9001234":                 phone.TooLong,
		"+44 44 7700 900123":            phone.TooLong,
		"07700 900123 07700 900124":     phone.TooLong,
		"01632 960123":                  phone.Landline,
		"+44 1632 960123":               phone.Landline,
		"020 7946 0000":                 phone.Landline,
		"+1 202 555 0123":               phone.Foreign,
		"001 202 555 0123":              phone.Foreign,
		"+353 20 910 0000":              phone.Foreign,
		"+7700 900123":                  phone.Foreign, // a plus says which country comes next
		"0808 157 0000":                 phone.NotAMobile,
		"0909 879 0000":                 phone.NotAMobile,
		"03069 990000":                  phone.NotAMobile,
		example(t, "GB", "personal"):    phone.NotAMobile,
		example(t, "GB", "pager"):       phone.NotAMobile,
		example(t, "GB", "fixed line"):  phone.Landline,
		example(t, "JE", "mobile"):      phone.CrownDependency,
		example(t, "GG", "mobile"):      phone.CrownDependency,
		example(t, "IM", "mobile"):      phone.CrownDependency,
		example(t, "JE", "fixed line"):  phone.Landline,
		example(t, "FR", "mobile"):      phone.Foreign,
		example(t, "US", "fixed line"):  phone.Foreign,
		"07700 900123\x00":              phone.NotANumber,
		"\xff\xfe07700900123":           phone.NotANumber,
		"<script>alert(07700)</script>": phone.NotANumber,
	} {
		got, err := phone.Mobile(raw)
		unusable, ok := errors.AsType[*phone.Unusable](err)
		if !ok || unusable.Reason != want {
			t.Errorf("Mobile(%q) = %q, %v; want the reason %s", raw, got, err, want)
		}
	}
}

// example takes a number from the library's metadata, where each country's
// regulator keeps one for examples.
func example(t *testing.T, region, kind string) string {
	t.Helper()
	types := map[string]phonenumbers.PhoneNumberType{
		"mobile": phonenumbers.MOBILE, "fixed line": phonenumbers.FIXED_LINE,
		"pager": phonenumbers.PAGER, "personal": phonenumbers.PERSONAL_NUMBER,
	}
	number := phonenumbers.GetExampleNumberForType(region, types[kind])
	if number == nil {
		t.Fatalf("no example of a %s in %s", kind, region)
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}

func TestMobileAcceptsUKMobiles(t *testing.T) {
	number := phonenumbers.GetExampleNumberForType("GB", phonenumbers.MOBILE)
	want := phone.Number(phonenumbers.Format(number, phonenumbers.E164))
	got, err := phone.Mobile(phonenumbers.Format(number, phonenumbers.NATIONAL))
	if err != nil || got != want {
		t.Errorf("Mobile of the example mobile = %q, %v; want %q", got, err, want)
	}
}

// The library, asked slowly and one number at a time, must agree about every
// range that begins with 7.
func TestRangesAgreeWithTheLibrary(t *testing.T) {
	for prefix := 70000; prefix < 80000; prefix += 7 {
		value := uint64(prefix)*100000 + 12345
		number := &phonenumbers.PhoneNumber{CountryCode: new(int32(44)), NationalNumber: &value}
		var want phone.Reason
		switch {
		case phonenumbers.GetNumberType(number) != phonenumbers.MOBILE:
			want = phone.NotAMobile
		case phonenumbers.GetRegionCodeForNumber(number) != "GB", phonenumbers.IsValidNumberForRegion(number, "IM"):
			want = phone.CrownDependency
		}
		_, err := phone.Mobile(fmt.Sprintf("0%d", value))
		var got phone.Reason
		if unusable, ok := errors.AsType[*phone.Unusable](err); ok {
			got = unusable.Reason
		}
		if got != want {
			t.Errorf("range 0%d: got the reason %s, the library says %s", prefix, got, want)
		}
	}
}

// spelling writes a national number in one of the ways that people do.
func spelling(t *rapid.T, national string) string {
	prefix := rapid.SampledFrom([]string{"0", "", "+44", "+44 ", "+44 (0)", "0044", "0044 0", "44", "0+44", " +44(0) ", "(+44)"}).Draw(t, "prefix")
	var b strings.Builder
	b.WriteString(prefix)
	for i := range national {
		if i > 0 {
			b.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", ".", ")", " – ", "\u00a0", "\u200b"}).Draw(t, "gap"))
		}
		b.WriteByte(national[i])
	}
	b.WriteString(rapid.SampledFrom([]string{"", " ", "\t", "\n", "\u00a0"}).Draw(t, "end"))
	return b.String()
}

func TestEverySpellingIsOneNumber(t *testing.T) {
	mobile := phonenumbers.GetNationalSignificantNumber(phonenumbers.GetExampleNumberForType("GB", phonenumbers.MOBILE))
	rapid.Check(t, func(t *rapid.T) {
		national := mobile
		if rapid.Bool().Draw(t, "drama") {
			national = fmt.Sprintf("7700900%03d", rapid.IntRange(0, 999).Draw(t, "last digits"))
		}
		raw := spelling(t, national)
		got, err := phone.Mobile(raw)
		if err != nil || got != phone.Number("+44"+national) {
			t.Fatalf("Mobile(%q) = %q, %v; want +44%s", raw, got, err, national)
		}
		again, err := phone.Mobile(string(got))
		if err != nil || again != got {
			t.Fatalf("Mobile(%q) = %q, %v", got, again, err)
		}
	})
}

func TestEverySpellingOfALandlineIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := spelling(t, fmt.Sprintf("1632960%03d", rapid.IntRange(0, 999).Draw(t, "last digits")))
		_, err := phone.Mobile(raw)
		if unusable, ok := errors.AsType[*phone.Unusable](err); !ok || unusable.Reason != phone.Landline {
			t.Fatalf("Mobile(%q): %v, want a landline", raw, err)
		}
	})
}

func TestReasonsSpeak(t *testing.T) {
	seen := make(map[string]phone.Reason)
	for reason := phone.Empty; reason <= phone.NotAMobile; reason++ {
		for _, words := range []string{reason.String(), reason.Words()} {
			if other, ok := seen[words]; ok || words == "" {
				t.Errorf("%q stands for %d and %d", words, other, reason)
			}
			seen[words] = reason
		}
		if !strings.HasSuffix(reason.Words(), ".") || !strings.HasSuffix(reason.Ask(), ".") {
			t.Errorf("%s: %q and %q are not sentences", reason, reason.Words(), reason.Ask())
		}
	}
	if text := phone.Reason(99).String(); text != "unknown-reason-99" {
		t.Errorf("a reason that does not exist is called %q", text)
	}
}

func TestNumbersStayOutOfLogs(t *testing.T) {
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("sent", "to", phone.Number("+447700900123"))
	if strings.Contains(b.String(), "900123") || !strings.Contains(b.String(), "[number]") {
		t.Errorf("the log says %s", b.String())
	}
}

func FuzzMobile(f *testing.F) {
	for _, seed := range []string{
		"07700 900123", "+44 (0)7700 900123", "0+44 7700 900123", "7700900123", "tel:07700900123", "01632 960123",
		"+1 202 555 0123", "0044", "44", "", "+", "٠٧٧٠٠٩٠٠١٢٣", "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := phone.Mobile(raw)
		if err != nil {
			unusable, ok := errors.AsType[*phone.Unusable](err)
			if !ok || unusable.Reason < phone.Empty || unusable.Reason > phone.NotAMobile || got != "" {
				t.Fatalf("Mobile(%q) = %q, %#v", raw, got, err)
			}
			// Digits in the error are those of "11 digits", "07" and "+44".
			for _, run := range strings.FieldsFunc(err.Error(), func(r rune) bool { return r < '0' || r > '9' }) {
				if len(run) > 2 {
					t.Fatalf("the error for %q holds digits: %v", raw, err)
				}
			}
			return
		}
		if len(got) != len("+447700900123") || !strings.HasPrefix(string(got), "+447") {
			t.Fatalf("Mobile(%q) = %q", raw, got)
		}
		if again, err := phone.Mobile(string(got)); err != nil || again != got {
			t.Fatalf("Mobile(%q) = %q, which gives %q, %v", raw, got, again, err)
		}
	})
}

func BenchmarkMobile(b *testing.B) {
	number := phonenumbers.GetExampleNumberForType("GB", phonenumbers.MOBILE)
	for name, raw := range map[string]string{
		"drama":    "07700 900123",
		"mobile":   phonenumbers.Format(number, phonenumbers.NATIONAL),
		"landline": "01632 960123",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = phone.Mobile(raw)
			}
		})
	}
}
