package story

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"hearback/deploy"
)

// QuickRules are the promises of a book for stories that need minutes, not
// weeks: a reply within ten minutes, a chase when it is late, and another every
// day.
const QuickRules = `
  - name: reply
    opened_by: enquiry.received
    due: 10 minutes
    acknowledge: {words: enquiry-received, via: preferred, any_hour: true}
    steps:
      - {at: due, chase: [officer], words: reply-overdue, tell_family: reply-late}
      - {every: 24 hours, from: 24 hours after due, chase: [manager], words: reply-overdue}
`

// QuietRules are QuickRules without a word to the family when it is late.
const QuietRules = `
  - name: reply
    opened_by: enquiry.received
    due: 10 minutes
    acknowledge: {words: enquiry-received, via: preferred, any_hour: true}
    steps:
      - {at: due, chase: [officer], words: reply-overdue}
      - {every: 24 hours, from: 24 hours after due, chase: [manager], words: reply-overdue}
`

const quickHead = `
council: {name: Hertfordshire County Council, short: Herts SEND, phone: 01632 960123, timezone: Europe/London}
working_time:
  bank_holidays: england-and-wales
  hours: {mon-fri: ["09:00-17:00"]}
contact_hours: {mon-sat: ["08:00-20:00"]}
promises:
`

// Book is the example book with these promises in place of its own.
func Book(t testing.TB, promises string) fs.FS {
	t.Helper()
	book := fstest.MapFS{}
	err := fs.WalkDir(deploy.Hertfordshire(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(deploy.Hertfordshire(), path)
		book[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatalf("read the example book: %v", err)
	}
	book["rules.yaml"] = &fstest.MapFile{Data: []byte(quickHead + promises)}
	return book
}
