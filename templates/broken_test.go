package templates_test

import "io/fs"

// brokenFS is a folder in which one name cannot be opened.
type brokenFS struct {
	fs.FS
	broken string
}

func (f brokenFS) Open(name string) (fs.File, error) {
	if name == f.broken {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.FS.Open(name)
}
