package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	// fsyncs is how many are measured, of fsyncSize bytes each.
	fsyncs    = 20
	fsyncSize = 4096
	// fsyncTooQuick: no disk stores anything for good in less.
	fsyncTooQuick = 30 * time.Microsecond
	// fsyncTooSlow: families' acknowledgements would wait noticeably.
	fsyncTooSlow = 20 * time.Millisecond
	// spaceLow and spaceOut are free bytes: a council writes well under one
	// gigabyte a month.
	spaceLow = 1 << 30
	spaceOut = 64 << 20
)

// dataFolder tests the folder of the embedded stream and of captured messages.
func (d *doctor) dataFolder() {
	dir, err := filepath.Abs(d.config.DataDir)
	if err != nil {
		dir = d.config.DataDir
	}
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.fail("data folder", dir+" cannot be made", "let this user write there, or set HEARBACK_DATA_DIR")
		return
	}
	if os.IsNotExist(statErr) {
		// What was not there goes away again. Only an empty folder is removed.
		defer func() { _ = os.Remove(dir) }()
	}
	times, err := measureFsync(dir)
	if err != nil {
		d.fail("data folder", dir+" cannot be written to", "let this user write there and make room, or set HEARBACK_DATA_DIR")
		return
	}
	free, known := freeSpace(dir)
	switch detail := fmt.Sprintf("%s can be written to, %d MB are free", dir, free>>20); {
	case !known:
		d.ok("data folder", dir+" can be written to; free space cannot be seen on this system")
	case free < spaceOut:
		d.fail("data folder", detail, "make room: Hearback stops taking events when the disk is full")
	case free < spaceLow:
		d.warn("data folder", detail, "make room before the disk is full: Hearback then stops taking events")
	default:
		d.ok("data folder", detail)
	}
	d.judgeFsync(times)
}

// judgeFsync says what the times of fsyncs mean.
func (d *doctor) judgeFsync(times []time.Duration) {
	slices.Sort(times)
	median := times[len(times)/2]
	detail := fmt.Sprintf("an fsync takes %s (median of %d)", median.Round(time.Microsecond), len(times))
	switch {
	case median < fsyncTooQuick:
		d.warn("disk sync", detail+", quicker than any disk: it says stored before it has stored", "put the data folder on a real disk, and switch off write caches that a power cut would empty")
	case median > fsyncTooSlow:
		d.warn("disk sync", detail+", which is slow: every event waits for one", "put the data folder on a local solid-state disk")
	default:
		d.ok("disk sync", detail)
	}
}

// measureFsync writes and syncs a small file in the folder, and removes it.
func measureFsync(dir string) ([]time.Duration, error) {
	file, err := os.CreateTemp(dir, "doctor-")
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	block := make([]byte, fsyncSize)
	times := make([]time.Duration, 0, fsyncs)
	for range fsyncs {
		began := time.Now()
		if _, err := file.Write(block); err != nil {
			return nil, err
		}
		if err := file.Sync(); err != nil {
			return nil, err
		}
		times = append(times, time.Since(began))
	}
	return times, nil
}
