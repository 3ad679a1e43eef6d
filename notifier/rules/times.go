package rules

// times holds what is wrong with the times of one promise's steps, as it shows
// while the promise is opened day by day.
type times struct {
	proof   *proof
	promise *promise
	last    trialRun
}

func newTimes(p *proof, pr *promise) times { return times{proof: p, promise: pr} }

// look judges the instants of the steps for one due date.
func (t *times) look(run trialRun) {}

// opened judges them against one start.
func (t *times) opened(run trialRun) {}

func (t *times) report() {}
