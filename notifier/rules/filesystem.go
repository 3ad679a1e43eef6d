package rules

import (
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// FS gives the bundle as a read-only file system. Paths that no file system
// could hold are left out. The bundle must not change while it is in use.
func (f Files) FS() fs.FS {
	b := bundle{files: make(map[string]string, len(f)), folders: map[string][]fs.DirEntry{".": nil}}
	for name, content := range f {
		if fs.ValidPath(name) && name != "." && !f.under(name) {
			b.files[name] = content
		}
	}
	for name, content := range b.files {
		b.enter(node{name: name, size: int64(len(content))})
	}
	for _, entries := range b.folders {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	}
	return b
}

// under reports whether a folder on the way to name is itself a file.
func (f Files) under(name string) bool {
	for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
		if _, isFile := f[folder]; isFile {
			return true
		}
	}
	return false
}

type bundle struct {
	files   map[string]string
	folders map[string][]fs.DirEntry
}

// enter lists n in its folder, and the folder in its own where it is new.
func (b bundle) enter(n node) {
	folder := path.Dir(n.name)
	_, known := b.folders[folder]
	b.folders[folder] = append(b.folders[folder], fs.FileInfoToDirEntry(n))
	if !known {
		b.enter(node{name: folder, folder: true})
	}
}

func (b bundle) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if content, ok := b.files[name]; ok {
		return &openFile{node: node{name: name, size: int64(len(content))}, Reader: strings.NewReader(content)}, nil
	}
	if entries, ok := b.folders[name]; ok {
		return &openFolder{node: node{name: name, folder: true}, left: entries}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// node is what is known of a file or folder without opening it.
type node struct {
	name   string
	size   int64
	folder bool
}

func (n node) Name() string       { return path.Base(n.name) }
func (n node) Size() int64        { return n.size }
func (n node) ModTime() time.Time { return time.Time{} }
func (n node) IsDir() bool        { return n.folder }
func (n node) Sys() any           { return nil }
func (n node) Mode() fs.FileMode {
	if n.folder {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

type openFile struct {
	node
	*strings.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFile) Close() error               { return nil }
func (f *openFile) Size() int64                { return f.node.size }

type openFolder struct {
	node
	left []fs.DirEntry
}

func (f *openFolder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *openFolder) Close() error               { return nil }
func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

// ReadDir follows [fs.ReadDirFile].
func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(f.left) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(f.left) {
		n = len(f.left)
	}
	entries := slices.Clone(f.left[:n])
	f.left = f.left[n:]
	return entries, nil
}
