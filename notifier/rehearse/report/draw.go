package report

import (
	"cmp"
	"math"
	"time"

	"github.com/go-analyze/charts"
)

const (
	wide = 960
	high = 380
	// wordsHigh is the size of all words, in the library's points.
	wordsHigh = 10
	// lineHigh is the room for a line of words, in pixels.
	lineHigh = 24
)

// draw makes the picture.
func (b *Bars) draw() ([]byte, error) {
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: wide, Height: high})
	words := charts.FontStyle{FontSize: wordsHigh, FontColor: role("ink")}
	values := make([][]float64, len(b.Series))
	names := make([]string, len(b.Series))
	colours := make([]charts.Color, len(b.Series))
	for i, s := range b.Series {
		values[i], names[i], colours[i] = s.Values, s.Name, role(series[i%len(series)])
	}
	option := charts.NewBarChartOptionWithData(values)
	option.Theme = charts.MakeTheme(charts.ThemeOption{AxisStrokeColor: role("axis"), AxisSplitLineColor: role("grid"), BackgroundColor: role("paper"),
		TextColor: role("ink"), SeriesColors: colours})
	option.StackSeries = new(true)
	option.CategoryAxis.Labels, option.CategoryAxis.LabelFontStyle = b.Labels, words
	option.CategoryAxis.LabelCount = len(b.Labels) // those that are empty show nothing
	option.CategoryAxis.BoundaryGap = new(true)
	option.ValueAxis[0].LabelFontStyle, option.Legend.FontStyle = words, words
	option.Legend.SeriesNames = names
	option.ValueFormatter = func(value float64) string { return Count(int(math.Round(value))) }
	// The library's own titles of axes touch the figures: these stand clear of them.
	if err := p.Child(charts.PainterBoxOption(charts.NewBox(0, 0, wide, high-lineHigh))).BarChart(option); err != nil {
		return nil, err
	}
	p.Text(b.Up, lineHigh, lineHigh+4, 0, words)
	p.Text(b.Across, (wide-p.MeasureText(b.Across, 0, words).Width())/2, high-lineHigh/2, 0, words)
	return p.Bytes()
}

// The measures of a timeline, in pixels.
const (
	gutter, margin  = 130, 20
	heading         = 46
	rowHigh         = 38
	barHigh, radius = 16, 6
	// fewDays is up to where every day has its line; beyond, every Monday has.
	fewDays = 21
)

// draw makes the picture.
func (t *Timeline) draw() ([]byte, error) {
	height := heading + len(t.Rows)*rowHigh + margin
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: wide, Height: height})
	location := cmp.Or(t.Location, time.UTC)
	from, to := t.From.At(0, 0, location), t.To.AddDays(1).At(0, 0, location)
	x := func(at time.Time) int {
		share := float64(at.Sub(from)) / float64(to.Sub(from))
		return gutter + int(min(max(share, 0), 1)*(wide-gutter-margin))
	}
	bottom := height - margin
	p.FilledRect(0, 0, wide, height, role("paper"), role("paper"), 0)
	for _, free := range t.Free {
		p.FilledRect(x(free.Date.At(0, 0, location)), heading, x(free.Date.AddDays(1).At(0, 0, location)), bottom, role("free"), role("free"), 0)
	}
	words := charts.FontStyle{FontSize: wordsHigh, FontColor: role("ink")}
	weeks, next := t.From.AddDays(fewDays).Compare(t.To) < 0, 0
	for day := t.From; day.Compare(t.To) <= 0; day = day.AddDays(1) {
		at := x(day.At(0, 0, location))
		if weeks && day.Weekday() != time.Monday && day != t.From {
			continue
		}
		p.LineStroke([]charts.Point{{X: at, Y: heading - 6}, {X: at, Y: bottom}}, role("grid"), 1)
		label := day.Short()
		if end := at + p.MeasureText(label, 0, words).Width(); at >= next && end <= wide {
			p.Text(label, at, heading-14, 0, words)
			next = end + 12
		}
	}
	for i, row := range t.Rows {
		middle := heading + i*rowHigh + rowHigh/2
		p.Text(row.Name, 4, middle+5, 0, words)
		p.LineStroke([]charts.Point{{X: gutter, Y: middle + rowHigh/2}, {X: wide - margin, Y: middle + rowHigh/2}}, role("grid"), 1)
		if !row.Start.IsZero() {
			colour := role("good")
			if row.Late {
				colour = role("late")
			}
			p.FilledRect(x(row.Start), middle-barHigh/2, max(x(row.End), x(row.Start)+2), middle+barHigh/2, colour, colour, 0)
		}
		for _, m := range row.Marks {
			p.Circle(radius, x(m.At), middle, role("one"), role("paper"), 1.5)
			if m.Says != "" {
				p.Text(m.Says, x(m.At)+radius+3, middle+5, 0, words)
			}
		}
	}
	return p.Bytes()
}
