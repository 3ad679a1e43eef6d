package stream

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// KeySize is the length of the key that encrypts what is stored, in bytes.
const KeySize = 32

// setKey puts the key into the options and checks that it is the folder's own.
// The server would take a folder that it cannot read for an empty one.
func setKey(options *server.Options, config ServerConfig) error {
	if len(config.Key) != 0 && len(config.Key) != KeySize {
		return fmt.Errorf("the encryption key has %d bytes and must have %d; make one with `head -c 32 /dev/urandom | base64` (HEARBACK_ENCRYPTION_KEY)", len(config.Key), KeySize)
	}
	mark := "none"
	if len(config.Key) > 0 {
		options.JetStreamKey = hex.EncodeToString(config.Key)
		options.JetStreamCipher = server.ChaCha
		sum := hmac.New(sha256.New, config.Key)
		sum.Write([]byte("hearback: the key of this folder"))
		mark = hex.EncodeToString(sum.Sum(nil))
	}
	name := filepath.Join(config.Dir, "key.sha256")
	before, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeMark(name, mark)
	case err != nil:
		return fmt.Errorf("cannot read from the data folder; let this user read it: %w", err)
	}
	switch had := strings.TrimSpace(string(before)); {
	case had == mark:
		return nil
	case had == "none":
		return errors.New("the data folder is not encrypted, but a key is set; unset HEARBACK_ENCRYPTION_KEY, or begin with an empty folder and restore a backup into it")
	case mark == "none":
		return errors.New("the data folder is encrypted, but no key is set; set HEARBACK_ENCRYPTION_KEY to the key that it was made with")
	}
	return errors.New("the data folder was encrypted with another key; set HEARBACK_ENCRYPTION_KEY to that one")
}

// writeMark notes which key the folder is made with, durably: a lost note would
// let a wrong key through.
func writeMark(name, mark string) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write to the data folder; let this user write there: %w", err)
	}
	_, err = file.WriteString(mark + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("cannot write to the data folder; make room on its disk: %w", err)
	}
	return nil
}
