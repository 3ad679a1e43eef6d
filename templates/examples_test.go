package templates_test

import "hearback/templates"

// examples makes values of the examples in a table of placeholders.
func examples(tables ...[]templates.Placeholder) templates.Values {
	values := templates.Values{}
	for _, table := range tables {
		for _, placeholder := range table {
			values[placeholder.Name] = placeholder.Example
		}
	}
	return values
}
