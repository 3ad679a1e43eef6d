package templates

// nearest gives the known name that a slip of the pen turns into written, or
// "" where none is close enough to be worth asking about.
func nearest(written string, known []string) string {
	best, bestDistance := "", 1+len(written)/3
	for _, candidate := range known {
		if d := distance(fold(written), fold(candidate)); d <= bestDistance && (best == "" || d < bestDistance) {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance counts the letters to add, drop or change between two names
// (Levenshtein). Names longer than 64 letters are never close.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	if len(from) > 64 || len(to) > 64 {
		return 64
	}
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, letter := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, other := range to {
			change := diagonal
			if letter != other {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
