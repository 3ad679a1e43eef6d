package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/notifier/app"
	"hearback/notifier/ask"
	"hearback/notifier/stream"
)

// natsPatience bounds each question to NATS.
const natsPatience = 10 * time.Second

// nats tests the stream: on the servers of NATS_URL, in the running Hearback of
// the same settings, or in the data folder.
func (d *doctor) nats(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, natsPatience)
	defer cancel()
	if d.config.NatsURL != "" {
		d.externalNATS(ctx)
		return
	}
	if d.config.NatsListen == stream.ListenOff {
		d.folder(ctx)
		return
	}
	if !busy(d.config.NatsListen) {
		d.folder(ctx)
		return
	}
	conn, err := app.Dial(d.config, "hearback doctor")
	if d.config.NatsUsers != "" && errors.Is(err, nats.ErrAuthorization) {
		d.warn("NATS", "the server on "+d.config.NatsListen+" asks for a user, as a Hearback with NATS_USERS does, so its stream was not tested", "set HEARBACK_NATS_URL with a user who may do everything, to test it")
		d.ready(ctx)
		return
	}
	if err != nil {
		d.fail("NATS", "something else than NATS, or a NATS server that does not let us in, listens on "+d.config.NatsListen, "stop it, or set HEARBACK_NATS_LISTEN to another address")
		return
	}
	defer conn.Close()
	if d.running(ctx, conn) {
		d.stream(ctx, conn, 1)
		d.ready(ctx)
		return
	}
	d.fail("NATS", "a NATS server that is no Hearback listens on "+d.config.NatsListen, "set HEARBACK_NATS_URL to use it, or HEARBACK_NATS_LISTEN to another address")
}

// running tests whether a Hearback answers.
func (d *doctor) running(ctx context.Context, conn *nats.Conn) bool {
	waiting, err := ask.Waiting(ctx, conn)
	if err != nil {
		return false
	}
	d.ok("NATS", fmt.Sprintf("a Hearback runs with these settings; %s of a reply open", count(len(waiting), "promise")))
	return true
}

// externalNATS tests the servers of NATS_URL.
func (d *doctor) externalNATS(ctx context.Context) {
	conn, err := app.Dial(d.config, "hearback doctor")
	if err != nil {
		d.fail("NATS", "the servers of NATS_URL cannot be reached: "+cause(err), "start them, or correct HEARBACK_NATS_URL, NATS_CREDS and NATS_CA")
		return
	}
	defer conn.Close()
	roundTrip, err := conn.RTT()
	if err != nil {
		d.fail("NATS", "the connection broke: "+cause(err), "look at the servers' log")
		return
	}
	d.ok("NATS", fmt.Sprintf("server %s, version %s, answers in %s", conn.ConnectedServerName(), conn.ConnectedServerVersion(), roundTrip.Round(time.Microsecond)))
	d.stream(ctx, conn, cmp.Or(d.config.Replicas, 3))
	err = stream.WhileAllowed(ctx, conn, func(ctx context.Context) error {
		_, err := ask.Waiting(ctx, conn)
		return err
	})
	switch {
	case errors.Is(err, ask.ErrNobody):
		d.warn("Hearback", "none answers on these servers", "start hearback run")
	case errors.Is(err, nats.ErrPermissionViolation):
		d.warn("Hearback", cause(err), "then ask again")
	}
}

// stream tests the stream on a server, without making one.
func (d *doctor) stream(ctx context.Context, conn *nats.Conn, replicas int) {
	err := stream.WhileAllowed(ctx, conn, func(ctx context.Context) error {
		if _, err := stream.Find(ctx, conn); errors.Is(err, stream.ErrNoStream) {
			return err
		}
		_, err := stream.Open(ctx, conn, stream.Options{Replicas: replicas, External: d.config.NatsURL != ""})
		return err
	})
	if errors.Is(err, stream.ErrNoStream) {
		d.warn("stream", "there is none yet", "the first hearback run makes it")
		return
	}
	if err != nil {
		d.fail("stream", cause(err), "mend it on the servers, then ask again")
		return
	}
	detail := "it is there and fit"
	if d.config.NatsURL != "" {
		detail += "; whether the servers call fsync before they acknowledge (sync_interval: always) cannot be seen from here"
	}
	d.ok("stream", detail)
}

// folder tests the embedded stream of a Hearback that does not run, by starting
// its server for a moment, which listens to nobody.
func (d *doctor) folder(ctx context.Context) {
	dir := filepath.Join(d.config.DataDir, "stream")
	if _, err := os.Stat(dir); err != nil {
		d.ok("NATS", "the embedded server has no stream yet; the first hearback run makes it")
		return
	}
	var key []byte
	if d.config.EncryptionKey != "" {
		key = encryptionKey(d.config.EncryptionKey)
	}
	server, err := stream.StartServer(stream.ServerConfig{Dir: dir, Listen: stream.ListenOff, Users: d.config.NatsUsers, Key: key})
	if err != nil {
		d.notStarted(err)
		return
	}
	defer server.Close()
	conn, err := server.Connect()
	if err != nil {
		d.fail("NATS", cause(err), "look at the data folder")
		return
	}
	defer conn.Close()
	d.ok("NATS", "the embedded server starts; no Hearback runs with these settings")
	d.stream(ctx, conn, 1)
}

// notStarted tells a folder in use from one that cannot be used.
func (d *doctor) notStarted(err error) {
	if strings.Contains(err.Error(), "in use by") {
		d.warn("NATS", "a Hearback runs with this data folder and cannot be asked at "+d.config.NatsListen, "give the doctor the same HEARBACK_NATS_LISTEN as that one")
		return
	}
	d.fail("NATS", cause(err), "mend it, then ask again")
}

// ready asks a running Hearback how it is.
func (d *doctor) ready(ctx context.Context) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.config.HTTPListen+"/readyz", nil)
	if err != nil {
		return // the settings were tested
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		d.warn("readiness", "no Hearback answers at "+d.config.HTTPListen, "give the doctor the same HEARBACK_HTTP_LISTEN as the one that runs")
		return
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if response.StatusCode == http.StatusOK {
		d.ok("readiness", "it can keep its promises")
		return
	}
	var health struct {
		Reasons []string `json:"reasons"`
	}
	reasons := string(body)
	if json.Unmarshal(body, &health) == nil && len(health.Reasons) > 0 {
		reasons = strings.Join(health.Reasons, ", ")
	}
	d.fail("readiness", "it cannot keep its promises: "+reasons, "mend what it names")
}

// encryptionKey is the key as bytes; the settings have been checked.
func encryptionKey(secret app.Secret) []byte {
	key, err := base64.StdEncoding.DecodeString(string(secret))
	if err != nil {
		return nil
	}
	return key
}
