package picture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hearback/notifier"
)

// HeaderMark is the header of a ledger entry: what a replica needs to know of
// it without decoding it. It is one header, because the server looks through
// all of them for its own, many times for each message. Its name and form are
// data: they stand in every stored entry.
const HeaderMark = "Hearback-Mark"

// Mark is what the header of an entry says.
type Mark struct {
	Ref                       string
	Through                   uint64
	Next                      time.Time // zero when nothing is open
	Promises, Messages, Tasks int
	Leader                    string // who wrote it
	// Addresses stand for the numbers and email addresses of the case's contacts,
	// Forbidden for those that the case forbids.
	Addresses, Forbidden []uint64
}

// MarkOf makes the mark of an entry.
func MarkOf(c *notifier.Case, through uint64, leader string) Mark {
	messages := len(c.Messages)
	for _, a := range c.Sent {
		if a.Ask {
			messages++ // whoever leads must ask about it
		}
	}
	return Mark{Ref: c.Ref, Through: through, Next: c.Next(), Promises: len(c.Promises), Messages: messages, Tasks: len(c.Tasks), Leader: leader, Addresses: addressesOf(c), Forbidden: forbiddenOf(c)}
}

// Header gives the mark as a header: through, next in Unix nanoseconds or 0,
// promises, messages, tasks, leader, each of the addresses, and the forbidden ones
// behind a "!", with a space between.
func (m Mark) Header() map[string][]string {
	next := int64(0)
	if !m.Next.IsZero() {
		next = m.Next.UnixNano()
	}
	text := strconv.AppendUint(make([]byte, 0, 80), m.Through, 10)
	text = strconv.AppendInt(append(text, ' '), next, 10)
	for _, count := range [...]int{m.Promises, m.Messages, m.Tasks} {
		text = strconv.AppendInt(append(text, ' '), int64(count), 10)
	}
	text = append(append(text, ' '), m.Leader...)
	for _, address := range m.Addresses {
		text = strconv.AppendUint(append(text, ' '), address, 36)
	}
	for _, address := range m.Forbidden {
		text = strconv.AppendUint(append(text, " !"...), address, 36)
	}
	return map[string][]string{HeaderMark: {string(text)}}
}

// ParseMark reads the header of an entry.
func ParseMark(ref string, header map[string][]string) (Mark, error) {
	m := Mark{Ref: ref}
	text := ""
	if values := header[HeaderMark]; len(values) > 0 {
		text = values[0]
	}
	fields := strings.Split(text, " ")
	if len(fields) < 6 {
		return m, fmt.Errorf("ledger entry of case %s: its header %s cannot be read", ref, HeaderMark)
	}
	var next int64
	var errs [5]error
	m.Through, errs[0] = strconv.ParseUint(fields[0], 10, 64)
	next, errs[1] = strconv.ParseInt(fields[1], 10, 64)
	m.Promises, errs[2] = strconv.Atoi(fields[2])
	m.Messages, errs[3] = strconv.Atoi(fields[3])
	m.Tasks, errs[4] = strconv.Atoi(fields[4])
	if next != 0 {
		m.Next = time.Unix(0, next).UTC()
	}
	m.Leader = fields[5]
	for _, field := range fields[6:] {
		list := &m.Addresses
		number, isForbidden := strings.CutPrefix(field, "!")
		if isForbidden {
			list = &m.Forbidden
		}
		address, err := strconv.ParseUint(number, 36, 64)
		*list, errs[4] = append(*list, address), errors.Join(errs[4], err)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return m, fmt.Errorf("ledger entry of case %s: its header %s cannot be read: %w", ref, HeaderMark, err)
	}
	return m, nil
}

// Encode gives a ledger entry as it is stored: the decision on the first line,
// the case afterwards on the second, so that a replica can take the case as it
// stands without decoding either.
func Encode(e notifier.Entry) (data, rawCase []byte, err error) {
	rawCase, err = json.Marshal(e.Case)
	if err != nil {
		return nil, nil, err
	}
	head, err := json.Marshal(head{Entry: e})
	if err != nil {
		return nil, nil, err
	}
	data = make([]byte, 0, len(head)+1+len(rawCase))
	data = append(append(append(data, head...), '\n'), rawCase...)
	return data, rawCase, nil
}

// head is an entry without its case.
type head struct {
	notifier.Entry
	Case *struct{} `json:"case,omitempty"`
}

// CaseLine is the case of a stored entry.
func CaseLine(data []byte) ([]byte, error) {
	_, line, ok := bytes.Cut(data, []byte{'\n'})
	if !ok {
		return nil, errors.New("the ledger entry has no line for the case")
	}
	return line, nil
}

// Decode reads a stored entry whole.
func Decode(data []byte) (notifier.Entry, error) {
	first, line, ok := bytes.Cut(data, []byte{'\n'})
	if !ok {
		return notifier.Entry{}, errors.New("the ledger entry has no line for the case")
	}
	var e head
	if err := json.Unmarshal(first, &e); err != nil {
		return notifier.Entry{}, err
	}
	c, err := decode(line)
	e.Entry.Case = c
	return e.Entry, err
}
