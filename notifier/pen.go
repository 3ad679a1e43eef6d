package notifier

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"hearback/events"
)

// TaskMatch is the task of a holding pen. It is about everything that lies there and
// that nobody has dealt with: Task.Events.
const TaskMatch = "Find out who wrote, and pass it on to the right case"

// penPrefix begins the reference of every case in the holding pen.
const penPrefix = "pen-"

// PenRef is the holding pen of one address: the case under which Hearback keeps
// what somebody wrote whom it cannot match with one case, until a person has.
// channel is SMS or Email. The reference does not show the address.
func PenRef(channel, address string) string {
	sum := sha256.Sum256([]byte(channel + "\x00" + strings.ToLower(address)))
	return penPrefix + hex.EncodeToString(sum[:8])
}

// Penned reports whether a case is a holding pen.
func Penned(ref string) bool {
	return strings.HasPrefix(ref, penPrefix) && len(ref) == len(penPrefix)+16
}

// holdFor asks a person to deal with what came into the pen.
func (d *decider) holdFor(why string, ids ...string) {
	d.openTask(TaskMatch, why, "", "")
	if i := slices.IndexFunc(d.c.Tasks, func(t Task) bool { return t.What == TaskMatch }); i >= 0 {
		d.c.Tasks[i].Events = append(slices.Clip(d.c.Tasks[i].Events), ids...)
	}
}

// stillHeld opens the task of a pen again where something came in that whoever did it
// had not seen.
func (d *decider) stillHeld(t Task, done events.TaskDone) {
	if t.What != TaskMatch || len(done.Events) == 0 {
		return
	}
	left := slices.DeleteFunc(slices.Clone(t.Events), func(id string) bool { return slices.Contains(done.Events, id) })
	if len(left) > 0 {
		d.holdFor("they wrote again while somebody dealt with what they had written before", left...)
	}
}
