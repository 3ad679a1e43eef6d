package main

// example is one way to call a verb, for its help.
func example(verb string) string {
	return map[string]string{
		"publish-book": `hearback publish-book --replan --by "Moira Sinclair" --why "families hear within a week" our-book`,
		"book":         "hearback book diff 3f9c5a our-book",
		"calendar":     `hearback calendar add 2027-05-03 "Coronation" --by "Moira Sinclair"`,
	}[verb]
}
