package console

import "net/http"

// Plain is a page for somebody who is not let in, or goes.
type Plain struct {
	Heading    string
	Paragraphs []string
	// Link leads somewhere, Button posts to a path of ours; each may be empty.
	Link, LinkWords     string
	Button, ButtonWords string
}

// ShowPlain writes such pages with a council's name and nothing else of it. They carry
// the headers of every page only where they are answered by [Options.SignIn].
func ShowPlain(council string) func(w http.ResponseWriter, status int, p Plain) {
	c := &console{options: Options{Council: council}, pages: parsePages()}
	return func(w http.ResponseWriter, status int, p Plain) {
		c.render(w, status, "plain", page{Title: p.Heading, Plain: true, Body: p})
	}
}
