package doorstep

import (
	"net/http"
	"time"
	_ "time/tzdata" // so that London's clock is known on every machine

	"hearback/notifier/link"
)

// Options are what the pages must know besides.
type Options struct {
	// Keys check the links. Without keys no link opens.
	Keys link.Keys
	// Now is the clock of the pages; nil is time.Now.
	Now func() time.Time
}

// New is the handler of the pages. It answers /a/, /f/ and /doorstep/, and 404 for
// whatever else it is given.
func New(source Source, publisher Publisher, options Options) http.Handler {
	if options.Now == nil {
		options.Now = time.Now
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("doorstep: the time zone of London is built in and must load: " + err.Error())
	}
	d := &doorstep{source: source, publisher: publisher, keys: options.Keys, now: options.Now, london: london, pages: parsePages()}
	return d.handler()
}

// doorstep is one site. It is not changed after it is made.
type doorstep struct {
	source    Source
	publisher Publisher
	keys      link.Keys
	now       func() time.Time
	london    *time.Location
	pages     pages
}

func (d *doorstep) handler() http.Handler {
	mux := http.NewServeMux()
	d.serveAssets(mux)
	mux.HandleFunc("GET /a/{token}", d.askOfficer)
	mux.HandleFunc("POST /a/{token}", d.takeOfficer)
	mux.HandleFunc("GET /f/{token}", d.showFamily)
	mux.HandleFunc("POST /f/{token}", d.takeFamily)
	for _, path := range []string{"/a/{token}", "/f/{token}"} {
		mux.HandleFunc(path, d.wrongMethod)
	}
	mux.HandleFunc("/", d.notFound)

	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(d.foreign))
	return guarded(withoutHiddenOrigin(protection.Handler(mux)))
}

// storeWithin is how long a visitor waits to hear that an answer is stored.
const storeWithin = 10 * time.Second
