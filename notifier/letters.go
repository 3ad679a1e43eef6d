package notifier

import (
	"slices"
	"strings"
	"time"

	"hearback/notifier/postal"
	"hearback/templates"
)

const (
	// expiresLetter is how long a letter may wait to be handed over: a provider's
	// outage over a long weekend is waited out, for who gets letters waits for days
	// in any case.
	expiresLetter = 4 * 24 * time.Hour
	// letterReceipt is when it is asked what became of a letter. GOV.UK Notify reports
	// a letter as posted once its printer says so, on the working day after it was
	// printed, and prints on the next working day what comes after 5:30pm. That is
	// five to six days over Easter and Christmas.
	letterReceipt = 6 * 24 * time.Hour
	// letterBack is how long after its hand-over a letter may come back: second class
	// takes days each way, and the council is told when it is counted.
	letterBack = 28 * 24 * time.Hour
	// letterEvery is how soon the same news of a promise may go as a letter again.
	letterEvery = 24 * time.Hour
)

// envelope joins the lines of an address, without those that are empty.
func envelope(lines []string) string {
	var kept []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// unpostable says in words why no letter can go to a contact's address; empty where
// one can, or where there is no address.
func unpostable(k Contact) string {
	switch {
	case k.Postal == "":
		return ""
	case strings.TrimSpace(k.Name) == "":
		return "the contact has no name, and an envelope wants one; ask the family for it"
	}
	_, why := postal.Lines(k.address(Letter))
	return why
}

// shares reports whether two addresses of a channel reach the same people. Whoever
// lives in a home may open what comes there, whatever name stands on it.
func shares(channel, a, b string) bool {
	if channel != Letter {
		return sameAddress(channel, a, b)
	}
	home := postal.Home(a)
	return home != "" && home == postal.Home(b)
}

// address is the one that a contact had when a wish was recorded.
func (w Wish) address(channel string) string {
	return Contact{Mobile: w.Mobile, Email: w.Email, Postal: w.Postal}.address(channel)
}

// anyHour: a letter disturbs nobody, so contact hours do not bind it.
func (m Message) anyHour() bool { return m.Anytime || m.Channel == Letter }

// onlyLetters: no channel but letters is left to try.
func onlyLetters(via []string) bool {
	return !slices.ContainsFunc(via, func(channel string) bool { return channel != Letter })
}

// hasWords: letters go only where the book has words for them, and nobody need
// mend a book that has none.
func (d *decider) hasWords(m Message, p Promise) bool {
	return m.Channel != Letter || d.books.Version(p.Book).Words.Has(m.Words, templates.Letter, m.Language) ||
		d.book().Words.Has(m.Words, templates.Letter, m.Language)
}

// quickly: they hear as soon as they like: by text or email, or by letter if that is
// what they like best.
func (d *decider) quickly(k Contact) bool {
	return d.atOnce(k) || d.byLetter(k) && d.c.order(k, Via{})[0] == Letter
}

// atOnce: a text or an email may go to them.
func (d *decider) atOnce(k Contact) bool {
	return d.c.blocked(k, SMS) == "" || d.c.blocked(k, Email) == ""
}

// hasLetterOnly: all that went to them about a promise is a letter, which takes days.
func (d *decider) hasLetterOnly(p Promise, k Contact) bool {
	return slices.ContainsFunc(d.c.Tasks, func(t Task) bool { return t.What == taskLetter && t.Promise == p.Key() && t.Contact == k.ID })
}

// byLetter: a letter may go to them, and the book has words for letters.
func (d *decider) byLetter(k Contact) bool {
	return d.c.blocked(k, Letter) == "" && slices.ContainsFunc(d.book().Words.Names(), func(name string) bool { return d.book().Words.Has(name, templates.Letter, "") })
}

// posted: a letter with the same news of the same promise went to them less than a
// day ago. A new date is new whenever it comes.
func (d *decider) posted(m Message) bool {
	return m.Channel == Letter && m.Kind != Postponement && slices.ContainsFunc(d.c.Sent, func(a Awaited) bool {
		o := a.Message
		return o.Channel == Letter && o.To == m.To && o.Words == m.Words && d.now.Sub(a.At) < letterEvery &&
			(o.Promise == m.Promise || slices.Contains(o.Also, m.Promise))
	})
}

// forgetPosted: a promise that opens again under the same key has news of its own.
func (d *decider) forgetPosted(key string) {
	for i := range d.c.Sent {
		if m := &d.c.Sent[i].Message; m.Channel == Letter && m.Promise == key {
			m.Promise = ""
		} else if m.Channel == Letter {
			m.Also = slices.DeleteFunc(slices.Clone(m.Also), func(also string) bool { return also == key })
		}
	}
}

// phoneToo asks a person to phone where a letter goes because no faster way works.
func (d *decider) phoneToo(key, contact string, tried []string) {
	d.dropTask(taskPhone, key, contact)
	d.openTask(taskLetter, strings.Join(append(slices.Clip(tried), "a letter is on its way to them and takes days"), "; "), key, contact)
}

// dropTask takes back a task that another one takes the place of.
func (d *decider) dropTask(what, key, contact string) {
	d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool { return t.What == what && t.Promise == key && t.Contact == contact })
}
