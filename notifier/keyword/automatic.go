package keyword

import (
	"slices"
	"strings"
)

// Automatic reports whether a machine wrote a text: an answering phone, a car, a
// network. What it takes for a machine's is never a family's answer, so it knows a few
// sentences only, and takes most of them only where they are all there is: "Sorry, I
// can't talk right now" is offered by phones, "Sorry, I can't talk right now, ring at
// 3" was written by somebody, and so was whatever asks a question. In doubt a person
// wrote it.
func Automatic(text string) bool {
	if strings.ContainsAny(text, "?？") {
		return false
	}
	if said := plain(text); slices.Contains(whole(), said) ||
		slices.ContainsFunc(beginning(), func(begins string) bool { return said == begins || strings.HasPrefix(said, begins+" ") }) {
		return true
	}
	return slices.Contains(opening(), plain(firstSentence(text)))
}

// firstSentence is what stands before the first mark that ends a sentence or sets off
// what follows. A hyphen within a word is no such mark.
func firstSentence(text string) string {
	text = strings.TrimLeft(text, " \t\r\n([*-") // some put the mark in brackets or asterisks
	end := len(text)
	for _, mark := range [...]string{".", "!", ":", ";", "\n", "…", ")", "]", "*", " - ", " – ", "—"} {
		if i := strings.Index(text[:end], mark); i >= 0 {
			end = i
		}
	}
	return text[:end]
}

// whole are texts that say nothing more.
func whole() []string {
	return []string{
		"i m driving", "i m driving right now", "sorry i m driving", "i m driving and can t talk right now",
		"i m driving i ll get back to you later", "i m driving right now i ll get back to you later",
		"sorry i can t talk right now", "can t talk right now", "sorry i missed your call",
		"i m not receiving notifications if this is urgent reply urgent to send a notification through with your original message",
		"your message could not be delivered", "message not delivered", "delivery report", "you have a new voicemail", "sent from my car",
	}
}

// opening are first sentences that only a machine writes, whatever follows.
func opening() []string {
	return []string{
		"i m driving with focus turned on", "i am driving with focus turned on",
		"i m driving with do not disturb while driving turned on", "i am driving with do not disturb while driving turned on",
		"this is an automated message", "this is an automated reply", "this is an automated response", "this is an automated text",
		"this is an automatic message", "this is an automatic reply", "this is an automatic response",
		"automated message", "automated reply", "automated response", "automatic message", "automatic reply", "automatic response",
		"auto reply", "autoreply", "auto response",
		"this number is not monitored", "this number does not accept replies", "this number cannot receive replies",
		"mae hwn yn ateb awtomatig", "ateb awtomatig",
	}
}

// beginning are words that a network's notice begins with, and nobody else's text.
func beginning() []string {
	return []string{
		"you have received a multimedia message", "you have a multimedia message", "you have received a picture message",
		"you have a new voicemail to listen", "you have a new voicemail call 121", "you have a new voicemail dial",
	}
}
