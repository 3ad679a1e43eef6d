package engine

import "hearback/notifier"

// Put sets the books in force, for books that no manager could publish.
func (s *Shelf) Put(books notifier.Books) {
	s.state.Store(&shelved{books: books, over: make(chan struct{})})
}
