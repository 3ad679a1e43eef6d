package stream

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

func TestParseOfBothForms(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 5, time.UTC)
	for _, reply := range []string{
		fmt.Sprintf("$JS.ACK.HEARBACK.abc.1.77.3.%d.9", at.UnixNano()),
		fmt.Sprintf("$JS.ACK._.AcCoUnT.HEARBACK.abc.1.77.3.%d.9", at.UnixNano()),
		fmt.Sprintf("$JS.ACK.hub.AcCoUnT.HEARBACK.abc.1.77.3.%d.9.token", at.UnixNano()),
	} {
		record, sequence, pending, err := parse(&nats.Msg{Subject: "hearback.leader", Reply: reply, Data: []byte("x")})
		if err != nil || record.Sequence != 77 || sequence != 3 || pending != 9 || !record.Time.Equal(at) || record.Subject != "hearback.leader" || string(record.Data) != "x" {
			t.Errorf("%s: %+v, %d, %d, %v", reply, record, sequence, pending, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$JS.ACK.HEARBACK.abc.1.77.3.1700000000000000000.9")
	f.Add("$JS.ACK._.AcCoUnT.HEARBACK.abc.1.77.3.1700000000000000000.9.token")
	f.Add("")
	f.Add("$JS.ACK.......")
	f.Fuzz(func(t *testing.T, reply string) {
		record, _, _, err := parse(&nats.Msg{Reply: reply})
		if err != nil && record.Sequence != 0 {
			t.Errorf("%q: a record beside error %v", reply, err)
		}
	})
}

func FuzzVersion(f *testing.F) {
	f.Add("2.12.0")
	f.Add("2.11.9-preview.1")
	f.Add("")
	f.Fuzz(func(t *testing.T, version string) {
		if versionAtLeast(version, [2]int{2, 12}) && !versionAtLeast(version, [2]int{2, 11}) {
			t.Errorf("%q is at least 2.12 but not 2.11", version)
		}
	})
}

func TestVersions(t *testing.T) {
	for version, enough := range map[string]bool{"2.12.0": true, "2.12.0-RC.1": true, "2.15.2": true, "3.0.0": true, "2.11.9": false, "1.99.0": false, "": false, "main": false} {
		if got := versionAtLeast(version, serverVersionMin); got != enough {
			t.Errorf("%q: %v", version, got)
		}
	}
}
