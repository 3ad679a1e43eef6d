package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/engine"
	"hearback/notifier/picture"
	"hearback/notifier/rehearse"
	"hearback/notifier/rules"
)

// Recorded is the life of a council that never was, as its stream would hold it.
type Recorded struct {
	Cases int
	From  calendar.Date
	Days  int
	Seed  uint64
}

// How often a family gets in touch on a working day, as in a large council, and how
// officers answer.
const (
	recordedPerDay  = 0.045
	recordedForgets = 0.12
	recordedBad     = 0.02 // texts to a number that does not exist
	recordedBounces = 0.01
)

// Write gives every message of the stream in its order, from sequence 1 on, case by
// case: the book, and then each event and each decision about it. It makes the same
// for the same values.
func (r Recorded) Write(files rules.Files, put func(commit.Message) error) error {
	book, faults := rules.Load(files.FS())
	if book == nil {
		return fmt.Errorf("the book has faults: %v", faults)
	}
	first := r.From.At(6, 0, book.Calendar.Location)
	published, err := json.Marshal(engine.Published{At: first, By: "the managers", Files: files})
	if err != nil {
		return err
	}
	w := &recorder{put: put, books: notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book}}}
	if err := w.store(commit.Message{Subject: events.BookSubject(engine.BookPart), Data: published}); err != nil {
		return err
	}
	council := rehearse.Invent(book.Directory, r.Cases, r.Seed)
	openings := council.Openings(first)
	for i := range council.Families {
		tape := append([]rehearse.Happening{heard(openings[i])}, r.tape(council, i, book.Calendar)...)
		people := &outside{council: council, family: i, random: rand.New(rand.NewPCG(r.Seed, 1<<62|uint64(i)))}
		end := r.From.AddDays(r.Days).At(0, 0, book.Calendar.Location)
		if _, err := rehearse.Play(w.books, tape, end, people, w.move); err != nil {
			return err
		}
		if w.err != nil {
			return w.err
		}
	}
	return nil
}

// heard is an event that Hearback hears of a moment after it happened.
func heard(e events.Event) rehearse.Happening {
	return rehearse.Happening{At: e.Time.Add(40 * time.Millisecond), Event: e}
}

// tape is when one family gets in touch and when it is answered.
func (r Recorded) tape(council *rehearse.Council, family int, c *calendar.Calendar) (tape []rehearse.Happening) {
	random := rand.New(rand.NewPCG(r.Seed, 1<<63|uint64(family)))
	for i := range r.Days {
		day := r.From.AddDays(i)
		if works, _ := c.IsWorkingDay(day); !works || random.Float64() >= recordedPerDay {
			continue
		}
		id := fmt.Sprintf("e%d", i)
		at := day.At(8+random.IntN(10), random.IntN(60), c.Location)
		tape = append(tape, heard(council.Enquiry(family, id, at, events.Enquiry{Channel: "phone", From: "c1", Urgent: random.IntN(25) == 0})))
		after := 1 + random.ExpFloat64()*4
		if random.Float64() < recordedForgets {
			after += 20 + 20*random.Float64()
		}
		replied := at.Add(time.Duration(after * 24 * float64(time.Hour))).Truncate(time.Second)
		tape = append(tape, heard(council.Reply(family, "r-"+id, replied, events.Reply{Enquiry: id, By: council.Families[family].Officer, Channel: events.ChannelCall})))
	}
	return tape
}

// outside are the providers of one family.
type outside struct {
	council *rehearse.Council
	family  int
	random  *rand.Rand
}

// Handed fails now and then; what a text came to is heard a few seconds later.
func (o *outside) Handed(_ *notifier.Case, m notifier.Message, now time.Time) (notifier.Result, []rehearse.Happening) {
	result := notifier.Result{Status: notifier.Sent, Provider: "of-" + m.ID}
	if task, is := strings.CutPrefix(m.Promise, notifier.TaskRule+"/"); is { // whoever is chased for it does it the next day
		done := o.council.Event(o.family, events.TypeTaskDone, "done-"+m.ID, now.AddDate(0, 0, 1), events.TaskDone{Task: task, By: m.To})
		return result, []rehearse.Happening{heard(done)}
	}
	chance := o.random.Float64()
	switch {
	case m.Channel == notifier.SMS && chance < recordedBad:
		return notifier.Result{Status: notifier.Failed, Code: "21614", Reason: "The number cannot take texts.", Unusable: true}, nil
	case m.Channel == notifier.Email && !m.Staff && chance < recordedBounces:
		return notifier.Result{Status: notifier.Failed, Code: "550", Reason: "There is no such mailbox.", Unusable: true}, nil
	case m.Channel != notifier.SMS:
		return result, nil
	}
	result.Awaits = notifier.AwaitsReceipt
	at := now.Add(4 * time.Second)
	receipt := o.council.Event(o.family, events.TypeReceiptReceived, "receipt-"+m.ID, at, events.Receipt{Message: m.ID, Channel: m.Channel, ProviderID: result.Provider, Status: events.ReceiptDelivered})
	return result, []rehearse.Happening{heard(receipt)}
}

// recorder writes what is decided as the leader would.
type recorder struct {
	put      func(commit.Message) error
	books    notifier.Books
	sequence uint64
	// event is the last event of the case, which is its place in the stream.
	event uint64
	err   error
}

func (w *recorder) store(m commit.Message) error {
	w.sequence++
	return w.put(m)
}

func (w *recorder) move(m rehearse.Move) {
	if w.err != nil {
		return
	}
	through := w.sequence
	answer := m.Input.Answer()
	if e := m.Input.Event; e != nil {
		data, err := json.Marshal(*e)
		if err != nil {
			w.err = err
			return
		}
		if w.err = w.store(commit.Message{Subject: events.Subject(e.Case, e.Type), Data: data}); w.err != nil {
			return
		}
		answer.Event, w.event = w.sequence, w.sequence
	}
	entry := notifier.NewEntry(m.Decision, []notifier.Answered{answer}, w.books.Current.Version, through, m.At.UTC())
	if entry.Case.Input > 0 {
		entry.Case.Input = w.event
	}
	data, _, err := picture.Encode(entry)
	if err != nil {
		w.err = err
		return
	}
	header := picture.MarkOf(&entry.Case, through, "hearback").Header()
	w.err = w.store(commit.Message{Subject: events.LedgerSubject(entry.Case.Ref), Header: header, Data: data})
}
