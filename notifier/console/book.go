package console

// bookRoutes are the pages of the managers' book.
func bookRoutes() map[string]route {
	return map[string]route{}
}
