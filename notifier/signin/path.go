package signin

import (
	"net/url"
	"strings"
)

// longestPath bounds, in bytes, the address that is gone back to after signing in.
const longestPath = 600

// localPath is the page of our own that was asked for, path and query; the first page
// for anything that a browser might take for an address elsewhere, for what is too
// long, and for the pages of signing in themselves.
func localPath(asked string) string {
	const first = "/"
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || len(asked) > longestPath {
		return first
	}
	path := u.RequestURI()
	switch {
	case !strings.HasPrefix(path, "/"), strings.HasPrefix(path, "//"), strings.ContainsFunc(path, notInAPath),
		strings.HasPrefix(path, signInPath), strings.HasPrefix(path, signOutPath):
		return first
	}
	return path
}

// notInAPath are the characters that browsers drop, or read as a slash.
func notInAPath(r rune) bool { return r <= ' ' || r == '\\' || r > '~' }
