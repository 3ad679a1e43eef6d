package streamtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// Where the process that runs a test on a small disk learns of it: what is set in
// its environment, and what it says when it may not mount one.
const (
	smallDiskTest = "STREAMTEST_SMALL_DISK"
	smallDiskDir  = "STREAMTEST_SMALL_DISK_DIR"
	mayNotMount   = "a small disk cannot be mounted here: "
)

// SmallDisk runs a test with a folder on a disk of this size, and t.TempDir on it
// too: in another process of this test program, alone in a mount namespace, so that
// nobody else sees the disk and nothing is left of it. Where the kernel does not
// permit that, the test is skipped.
func SmallDisk(t *testing.T, megabytes int, test func(t *testing.T, dir string)) {
	t.Helper()
	if os.Getenv(smallDiskTest) == t.Name() {
		dir := os.Getenv(smallDiskDir)
		if err := mountSmallDisk(dir, megabytes); err != nil {
			t.Fatal(mayNotMount + err.Error())
		}
		test(t, dir)
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	pattern := "^" + strings.Join(strings.Split(t.Name(), "/"), "$/^") + "$"
	child := exec.CommandContext(t.Context(), program, "-test.run="+pattern, "-test.v", "-test.count=1")
	child.Env = append(os.Environ(), smallDiskTest+"="+t.Name(), smallDiskDir+"="+dir, "TMPDIR="+dir)
	child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		child.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	output, err := child.CombinedOutput()
	_, ran := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil && bytes.Contains(output, []byte("--- PASS: "+t.Name())):
	case err != nil && !ran:
		t.Skipf("SKIPPED, NOT TRIED: %sno namespace of one's own: %v", mayNotMount, err)
	case bytes.Contains(output, []byte(mayNotMount)):
		t.Skipf("SKIPPED, NOT TRIED: %s", output)
	default:
		t.Fatalf("on the small disk: %v\n%s", err, output)
	}
}

func mountSmallDisk(dir string, megabytes int) error {
	// What is mounted here must not show elsewhere.
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make the mounts private: %w", err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		return fmt.Errorf("mount a tmpfs: %w", err)
	}
	return nil
}

// ResizeSmallDisk gives the disk of SmallDisk another size.
func ResizeSmallDisk(t testing.TB, dir string, megabytes int) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Fatalf("resize the small disk: %v", err)
	}
}
