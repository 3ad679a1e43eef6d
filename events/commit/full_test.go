package commit_test

import (
	"errors"
	"testing"

	"hearback/events/commit"
	"hearback/events/commit/committest"
	"hearback/notifier/stream/streamtest"
)

// The server runs out of room in the middle of a batch. It stores the beginning,
// and answers nothing; the repeat is refused. What is stored is reported as stored,
// at its place, and nothing else is.
func TestAServerWithoutRoomStoresAPartOfABatch(t *testing.T) {
	const room, count, size = 1 << 20, 40, 3_000
	streamtest.Bubble(t, func(t *testing.T) {
		server := committest.StartSmall(t, room)
		js := jetStream(t, server.Connect(t))
		writer := commit.New(js, js.Conn(), 12)
		acknowledged := map[uint64]string{}
		for serial := 0; ; serial++ {
			if serial*count*size > 2*room {
				t.Fatal("the server takes more than it has room for")
			}
			messages := many(count, "hearback.ledger.b"+string(rune('A'+serial))+"-")
			for i := range messages {
				messages[i].Data, messages[i].Expect = make([]byte, size), new(uint64(0))
			}
			refused := 0
			for i, result := range writer.Write(t.Context(), messages) {
				switch {
				case result.Err == nil:
					acknowledged[result.Sequence] = messages[i].Subject
				case errors.Is(result.Err, commit.ErrConflict):
					t.Errorf("message %d of batch %d was taken for somebody else's: %v", i, serial, result.Err)
				default:
					refused++
				}
			}
			if refused == count {
				t.Error("the server stored no part of a batch: the test shows nothing")
			}
			if refused > 0 {
				break
			}
		}
		all := stored(t, js)
		if len(all) != len(acknowledged) {
			t.Errorf("%d messages are stored, %d were acknowledged", len(all), len(acknowledged))
		}
		for sequence, subject := range acknowledged {
			if sequence > uint64(len(all)) || all[sequence-1].Subject != subject {
				t.Errorf("sequence %d was acknowledged for %s and is not there", sequence, subject)
			}
		}
	})
}
