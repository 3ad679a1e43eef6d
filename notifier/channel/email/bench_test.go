package email_test

import (
	"net"
	"testing"

	"hearback/notifier/channel/email"
	"hearback/notifier/channel/standin"
)

// BenchmarkSend hands over emails on loopback with the default workers, the
// stand-in's share included.
func BenchmarkSend(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := standin.NewSMTP(standin.SMTPFaults{})
	defer func() { _ = server.Close() }()
	go func() { _ = server.Serve(listener) }()
	sender, err := email.New(email.Config{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: email.NoTLS, From: "send@council.example",
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sender.Close() }()
	b.ReportAllocs()
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := sender.Send(b.Context(), message(1)); err != nil {
				b.Error(err)
			}
		}
	})
}
