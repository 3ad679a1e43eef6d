package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// longestWait is how long after its step a family may hear, waiting for contact
// hours, before check says so. From Saturday evening to Monday morning is in
// order, an hour more where the clocks go back.
const longestWait = 38 * time.Hour

// oftenEarly is how often a step may lie before the opening, as a share of all days:
// once in so many. Around Christmas that happens to sound steps.
const oftenEarly = 12

// times holds what is wrong with the times of one promise's steps, as it shows
// while the promise is opened day by day. The first example of each is kept.
type times struct {
	proof   *proof
	promise *promise
	last    trialRun
	pairs   []following // of step i and step j above it, at i*len(steps)+j
	wakes   []bool      // by step: it chases somebody who keeps office hours
	unread  []*example  // by step: staff are at home when it fires
	unheard []*example  // by step: the family hears long after it
	early   []*example  // by step: it lies before the opening
	opens   int         // how often the promise was opened on trial
	earlies []int       // by step: how often it lay before the opening
}

// following is how two steps, one of which stands above the other, follow each other.
type following struct {
	inOrder        bool
	same, reversed *trialRun
}

// example is one opening of a promise that shows a fault.
type example struct {
	run trialRun
	at  time.Time // when the step fires
	end time.Time // when somebody takes notice
}

func newTimes(p *proof, pr *promise) times {
	n := len(pr.steps)
	wakes := make([]bool, n)
	for i := range pr.steps {
		wakes[i] = p.wakesStaff(&pr.steps[i])
	}
	return times{wakes: wakes, proof: p, promise: pr, pairs: make([]following, n*n), unread: make([]*example, n), unheard: make([]*example, n), early: make([]*example, n), earlies: make([]int, n)}
}

// look judges the instants of the steps for one due date.
func (t *times) look(run trialRun) {
	n := len(run.steps)
	for i, at := range run.steps {
		for j, above := range run.steps[:i] {
			p := &t.pairs[i*n+j]
			switch order := above.Compare(at); {
			case order < 0:
				p.inOrder = true
			case order == 0 && p.same == nil:
				p.same = &run
			case order > 0 && p.reversed == nil:
				p.reversed = &run
			}
		}
		s := &t.promise.steps[i]
		if t.unread[i] == nil && t.wakes[i] {
			t.unread[i] = t.readLate(s, run, at)
		}
		if t.unheard[i] == nil {
			t.unheard[i] = t.heardLate(s, run, at)
		}
	}
}

// opened judges them against one start. A promise that is due on a day of the year
// may open as late as that day, and its steps are then caught up with: that is no
// slip. Nor is one that an event names late.
func (t *times) opened(run trialRun) {
	if t.promise.rule.Due.Before != nil || namesDate(t.promise.rule) {
		return
	}
	t.opens++
	for i, at := range run.steps {
		if !t.promise.steps[i].value.At.Before || at.After(run.start) {
			continue
		}
		if t.earlies[i]++; t.early[i] == nil {
			t.early[i] = &example{run: run, at: at}
		}
	}
}

// readLate gives an example where a step that counts nights and weekends fires when
// nobody works, and more than half of the time that it is to give is over before
// somebody reads it. A mailbox of a team may be watched in shifts, so a step that
// chases nothing else is left alone.
func (t *times) readLate(s *step, run trialRun, at time.Time) *example {
	offset := s.value.At
	length := at.Sub(run.due.At).Abs()
	switch {
	case offset.Amount.Unit == calendar.WorkingDays || offset.Amount.Unit == calendar.WorkingHours:
		return nil
	case offset.Amount.N == 0 && !isElapsed(t.promise.rule.Due.Amount.Unit):
		return nil // the due instant is the end of working hours, or the law's
	case offset.Amount.N == 0:
		length = at.Sub(run.start)
	}
	if read := t.proof.atWork(at); read.Sub(at) > length/2 {
		return &example{run: run, at: at, end: read}
	}
	return nil
}

// heardLate gives an example where a family would hear of a step long after it.
func (t *times) heardLate(s *step, run trialRun, at time.Time) *example {
	if !s.tellFamily.given() && !slices.Contains(s.value.Chase, notifier.Family) {
		return nil
	}
	cal := t.proof.book.Calendar
	if works, _ := cal.IsWorkingDay(run.due.Date); t.promise.rule.Statutory && s.value.At.Amount.N == 0 && !works {
		return nil // the law sets that date
	}
	if heard := cal.NextOpening(t.proof.book.ContactHours, at); heard.Sub(at) > longestWait {
		return &example{run: run, at: at, end: heard}
	}
	return nil
}

// isElapsed reports units that run by night and on holidays.
func isElapsed(u calendar.Unit) bool {
	return u == calendar.Seconds || u == calendar.Minutes || u == calendar.ElapsedHours
}

// wakesStaff reports a step that chases anybody but teams with a mailbox.
func (p *proof) wakesStaff(s *step) bool {
	return slices.ContainsFunc(s.staff(), func(target string) bool {
		id, isTeam := strings.CutPrefix(target, "team:")
		team, _ := p.book.Directory.Team(id)
		return !isTeam || team.Email == ""
	})
}

// atWork is t itself where the council works, the end of its hours included, and
// else when it opens next.
func (p *proof) atWork(t time.Time) time.Time {
	cal := p.book.Calendar
	day := calendar.DateOf(t, cal.Location)
	for range provedDays {
		if works, _ := cal.IsWorkingDay(day); works {
			for _, span := range cal.Working.Days[day.Weekday()] {
				from, to := day.At(0, span.From, cal.Location), day.At(0, span.To, cal.Location)
				if !t.After(to) {
					if t.After(from) {
						return t
					}
					return from
				}
			}
		}
		day = day.AddDays(1)
	}
	return t
}

// repeats finds steps that repeat so often that staff find several at once when
// they come to work.
func (t *times) repeats() {
	if t.last.steps == nil {
		return
	}
	p := t.proof
	for i := range t.promise.steps {
		s := &t.promise.steps[i]
		every := s.value.Every
		if every == nil || t.unread[i] != nil || !t.wakes[i] || !isElapsed(every.Unit) && every.Unit != calendar.Days {
			continue
		}
		rung := notifier.Rung{Step: s.value, First: t.last.steps[i], Every: every}
		at := rung.First
		for range mostRepeats {
			next := rung.FiresAfter(at, p.book.Calendar)
			if read := p.atWork(at); !read.Before(next) && read.After(at) {
				t.unread[i] = &example{run: t.last, at: at, end: read}
				break
			}
			at = next
		}
	}
}

// mostRepeats bounds the search among the times at which a step fires again. A
// step that counts hours meets a night in as many, and one that counts days a weekend.
const mostRepeats = 100

// report names what was found, each fault once at the step to mend.
func (t *times) report() {
	t.repeats()
	d := t.promise.object.doc
	for i := range t.promise.steps {
		s := &t.promise.steps[i]
		if e := t.unheard[i]; e != nil {
			d.warn(orNode(s.tellFamily.node, s.at), "the family may hear of this long after it: "+t.opening(e.run)+", the step is on "+t.moment(e.at)+" and contact hours open on "+t.moment(e.end),
				"move the step, or widen contact_hours")
		}
		// A wrong unit shows in several ways, and is one slip.
		early, unread := t.early[i], t.unread[i]
		switch {
		case t.reportPairs(i):
		case early != nil && t.earlies[i] > t.opens/oftenEarly:
			d.warn(s.at, "this step lies before the promise opens on some days, and then fires at once: "+t.opening(early.run)+", it would be on "+t.moment(early.at),
				"move it nearer to due: the promise is due "+dueWords(t.promise.rule))
		case unread != nil:
			d.warn(s.at, "this step may fire when nobody works: "+t.opening(unread.run)+", it fires on "+t.moment(unread.at)+" and is read on "+t.moment(unread.end),
				"count it in working hours or working days, or chase a team that has a mailbox of its own")
		}
	}
}

// reportPairs names a step that does not follow one of those above it.
func (t *times) reportPairs(i int) bool {
	for j := range i {
		if t.reportPair(i, j, t.pairs[i*len(t.promise.steps)+j]) {
			return true
		}
	}
	return false
}

func (t *times) reportPair(i, j int, p following) bool {
	d, s, above := t.promise.object.doc, &t.promise.steps[i], &t.promise.steps[j]
	line := "the one on line " + strconv.Itoa(above.at.Line)
	switch {
	case p.reversed != nil && !p.inOrder && p.same == nil:
		d.warn(s.at, "this step always fires before "+line+", which stands above it", "list the steps in the order in which they fire")
	case p.reversed != nil:
		d.warn(s.at, "this step fires before "+line+", which stands above it, on some days: "+t.opening(*p.reversed)+", it fires on "+t.moment(p.reversed.steps[i])+" and that one on "+t.moment(p.reversed.steps[j]),
			"count both in the same unit, or move one")
	case p.same != nil && !sameInstant(above.value, s.value):
		d.warn(s.at, "this step fires at the same moment as "+line+" on some days, and each person hears only one of them: "+t.opening(*p.same)+", both fire on "+t.moment(p.same.steps[i]),
			"count both in the same unit, or move one")
	default:
		return false
	}
	return true
}

// opening says when a promise was opened on trial, and when it is then due.
func (t *times) opening(run trialRun) string {
	return "opened on " + t.moment(run.start) + " and due on " + t.moment(run.due.At)
}

// moment says an instant: "Monday 30 November 2026 at 5pm".
func (t *times) moment(at time.Time) string {
	loc := t.proof.book.Calendar.Location
	return calendar.DateOf(at, loc).Words() + " at " + calendar.Clock(at, loc)
}

func orNode(a, b *yaml.Node) *yaml.Node {
	if a != nil {
		return a
	}
	return b
}
