package postal_test

import (
	"slices"
	"strings"
	"testing"

	"hearback/notifier/postal"

	"pgregory.net/rapid"
)

func TestLines(t *testing.T) {
	for address, want := range map[string][]string{
		"Sam Taylor\n1 High Street\nSG5 1AA":                                  {"Sam Taylor", "1 High Street", "SG5 1AA"},
		"Sam Taylor, 1 High Street, SG5 1AA":                                  {"Sam Taylor", "1 High Street", "SG5 1AA"},
		"  Sam  Taylor ,\r\n1 High Street,\r\n\r\nHitchin ,\r\n sg51aa, \r\n": {"Sam Taylor", "1 High Street", "Hitchin", "SG5 1AA"},
		"Sam Taylor, 1 High Street, Hitchin SG5 1AA":                          {"Sam Taylor", "1 High Street", "Hitchin", "SG5 1AA"},
		"Sam Taylor, 1 High Street, Hitchin SG51AA, UK":                       {"Sam Taylor", "1 High Street", "Hitchin", "SG5 1AA"},
		"Sam Taylor\nFlat 2, 1 High Street\nHitchin, SG5 1AA":                 {"Sam Taylor", "Flat 2, 1 High Street", "Hitchin", "SG5 1AA"},
		"Sam Taylor\n1 Heol Fawr\nCaerdydd\nCF10 1AA\nCymru\nUnited Kingdom":  {"Sam Taylor", "1 Heol Fawr", "Caerdydd", "CF10 1AA"},
		"Sam Taylor\n1 Whitehall\nsw1a1aa\nU.K.":                              {"Sam Taylor", "1 Whitehall", "SW1A 1AA"},
		"Cpl Taylor\nUnit 1\nBFPO 57":                                         {"Cpl Taylor", "Unit 1", "BFPO 57"},
		"1\n2\n3\n4\n5\n6\nE1 1AA":                                            {"1", "2", "3", "4", "5", "6", "E1 1AA"},
		"صوفيا Taylor\n1 High Street\nW1A 0AX":                                {"صوفيا Taylor", "1 High Street", "W1A 0AX"},
	} {
		if lines, why := postal.Lines(address); why != "" || !slices.Equal(lines, want) {
			t.Errorf("%q gives %q, %q, want %q", address, lines, why, want)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for address, says := range map[string]string{
		"":                                   "fewer than 3",
		" , ,\n,":                            "fewer than 3",
		"Sam Taylor\nSG5 1AA":                "fewer than 3",
		"UK\nUK\nUK\nUK":                     "fewer than 3",
		"1\n2\n3\n4\n5\n6\n7\nSG5 1AA":       "more than 7",
		"Sam Taylor\n1 High Street\nHitchin": "UK postcode",
		"Sam Taylor\n1 rue Haute\n75001 Paris\nFrance":  "UK postcode",
		"Sam Taylor\n1 High Street\nSG5 1CA":            "UK postcode",
		"Sam Taylor\n1 High Street\nSG55 55A":           "UK postcode",
		"Sam Taylor\n1 High Street\nBFPO":               "UK postcode",
		"Sam Taylor\n-\nSG5 1AA":                        "first two lines",
		"Sam Taylor\n1 High Street\n(Hitchin)\nSG5 1AA": "sign",
		"Sam Taylor\nNo Fixed Abode\nSG5 1AA":           "no fixed address",
		"Sam Taylor\nNFA\nHitchin SG5 1AA":              "no fixed address",
	} {
		lines, why := postal.Lines(address)
		if lines != nil || !strings.Contains(why, says) {
			t.Errorf("%q gives %q, %q, want it refused with %q", address, lines, why, says)
		}
		if strings.Contains(why, "Taylor") || strings.Contains(why, "SG5") {
			t.Errorf("%q holds the address", why)
		}
	}
}

// TestAnyGoodAddressKeepsItsLines writes addresses as people do: on one line or on
// several, in any case and spacing.
func TestAnyGoodAddressKeepsItsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`[A-Z0-9][A-Za-z0-9'.-]{0,10}( [A-Z][a-z]{2,10}street){0,2}x`)
		want := rapid.SliceOfN(line, 2, 6).Draw(t, "lines")
		outward := rapid.StringMatching(`([A-Z][0-9]|[A-Z][0-9][0-9]|[A-Z]{2}[0-9]|[A-Z]{2}[0-9]{2}|[A-Z][0-9][A-Z]|[A-Z]{2}[0-9][A-Z])`).Draw(t, "outward")
		inward := rapid.StringMatching(`[0-9][ABD-HJLNP-UW-Z]{2}`).Draw(t, "inward")
		postcode := outward + rapid.SampledFrom([]string{" ", "", "  "}).Draw(t, "gap") + inward
		if rapid.Bool().Draw(t, "small") {
			postcode = strings.ToLower(postcode)
		}
		between := rapid.SampledFrom([]string{", ", ",", " , ", "\n", ",\n", "\r\n", " \n\n "}).Draw(t, "between")
		last := rapid.SampledFrom([]string{between, " "}).Draw(t, "before the postcode")
		if len(want) < 3 && last == " " && !strings.Contains(between, "\n") {
			last = between
		}
		address := strings.Join(want, between) + last + postcode + rapid.SampledFrom([]string{"", between, between + "England"}).Draw(t, "behind")
		want = append(want, outward+" "+inward)
		if lines, why := postal.Lines(address); why != "" || !slices.Equal(lines, want) {
			t.Fatalf("%q gives %q, %q, want %q", address, lines, why, want)
		}
	})
}

// FuzzLines gives any text at all. What passes has lines that Notify takes,
// and reading them again changes nothing.
func FuzzLines(f *testing.F) {
	f.Add("Sam Taylor\n1 High Street\nSG5 1AA")
	f.Add("Sam Taylor, 1 High Street, Hitchin sg5 1aa, UK")
	f.Add("Cpl Taylor\nUnit 1\nbfpo c/o 57")
	f.Add("a\nb\n\xff ,E1 1AA")
	f.Fuzz(func(t *testing.T, address string) {
		lines, why := postal.Lines(address)
		if (why == "") != (lines != nil) {
			t.Fatalf("%q gives %q and %q", address, lines, why)
		}
		if why != "" {
			return
		}
		if len(lines) < 3 || len(lines) > 7 || slices.ContainsFunc(lines, func(line string) bool {
			return strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\r\n")
		}) {
			t.Fatalf("%q gives %q", address, lines)
		}
		if again, _ := postal.Lines(strings.Join(lines, "\n")); !slices.Equal(again, lines) {
			t.Fatalf("%q gives %q, and those %q", address, lines, again)
		}
	})
}

func TestHomeIsTheSameHoweverItIsWritten(t *testing.T) {
	for _, same := range [][]string{
		{"Sam Taylor\n1 High Street\nHitchin\nSG5 1AA", "Alex Taylor\n1 High St.\nHitchin\nHertfordshire\nsg51aa", "S Taylor\n1, HIGH STREET\nHitchin SG5 1AA\nUK", "\n1 High Street\nHitchin\nSG5 1AA"},
		{"Sam Taylor\nFlat 2\n14 High Street\nSG5 1AA", "Alex\n14 High Street, Flat 2\nHitchin\nSG5 1AA", "Alex\n2/14 High St\nSG5 1AA"},
		{"Sam Taylor\nRose Cottage\nMill Lane\nSG5 1AA", "Alex\nROSE COTTAGE,\nSG51AA"},
	} {
		for _, other := range same[1:] {
			if a, b := postal.Home(same[0]), postal.Home(other); a == "" || a != b {
				t.Errorf("%q is %q, and %q is %q", same[0], a, other, b)
			}
		}
	}
	homes := map[string]string{}
	for _, address := range []string{"Sam\n1 High Street\nSG5 1AA", "Sam\n2 High Street\nSG5 1AA", "Sam\n1a High Street\nSG5 1AA", "Sam\n1 High Street\nSG5 1AB",
		"Sam\nRose Cottage\nSG5 1AA", "Sam\nThe Lodge\nSG5 1AA", "Sam\nFlat 1\n2 High Street\nSG5 1AA"} {
		home := postal.Home(address)
		if other, taken := homes[home]; taken {
			t.Errorf("%q and %q are one home", address, other)
		}
		homes[home] = address
	}
	for _, nothing := range []string{"", "Sam Taylor", "Sam Taylor\n", "Sam Taylor\n ,\nUK"} {
		if home := postal.Home(nothing); home != "" {
			t.Errorf("%q is the home %q", nothing, home)
		}
	}
}
