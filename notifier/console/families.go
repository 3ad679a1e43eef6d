package console

import "net/http"

// showFamilies is the list of one officer's families.
func (c *console) showFamilies(w http.ResponseWriter, r *http.Request) {
	c.notFound(w, r)
}
