package bench

import (
	"context"
	"fmt"
	"time"
)

// The targets below are the project's own, for two shared cores with fsync on.

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func megabytes(n int64) float64 { return float64(n) / 1e6 }

func count(name string, n int) Figure { return Figure{Name: name, Value: float64(n)} }

// none is a count that must be nothing.
func none(name string, n int) Figure {
	return Figure{Name: name, Value: float64(n), Goal: atMost(0)}
}

func speedFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	s, err := RunSpeed(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	const perSecond = "per s"
	return []Figure{
		{Name: "families acknowledged, 32 plain publishers", Value: s.Plain, Unit: perSecond, Goal: atLeast(2500), Floor: s.Floor.Singles, Note: "floor: raw publishes by 32 callers"},
		{Name: "the same, as a share of that floor", Value: s.Plain / s.Floor.Singles, Goal: atLeast(0.55)},
		{Name: "families acknowledged, through events.Publisher", Value: s.Grouped, Unit: perSecond, Goal: atLeast(4000), Floor: s.Floor.Batched, Note: "floor: messages in raw atomic batches of 900"},
		{Name: "publish to hand-over at 100 per s, median", Value: ms(s.P50), Unit: "ms", Goal: atMost(1.6), Floor: ms(s.Floor.One), Note: "floor: one raw publish"},
		{Name: "publish to hand-over at 100 per s, p99", Value: ms(s.P99), Unit: "ms", Goal: atMost(15), Floor: ms(s.Floor.One)},
		{Name: "processor time for 1,000 families, server included", Value: s.CPU, Unit: "s", Goal: atMost(0.35), Floor: s.CPUFloor, Note: "floor: 1,000 raw publishes to the same process"},
		{Name: "the same, through events.Publisher", Value: s.CPUGrouped, Unit: "s", Goal: atMost(0.35), Floor: s.CPUFloor},
	}, nil
}

func deadlineFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	d, err := RunDeadlines(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	figures := []Figure{
		count("promises due in the same second", d.Promises),
		{Name: "first chase handed over after the due instant", Value: ms(d.First), Unit: "ms", Goal: atMost(100), Floor: ms(d.Floor.One), Note: "floor: one raw publish"},
		{Name: "chases handed over until the last", Value: d.Rate, Unit: "per s", Goal: atLeast(3200), Floor: d.Floor.Batched, Note: "floor: messages in raw atomic batches of 900"},
		none("chases before the due instant", d.Early),
	}
	if d.Early > 0 {
		return figures, broken(fmt.Errorf("%d chases were handed over before the due instant", d.Early))
	}
	return figures, nil
}

func webhookFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	w, err := RunWebhooks(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	figures := callFigures("receipts", w.Receipts, w.Floor)
	figures = append(figures, callFigures("families' texts", w.Texts, w.Floor)...)
	return figures, broken(within("webhooks", w.Err()))
}

func callFigures(what string, c, floor Calls) []Figure {
	return []Figure{
		{Name: what + " answered 2xx, 64 connections", Value: c.Rate, Unit: "per s", Goal: atLeast(2000), Floor: floor.Rate, Note: "floor: raw publishes by 64 callers"},
		{Name: what + ", call to answer, median", Value: ms(c.P50), Unit: "ms", Floor: ms(floor.P50), Note: "floor: one of these publishes"},
		{Name: what + ", call to answer, p99", Value: ms(c.P99), Unit: "ms", Floor: ms(floor.P99)},
		{Name: what + ", processor time for 1,000, decisions included", Value: c.CPU, Unit: "s", Floor: floor.CPU},
		none(what+" not answered 2xx", c.Refused),
		none(what+" answered 2xx and not stored", c.Lost),
		none(what+" stored twice", c.Twice),
	}
}

func sizeFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	s, err := RunSize(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	program := Figure{Name: "program", Value: megabytes(s.Binary), Unit: "MB", Note: "not stripped: build it with -ldflags '-s -w' to judge it"}
	switch {
	case s.Stripped:
		program.Goal, program.Note = atMost(45), "stripped"
	case !s.BinaryKnown:
		program.Note = "stripped or not cannot be seen on this system"
	}
	return []Figure{
		program,
		{Name: "cold start to ready, median of 5", Value: ms(s.Cold), Unit: "ms", Goal: atMost(500)},
		{Name: "resident memory, idle", Value: megabytes(s.Idle), Unit: "MB", Goal: atMost(60)},
		count("open promises, each in a case of its own", s.Promises),
		{Name: "resident memory for each, after a restart", Value: s.Each(), Unit: "bytes", Goal: atMost(2000)},
		{Name: "resident memory for each, where they were opened", Value: s.EachLoaded(), Unit: "bytes"},
		{Name: "stopping when asked", Value: ms(s.Stop), Unit: "ms"},
		{Name: "start after a stop, to ready", Value: s.Asked.Ready.Seconds(), Unit: "s", Goal: atMost(3), Floor: s.Asked.Floor.Seconds(), Note: "floor: the server alone, the last entry of each case read"},
		{Name: "start after a stop, to leading", Value: s.Asked.Leading.Seconds(), Unit: "s"},
		{Name: "start after kill -9, to ready", Value: s.Crashed.Ready.Seconds(), Unit: "s", Goal: atMost(3), Floor: s.Crashed.Floor.Seconds()},
		{Name: "start after kill -9, to leading", Value: s.Crashed.Leading.Seconds(), Unit: "s"},
		{Name: "data folder", Value: megabytes(s.Disk), Unit: "MB"},
	}, nil
}

// Kills of faults where nobody says how many, and how many of the whole process
// go to one of the leader: a takeover takes seconds, since a standby must be
// sure that the leader is gone.
const (
	killsUsual      = 200
	killsOfLeaderIn = 10
)

func faultFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	kills := plan.Kills
	if kills == 0 {
		kills = killsUsual
	}
	process, err := RunCrashes(ctx, config, plan.Families, kills)
	if err != nil {
		return nil, fmt.Errorf("kill the process: %w", err)
	}
	leaderKills := plan.LeaderKills
	if leaderKills == 0 {
		leaderKills = max(1, kills/killsOfLeaderIn)
	}
	leader, err := RunTakeovers(ctx, config, plan.Families, leaderKills)
	if err != nil {
		return nil, fmt.Errorf("kill the leader: %w", err)
	}
	disorder, err := RunDisorder(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	figures := append(crashFigures("process killed: ", process), crashFigures("leader killed: ", leader)...)
	figures = append(figures,
		Figure{Name: "disorder: events, published up to three times, shuffled", Value: float64(disorder.Published), Note: fmt.Sprintf("%d different ones", disorder.Events)},
		count("disorder: families who heard once", disorder.Disordered.Heard),
		none("disorder: families who heard nothing", disorder.Disordered.Unheard),
		none("disorder: families who heard twice", disorder.Disordered.Twice),
	)
	return figures, broken(within("process killed", process.Err()), within("leader killed", leader.Err()), within("disorder", disorder.Err()))
}

// within says where something was found.
func within(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func crashFigures(what string, c Crashes) []Figure {
	figures := []Figure{
		{Name: what + "kill -9", Value: float64(c.Kills), Note: fmt.Sprintf("in %d rushes; %d while families waited", c.Rushes, c.Busy)},
		{Name: what + "families whose enquiry was stored", Value: float64(c.Families), Note: fmt.Sprintf("publishes repeated: %d", c.Republished)},
		{Name: what + "acknowledged by text, by email", Value: float64(c.Texts + c.Emails), Note: fmt.Sprintf("%d texts, %d emails", c.Texts, c.Emails)},
		none(what+"families not acknowledged", c.Missing),
		{Name: what + "texts accepted twice", Value: float64(c.TextsTwice), Goal: atMost(0), Note: fmt.Sprintf("%d accepted without an answer; %d look-ups", c.Spoilt, c.LookUps)},
		count(what+"emails sent again, same Message-ID", c.EmailsAgain),
		{Name: what + "the most of these after one kill", Value: float64(c.EmailsAgainMost), Goal: atMost(emailWorkers), Note: "target: the emails in flight"},
		none(what+"emails sent again, another Message-ID", c.EmailsOdd),
		none(what+"tasks opened", c.Tasks),
		{Name: what + "start to ready, median", Value: ms(c.Starts), Unit: "ms"},
		{Name: what + "longest wait for an acknowledgement", Value: c.Longest.Seconds(), Unit: "s"},
	}
	if c.Takeovers > 0 {
		figures = append(figures, Figure{Name: what + "kill to a new leader, median", Value: c.Takeovers.Seconds(), Unit: "s"})
	}
	return figures
}

func dayFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	d, err := RunDay(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	t := d.Played
	return []Figure{
		{Name: "families", Value: float64(d.Families), Note: fmt.Sprintf("%d contacts; the day is %s", d.Contacts, d.Date)},
		{Name: "before the day: acknowledgements", Value: float64(d.Before.Acknowledgements), Note: fmt.Sprintf("chases %d, told late %d, failed %d, tasks %d",
			d.Before.Chases, d.Before.Lateness, d.Before.FailedTexts+d.Before.FailedEmails, d.Before.Tasks)},
		count("events of the day", d.Events),
		{Name: "families who got in touch", Value: float64(d.Asked.Enquiries), Note: fmt.Sprintf("heard %d, answered before that %d, to be phoned %d, wrote again just after a message %d", d.Asked.Heard, d.Asked.Answered, d.Asked.Phone, d.Asked.Added)},
		none("families who heard nothing, nobody told to phone", d.Asked.Silent),
		count("acknowledgements", t.Acknowledgements),
		{Name: "chases of staff", Value: float64(t.Chases), Note: fmt.Sprintf("%d emails carried several", t.Digests)},
		count("families told that the reply is late", t.Lateness),
		count("families told of a new date", t.Postponements),
		{Name: "messages failed for good", Value: float64(t.FailedTexts + t.FailedEmails), Note: fmt.Sprintf("%d texts, %d emails; the next channel or a task took over", t.FailedTexts, t.FailedEmails)},
		{Name: "tasks for people", Value: float64(t.Tasks), Note: "opened; those that end by themselves included"},
		none("texts accepted twice", d.TextsTwice),
		count("emails sent again, same Message-ID", d.EmailsAgain),
		{Name: "longest wait for an acknowledgement, batch of 06:00", Value: d.LongestBurst.Seconds(), Unit: "s", Note: fmt.Sprintf("%d times faster than life; median %s ms", burstFaster, number(ms(d.MedianBurst)))},
		{Name: "longest wait for an acknowledgement, rest of the day", Value: d.LongestRest.Seconds(), Unit: "s", Note: fmt.Sprintf("as fast as it was stored, %s events per s; median %s ms", number(d.Rest), number(ms(d.MedianRest)))},
		{Name: "longest wait where a task to phone came first", Value: d.LongestMended.Seconds(), Unit: "s", Note: fmt.Sprintf("%d families whom no message could reach until a later event brought a way", d.Asked.Mended)},
		{Name: "greatest backlog", Value: float64(d.Backlog), Unit: "cases"},
		none("messages not settled at the end", d.Unsettled),
	}, broken(within("day", d.Err()))
}
