package engine

import (
	"sync/atomic"
	"time"

	"hearback/notifier/outbox"
)

// counters are kept by the leader since the process started.
type counters struct {
	rounds, entries, conflicts, commitFailures atomic.Int64
	refused, sent, failed, withdrawn, repeats  atomic.Int64
	late, kept, tasks                          atomic.Int64
	lag, undecided                             atomic.Int64
	storing                                    atomic.Pointer[string]
}

// Stats is what the engine has done since the process started, and how it stands.
type Stats struct {
	Rounds, Entries, Conflicts, CommitFailures int64
	// Refused counts inputs that could not be understood.
	Refused int64
	// Sent, Failed and Withdrawn count settled messages; Repeats the hand-overs
	// that may have reached somebody before.
	Sent, Failed, Withdrawn, Repeats int64
	Late, Kept, Tasks                int64
	// InputLag is how old the last event was when it was taken.
	InputLag time.Duration
	// Undecided counts inputs that were taken and have no stored answer yet.
	Undecided                       int
	Cases, Promises, UnsettledCases int
	Depth                           map[string]int
	Leading                         bool
	LeaseAge                        time.Duration
	Findings                        []string
}

// Stats gives the figures for operators.
func (e *Engine) Stats() Stats {
	s := Stats{
		Rounds: e.stats.rounds.Load(), Entries: e.stats.entries.Load(), Conflicts: e.stats.conflicts.Load(),
		CommitFailures: e.stats.commitFailures.Load(), Refused: e.stats.refused.Load(), Sent: e.stats.sent.Load(),
		Failed: e.stats.failed.Load(), Withdrawn: e.stats.withdrawn.Load(), Repeats: e.stats.repeats.Load(),
		Late: e.stats.late.Load(), Kept: e.stats.kept.Load(), Tasks: e.stats.tasks.Load(),
		InputLag: time.Duration(e.stats.lag.Load()), Undecided: int(e.stats.undecided.Load()), Leading: e.Leading(), LeaseAge: e.lease.Age(time.Now()),
		Findings: e.Findings(),
	}
	s.Cases, s.Promises, s.UnsettledCases = e.config.Picture.Size()
	if box := e.outbox.Load(); box != nil {
		s.Depth = box.Depth()
	}
	return s
}

// Channels says how each channel stands; nothing on a standby, which hands nothing over.
func (e *Engine) Channels() map[string]outbox.Standing {
	if box := e.outbox.Load(); box != nil {
		return box.Standing()
	}
	return nil
}
