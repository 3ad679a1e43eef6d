package app

import (
	"context"
	"os"
	"runtime/debug"
	"time"
)

// A small picture costs little memory, so that collecting garbage less often than
// Go does by itself saves time. A picture of many cases is large and lives long:
// there it would cost more memory than it is worth.
const (
	manyCases    = 50_000
	percentMany  = 100
	percentFew   = 150
	memoryLookAt = 10 * time.Second
	looksAMinute = 6
	looksAtStart = 12
)

// keepMemory suits the collector to the number of cases, unless the operator
// has chosen with GOGC. What loading and the server's caches leave over goes back
// to the machine: soon after the start, then once a minute.
func (a *App) keepMemory(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	ticker := time.NewTicker(memoryLookAt)
	defer ticker.Stop()
	percent := 0
	for look := 0; ; look++ {
		wanted := percentFew
		cases, _, _ := a.picture.Size()
		if cases > manyCases {
			wanted = percentMany
		}
		if wanted != percent {
			debug.SetGCPercent(wanted)
			percent = wanted
		}
		if cases > manyCases && (look < looksAtStart || look%looksAMinute == 0) {
			debug.FreeOSMemory()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
