package rules

import (
	"hearback/events/nearest"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// field is one key that a mapping may have.
type field struct {
	name     string
	example  string // the key with a value, as it could stand in the file
	required bool
}

// shape is what a mapping may hold. Shapes are never changed.
type shape struct {
	what   string // with its article: "a promise"
	fields []field
}

func (s shape) names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return names
}

func (s shape) required() []string {
	var names []string
	for _, f := range s.fields {
		if f.required {
			names = append(names, f.name)
		}
	}
	return names
}

func (s shape) example(name string) string {
	for _, f := range s.fields {
		if f.name == name {
			return f.example
		}
	}
	return name
}

// pair is one key of a mapping with its value, aliases followed.
type pair struct{ key, value *yaml.Node }

// object is a mapping read by its shape.
type object struct {
	doc    *document
	node   *yaml.Node
	shape  shape
	values map[string]pair
}

// text is a word or a line of the book and where it stands. node is nil where
// the book does not say, or says it wrongly: the fault has then been noted.
type text struct {
	value string
	node  *yaml.Node
}

func (t text) given() bool { return t.node != nil }

// pairs reads a mapping of any keys. ok is false where n is none.
func (d *document) pairs(n *yaml.Node, what, example string) (pairs []pair, node *yaml.Node, ok bool) {
	if n = d.resolve(n); n == nil {
		return nil, nil, false
	}
	if n.Kind != yaml.MappingNode || d.tagged(n) {
		d.wrongKind(n, what, "write it as "+example)
		return nil, n, false
	}
	first := make(map[string]bool)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := d.resolve(n.Content[i]), d.resolve(n.Content[i+1])
		switch {
		case key == nil || value == nil:
			return nil, n, false
		case key.Kind != yaml.ScalarNode:
			d.fault(n.Content[i], "a key of "+what+" must be a word", "write it as "+example)
			continue
		case key.Tag == "!!merge":
			d.fault(n.Content[i], "the merge key << is not used in a book", "write the keys out, or let an alias (*name) stand for a whole value")
			continue
		case first[key.Value]:
			d.fault(n.Content[i], "the key \""+clip(key.Value)+"\" stands twice in "+what, "keep one of the two")
			continue
		}
		first[key.Value] = true
		pairs = append(pairs, pair{n.Content[i], value})
	}
	return pairs, n, true
}

// object reads a mapping of known keys.
func (d *document) object(n *yaml.Node, s shape) (object, bool) {
	pairs, node, ok := d.pairs(n, s.what, s.fields[0].example)
	if !ok {
		return object{}, false
	}
	o := object{doc: d, node: node, shape: s, values: make(map[string]pair, len(pairs))}
	var unknown []pair
	for _, p := range pairs {
		if name := d.resolveQuietly(p.key).Value; slices.Contains(s.names(), name) {
			o.values[name] = p
		} else {
			unknown = append(unknown, p)
		}
	}
	missing := slices.DeleteFunc(s.required(), func(name string) bool {
		_, there := o.values[name]
		return there
	})
	for _, p := range unknown {
		name := d.resolveQuietly(p.key).Value
		// A key that is missed is meant sooner than one that is there or optional;
		// it is then one slip, not two.
		meant := nearest.Within(name, missing, len(name)/2+1)
		meant = orElse(meant, nearest.Name(name, s.names()))
		remedy := orElse(ask(meant), "use one of: "+strings.Join(s.names(), ", "))
		d.fault(p.key, "\""+clip(name)+"\" is not a key of "+s.what, remedy)
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == meant })
	}
	for _, name := range missing {
		d.fault(node, s.what+" has no \""+name+"\"", "add it, such as "+s.example(name))
	}
	return o, true
}

func (d *document) resolveQuietly(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// value gives a key's value, and nil where it is absent or empty.
func (o object) value(name string) *yaml.Node {
	p, ok := o.values[name]
	if !ok {
		return nil
	}
	if p.value.Kind == yaml.ScalarNode && p.value.Tag == "!!null" {
		o.doc.fault(p.key, "\""+name+"\" is empty", "give it a value, such as "+o.shape.example(name)+", or take the key out")
		return nil
	}
	return p.value
}

// key gives the place of a key, or of the whole mapping where it is absent.
func (o object) key(name string) *yaml.Node {
	if p, ok := o.values[name]; ok {
		return p.key
	}
	return o.node
}

// text reads one line of text.
func (o object) text(name string) text {
	n := o.value(name)
	if n == nil {
		return text{}
	}
	return o.doc.line(n, "\""+name+"\"", "write "+o.shape.example(name))
}

// line reads a scalar as one line of text. Numbers and dates count as text, as
// they stand: nobody must put a phone number in quotes.
func (d *document) line(n *yaml.Node, what, remedy string) text {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || d.tagged(n) {
		d.wrongKind(n, what, remedy)
		return text{}
	}
	if n.Tag == "!!bool" {
		d.fault(n, what+" is yes or no, and must be text", remedy+"; where the text is meant, put it in quotes")
		return text{}
	}
	value := strings.TrimSpace(n.Value)
	switch {
	case value == "":
		d.fault(n, what+" is empty", remedy)
		return text{}
	case strings.ContainsFunc(value, unicode.IsControl):
		d.fault(n, what+" must be one line", remedy)
		return text{}
	}
	return text{value, n}
}

// flag reads true or false.
func (o object) flag(name string, absent bool) bool {
	n := o.value(name)
	switch {
	case n == nil:
		return absent
	case n.Kind == yaml.ScalarNode && n.Tag == "!!bool" && strings.EqualFold(n.Value, "true"):
		return true
	case n.Kind == yaml.ScalarNode && n.Tag == "!!bool":
		return false
	}
	o.doc.fault(n, "\""+name+"\" must be true or false", "write "+o.shape.example(name))
	return absent
}

// list reads the items of a list, aliases followed.
func (o object) list(name string) []*yaml.Node {
	n := o.value(name)
	if n == nil {
		return nil
	}
	return o.doc.items(n, "\""+name+"\"", o.shape.example(name))
}

func (d *document) items(n *yaml.Node, what, example string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode || d.tagged(n) {
		d.wrongKind(n, what, "write it as a list: "+example)
		return nil
	}
	items := make([]*yaml.Node, 0, len(n.Content))
	for _, item := range n.Content {
		if item = d.resolve(item); item == nil {
			return nil
		}
		items = append(items, item)
	}
	return items
}

// texts reads a list of lines. A single line stands for a list of one where
// alone allows it.
func (o object) texts(name string, alone bool) []text {
	n := o.value(name)
	if n == nil {
		return nil
	}
	items := []*yaml.Node{n}
	if !alone || n.Kind == yaml.SequenceNode {
		items = o.list(name)
	}
	var texts []text
	for _, item := range items {
		if t := o.doc.line(item, "an entry of \""+name+"\"", "write "+o.shape.example(name)); t.given() {
			texts = append(texts, t)
		}
	}
	return texts
}

// tagged reports a tag that the book's author wrote, mostly by beginning a text
// with an exclamation mark.
func (d *document) tagged(n *yaml.Node) bool { return n.Style&yaml.TaggedStyle != 0 }

func (d *document) wrongKind(n *yaml.Node, what, remedy string) {
	found := "a line of text"
	switch {
	case d.tagged(n):
		d.fault(n, what+" begins with \""+clip(n.Tag)+"\", which YAML takes for a tag", "put the text in quotes")
		return
	case n.Kind == yaml.MappingNode:
		found = "a mapping of keys"
	case n.Kind == yaml.SequenceNode:
		found = "a list"
	case n.Tag == "!!null":
		d.fault(n, what+" is empty", remedy)
		return
	}
	d.fault(n, what+" cannot be "+found, remedy)
}
