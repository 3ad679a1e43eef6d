package doorstep

import "net/http"

// contentPolicy allows our stylesheet, our icon and our forms, and nothing else.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded sets the headers that every answer carries. The address of a page is its key:
// no-referrer keeps it from other sites, no-store from shared machines, noindex from
// search engines.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy":      contentPolicy,
			"Referrer-Policy":              "no-referrer",
			"Cache-Control":                "no-store",
			"X-Robots-Tag":                 "noindex, nofollow",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

// withoutHiddenOrigin lets old browsers post. A page with no-referrer posts its forms
// with "Origin: null" (Fetch, "append a request Origin header"). Where Sec-Fetch-Site
// stands beside it, that alone decides; browsers from before 2023 do not send it.
// Nothing is lost: a browser adds no cookie or password here, so another site can post
// only with a token, and whoever has the token needs no browser.
func withoutHiddenOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == "null" {
			r = r.Clone(r.Context())
			r.Header.Del("Origin")
		}
		next.ServeHTTP(w, r)
	})
}
