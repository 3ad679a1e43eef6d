package console

import "slices"

// RouteFacts are what tests must know of a route.
type RouteFacts struct {
	Roles             []Role
	Get, Post, Family bool
}

// Routes are all pages, by their paths.
func Routes() map[string]RouteFacts {
	all := map[string]RouteFacts{}
	for path, to := range routes() {
		all[path] = RouteFacts{slices.Clone(to.roles), to.get != nil, to.post != nil, to.family}
	}
	return all
}
