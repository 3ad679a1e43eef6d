package console

// Running tells how Hearback runs.
type Running interface{}

// healthRoutes are the pages of those who run Hearback.
func healthRoutes() map[string]route {
	return map[string]route{
		"/rejected/{sequence}": {roles: operators, get: (*console).showRefused, post: (*console).mendRefused},
	}
}
