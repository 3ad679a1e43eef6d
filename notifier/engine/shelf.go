package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"hearback/notifier"
	"hearback/notifier/rules"
)

// BookPart is the subject part under which whole books are published.
const BookPart = "whole"

// Published is one version of the book as it stands in the stream.
type Published struct {
	At    time.Time   `json:"at"`
	By    string      `json:"by"`
	Why   string      `json:"why,omitempty"`
	Files rules.Files `json:"files"`
}

// Shelf holds every version of the book that was published. The last one
// published is in force for new promises.
type Shelf struct {
	taking sync.Mutex
	state  atomic.Pointer[shelved]
}

type shelved struct {
	books notifier.Books
	// last says who published the version in force, and sequence where in the stream.
	last     Published
	sequence uint64
	over     chan struct{} // closed when another publication follows
}

// NewShelf is a shelf without any book.
func NewShelf() *Shelf {
	s := &Shelf{}
	s.state.Store(&shelved{over: make(chan struct{})})
	return s
}

// Beside is a shelf on which nothing is in force yet, and which need not read again what
// this one has read.
func (s *Shelf) Beside() *Shelf {
	beside := NewShelf()
	beside.state.Load().books.Versions = s.Books().Versions
	return beside
}

// Books are all versions, the current one marked. Current is nil before the
// first is published.
func (s *Shelf) Books() notifier.Books { return s.state.Load().books }

// By says who published the version in force.
func (s *Shelf) By() string { return s.state.Load().last.By }

// Changed is closed when another publication follows the one that is in force now.
func (s *Shelf) Changed() <-chan struct{} { return s.state.Load().over }

// Take puts the version on the shelf that was published at this place in the stream.
// Several may read the stream at once, each in order: what was taken before changes
// nothing.
func (s *Shelf) Take(sequence uint64, data []byte) error {
	s.taking.Lock()
	defer s.taking.Unlock()
	old := s.state.Load()
	if sequence <= old.sequence {
		return nil
	}
	now, err := old.with(data)
	now.sequence, now.over = sequence, make(chan struct{})
	s.state.Store(&now)
	close(old.over)
	return err
}

// with is the shelf with one more version; as it was where that cannot be used.
func (old shelved) with(data []byte) (shelved, error) {
	var p Published
	if err := json.Unmarshal(data, &p); err != nil {
		return old, fmt.Errorf("read the published book: %w", err)
	}
	version := p.Files.Version()
	book, known := old.books.Versions[version]
	if !known {
		var faults []rules.Fault
		if book, faults = rules.Load(p.Files.FS()); book == nil {
			errs := make([]error, len(faults))
			for i, f := range faults {
				errs[i] = errors.New(f.String())
			}
			return old, fmt.Errorf("book %s: %w", version, errors.Join(errs...))
		}
	}
	versions := maps.Clone(old.books.Versions)
	if versions == nil {
		versions = map[string]*notifier.Book{}
	}
	versions[version] = book
	return shelved{books: notifier.Books{Current: book, Versions: versions}, last: Published{At: p.At, By: p.By, Why: p.Why}}, nil
}
