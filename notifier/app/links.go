package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/notifier"
	"hearback/notifier/answer"
	"hearback/notifier/doorstep"
	"hearback/notifier/link"
	"hearback/notifier/picture"
	"hearback/templates"
)

// How long links work. An officer's is about one chase, and the next chase brings
// another; a family's serves until long after most replies are given.
const (
	staffLinkFor  = 30 * 24 * time.Hour
	familyLinkFor = 90 * 24 * time.Hour
)

// linkKeys are the keys that sign links; not ready where no secret is set.
func (c Config) linkKeys() (link.Keys, error) {
	if c.LinkSecret == "" {
		return link.Keys{}, nil
	}
	secrets := c.linkSecrets()
	for _, secret := range secrets {
		if len(secret) < 32 {
			return link.Keys{}, errors.New(Prefix + "_LINK_SECRET must be 32 bytes in base64: make it with `openssl rand -base64 32`; to change it, put the new one before the old one, with a comma between")
		}
	}
	return link.NewKeys(secrets...)
}

// linkSecrets are the secrets, the newest first; one that cannot be read is empty.
func (c Config) linkSecrets() (secrets [][]byte) {
	for text := range strings.SplitSeq(string(c.LinkSecret), ",") {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			secret = nil
		}
		secrets = append(secrets, secret)
	}
	return secrets
}

// links makes the links in messages.
type links struct {
	keys   link.Keys
	public string
	texts  bool // staff may answer by text
}

// of is the address of a link for a message, the same each time it is handed over;
// empty where there is none of its kind for it.
func (l links) of(ref string, m notifier.Message, kind notifier.LinkKind) string {
	made := link.Link{Case: ref, Person: m.To, Promise: m.Promise, Expires: m.Decided.Add(staffLinkFor)}
	path := "/a/"
	switch kind {
	case notifier.LinkReplied:
		made.Purpose = link.OfficerReplied
	case notifier.LinkUntil:
		made.Purpose = link.OfficerUntil
	case notifier.LinkNotMine:
		made.Purpose = link.OfficerNotMine
	case notifier.LinkAnswer:
		if made.Purpose = link.OfficerAnswer; strings.HasPrefix(m.Promise, notifier.TaskRule+"/") {
			return "" // a task has no page of its own
		}
	case notifier.LinkText:
		if m.Staff && m.Channel == notifier.SMS && l.texts {
			return answer.Invitation
		}
		return ""
	default:
		path = "/f/"
		made = link.Link{Purpose: link.Family, Case: ref, Person: m.To, SentTo: l.keys.Tag(m.Address), Expires: m.Decided.Add(familyLinkFor)}
	}
	if m.Staff != (path == "/a/") || !l.keys.Ready() || l.public == "" {
		return ""
	}
	token, err := l.keys.Make(made)
	if err != nil {
		return "" // the message goes without it
	}
	return strings.TrimSuffix(l.public, "/") + path + token
}

// visited is what the pages behind links are shown of a case.
type visited struct{ *reader }

// Case is a case as it stands.
func (v visited) Case(ctx context.Context, ref string) (doorstep.Case, error) {
	c, sequence, err := v.app.picture.Case(ref)
	if err != nil {
		return doorstep.Case{}, err
	}
	if sequence == 0 {
		return doorstep.Case{}, fmt.Errorf("case %s: %w", ref, doorstep.ErrUnknown)
	}
	story, err := v.reader.story(ctx, ref)
	if err != nil {
		return doorstep.Case{}, err
	}
	books := v.app.shelf.Books()
	team, _ := books.Current.Directory.Team(c.Team)
	out := doorstep.Case{Ref: ref, Stopped: c.State == notifier.Stopped, Officer: c.Officer, Team: team.Name}
	for _, k := range c.Contacts {
		own := c.Preference(k.ID)
		contact := doorstep.Contact{ID: k.ID, Mobile: k.Mobile, Email: k.Email, Language: k.Language, Forbidden: slices.Clone(k.DoNot),
			Wishes: doorstep.Wishes{Prefers: own.Prefers, Language: own.Language, DoNot: own.DoNot, Hours: own.Hours}}
		for _, w := range c.Wishes {
			switch {
			case w.Contact != k.ID:
			case w.OptedOut:
				contact.OptedOut = append(contact.OptedOut, w.Channels...)
			default:
				contact.Forbidden = append(contact.Forbidden, w.Channels...)
			}
		}
		out.Contacts = append(out.Contacts, contact)
	}
	for _, p := range append(slices.Clone(story.ended), c.Promises...) {
		rule, _ := books.Version(p.Book).Rule(p.Rule)
		promise := doorstep.Promise{Key: p.Key(), Enquiry: p.Enquiry, From: p.From, Step: !rule.Asked(), Hidden: p.Caller != nil || p.Task != "" || rule.Private && p.From == "" || !rule.Asked() && rule.Silent(),
			Opened: p.Opened, Due: p.Due, DueDate: p.DueDate, Late: p.Late}
		if p.Told != nil {
			promise.Told = &doorstep.Told{Due: p.Told.Due, DueDate: p.Told.Date}
		}
		if p.Postponed != nil {
			promise.Postponed = &doorstep.Postponed{Until: p.Postponed.Until, Reason: p.Postponed.Reason, By: p.Postponed.By}
		}
		if p.Postponed == nil && p.Moved != "" {
			promise.Postponed = &doorstep.Postponed{Until: p.DueDate, Reason: p.Moved, By: "The council's new rules"}
		}
		if p.Ended != nil {
			promise.Ended = &doorstep.Ended{At: p.Ended.At, Kept: p.Ended.Kept, By: p.Ended.By, Channel: p.Ended.Channel, Why: p.Ended.Why}
		}
		out.Promises = append(out.Promises, promise)
	}
	for _, m := range story.view.Messages {
		if m.Staff {
			continue
		}
		message := doorstep.Message{To: m.To, Kind: string(m.Kind), Channel: m.Channel, Status: string(m.Status), At: m.Decided,
			Code: m.Code, Unusable: m.Unusable, HandedOver: m.HandedOver != nil, Awaits: m.Awaits == notifier.AwaitsReceipt, Captured: v.app.captured[m.Channel] != nil}
		switch {
		case m.HandedOver != nil:
			message.At = *m.HandedOver
		case m.Settled != nil:
			message.At = *m.Settled
		}
		if m.Status == notifier.Delivered && m.HandedOver != nil && m.Settled != nil {
			message.Delivered = *m.Settled
		}
		out.Messages = append(out.Messages, message)
	}
	return out, nil
}

// Staff is the name of a member of staff, or of a team.
func (v visited) Staff(id string) string {
	directory := v.app.shelf.Books().Current.Directory
	if person, ok := directory.Person(id); ok {
		return person.Name
	}
	team, _ := directory.Team(strings.TrimPrefix(id, "team:"))
	return team.Name
}

// Council is what the book says of the council.
func (v visited) Council() doorstep.Council {
	book := v.app.shelf.Books().Current
	return doorstep.Council{Name: book.Council.Name, Colour: book.Council.Colour, Phone: book.Council.Phone, Calendar: book.Calendar,
		Languages: book.Words.Languages(templates.EnquiryReceived, templates.Email)}
}

// told is a case's whole ledger, folded.
type told struct {
	view  picture.CaseView
	ended []notifier.Promise
}
