package notifier_test

import (
	"maps"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
)

// checkIDs: no message and no task ever takes an id that was used before.
func (w *world) checkIDs(before notifier.Case, d notifier.Decision) {
	var taken []string
	for _, m := range fresh(before, d) {
		taken = append(taken, m.ID)
	}
	for _, task := range d.Case.Tasks {
		if !slices.ContainsFunc(before.Tasks, func(t notifier.Task) bool { return t.ID == task.ID }) {
			taken = append(taken, task.ID)
		}
	}
	for _, id := range taken {
		if w.gone[id] {
			w.t.Fatalf("the id %s was used before", id)
		}
		w.gone[id] = true
	}
}

// checkMessages: every message that waits is for an open promise; none is
// decided for somebody who must not be told; none says what is private; nobody
// is told twice in one look.
func (w *world) checkMessages(before notifier.Case, d notifier.Decision) {
	for _, m := range d.Case.Messages {
		if _, open := d.Case.Promise(m.Promise); !open && !(m.Promise == "" && m.Kind == notifier.Confirmation) {
			w.t.Fatalf("message %s waits for promise %s, which is not open", m.ID, m.Promise)
		}
		for _, also := range m.Also {
			if _, open := d.Case.Promise(also); !open {
				w.t.Fatalf("message %s also speaks for promise %s, which is not open", m.ID, also)
			}
		}
		if why := w.forbidden(m); why != "" {
			w.t.Fatalf("message %s (%s by %s to %q at %s) waits although %s", m.ID, m.Kind, m.Channel, m.To, m.Address, why)
		}
	}
	type one struct {
		promise, to, address string
		staff                bool
	}
	told := map[one]notifier.Message{}
	for _, m := range fresh(before, d) {
		w.checkWords(m)
		if w.stopped {
			w.t.Fatalf("message %s was decided for a stopped case", m.ID)
		}
		if !m.Expires.After(w.now) || m.NotBefore.After(m.Expires) || m.Why == "" {
			w.t.Fatalf("message %s cannot be handed over, or has no reason: %+v", m.ID, m)
		}
		key := one{m.Promise, m.To, "", m.Staff}
		if m.All {
			key.address = m.Channel
		}
		waited := 0 // several that waited for a contact go to a new address together
		for _, b := range before.Messages {
			if b.Promise == m.Promise && b.To == m.To && !b.Staff && !m.Staff {
				waited++
			}
		}
		if other, twice := told[key]; twice && waited < 2 {
			w.t.Fatalf("%q is told twice in one look: %s (%s %s) and %s (%s %s)", m.To, other.ID, other.Kind, other.Channel, m.ID, m.Kind, m.Channel)
		}
		told[key] = m
		if m.Channel == notifier.Letter {
			w.checkLetter(d.Case, m)
		}
	}
}

// checkLetter: letters are for families, and where one is not how they like to hear
// from us, or not what the book wants, a person is asked to phone too.
func (w *world) checkLetter(c notifier.Case, m notifier.Message) {
	asked := slices.ContainsFunc(c.Tasks, func(t notifier.Task) bool {
		return t.Promise == m.Promise && strings.HasPrefix(t.What, "Phone the family")
	})
	likes := c.Preference(m.To).Prefers
	if k, known := c.Contact(m.To); known && len(likes) == 0 {
		likes = k.Prefers
	}
	if p, _ := c.Promise(m.Promise); p.Caller != nil && m.To == "" {
		likes = p.Caller.Prefers
	}
	if m.Staff || !asked && len(m.Tried) == 0 && (len(likes) == 0 || likes[0] != notifier.Letter) && !w.seenTo {
		w.t.Fatalf("letter %s goes to %q, staff %v, and nobody is asked to phone", m.ID, m.To, m.Staff)
	}
}

// checkPosted: the same news of one promise goes by letter once a day at most.
func (w *world) checkPosted(m notifier.Message) {
	if m.Channel != notifier.Letter || m.Kind == notifier.Postponement {
		return
	}
	key := m.Promise + " " + m.To + " " + m.Words
	if last, before := w.posted[key]; before && w.now.Sub(last) < 24*time.Hour {
		w.t.Fatalf("letter %s says again on %s what went on %s", m.ID, w.now, last)
	}
	w.posted[key] = w.now
}

// checkWords: what a message says holds nothing that was not meant for its reader.
func (w *world) checkWords(m notifier.Message) {
	text := m.Subject + m.Body + m.Brief
	for _, secret := range []string{secretAbout, secretNote, secretReason, secretText, "SPOKEN"} {
		if !strings.Contains(text, secret[:6]) || secret == "SPOKEN" && (m.Kind == notifier.Postponement || m.Kind == notifier.Excused) {
			continue
		}
		w.t.Fatalf("message %s (%s) says what is private: %q", m.ID, m.Kind, text)
	}
	if strings.Contains(text, "((") || strings.Contains(text, "%!") || m.Body == "" {
		w.t.Fatalf("message %s has a hole: %q", m.ID, text)
	}
}

// forbidden says why a family's message must not go, by what the test itself
// knows; "" if it may, and for staff.
func (w *world) forbidden(m notifier.Message) string {
	if m.Staff {
		return ""
	}
	same := func(mobile, email string, postal []string) bool {
		switch m.Channel {
		case notifier.SMS:
			return number(mobile) == m.Address
		case notifier.Email:
			return email != "" && strings.EqualFold(email, m.Address)
		default:
			return len(postal) > 0 && homeOf(postal) == homeOf(strings.Split(m.Address, "\n")[1:])
		}
	}
	has := func(k events.Contact) bool { return same(k.Mobile, k.Email, k.PostalAddress) }
	hits := func(channels ...string) bool {
		return slices.Contains(channels, notifier.Every) || slices.Contains(channels, m.Channel)
	}
	if w.stopped {
		return "the case is stopped"
	}
	if m.Channel == notifier.SMS && !strings.HasPrefix(m.Address, "+447") {
		return "a text cannot go there"
	}
	if m.Channel == notifier.Email && !strings.Contains(m.Address, "@") {
		return "an email cannot go there"
	}
	if lines := strings.Split(m.Address, "\n"); m.Channel == notifier.Letter && (lines[0] == "" || len(lines) < 3) {
		return "a letter cannot go there"
	}
	if k, known := w.contacts[m.To]; m.To != "" && (!known || !has(k) || m.Channel == notifier.Letter && m.Address != k.Name+"\n"+strings.Join(k.PostalAddress, "\n")) {
		return "the contact is not on the case, or not at that address"
	}
	for id, k := range w.contacts {
		if hits(k.DoNot...) && (id == m.To || has(k)) {
			return "contact " + id + " must not be contacted that way"
		}
	}
	if hits(w.wished[m.To]...) && m.To != "" {
		return "contact " + m.To + " asked not to be contacted that way"
	}
	for _, u := range w.unsafe {
		if u.optedOut && u.contact == m.To && m.Kind == notifier.Confirmation {
			continue
		}
		if k := w.contacts[u.contact]; hits(u.channel) && k.ID != "" && has(k) {
			return "contact " + u.contact + ", who has that address now, is unsafe that way, or opted out"
		}
		if hits(u.channel) && (u.contact == m.To || same(u.mobile, u.email, u.postal)) {
			return "contact " + u.contact + " is unsafe that way, or opted out"
		}
	}
	return ""
}

// checkLook: the last look lets nothing go to the wrong person or at the wrong hour.
func (w *world) checkLook(m notifier.Message, look notifier.Look) {
	if look.Send && (!look.Until.IsZero() || look.Settle.Message != "") || !look.Send && look.Until.IsZero() && look.Settle.Message != m.ID {
		w.t.Fatalf("the last look at %s says more than one thing, or nothing: %+v", m.ID, look)
	}
	if !look.Until.IsZero() && !look.Until.After(w.now) {
		w.t.Fatalf("message %s waits for a time that has passed", m.ID)
	}
	if !look.Send {
		return
	}
	now, open := w.c.Message(m.ID)
	if !open {
		w.t.Fatalf("message %s goes although it is no longer wanted", m.ID)
	}
	if why := w.forbidden(now); why != "" {
		w.t.Fatalf("message %s goes although %s", m.ID, why)
	}
	book := w.books.Current
	if now.Staff || now.Channel == notifier.Letter || book.Calendar.Open(book.ContactHours, w.now) {
		return
	}
	p, _ := w.c.Promise(now.Promise)
	rule, _ := book.Rule(p.Rule)
	if now.Kind == notifier.Confirmation {
		return
	}
	if now.Kind != notifier.Acknowledgement || rule.Acknowledge == nil || !rule.Acknowledge.AnyHour {
		w.t.Fatalf("message %s (%s) goes outside contact hours", m.ID, now.Kind)
	}
}

// checkPromises: an open promise always has a next look; only a person's reply,
// or a case that closes or stops, ends one; who a private one came from hears of it,
// and nobody else.
func (w *world) checkPromises(before notifier.Case, d notifier.Decision, in notifier.Input) {
	for _, p := range d.Case.Promises {
		if p.Next.IsZero() || !p.Next.After(p.Done) {
			w.t.Fatalf("promise %s would never be looked at again: done %s, next %s", p.Key(), p.Done, p.Next)
		}
		if p.Next.After(p.Done.AddDate(2, 0, 0)) {
			w.t.Fatalf("promise %s is looked at again only in %s", p.Key(), p.Next)
		}
		if in.Due && !p.Next.After(w.now) {
			w.t.Fatalf("promise %s was looked at and is still due: next %s, now %s", p.Key(), p.Next, w.now)
		}
		if working := w.books.Working(p); len(working) == 0 || len(working) > 10 {
			w.t.Fatalf("the date of promise %s has no working, or too much: %q", p.Key(), working)
		}
		if p.Late && p.Due.After(w.now) {
			w.t.Fatalf("promise %s counts as late before %s", p.Key(), p.Due)
		}
	}
	for _, p := range before.Promises {
		if _, open := d.Case.Promise(p.Key()); open {
			continue
		}
		i := slices.IndexFunc(d.Ended, func(e notifier.Promise) bool { return e.Key() == p.Key() })
		if i < 0 || d.Ended[i].Ended == nil || d.Ended[i].Ended.Why == "" {
			w.t.Fatalf("promise %s vanished without a word", p.Key())
		}
		kind := ""
		if in.Event != nil {
			kind = in.Event.Type
		}
		rule, _ := w.books.Version(p.Book).Rule(p.Rule)
		over := rule.FamilyTime && !p.Due.After(w.now) || d.Ended[i].Ended.Became != ""
		ended := kind == events.TypeCaseClosed || kind == events.TypeCaseStopped || over
		if kept := slices.Contains(rule.KeptBy, kind); kept != d.Ended[i].Ended.Kept || !kept && !ended {
			w.t.Fatalf("promise %s was ended by %q, kept %v", p.Key(), kind, d.Ended[i].Ended.Kept)
		}
	}
	for _, m := range d.Case.Messages { // one to the same address may speak for another promise too
		for _, key := range append([]string{m.Promise}, m.Also...) {
			p, open := d.Case.Promise(key)
			if rule, _ := w.books.Version(p.Book).Rule(p.Rule); open && rule.Private && !m.Staff && m.To != p.From && !slices.Contains(m.Also, key) {
				w.t.Fatalf("message %s tells contact %q of promise %s, which is private to %q", m.ID, m.To, key, p.From)
			}
		}
	}
	waits := slices.ContainsFunc(d.Case.Messages, func(m notifier.Message) bool {
		return m.Promise != "" && !strings.HasPrefix(m.Promise, notifier.NewsRule+"/")
	})
	awaited := slices.ContainsFunc(d.Case.Sent, func(a notifier.Awaited) bool { return !a.AskAt.IsZero() })
	if len(d.Case.Promises) == 0 && (waits || !awaited && !d.Case.Next().IsZero()) {
		w.t.Fatalf("nothing is open and yet something waits: %+v", d.Case)
	}
	for _, a := range d.Case.Sent {
		if a.Message.Body != "" || a.Ask && !a.AskAt.IsZero() || in.Due && !a.AskAt.IsZero() && !a.AskAt.After(w.now) {
			w.t.Fatalf("message %s was handed over and is kept so: %+v", a.Message.ID, a)
		}
		if _, unsettled := d.Case.Message(a.Message.ID); unsettled {
			w.t.Fatalf("message %s was handed over and still waits", a.Message.ID)
		}
	}
	if len(d.Case.Early) > 3 {
		w.t.Fatalf("%d early replies to 3 enquiries", len(d.Case.Early))
	}
	for _, h := range d.Case.Recent {
		if d.Changed && w.now.Sub(h.At) > 2*time.Hour {
			w.t.Fatalf("the hand-over of %s stays in the case", h.ID)
		}
	}
}

// checkHeard: while a promise is open that the book acknowledges, somebody has
// been told about it, or is about to be, or a person has been asked to.
func (w *world) checkHeard(before notifier.Case, d notifier.Decision, in notifier.Input) {
	for _, settled := range d.Settled {
		if m, was := before.Message(settled.Message); was && !m.Staff && settled.Status == notifier.Sent {
			for _, key := range append([]string{m.Promise}, m.Also...) {
				w.heard[key] = true
			}
		}
	}
	for _, task := range before.Tasks { // a person has seen to it
		if task.Promise != "" && in.Event != nil && in.Event.Type == events.TypeTaskDone {
			w.heard[task.Promise] = true
		}
	}
	for _, p := range d.Ended {
		delete(w.heard, p.Key())
		maps.DeleteFunc(w.posted, func(key string, _ time.Time) bool { return strings.HasPrefix(key, p.Key()+" ") })
	}
	for _, p := range d.Case.Promises {
		key := p.Key()
		if _, was := before.Promise(key); !was {
			rule, _ := w.books.Version(p.Book).Rule(p.Rule)
			w.owed[key] = rule.Acknowledge != nil
		}
		if w.heard[key] || !w.owed[key] {
			continue
		}
		waits := slices.ContainsFunc(d.Case.Messages, func(m notifier.Message) bool {
			return !m.Staff && (m.Promise == key || slices.Contains(m.Also, key))
		})
		asked := slices.ContainsFunc(d.Case.Tasks, func(t notifier.Task) bool { return t.Promise == key })
		if !waits && !asked {
			w.t.Fatalf("nobody has heard about promise %s, nothing waits and nobody was asked to tell them", key)
		}
	}
}
