package signin

// What tests may try by itself.
var (
	LocalPath = localPath
	Visitor   = visitor
)

// Remembered is how many addresses are remembered.
func (s *SignIn) Remembered() int {
	s.attempts.mu.Lock()
	defer s.attempts.mu.Unlock()
	return len(s.attempts.young) + len(s.attempts.aged)
}

// Limits that tests reach for.
const (
	AttemptsAtOnce = attemptsAtOnce
	RequestsAtOnce = requestsAtOnce
	PacedMost      = pacedMost
)
