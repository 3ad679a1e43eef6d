package app

import (
	"context"
	"maps"
	"runtime/metrics"
	"slices"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/console"
)

// lookWithin is how long the stream is given to say what it holds.
const lookWithin = 2 * time.Second

// Running says how the process runs: what /metrics and /readyz say, for a page.
func (r *reader) Running(ctx context.Context) console.Health {
	a := r.app
	stats := a.engine.Stats()
	h := console.Health{Leading: stats.Leading, LeaseAge: stats.LeaseAge, Lag: stats.InputLag, Undecided: stats.Undecided,
		Cases: stats.Cases, Promises: stats.Promises, Unsettled: stats.UnsettledCases, Memory: memory(), Build: Build(), Server: a.conn.ConnectedServerVersion()}
	_, h.Troubles = a.ready()
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if info, err := a.stream.Info(ctx); err == nil {
		h.Messages, h.Bytes = info.Messages, info.Bytes
	}
	if a.server != nil {
		h.DiskFree = diskFree(a.Config.DataDir)
	}
	if book := a.shelf.Books().Current; book != nil {
		h.Book = book.Version
		if last := book.Holidays().Last(); !last.IsZero() {
			h.Ends = append(h.Ends, console.Ending{What: "Bank holidays of the book", On: last.At(12, 0, book.Calendar.Location)})
		}
	}
	if secured, err := a.conn.TLSConnectionState(); err == nil && len(secured.PeerCertificates) > 0 {
		h.Ends = append(h.Ends, console.Ending{What: "Certificate of the NATS server", On: secured.PeerCertificates[0].NotAfter})
	}
	standing := a.engine.Channels()
	for _, name := range slices.Sorted(maps.Keys(standing)) {
		s := standing[name]
		one := console.ChannelHealth{Name: name, Captured: a.captured[name] != nil, Ready: s.Ready, Later: s.Later, Oldest: s.Oldest, Accepted: s.Accepted, Failed: s.Failed, Slowed: s.Slowed}
		if s.Failure != nil {
			one.Failure, one.Refused = s.Failure.Reason, s.Failure.Verdict == channel.Never
			if s.Failure.Code != "" {
				one.Failure += " (code " + s.Failure.Code + ")"
			}
		}
		h.Channels = append(h.Channels, one)
	}
	return h
}

// memory is what the process holds of the machine, without what it has given back.
func memory() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	if samples[0].Value.Kind() != metrics.KindUint64 || samples[1].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
