//go:build unix

package stream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockDir creates the folder and takes it for this process alone. The lock goes
// with the process, however it ends.
func lockDir(dir string) (unlock func() error, err error) {
	if dir == "" {
		return nil, errors.New("name the folder that is to hold the stream (HEARBACK_DATA_DIR)")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot create the data folder; choose another or let this user write there: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot write to the data folder; let this user write there: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(file.Name())
		err = fmt.Errorf("the data folder %s is in use by %s; stop that one first, or give this one another folder (HEARBACK_DATA_DIR): %w", dir, process(holder), err)
		return nil, errors.Join(err, file.Close())
	}
	if err := writeHolder(file); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot write to the data folder; make room on its disk: %w", err), file.Close())
	}
	return file.Close, nil
}

// writeHolder notes who has the folder, for the error of the next one.
func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func process(holder []byte) string {
	if id := strings.TrimSpace(string(holder)); id != "" {
		return "process " + id
	}
	return "another process"
}
