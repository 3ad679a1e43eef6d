package picture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"hearback/notifier"
)

// The headers of a ledger entry: what a replica needs to know of it without
// decoding it. Their names are data: they stand in every stored entry.
const (
	HeaderThrough  = "Hearback-Through"
	HeaderNext     = "Hearback-Next" // Unix nanoseconds; 0 when nothing is open
	HeaderPromises = "Hearback-Promises"
	HeaderMessages = "Hearback-Messages"
	HeaderTasks    = "Hearback-Tasks"
	HeaderLeader   = "Hearback-Leader" // who wrote it
)

// Mark is what the headers of an entry say.
type Mark struct {
	Ref                       string
	Through                   uint64
	Next                      time.Time
	Promises, Messages, Tasks int
	Leader                    string
}

// MarkOf makes the mark of an entry.
func MarkOf(c *notifier.Case, through uint64, leader string) Mark {
	return Mark{Ref: c.Ref, Through: through, Next: c.Next(), Promises: len(c.Promises), Messages: len(c.Messages), Tasks: len(c.Tasks), Leader: leader}
}

// Header gives the mark as headers.
func (m Mark) Header() map[string][]string {
	next := int64(0)
	if !m.Next.IsZero() {
		next = m.Next.UnixNano()
	}
	return map[string][]string{
		HeaderThrough:  {strconv.FormatUint(m.Through, 10)},
		HeaderNext:     {strconv.FormatInt(next, 10)},
		HeaderPromises: {strconv.Itoa(m.Promises)},
		HeaderMessages: {strconv.Itoa(m.Messages)},
		HeaderTasks:    {strconv.Itoa(m.Tasks)},
		HeaderLeader:   {m.Leader},
	}
}

// ParseMark reads the headers of an entry.
func ParseMark(ref string, header map[string][]string) (Mark, error) {
	m := Mark{Ref: ref}
	get := func(name string) string {
		if v := header[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	var next int64
	var errs [5]error
	m.Through, errs[0] = strconv.ParseUint(get(HeaderThrough), 10, 64)
	next, errs[1] = strconv.ParseInt(get(HeaderNext), 10, 64)
	m.Promises, errs[2] = strconv.Atoi(get(HeaderPromises))
	m.Messages, errs[3] = strconv.Atoi(get(HeaderMessages))
	m.Tasks, errs[4] = strconv.Atoi(get(HeaderTasks))
	if next != 0 {
		m.Next = time.Unix(0, next).UTC()
	}
	m.Leader = get(HeaderLeader)
	if err := errors.Join(errs[:]...); err != nil {
		return m, fmt.Errorf("ledger entry of case %s: its headers cannot be read: %w", ref, err)
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
