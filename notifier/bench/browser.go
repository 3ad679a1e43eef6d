package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"
)

// browser asks for pages as one caller's browser does, one after the other over one
// connection.
type browser struct {
	client *http.Client
	at     string // address of the site
}

func newBrowser(at string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &browser{at: at, client: &http.Client{Jar: jar, Timeout: time.Minute,
		Transport:     &http.Transport{DisableCompression: true}, // it would hide what goes over the wire
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

func (b *browser) close() { b.client.CloseIdleConnections() }

// answer is what came of one request.
type answer struct {
	status   int
	took     time.Duration // until the last byte was there
	wire     int           // bytes of the body as they were sent
	location string
	body     []byte
}

func (b *browser) get(ctx context.Context, path string) (answer, error) {
	return b.ask(ctx, http.MethodGet, path, nil)
}

func (b *browser) ask(ctx context.Context, method, path string, form url.Values) (a answer, err error) {
	request, err := http.NewRequestWithContext(ctx, method, b.at+path, strings.NewReader(form.Encode()))
	if err != nil {
		return a, err
	}
	request.Header.Set("Accept-Encoding", "gzip")
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	begun := time.Now()
	response, err := b.client.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	a.body, err = io.ReadAll(response.Body)
	a.took, a.wire, a.status, a.location = time.Since(begun), len(a.body), response.StatusCode, response.Header.Get("Location")
	if err == nil && response.Header.Get("Content-Encoding") == "gzip" {
		var plain *gzip.Reader
		if plain, err = gzip.NewReader(bytes.NewReader(a.body)); err == nil {
			a.body, err = io.ReadAll(plain)
		}
	}
	return a, err
}

// send fills in the form of a page that goes to action, and sends it; it returns where
// that leads.
func (b *browser) send(ctx context.Context, page, action string, fill func(url.Values)) (string, error) {
	a, err := b.get(ctx, page)
	if err != nil {
		return "", err
	}
	read, err := readMarkup(a.body)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", page, err)
	}
	at := slices.IndexFunc(read.forms, func(f form) bool { return f.post && f.action == action })
	if at < 0 {
		return "", fmt.Errorf("the page %s has no form that goes to %s", page, action)
	}
	values := read.forms[at].values()
	fill(values)
	if a, err = b.ask(ctx, http.MethodPost, action, values); err != nil {
		return "", err
	}
	if a.status != http.StatusSeeOther {
		return "", fmt.Errorf("the form of %s to %s was answered with %d", page, action, a.status)
	}
	return a.location, nil
}

// markup is what a page leads to.
type markup struct {
	links []string
	forms []form
}

// form is one form of a page, with its fields in their order.
type form struct {
	action string
	post   bool
	fields []field
}

// field is one field as it stands; a list has its choices.
type field struct {
	name, value string
	choices     []option
	typed       bool // somebody writes in it
}

type option struct{ value, words string }

// values are what a browser sends where nobody has changed anything.
func (f form) values() url.Values {
	values := url.Values{}
	for _, one := range f.fields {
		values.Add(one.name, one.value)
	}
	return values
}

// readMarkup reads one of our own pages, in which every element is closed.
func readMarkup(page []byte) (m markup, err error) {
	decoder := xml.NewDecoder(bytes.NewReader(page))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var in *form // none outside of one
	for err == nil {
		var token xml.Token
		if token, err = decoder.Token(); err != nil {
			break
		}
		if end, is := token.(xml.EndElement); is && end.Name.Local == "form" && in != nil {
			m.forms, in = append(m.forms, *in), nil
		}
		start, is := token.(xml.StartElement)
		if !is {
			continue
		}
		attributes := map[string]string{}
		for _, a := range start.Attr {
			attributes[a.Name.Local] = a.Value
		}
		_, chosen := attributes["selected"]
		_, checked := attributes["checked"]
		kind, name := attributes["type"], attributes["name"]
		switch {
		case start.Name.Local == "a":
			m.links = append(m.links, attributes["href"])
		case start.Name.Local == "form":
			in = &form{action: attributes["action"], post: attributes["method"] == "post"}
		case in == nil:
		case start.Name.Local == "input" && (kind != "radio" && kind != "checkbox" || checked):
			in.fields = append(in.fields, field{name: name, value: attributes["value"], typed: kind == "" || kind == "text" || kind == "search"})
		case start.Name.Local == "textarea":
			var said string
			if said, err = characters(decoder); err == nil {
				in.fields = append(in.fields, field{name: name, value: strings.TrimPrefix(said, "\n")}) // a first line end is not the text's
			}
		case start.Name.Local == "select":
			in.fields = append(in.fields, field{name: name})
		case start.Name.Local == "option" && len(in.fields) > 0:
			last := &in.fields[len(in.fields)-1]
			if chosen || len(last.choices) == 0 {
				last.value = attributes["value"]
			}
			var words string
			if words, err = characters(decoder); err == nil {
				last.choices = append(last.choices, option{attributes["value"], words})
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return m, err
}

// characters is the text up to the next tag.
func characters(decoder *xml.Decoder) (string, error) {
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if err != nil {
			return "", err
		}
		said, is := token.(xml.CharData)
		if !is {
			return text.String(), nil
		}
		text.Write(said)
	}
}
