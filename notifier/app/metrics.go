package app

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hearback/notifier/mailin"
)

// metrics serves the figures of the engine, and of the way back in, for Prometheus, under names hearback_*.
func (a *App) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &figures{app: a})
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// figures turns one look at the engine into metrics, so that they agree with one another.
type figures struct{ app *App }

// Describe sends nothing: the metrics are known when they are collected.
func (*figures) Describe(chan<- *prometheus.Desc) {}

// Collect sends the figures as they stand.
func (f *figures) Collect(out chan<- prometheus.Metric) {
	s := f.app.engine.Stats()
	send := func(kind prometheus.ValueType, name, help string, value float64, labels ...string) {
		var names, values []string
		for i := 0; i+1 < len(labels); i += 2 {
			names, values = append(names, labels[i]), append(values, labels[i+1])
		}
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc("hearback_"+name, help, names, nil), kind, value, values...)
	}
	counter := func(name, help string, value int64, labels ...string) {
		send(prometheus.CounterValue, name, help, float64(value), labels...)
	}
	gauge := func(name, help string, value float64, labels ...string) {
		send(prometheus.GaugeValue, name, help, value, labels...)
	}
	counter("commit_rounds_total", "Group commits made.", s.Rounds)
	counter("ledger_entries_total", "Decisions committed.", s.Entries)
	counter("commit_conflicts_total", "Decisions made again because somebody else had written the case.", s.Conflicts)
	counter("commit_failures_total", "Rounds whose commit failed and was tried again.", s.CommitFailures)
	counter("events_rejected_total", "Events that could not be understood.", s.Refused)
	counter("messages_total", "Messages settled, by what became of them.", s.Sent, "status", "sent")
	counter("messages_total", "Messages settled, by what became of them.", s.Failed, "status", "failed")
	counter("messages_total", "Messages settled, by what became of them.", s.Withdrawn, "status", "withdrawn")
	counter("messages_sent_again_total", "Hand-overs that may have reached the recipient before (email after a crash).", s.Repeats)
	counter("promises_late_total", "Promises that passed their due time unanswered.", s.Late)
	counter("promises_kept_total", "Promises that a person's reply ended.", s.Kept)
	counter("tasks_opened_total", "Tasks opened for people.", s.Tasks)
	gauge("cases", "Cases known.", float64(s.Cases))
	gauge("promises_open", "Open promises.", float64(s.Promises))
	gauge("cases_unsettled", "Cases with messages that are not settled.", float64(s.UnsettledCases))
	gauge("input_lag_seconds", "Age of the last event when it was taken.", s.InputLag.Seconds())
	gauge("lease_age_seconds", "Time since the lease was last seen renewed.", s.LeaseAge.Seconds())
	gauge("auditor_findings", "What the auditor found wrong; 0 while all is well.", float64(len(s.Findings)))
	leading := 0.0
	if s.Leading {
		leading = 1
	}
	gauge("leading", "1 on the replica that decides and sends.", leading)
	for channel, depth := range s.Depth {
		gauge("outbox_depth", "Messages that wait to be handed over, by channel.", float64(depth), "channel", channel)
	}
	if f.app.mail.Load() != nil {
		taken(f.app.mail.Load().Counts(), counter, gauge)
	}
}

// taken are the figures of the emails that came in.
func taken(c mailin.Counts, counter func(name, help string, value int64, labels ...string), gauge func(name, help string, value float64, labels ...string)) {
	counter("mail_in_connections_total", "Connections from mail systems.", int64(c.Connections))
	gauge("mail_in_connections", "Connections from mail systems that are open.", float64(c.Open))
	for kind, n := range c.Taken {
		counter("mail_in_taken_total", "Emails stored, by what they were.", int64(n), "kind", string(kind))
	}
	const refused = "Emails and connections sent away, by why."
	counter("mail_in_refused_total", refused, int64(c.Strangers), "why", "stranger")
	counter("mail_in_refused_total", refused, int64(c.Refused), "why", "recipient")
	counter("mail_in_refused_total", refused, int64(c.Limited), "why", "too many")
	counter("mail_in_refused_total", refused, int64(c.TooLarge), "why", "too large")
	counter("mail_in_refused_total", refused, int64(c.Broken), "why", "not whole")
	counter("mail_in_refused_total", refused, int64(c.NotStored), "why", "not stored")
}
