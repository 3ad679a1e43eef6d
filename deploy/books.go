// Package deploy holds what a council needs beside the program: service files,
// a NATS configuration, and the example book, which is also built in.
package deploy

import (
	"embed"
	"io/fs"
)

//go:embed books
var books embed.FS

// Hertfordshire is the example book.
func Hertfordshire() fs.FS {
	book, err := fs.Sub(books, "books/hertfordshire")
	if err != nil {
		panic(err) // the path is a constant and valid
	}
	return book
}
