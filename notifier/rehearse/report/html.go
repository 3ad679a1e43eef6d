package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// HTML writes a report as one page that needs nothing beside itself: no script, no
// font, no picture from elsewhere. Its policy forbids them, so that a name in it
// cannot bring any.
func HTML(to io.Writer, r Report) error {
	shown, err := drawn(r)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(pageCSS))
	shown.Style = template.CSS(pageCSS)
	shown.Policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return write(to, "page", shown)
}

// Fragment writes what a report says as part of another page: its sections have
// headings of level 2, and its title is left to the page. The page's stylesheet gives
// colours to the classes that page.css names; there is no style in it and no script.
func Fragment(to io.Writer, r Report) error {
	shown, err := drawn(r)
	if err != nil {
		return err
	}
	return write(to, "fragment", shown)
}

func write(to io.Writer, name string, shown shownReport) error {
	page, err := template.New("report").Parse(pageHTML)
	if err != nil {
		return err
	}
	var made strings.Builder
	if err := page.ExecuteTemplate(&made, name, shown); err != nil {
		return err
	}
	_, err = io.WriteString(to, strings.Map(printable, made.String()))
	return err
}

// drawn is a report with its plots as pictures.
func drawn(r Report) (shownReport, error) {
	shown := shownReport{Report: r}
	for i, s := range r.Sections {
		section := shownSection{Section: s, ID: fmt.Sprintf("section-%d", i+1)}
		for j, plot := range s.Plots {
			picture, err := SVG(plot, fmt.Sprintf("plot-%d-%d", i+1, j+1))
			if err != nil {
				return shown, err
			}
			title, _ := plot.about()
			section.Pictures = append(section.Pictures, shownPlot{title, picture})
		}
		shown.Shown = append(shown.Shown, section)
	}
	return shown, nil
}

// SVG draws a plot for a page that allows no style of its own: its colours are classes,
// such as fill-one and stroke-axis, to which the page gives colours. It has a name and
// a description for those who do not see it. id must be unique in the page.
func SVG(plot Plot, id string) (template.HTML, error) {
	title, describes := plot.about()
	picture, err := plot.draw()
	if err != nil {
		return "", fmt.Errorf("the plot %q cannot be drawn: %w", title, err)
	}
	var svg bytes.Buffer
	if err := inline(&svg, picture, id, title, describes); err != nil {
		return "", err
	}
	return template.HTML(svg.String()), nil
}

// shownReport is a report with what only the page needs.
type shownReport struct {
	Report
	Policy string
	Style  template.CSS
	Shown  []shownSection
}

type shownSection struct {
	Section
	ID       string
	Pictures []shownPlot
}

type shownPlot struct {
	Title   string
	Picture template.HTML
}
