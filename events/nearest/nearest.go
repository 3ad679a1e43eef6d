// Package nearest finds the name that somebody most likely meant, for errors
// that say so.
package nearest

import "strings"

// Name gives the known name that a slip of the pen turns into written, or ""
// where none is close enough to be worth asking about.
func Name(written string, known []string) string {
	return Within(written, known, len(fold(written))/3)
}

// Within gives the nearest name no further away than most, or "". Long names and
// long lists are not worth the work.
func Within(written string, known []string, most int) string {
	wanted := fold(written)
	if len(wanted) > 80 || len(known) > 1000 {
		return ""
	}
	best, bestDistance := "", most+1
	for _, candidate := range known {
		if d := distance(wanted, fold(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// fold drops what does not tell names apart to a reader.
func fold(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
}

// distance counts the letters to add, drop, change or swap with a neighbour
// between two names (optimal string alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	older, old, row := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range old {
		old[j] = j
	}
	for i := range from {
		row[0] = i + 1
		for j := range to {
			change := old[j]
			if from[i] != to[j] {
				change++
			}
			row[j+1] = min(change, row[j]+1, old[j+1]+1)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(to)]
}
