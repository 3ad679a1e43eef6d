package console_test

import (
	"net/http"
	"strings"
	"testing"
)

// A page wears the council's colour where the book names one, and nothing but a colour
// can be asked for.
func TestTheCouncilsColour(t *testing.T) {
	d, c := newDesk()
	h := deskOf(d, c, "o.jane")
	if page := get(h, "/families").Body.String(); !strings.Contains(page, `href="/assets/council.css?colour=1f3b63"`) {
		t.Error("the page does not ask for the colour of the book")
	}
	for colour, want := range map[string]int{"1f3b63": http.StatusOK, "ffffff": http.StatusNotFound, "": http.StatusNotFound, "000000;}": http.StatusNotFound} {
		if w := get(h, "/assets/council.css?colour="+strings.ReplaceAll(colour, ";", "%3B")); w.Code != want {
			t.Errorf("%q: status %d, %s", colour, w.Code, w.Body)
		}
	}
	if page := get(demo(busyCouncil()), "/").Body.String(); strings.Contains(page, "council.css") {
		t.Error("a page asks for a colour that no book names")
	}
}
