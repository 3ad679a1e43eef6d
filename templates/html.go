package templates

import (
	"cmp"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Frame is what stands round an email's words in its HTML part.
type Frame struct {
	Title     string // the document's title: the subject
	Council   string // shown above the words
	Language  string // BCP 47 tag of the words; empty means DefaultLanguage
	Direction string // "ltr" or "rtl"; empty means the language's own
}

// languageNames are the languages of this country's councils.
var languageNames = map[string]string{"en": "English", "cy": "Welsh", "pl": "Polish", "ro": "Romanian", "ur": "Urdu", "pa": "Punjabi",
	"bn": "Bengali", "ar": "Arabic", "uk": "Ukrainian"}

// LanguageName names a language in English by its BCP 47 tag; one that is not known is
// the tag itself.
func LanguageName(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return cmp.Or(languageNames[primary], tag)
}

// Direction gives the direction in which a language is written, "rtl" or
// "ltr", from its script subtag if it has one (pa-Arab), else from the language.
func Direction(language string) string {
	tags := strings.Split(strings.ToLower(language), "-")
	for _, tag := range tags[1:] {
		switch tag {
		case "arab", "aran", "hebr", "syrc", "thaa", "nkoo", "adlm", "rohg":
			return "rtl"
		}
		if len(tag) == 4 && tag[0] >= 'a' {
			return "ltr"
		}
	}
	switch tags[0] {
	case "ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi":
		return "rtl"
	}
	return "ltr"
}

// Inline styles only: mail programs drop style sheets. Sizes and colours meet
// WCAG 2.2 AA on white; the one column needs no width of its own on a phone.
const (
	styleBody      = "margin:0;padding:0;background-color:#ffffff;color:#1a1a1a;"
	styleColumn    = "max-width:600px;margin:0 auto;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:18px;line-height:1.5;overflow-wrap:break-word;"
	styleCouncil   = "margin:0 0 24px 0;padding:0 0 12px 0;border-bottom:2px solid #1a1a1a;font-weight:bold;"
	styleParagraph = "margin:0 0 18px 0;"
	styleHeading   = "margin:24px 0 12px 0;font-size:22px;line-height:1.3;"
	styleList      = "margin:0 0 18px 0;padding:0 24px;"
	styleItem      = "margin:0 0 6px 0;"
	styleQuote     = "margin:0 0 18px 0;padding:0 16px;border-left:4px solid #b1b4b6;border-right:4px solid #b1b4b6;"
	styleRule      = "margin:24px 0;border:0;border-top:1px solid #b1b4b6;"
	styleLink      = "color:#1d4f91;text-decoration:underline;"
	styleCode      = "font-family:monospace;"
)

// HTML makes the HTML part of an email from the Markdown that Render gives: a
// whole document with its language and direction, inline styles, and neither
// pictures nor scripts. Raw HTML in the Markdown is left out, and a link whose
// address could run code leads nowhere.
func HTML(markdown string, frame Frame) string {
	source := []byte(markdown)
	document := parseDressed(source)
	dress(document, true)
	language := frame.Language
	if language == "" {
		language = DefaultLanguage
	}
	direction := frame.Direction
	if direction == "" {
		direction = Direction(language)
	}
	var b strings.Builder
	b.Grow(len(markdown)*2 + 2048)
	b.WriteString("<!DOCTYPE html>\n<html lang=\"" + html.EscapeString(language) + "\" dir=\"" + html.EscapeString(direction) + "\">\n<head>\n" +
		"<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<title>" + html.EscapeString(frame.Title) + "</title>\n</head>\n<body style=\"" + styleBody + "\">\n" +
		"<div style=\"" + styleColumn + "\">\n")
	if council := clean(frame.Council); council != "" {
		if setApart(council, direction == "rtl") {
			council = isolate + council + endIsolate
		}
		b.WriteString("<p style=\"" + styleCouncil + "\">" + isolatesInHTML(html.EscapeString(council)) + "</p>\n")
	}
	var words strings.Builder
	// A strings.Builder never fails, and the renderer has no error of its own.
	_ = commonMark().Renderer().Render(&words, source, document)
	b.WriteString(isolatesInHTML(words.String()))
	b.WriteString("</div>\n</body>\n</html>\n")
	return b.String()
}

// Body makes the words of an email or a letter alone, from the Markdown that Render
// gives, as part of a page that has a stylesheet of its own: as [HTML] makes them, and
// without styles.
func Body(markdown string) string {
	source := []byte(markdown)
	document := parseDressed(source)
	dress(document, false)
	var words strings.Builder
	_ = commonMark().Renderer().Render(&words, source, document) // a strings.Builder never fails
	return isolatesInHTML(words.String())
}

// dress gives every element its style, where it is to have one, and puts a picture's
// words in its place.
func dress(document ast.Node, styled bool) {
	var pictures []ast.Node
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		style := ""
		switch node.Kind() {
		case ast.KindParagraph:
			style = styleParagraph
		case ast.KindHeading:
			style = styleHeading
		case ast.KindList:
			style = styleList
		case ast.KindListItem:
			style = styleItem
		case ast.KindBlockquote:
			style = styleQuote
		case ast.KindThematicBreak:
			style = styleRule
		case ast.KindLink, ast.KindAutoLink:
			style = styleLink
		case ast.KindCodeSpan:
			style = styleCode
		case ast.KindImage:
			pictures = append(pictures, node)
		}
		if styled && style != "" {
			node.SetAttributeString("style", style)
		}
		return ast.WalkContinue, nil
	})
	for _, picture := range pictures {
		parent := picture.Parent()
		for child := picture.FirstChild(); child != nil; child = picture.FirstChild() {
			picture.RemoveChild(picture, child)
			parent.InsertBefore(parent, picture, child)
		}
		parent.RemoveChild(parent, picture)
	}
}
