package publishing

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/engine"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

// Version is one publication of the book. The same version may be published more than
// once: each time is a line of the history.
type Version struct {
	Version  string      `json:"version"`
	Sequence uint64      `json:"sequence"` // its place in the stream
	At       time.Time   `json:"at"`
	By       string      `json:"by"`
	Why      string      `json:"why,omitempty"`
	Files    rules.Files `json:"-"`
}

// String says who published it, when and why.
func (v Version) String() string {
	said := fmt.Sprintf("version %s, published by %s on %s", v.Version, v.By, v.At.UTC().Format("2006-01-02 15:04 UTC"))
	if v.Why != "" {
		said += " (" + v.Why + ")"
	}
	return said
}

// History is every publication of the book, oldest first.
type History struct {
	Versions []Version
	shelf    *engine.Shelf
}

// Load reads the history of the book.
func Load(ctx context.Context, s *stream.Stream) (*History, error) {
	return LoadBeside(ctx, s, engine.NewShelf())
}

// LoadBeside is Load for whoever has a shelf already: versions that stand on it are not
// read again, which takes longer than all else.
func LoadBeside(ctx context.Context, s *stream.Stream, shelf *engine.Shelf) (*History, error) {
	h := &History{shelf: shelf.Beside()}
	err := s.History(ctx, []string{events.BookWildcard}, func(r stream.Record) {
		var p engine.Published
		if json.Unmarshal(r.Data, &p) != nil || len(p.Files) == 0 {
			return // no book: the running Hearback says so in its log
		}
		h.Versions = append(h.Versions, version(p, r.Sequence))
		_ = h.shelf.Take(r.Sequence, r.Data) // what this build cannot read is compared and re-planned by none
	})
	if err != nil {
		return nil, fmt.Errorf("read the history of the book: %w", err)
	}
	return h, nil
}

func version(p engine.Published, sequence uint64) Version {
	return Version{Version: p.Files.Version(), Sequence: sequence, At: p.At, By: p.By, Why: p.Why, Files: p.Files}
}

// InForce is the last version that was published; false where there is none.
func (h *History) InForce() (Version, bool) {
	if len(h.Versions) == 0 {
		return Version{}, false
	}
	return h.Versions[len(h.Versions)-1], true
}

// Find is the last publication of the version that begins so; of the one in force
// where name is empty.
func (h *History) Find(name string) (Version, error) {
	var found Version
	for _, v := range h.Versions {
		if !strings.HasPrefix(v.Version, name) {
			continue
		}
		if name != "" && found.Version != "" && found.Version != v.Version {
			return Version{}, fmt.Errorf("versions %s and %s both begin with %q; write more of the one you mean", found.Version, v.Version, name)
		}
		found = v
	}
	if found.Version == "" {
		return Version{}, fmt.Errorf("no version %q of the book was ever published; hearback book history lists those that were", name)
	}
	return found, nil
}

// Books are the versions that this Hearback can read, with one more beside them that
// need not be published; nil for none.
func (h *History) Books(also *notifier.Book) notifier.Books {
	books := h.shelf.Books()
	versions := make(map[string]*notifier.Book, len(books.Versions)+1)
	maps.Copy(versions, books.Versions)
	if also != nil {
		versions[also.Version] = also
	}
	books.Versions = versions
	return books
}
