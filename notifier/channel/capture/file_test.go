package capture

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"hearback/notifier/channel"
)

// FillDisk makes every further write to the file fail as a full disk does.
func (c *Channel) FillDisk(t *testing.T) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	_ = c.file.handle.Close()
	c.file.handle = full
}

// FuzzRead gives any file at all. What is read is bounded, and a message that
// stands on a line of its own is always found.
func FuzzRead(f *testing.F) {
	whole, err := json.Marshal(Captured{
		Message: channel.Message{ID: "m1", To: "+447700900123", Text: "Words."},
		At:      time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC), Channel: "sms", ProviderID: "captured-m1",
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, []byte{})
	f.Add(append(bytes.Clone(whole), '\n'), whole)
	f.Add([]byte("{}\nnull\n[]\n\"x\"\n"), whole[:20])
	f.Add([]byte(`{"ProviderID": 1}`+"\n\x00\xff\n"), []byte("{\"Message\":"))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		file := bytes.Join([][]byte{before, whole, after}, []byte("\n"))
		kept, err := read(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if len(kept) > Limit {
			t.Errorf("%d messages were read, want at most %d", len(kept), Limit)
		}
		for _, captured := range kept {
			if captured.Message.ID == "m1" && captured.Message.Text == "Words." {
				return
			}
		}
		if bytes.Count(after, []byte("\n")) < Limit {
			t.Error("the message in the middle was lost")
		}
	})
}
