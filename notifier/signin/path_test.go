package signin_test

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"hearback/notifier/signin"
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func TestPathsToGoBackTo(t *testing.T) {
	for asked, want := range map[string]string{
		"/": "/", "/families?team=north&page=2": "/families?team=north&page=2", "/find?q=Sam%20Taylor": "/find?q=Sam%20Taylor",
		"": "/", "families": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/%5Cevil.example", `\\evil.example`: "/",
		"https://evil.example/": "/", "https:evil.example": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/", "/\n/evil.example": "/",
		"/%0d%0aSet-Cookie:a=b": "/%0d%0aSet-Cookie:a=b", "/sign-out": "/", "/sign-in?to=/": "/", "/#fragment": "/",
		"/" + strings.Repeat("a", 700): "/", "/\x00": "/", "//user@evil.example": "/", "/.//evil.example": "/.//evil.example",
	} {
		if got := signin.LocalPath(asked); got != want {
			t.Errorf("%q leads to %q, not %q", asked, got, want)
		}
	}
}

// FuzzPathsStayHere: whatever is asked for, a browser stays on our site.
func FuzzPathsStayHere(f *testing.F) {
	for _, seed := range []string{"/", "//evil.example", `/\evil.example`, "/\t/evil.example", "https://evil.example", "/%2f/evil.example", "/a?b#c", "/..//evil.example", "http:/evil.example", "/;@evil.example"} {
		f.Add(seed)
	}
	base := must(url.Parse("https://hearback.council.example/"))
	f.Fuzz(func(t *testing.T, asked string) {
		got := signin.LocalPath(asked)
		u, err := url.Parse(got)
		if err != nil {
			t.Fatalf("%q leads to %q, which is no address", asked, got)
		}
		if to := base.ResolveReference(u); to.Host != base.Host || to.Scheme != base.Scheme || to.User != nil {
			t.Errorf("%q leads to %s", asked, to)
		}
		// A browser reads a backslash as a slash and drops tabs and line breaks.
		if got[0] != '/' || len(got) > 1 && (got[1] == '/' || got[1] == '\\') || strings.ContainsAny(got, "\t\r\n\\ ") || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q leads to %q, which a browser may read otherwise", asked, got)
		}
		if signin.LocalPath(got) != got {
			t.Errorf("%q leads to %q, and that elsewhere", asked, got)
		}
	})
}
