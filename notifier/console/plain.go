package console

import (
	"net/http"

	"hearback/notifier"
)

// Plain is a page for somebody who is not let in, or goes.
type Plain struct {
	Heading    string
	Paragraphs []string
	// Link leads somewhere, Button posts to a path of ours; each may be empty.
	Link, LinkWords     string
	Button, ButtonWords string
}

// ShowPlain writes such pages with the council's name and colour and nothing else of the
// book in force. They carry the headers of every page only where they are answered by
// [Options.SignIn].
func ShowPlain(book func() *notifier.Book) func(w http.ResponseWriter, status int, p Plain) {
	c := &console{options: Options{Book: book}, pages: parsePages()}
	return func(w http.ResponseWriter, status int, p Plain) {
		c.render(w, status, "plain", page{Title: p.Heading, Plain: true, Body: p})
	}
}
