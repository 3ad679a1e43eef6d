package capture_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/capture"
	"hearback/notifier/channel/channeltest"

	"pgregory.net/rapid"
)

func message(number int) channel.Message {
	return channel.Message{
		ID: fmt.Sprintf("m%d", number), To: "+447700900123", Text: fmt.Sprintf("Words number %d.", number),
	}
}

func TestSuite(t *testing.T) {
	const never = "nothing is sent, so no provider can do this"
	skipped := make(map[channeltest.Condition]string)
	for _, condition := range channeltest.Conditions() {
		skipped[condition] = never
	}
	capturing := func(t *testing.T) channeltest.Provider {
		t.Helper()
		captured, err := capture.New("sms", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return channeltest.Provider{
			Sender:   captured,
			Accepted: func() int { return len(captured.Messages()) },
			Open:     func() int { return 0 },
			Close:    func() { _ = captured.Close() },
		}
	}
	delete(skipped, channeltest.Accepts)
	delete(skipped, channeltest.Cancelled)
	channeltest.Run(t, channeltest.Suite{
		Providers: map[channeltest.Condition]func(t *testing.T) channeltest.Provider{
			channeltest.Accepts: capturing, channeltest.Cancelled: capturing,
		},
		NotApplicable: skipped,
		Message:       message,
	})
}

func capturing(t *testing.T, folder string) *capture.Channel {
	t.Helper()
	captured, err := capture.New("sms", folder)
	if err != nil {
		t.Fatal(err)
	}
	return captured
}

func sendAll(t *testing.T, captured *capture.Channel, from, to int) {
	t.Helper()
	for number := from; number < to; number++ {
		if _, err := captured.Send(t.Context(), message(number)); err != nil {
			t.Fatal(err)
		}
	}
}

// newestFirst fails the test unless exactly the messages from..to-1 are kept.
func newestFirst(t *testing.T, captured *capture.Channel, from, to int) {
	t.Helper()
	messages := captured.Messages()
	if len(messages) != to-from {
		t.Fatalf("%d messages are kept, want %d", len(messages), to-from)
	}
	for i, kept := range messages {
		if want := message(to - 1 - i); kept.Message != want || kept.Channel != "sms" || kept.ProviderID == "" {
			t.Fatalf("message %d is %+v, want %+v", i, kept, want)
		}
	}
}

func TestTheNewestAreKeptThroughARestart(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "captured")
	captured := capturing(t, folder)
	sendAll(t, captured, 0, 3)
	newestFirst(t, captured, 0, 3)

	// The process dies here: nothing is closed.
	captured = capturing(t, folder)
	newestFirst(t, captured, 0, 3)
	sendAll(t, captured, 3, 3*capture.Limit)
	newestFirst(t, captured, 2*capture.Limit, 3*capture.Limit)
	if lines := strings.Count(readFile(t, folder), "\n"); lines >= 2*capture.Limit {
		t.Errorf("the file has %d lines, want fewer than %d", lines, 2*capture.Limit)
	}
	if err := captured.Close(); err != nil {
		t.Fatal(err)
	}

	captured = capturing(t, folder)
	defer func() { _ = captured.Close() }()
	newestFirst(t, captured, 2*capture.Limit, 3*capture.Limit)
	sendAll(t, captured, 3*capture.Limit, 3*capture.Limit+1)
	newestFirst(t, captured, 2*capture.Limit+1, 3*capture.Limit+1)
}

func readFile(t *testing.T, folder string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "captured-sms.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOnlyItsOwnerMayReadTheFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "captured")
	captured := capturing(t, folder)
	defer func() { _ = captured.Close() }()
	for _, path := range []string{folder, filepath.Join(folder, "captured-sms.jsonl")} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has the mode %v, want nothing for others", filepath.Base(path), mode)
		}
	}
}

func TestALineCutByACrashHidesNoOther(t *testing.T) {
	folder := t.TempDir()
	captured := capturing(t, folder)
	sendAll(t, captured, 0, 3)
	_ = captured.Close()
	text := readFile(t, folder)
	lines := strings.SplitAfter(text, "\n")
	broken := lines[0] + "not JSON\n" + lines[1] + lines[2] + text[:40]
	if err := os.WriteFile(filepath.Join(folder, "captured-sms.jsonl"), []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	captured = capturing(t, folder)
	defer func() { _ = captured.Close() }()
	sendAll(t, captured, 3, 4)
	newestFirst(t, captured, 0, 4)
	for line := range strings.Lines(readFile(t, folder)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("the file still holds %q", line)
		}
	}
}

func TestAFullDiskStopsNoMessage(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Fatalf("this test needs Linux's /dev/full: %v", err)
	}
	folder := t.TempDir()
	captured := capturing(t, folder)
	sendAll(t, captured, 0, 1)
	captured.FillDisk(t)
	sendAll(t, captured, 1, 4)
	newestFirst(t, captured, 0, 4)
	if err := captured.Err(); err == nil || !strings.Contains(err.Error(), "operator") {
		t.Errorf("Err = %v, want it to say who must do what", err)
	}
	if strings.Contains(captured.Err().Error(), "7700900123") {
		t.Errorf("Err holds a number: %v", captured.Err())
	}
}

func TestAFolderThatCannotBeUsedLeavesMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	captured, err := capture.New("sms", file)
	if err == nil || captured == nil || captured.Err() == nil {
		t.Fatalf("New = %v, %v, want a channel and the reason", captured, err)
	}
	sendAll(t, captured, 0, 2)
	newestFirst(t, captured, 0, 2)
	if err := captured.Close(); err != nil {
		t.Error(err)
	}
}

func TestFindMatchesRecipientWordsAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		captured := capturing(t, "")
		sendAll(t, captured, 1, 2)
		time.Sleep(time.Hour)
		since := time.Now()
		sendAll(t, captured, 0, 3)
		found, err := captured.Find(t.Context(), since, message(1))
		if err != nil || len(found) != 1 || !found[0].Created.Equal(since) {
			t.Errorf("Find = %v, %v, want the one of this hour", found, err)
		}
		if found, _ := captured.Find(t.Context(), since, message(7)); len(found) != 0 {
			t.Errorf("Find for another message = %v", found)
		}
	})
}

func TestManyGoroutines(t *testing.T) {
	captured := capturing(t, t.TempDir())
	defer func() { _ = captured.Close() }()
	var group sync.WaitGroup
	for number := range 50 {
		group.Go(func() {
			_, _ = captured.Send(t.Context(), message(number))
			_ = captured.Messages()
		})
	}
	group.Wait()
	if kept := len(captured.Messages()); kept != 50 {
		t.Errorf("%d messages are kept, want 50", kept)
	}
}

func TestAnyMessageSurvivesARestart(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		captured, err := capture.New("email", folder)
		if err != nil {
			t.Fatal(err)
		}
		words := rapid.String()
		want := channel.Message{
			ID: words.Draw(t, "id"), To: words.Draw(t, "to"), Subject: words.Draw(t, "subject"),
			Text: words.Draw(t, "text"), HTML: words.Draw(t, "html"), Language: words.Draw(t, "language"),
		}
		_, _ = captured.Send(t.Context(), want)
		_ = captured.Close()
		again, err := capture.New("email", folder)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = again.Close() }()
		if got := again.Messages()[0].Message; got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}
