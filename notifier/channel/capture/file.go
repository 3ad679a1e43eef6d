package capture

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// file is the JSON lines of one channel inside its folder.
type file struct {
	root   *os.Root
	name   string
	handle *os.File
	lines  int
}

// open reads what the folder holds, oldest first, and opens its file for
// appending. What it could read it returns beside an error too.
func open(folder, channelName string) (*file, []Captured, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, nil, storing(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, nil, storing(err)
	}
	f := &file{root: root, name: "captured-" + channelName + ".jsonl"}
	kept, err := f.load()
	if err == nil {
		// A rewrite also mends a last line that a crash cut short.
		err = f.rewrite(kept)
	}
	if err != nil {
		_ = f.close()
		return nil, kept, storing(err)
	}
	return f, kept, nil
}

func (f *file) load() ([]Captured, error) {
	handle, err := f.root.Open(f.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = handle.Close() }()
	return read(handle)
}

// read gives the newest messages of a file, oldest first. A line that is not a
// message is passed over: a crash may have cut it short, and one bad line must
// not hide the others.
func read(from io.Reader) ([]Captured, error) {
	reader := bufio.NewReader(from)
	var kept []Captured
	for {
		line, err := reader.ReadBytes('\n')
		var captured Captured
		if json.Unmarshal(line, &captured) == nil && captured.ProviderID != "" {
			kept = append(kept, captured)
		}
		if len(kept) >= 2*Limit {
			kept = append(kept[:0], kept[Limit:]...)
		}
		if errors.Is(err, io.EOF) {
			return kept[max(0, len(kept)-Limit):], nil
		}
		if err != nil {
			return kept, err
		}
	}
}

func (f *file) append(captured Captured) error {
	line, err := json.Marshal(captured)
	if err != nil {
		return err
	}
	if _, err := f.handle.Write(append(line, '\n')); err != nil {
		return err
	}
	f.lines++
	return nil
}

// rewrite replaces the file by these messages. The old file stands until the
// new one is whole.
func (f *file) rewrite(kept []Captured) error {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	for _, captured := range kept {
		if err := encoder.Encode(captured); err != nil {
			return err
		}
	}
	fresh := f.name + ".new"
	if err := f.root.WriteFile(fresh, []byte(text.String()), 0o600); err != nil {
		return err
	}
	if err := f.root.Rename(fresh, f.name); err != nil {
		return err
	}
	handle, err := f.root.OpenFile(f.name, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if f.handle != nil {
		_ = f.handle.Close()
	}
	f.handle, f.lines = handle, len(kept)
	return nil
}

func (f *file) close() error {
	var err error
	if f.handle != nil {
		err = f.handle.Close()
	}
	return errors.Join(err, f.root.Close())
}

// storing says who must do what. The cause names the file at most.
func storing(err error) error {
	return fmt.Errorf("captured messages are kept in memory only, because their file cannot be used; "+
		"the operator must check the space and the rights of the data folder: %w", err)
}
