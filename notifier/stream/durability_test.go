package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hearback/events/commit"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// writeUntilKilled is the child process: it stores messages in groups of many
// sizes and says which are acknowledged.
func writeUntilKilled(dir string) {
	fail := func(err error) {
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	server, err := stream.StartServer(stream.ServerConfig{Dir: dir})
	fail(err)
	nc, err := server.Connect()
	fail(err)
	s, err := stream.Open(context.Background(), nc, stream.Options{})
	fail(err)
	for serial := 0; ; {
		var messages []commit.Message
		for range 1 + serial%40 {
			serial++
			messages = append(messages, note(fmt.Sprintf("hearback.ledger.c%d", serial), fmt.Sprint(serial)))
		}
		for i, result := range s.Writer().Write(context.Background(), messages) {
			fail(result.Err)
			fmt.Println(messages[i].Subject, result.Sequence)
		}
	}
}

// What was acknowledged is there after the process was killed at any instant.
func TestKilledProcessLosesNothing(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	acknowledged := map[string]string{}
	for round := range 3 {
		child := exec.CommandContext(t.Context(), program)
		child.Env = append(os.Environ(), childFolder+"="+dir)
		output, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for count := 0; lines.Scan(); count++ {
			subject, sequence, ok := strings.Cut(lines.Text(), " ")
			if !ok || !strings.HasPrefix(subject, "hearback.") {
				t.Fatalf("the child says %q", lines.Text())
			}
			acknowledged[sequence] = subject
			if count == 150+37*round {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
	}
	s := streamtest.OpenOn(t, streamtest.Connect(t, streamtest.Start(t, stream.ServerConfig{Dir: dir})))
	there := map[string]string{}
	for _, record := range everything(t, s) {
		there[fmt.Sprint(record.Sequence)] = record.Subject
	}
	for sequence, subject := range acknowledged {
		if there[sequence] != subject {
			t.Errorf("sequence %s was acknowledged for %s and holds %q", sequence, subject, there[sequence])
		}
	}
}

// The bytes on the disk must not show what is stored where a key is set, and do
// show it where none is, which proves that the search would find it.
func TestEncryption(t *testing.T) {
	const secret = "the quick brown family"
	key := bytes.Repeat([]byte{7}, stream.KeySize)
	for _, key := range [][]byte{nil, key} {
		dir := t.TempDir()
		server := streamtest.Start(t, stream.ServerConfig{Dir: dir, Key: key})
		nc := streamtest.Connect(t, server)
		s := streamtest.OpenOn(t, nc)
		write(t, s, note("hearback.ledger.c1", secret))
		var batch []commit.Message
		for i := range 50 {
			batch = append(batch, note(fmt.Sprintf("hearback.ledger.b%d", i), secret))
		}
		write(t, s, batch...)
		if found := onDisk(t, dir, secret); found != (key == nil) {
			t.Errorf("while it runs, key set: %v, found on the disk: %v", key != nil, found)
		}
		nc.Close()
		server.Close()
		if found := onDisk(t, dir, secret); found != (key == nil) {
			t.Errorf("after it was closed, key set: %v, found on the disk: %v", key != nil, found)
		}
		again := streamtest.OpenOn(t, streamtest.Connect(t, streamtest.Start(t, stream.ServerConfig{Dir: dir, Key: key})))
		if all := everything(t, again); len(all) != 51 || string(all[50].Data) != secret {
			t.Errorf("key set: %v: %d messages after reopening", key != nil, len(all))
		}
	}
}

func onDisk(t *testing.T, dir, text string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || bytes.Contains(content, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
