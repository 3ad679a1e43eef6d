package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-analyze/charts"
)

// The roles that colours have in a plot. The library draws with a colour; the page
// gives each role its colour, by day, by night and on paper.
var roles = []struct {
	class  string
	colour charts.Color
}{
	{"paper", opaque(0xfefdfc)}, {"ink", opaque(0x010203)}, {"axis", opaque(0x515253)}, {"grid", opaque(0xd1d2d3)}, {"free", opaque(0xe1e2e3)},
	{"one", opaque(0x1d70b1)}, {"two", opaque(0xf47732)}, {"three", opaque(0x912b83)}, {"four", opaque(0x28a194)}, {"five", opaque(0x801655)},
	{"good", opaque(0x28a195)}, {"late", opaque(0xd4351d)},
}

// series are the roles of the parts of a column, in order.
var series = []string{"one", "two", "three", "four", "five"}

func opaque(rgb int) charts.Color {
	return charts.Color{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 255}
}

// role is the colour to draw with.
func role(class string) charts.Color {
	for _, r := range roles {
		if r.class == class {
			return r.colour
		}
	}
	return charts.Color{}
}

// inline makes of a picture what may stand in a page whose policy allows no style of
// its own: attributes for what it says by style, classes for its colours, and a name
// and a description. id must be unique in the page.
func inline(to io.Writer, picture []byte, id, title, describes string) error {
	decoder := xml.NewDecoder(strings.NewReader(string(picture)))
	out := xml.NewEncoder(to)
	root := true
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if err != nil {
			return fmt.Errorf("a plot is no SVG: %w", err)
		}
		start, isStart := token.(xml.StartElement)
		if !isStart {
			if end, isEnd := token.(xml.EndElement); isEnd {
				token = xml.EndElement{Name: xml.Name{Local: end.Name.Local}}
			}
			if err := out.EncodeToken(token); err != nil {
				return err
			}
			continue
		}
		plain := xml.StartElement{Name: xml.Name{Local: start.Name.Local}}
		if root {
			plain.Attr = []xml.Attr{attribute("role", "img"), attribute("aria-labelledby", id+"-title"), attribute("aria-describedby", id+"-desc")}
		}
		for _, a := range start.Attr {
			switch {
			case a.Name.Local == "style":
				plain.Attr = append(plain.Attr, styled(a.Value)...)
			case a.Name.Space == "" && a.Name.Local != "xmlns":
				plain.Attr = append(plain.Attr, attribute(a.Name.Local, a.Value))
			}
		}
		if err := out.EncodeToken(plain); err != nil {
			return err
		}
		if !root {
			continue
		}
		root = false
		for _, one := range [][2]string{{"title", title}, {"desc", describes}} {
			name := xml.StartElement{Name: xml.Name{Local: one[0]}, Attr: []xml.Attr{attribute("id", id+"-"+one[0])}}
			if err := out.EncodeElement(one[1], name); err != nil {
				return err
			}
		}
	}
}

func attribute(name, value string) xml.Attr {
	return xml.Attr{Name: xml.Name{Local: name}, Value: value}
}

// styled gives the attributes that say the same as a style. The page chooses the font.
func styled(style string) (attributes []xml.Attr) {
	var classes []string
	for declaration := range strings.SplitSeq(style, ";") {
		name, value, _ := strings.Cut(declaration, ":")
		if name == "" || name == "font-family" {
			continue
		}
		class := ""
		if name == "fill" || name == "stroke" {
			class = classOf(value)
		}
		if class == "" {
			attributes = append(attributes, attribute(name, value))
		} else {
			classes = append(classes, name+"-"+class)
		}
	}
	slices.Sort(classes)
	if len(classes) > 0 {
		attributes = append(attributes, attribute("class", strings.Join(classes, " ")))
	}
	return attributes
}

// classOf is the role of a colour as the library writes it.
func classOf(value string) string {
	for _, r := range roles {
		if value == r.colour.String() {
			return r.class
		}
	}
	return ""
}
