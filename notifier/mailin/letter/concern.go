package letter

import (
	"strings"

	"hearback/events"
)

// concerns finds the message of ours that an email is about; original is the
// header of the message that a report returns, if any. An address whose proof
// holds goes before every Message-ID.
func (e email) concerns(original header) (id string, proven bool) {
	named := e.named(original)
	addresses := append([]string{}, e.to...)
	// Mail systems that pass an email on write down for whom it was.
	addresses = append(addresses, e.header.addresses("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To", "Cc")...)
	addresses = append(addresses, original.addresses("Return-Path", "Reply-To")...)
	for _, address := range addresses {
		if found, ok := e.Token(address); ok {
			if id, ok := e.message(found, named); ok {
				return id, true
			}
		}
	}
	if len(named) > 0 {
		return named[0], false
	}
	return "", false
}

// named are the ids of ours that an email names, the likeliest first. References
// are in the order of the conversation, the newest last.
func (e email) named(original header) []string {
	identities := original.identities("Message-ID")
	identities = append(identities, e.header.identities("In-Reply-To")...)
	references := e.header.identities("References")
	for i := len(references) - 1; i >= 0; i-- {
		identities = append(identities, references[i])
	}
	var ids []string
	for _, identity := range identities {
		if id := e.ourID(identity); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// digestPrefix begins the Message-ID of an email that carries several messages.
const digestPrefix = "digest-"

// ourID is our id in a Message-ID; empty where it is not one of ours. The domain
// alone does not make it ours: colleagues write from the same one.
func (o Ours) ourID(identity string) string {
	at := strings.LastIndexByte(identity, '@')
	if at < 0 || !o.isDomain(identity[at+1:]) {
		return ""
	}
	id := identity[:at]
	if _, ok := events.CaseOfMessage(id); ok {
		return id
	}
	if digits, ok := strings.CutPrefix(id, digestPrefix); ok && len(digits) == 24 && strings.Trim(digits, "0123456789abcdef") == "" {
		return id
	}
	return ""
}
