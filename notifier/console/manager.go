package console

// managerRoutes are the pages of those who answer for silence.
func managerRoutes() map[string]route {
	return map[string]route{}
}
