package picture

import (
	"cmp"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"hearback/notifier"
	"hearback/notifier/phone"
	"hearback/notifier/postal"
)

// addresses finds the cases that may have an address. What it names must be
// looked at: a case may have lost the address since, and two may look alike.
// Nearly every address stands in one case, which costs one place in a map.
type addresses struct {
	first map[uint64]*entry
	more  map[uint64][]*entry
}

func newAddresses() addresses {
	return addresses{first: map[uint64]*entry{}, more: map[uint64][]*entry{}}
}

func (a *addresses) add(e *entry, list []uint64) {
	for _, address := range list {
		switch first := a.first[address]; {
		case first == nil:
			a.first[address] = e
		case first != e && !slices.Contains(a.more[address], e):
			a.more[address] = append(a.more[address], e)
		}
	}
}

func (a *addresses) remove(e *entry, list []uint64) {
	for _, address := range list {
		rest := slices.DeleteFunc(a.more[address], func(other *entry) bool { return other == e })
		if a.first[address] == e {
			delete(a.first, address)
			if len(rest) > 0 {
				a.first[address], rest = rest[0], rest[1:]
			}
		}
		if len(rest) > 0 {
			a.more[address] = rest
		} else {
			delete(a.more, address)
		}
	}
}

// of lists the cases that may have an address.
func (a *addresses) of(address uint64) []string {
	first := a.first[address]
	if first == nil {
		return nil
	}
	refs := []string{first.ref}
	for _, e := range a.more[address] {
		refs = append(refs, e.ref)
	}
	return refs
}

// addressOf stands for an address: the same for every spelling of it, and for whoever
// lives where letters go.
func addressOf(channel, address string) uint64 {
	if channel == notifier.Letter {
		address = postal.Home(address)
	}
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, channel+"\x00"+strings.ToLower(address))
	return hash.Sum64()
}

// staff stands in the place of a channel for members of staff who were chased by text.
const staff = "staff"

// addressesOf stands for every number and email address of a case's contacts and
// of callers who wait for a reply, and for the staff who may answer a chase by text.
func addressesOf(c *notifier.Case) []uint64 {
	var list []uint64
	add := func(k notifier.Contact) {
		for _, channel := range [...]string{notifier.SMS, notifier.Email} {
			if address := k.Address(channel); address != "" {
				if hash := addressOf(channel, address); !slices.Contains(list, hash) {
					list = append(list, hash)
				}
			}
		}
	}
	if notifier.Penned(c.Ref) {
		return nil // what is in the pen belongs to no case
	}
	for _, k := range c.Contacts {
		add(k)
	}
	for _, p := range c.Promises {
		if p.Caller != nil {
			add(*p.Caller)
		}
	}
	for _, asked := range c.Asked {
		if hash := addressOf(staff, asked.Person); !slices.Contains(list, hash) {
			list = append(list, hash)
		}
	}
	return list
}

// forbiddenOf stands for every address that the case forbids in some way.
func forbiddenOf(c *notifier.Case) (list []uint64) {
	if notifier.Penned(c.Ref) {
		return nil
	}
	c.EachForbidden(func(channel, address string) {
		if hash := addressOf(channel, address); !slices.Contains(list, hash) {
			list = append(list, hash)
		}
	})
	return list
}

// Match is a case that has an address.
type Match struct {
	Case string
	// Contact is the id of the contact who has it; empty for a caller who waits for
	// a reply and is not on the case.
	Contact string
	// Last is when a message was last handed over to them; zero if never.
	Last time.Time
	// Open: a promise is open there.
	Open bool
}

// Matches lists whoever has an address, in any spelling, one for each contact.
// channel is notifier.SMS or notifier.Email.
func (p *Picture) Matches(channel, address string) []Match {
	address = strings.TrimSpace(address)
	if number, err := phone.Mobile(address); channel == notifier.SMS && err == nil {
		address = string(number)
	}
	p.mu.RLock()
	refs := p.addresses.of(addressOf(channel, address))
	p.mu.RUnlock()
	var matches []Match
	for _, ref := range refs {
		c, sequence, err := p.Case(ref)
		if err != nil || sequence == 0 {
			continue
		}
		for _, k := range c.Contacts {
			if strings.EqualFold(k.Address(channel), address) {
				if slices.Contains(c.Unconfirmed(k), channel) {
					k.ID = "" // it may be somebody else's, and they may be in danger
				}
				matches = append(matches, Match{Case: ref, Contact: k.ID, Last: k.Told, Open: len(c.Promises) > 0})
			}
		}
		for _, promise := range c.Promises {
			if k := promise.Caller; k != nil && strings.EqualFold(k.Address(channel), address) {
				matches = append(matches, Match{Case: ref, Last: promise.Opened, Open: true})
			}
		}
	}
	return matches
}

// Asked lists the cases of which a member of staff was chased by text in the time in
// which they may answer by text, the last chase first, and whether their reply is still
// owed in any of them. A case in which it is no longer owed counts too: an answer may be
// about it.
func (p *Picture) Asked(person string, now time.Time) (refs []string, owed bool) {
	p.mu.RLock()
	found := p.addresses.of(addressOf(staff, person))
	p.mu.RUnlock()
	last := map[string]time.Time{}
	for _, ref := range found {
		c, sequence, err := p.Case(ref)
		if err != nil || sequence == 0 || c.State == notifier.Stopped {
			continue
		}
		for _, asked := range c.Asked {
			if asked.Person != person || now.Sub(asked.At) > notifier.AnswerFor {
				continue
			}
			if asked.At.After(last[ref]) {
				last[ref] = asked.At
			}
			_, open := c.Promise(asked.Promise)
			owed = owed || open
		}
	}
	refs = slices.SortedFunc(maps.Keys(last), func(a, b string) int { return cmp.Or(last[b].Compare(last[a]), cmp.Compare(a, b)) })
	return refs, owed
}

// ForbiddenElsewhere reports whether a case other than this one forbids what is
// about to go to an address: two cases that share it share its dangers.
func (p *Picture) ForbiddenElsewhere(ref, channel, address string) bool {
	p.mu.RLock()
	refs := p.forbidden.of(addressOf(channel, address))
	p.mu.RUnlock()
	return slices.ContainsFunc(refs, func(other string) bool {
		if other == ref {
			return false
		}
		c, _, err := p.Case(other)
		return err == nil && c.Forbids(channel, address)
	})
}
