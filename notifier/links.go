package notifier

import "strings"

// LinkKind is what a signed link in a message is for, or another way to answer it.
type LinkKind string

// The kinds of links, as words name them: ((replied link)) and so on.
const (
	LinkReplied LinkKind = "replied link"  // staff: I have replied
	LinkUntil   LinkKind = "until link"    // staff: I need until a date
	LinkNotMine LinkKind = "not mine link" // staff: this reply is not mine to give
	LinkFamily  LinkKind = "your link"     // a contact: where does my enquiry stand
	LinkAnswer  LinkKind = "answer link"   // staff: any of the three, in an email about several families
	LinkText    LinkKind = "text back"     // staff: no link, but how to answer by text
)

// marks are what stands in a decided message for each link. The link itself is
// made when the message is handed over: a ledger is read by more people than may
// press it. They are addresses, for words use them as such, of a host that cannot be
// (RFC 2606).
func marks() map[LinkKind]string {
	return map[LinkKind]string{LinkReplied: "https://replied.hblink.invalid", LinkUntil: "https://until.hblink.invalid",
		LinkNotMine: "https://not-mine.hblink.invalid", LinkFamily: "https://family.hblink.invalid", LinkText: "https://text.hblink.invalid"}
}

const linkHost = "hblink.invalid"

// FillLinks puts links in the place of their marks. Where there is no link of a
// kind (make returns an empty text), the line that asks for it is left out.
func FillLinks(body string, make func(LinkKind) string) string {
	if !strings.Contains(body, linkHost) {
		return body
	}
	var filled strings.Builder
	for line := range strings.Lines(body) {
		for kind, mark := range marks() {
			if !strings.Contains(line, mark) {
				continue
			}
			if address := make(kind); address != "" {
				line = strings.ReplaceAll(line, mark, address)
			}
		}
		if !strings.Contains(line, linkHost) { // there is no such link, or the words use it as no address
			filled.WriteString(line)
		}
	}
	if !strings.HasSuffix(body, "\n") { // the last line may have been left out
		return strings.TrimSuffix(filled.String(), "\n")
	}
	return filled.String()
}

// WithoutLinks is a message as anybody may read it.
func WithoutLinks(body string) string {
	return FillLinks(body, func(LinkKind) string { return "" })
}
