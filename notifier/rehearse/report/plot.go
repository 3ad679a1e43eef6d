package report

import (
	"time"

	"hearback/notifier/calendar"
)

// Plot is a picture: *Bars or *Timeline.
type Plot interface {
	// about is the picture's name, and what it shows for those who do not see it.
	about() (title, describes string)
	// draw makes it as SVG.
	draw() ([]byte, error)
}

// Bars are columns, one place for each label, with the series one on another.
type Bars struct {
	Title, Describes string
	// Across and Up name the two axes.
	Across, Up string
	// Labels are drawn as they are: leave some empty where they would not fit.
	Labels []string
	Series []Series
}

// Series is one part of each column, by label.
type Series struct {
	Name   string
	Values []float64
}

func (b *Bars) about() (title, describes string) { return b.Title, b.Describes }

// Timeline shows what happens over some days: a Gantt chart.
type Timeline struct {
	Title, Describes string
	// From and To are the first and the last day shown.
	From, To calendar.Date
	// Location is where the days begin and end.
	Location *time.Location
	// Free are days among them that nobody works.
	Free []FreeDay
	Rows []Row
}

// FreeDay is a day that does not count.
type FreeDay struct {
	Date calendar.Date
	// Name is the holiday's or the closure's; empty for a weekend.
	Name string
}

// Row is one line of a Timeline: a stretch of time, instants, or both.
type Row struct {
	Name string
	// Start and End are zero where there is no stretch.
	Start, End time.Time
	// Late: the stretch is one that should not be.
	Late  bool
	Marks []Mark
}

// Mark is one instant of a row.
type Mark struct {
	At time.Time
	// Says stands beside it; empty: nothing does.
	Says string
}

func (t *Timeline) about() (title, describes string) { return t.Title, t.Describes }
