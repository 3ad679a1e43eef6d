package app

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A picture of many cases is large and lives long: collecting garbage more often
// than Go does by itself then saves more memory than it costs time. A small one
// is the other way about.
const (
	manyCases    = 50_000
	percentMany  = 50
	percentFew   = 150
	memoryLookAt = 10 * time.Second
	freeMost     = 64 << 20
)

// keepMemory suits the collector to the number of cases, unless the operator
// has chosen with GOGC.
func (a *App) keepMemory(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	heap := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	ticker := time.NewTicker(memoryLookAt)
	defer ticker.Stop()
	for now := 0; ; {
		percent := percentFew
		if cases, _, _ := a.picture.Size(); cases > manyCases {
			percent = percentMany
		}
		if percent != now {
			debug.SetGCPercent(percent)
			now = percent
		}
		// What loading, or a rush, has left over goes back to the machine.
		metrics.Read(heap)
		if free, used := heap[0].Value.Uint64(), heap[1].Value.Uint64(); free > max(freeMost, used/4) {
			debug.FreeOSMemory()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
