package console

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// Answers below smallest bytes are sent as they are; jitterMost bounds the bytes that
// are added by chance, so that the length of a page does not tell what stands in it.
const (
	smallest   = 4 << 10
	jitterMost = 64
)

// small compresses what browsers take compressed: pages, the stylesheet and scripts. A
// council's book as a page is long, and lists repeat themselves.
func small(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(smallest), gzhttp.RandomJitter(jitterMost, 0, false),
		gzhttp.ContentTypes([]string{"text/html", "text/css", "text/javascript", "text/csv"}))
	if err != nil {
		panic("console: these settings are fixed and must be right: " + err.Error())
	}
	return wrap(next)
}
