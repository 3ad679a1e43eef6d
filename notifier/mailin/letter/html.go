package letter

import (
	"html"
	"strings"
	"unicode"
)

// fromHTML makes text of a page: what is shown, in lines, with quoted blocks
// behind ">" as in plain text. It reads broken pages too, and goes through the
// page once.
func fromHTML(page string) string {
	w := pageWriter{}
	small := lower(page)
	for at := 0; at < len(page); {
		open := strings.IndexByte(page[at:], '<')
		if open < 0 {
			w.text(page[at:])
			break
		}
		w.text(page[at : at+open])
		at += open
		switch next := following(page, at); {
		case strings.HasPrefix(page[at:], "<!--"):
			at = after(page, at+4, "-->")
		case next == '/' || next == '!' || next == '?' || isLetter(next):
			end := after(page, at, ">")
			name := tagName(small[at+1 : end])
			if name == "script" || name == "style" || name == "title" {
				end = after(small, end, "</"+name)
				end = after(page, end, ">")
			}
			w.tag(name)
			at = end
		default:
			w.text("<")
			at++
		}
	}
	return w.out.String()
}

func following(text string, at int) byte {
	if at+1 < len(text) {
		return text[at+1]
	}
	return 0
}

// after is the place behind the words, or the end where they do not come.
func after(text string, from int, words string) int {
	if from >= len(text) {
		return len(text)
	}
	if i := strings.Index(text[from:], words); i >= 0 {
		return from + i + len(words)
	}
	return len(text)
}

// tagName is the name in a tag, with its slash where it closes.
func tagName(tag string) string {
	end := 0
	for end < len(tag) && (isLetter(tag[end]) || isDigit(tag[end]) || end == 0 && tag[end] == '/') {
		end++
	}
	return tag[:end]
}

// pageWriter puts words into lines as a browser would, roughly.
type pageWriter struct {
	out strings.Builder
	// breaks are the line ends that are due before the next word: 2 make an empty
	// line.
	breaks int
	// space: the last word was followed by white space.
	space bool
	begun bool
	// depth is the number of quoted blocks around.
	depth int
}

func (w *pageWriter) text(text string) {
	for len(text) > 0 {
		// Entities are at most some 30 characters; a piece ends before white space.
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end == 0 {
			w.space = true
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
			continue
		}
		if end < 0 {
			end = len(text)
		}
		for i, word := range strings.Split(html.UnescapeString(text[:end]), "\u00A0") {
			w.space = w.space || i > 0
			w.word(word)
		}
		text = text[end:]
	}
}

func (w *pageWriter) word(word string) {
	if word == "" {
		return
	}
	switch {
	case !w.begun:
		w.quote()
	case w.breaks > 0:
		for range w.breaks {
			w.out.WriteByte('\n')
			w.quote()
		}
	case w.space:
		w.out.WriteByte(' ')
	}
	w.begun, w.breaks, w.space = true, 0, false
	w.out.WriteString(word)
}

// maxQuoted bounds the marks before a line: deeper quotation looks the same.
const maxQuoted = 5

func (w *pageWriter) quote() {
	for range min(w.depth, maxQuoted) {
		w.out.WriteString("> ")
	}
}

func (w *pageWriter) tag(name string) {
	switch strings.TrimPrefix(name, "/") {
	case "br":
		// Two in a row make an empty line; no page needs more.
		w.breaks = min(w.breaks+1, 2)
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "hr":
		w.breaks = 2
	case "div", "tr", "li", "section", "article", "header", "footer", "center", "dt", "dd":
		w.breaks = max(w.breaks, 1)
	case "blockquote":
		w.breaks = max(w.breaks, 1)
		if name == "blockquote" {
			w.depth++
		} else if w.depth > 0 {
			w.depth--
		}
	case "td", "th":
		w.space = true
	}
	if name == "li" {
		w.word("-")
		w.space = true
	}
}
