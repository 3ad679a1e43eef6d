package console

import "net/http"

func (c *console) showStaff(w http.ResponseWriter, r *http.Request)  { c.notFound(w, r) }
func (c *console) recordAway(w http.ResponseWriter, r *http.Request) { c.notFound(w, r) }
