package deploy_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"go.yaml.in/yaml/v3"

	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/stream"
)

// shipped reads every file of this folder that is not Go and not a book.
func shipped(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name == "books" {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) == ".go" {
			return nil
		}
		data, err := os.ReadFile(name)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var (
	settingName = regexp.MustCompile(`HEARBACK_[A-Z][A-Z_]*[A-Z]`)
	metricName  = regexp.MustCompile(`hearback_[a-z_]*[a-z]`)
)

// TestSettingsInFilesExist: an unknown setting stops Hearback, so a file that
// names one would too.
func TestSettingsInFilesExist(t *testing.T) {
	var known []string
	for _, s := range app.Settings() {
		known = append(known, s.Name)
	}
	found := 0
	for name, text := range shipped(t) {
		for _, setting := range settingName.FindAllString(text, -1) {
			found++
			if !slices.Contains(known, setting) {
				t.Errorf("%s names the setting %s, which does not exist", name, setting)
			}
		}
	}
	if found < 10 {
		t.Fatalf("only %d settings were found in the files", found)
	}
}

// TestMetricsInFilesExist holds alerts and the dashboard to what is exported.
func TestMetricsInFilesExist(t *testing.T) {
	known := exported(t)
	found := 0
	for name, text := range shipped(t) {
		if !strings.HasPrefix(name, "prometheus/") && !strings.HasPrefix(name, "grafana/") {
			continue
		}
		for _, metric := range metricName.FindAllString(text, -1) {
			found++
			if !slices.Contains(known, metric) {
				t.Errorf("%s asks for the metric %s, which is not exported; there are %s", name, metric, strings.Join(known, ", "))
			}
		}
	}
	if found < 10 {
		t.Fatalf("only %d metrics were found in the files", found)
	}
}

// exported reads the names of our metrics from where they are made.
func exported(t *testing.T) []string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "notifier", "app", "metrics.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(tree, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || len(call.Args) < 3 {
			return true
		}
		function, named := call.Fun.(*ast.Ident)
		name, literal := call.Args[0].(*ast.BasicLit)
		if named && literal && (function.Name == "counter" || function.Name == "gauge") {
			text, err := strconv.Unquote(name.Value)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, "hearback_"+text)
		}
		return true
	})
	if len(names) < 10 {
		t.Fatalf("only %d metrics were found in notifier/app/metrics.go", len(names))
	}
	return names
}

// TestStructuredFilesAreWellFormed parses what other programs will parse.
func TestStructuredFilesAreWellFormed(t *testing.T) {
	parsed := 0
	for name, text := range shipped(t) {
		var err error
		var content any
		switch {
		case strings.HasSuffix(name, ".yaml"), strings.HasSuffix(name, ".yaml.example"):
			err = yaml.Unmarshal([]byte(text), &content)
		case strings.HasSuffix(name, ".json"):
			err = json.Unmarshal([]byte(text), &content)
		default:
			continue
		}
		parsed++
		if err != nil || content == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if parsed < 4 {
		t.Fatalf("only %d files were parsed", parsed)
	}
}

// TestExampleUsersMayDoTheirWork starts the embedded server with the example
// file, and holds each user to what the file says of it.
func TestExampleUsersMayDoTheirWork(t *testing.T) {
	s, err := stream.StartServer(stream.ServerConfig{Dir: t.TempDir(), Listen: "127.0.0.1:0", Users: filepath.Join("nats", "users.yaml.example")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	own, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	if _, err := stream.Open(t.Context(), own, stream.Options{}); err != nil {
		t.Fatal(err)
	}
	ledger := events.LedgerSubject("H-10482")
	for _, user := range []struct {
		name, password string
		may, mayNot    []string
	}{
		{"ehc-hub", "change me", []string{events.Subject("H-10482", "reply.sent")}, []string{ledger, "ask-hearback.waiting", "$JS.API.INFO"}},
		{"reports", "change me too", nil, []string{events.Subject("H-10482", "reply.sent"), ledger, "$JS.API.INFO"}},
		{"manager", "change me last", []string{events.BookSubject("whole"), events.Subject("H-10482", "case.replanned")}, []string{
			ledger, events.LeaderSubject, events.Subject("H-10482", "reply.sent"), "$JS.API.STREAM.PURGE.HEARBACK", "$JS.API.STREAM.UPDATE.HEARBACK"}},
		{"operator", "change me as well", nil, []string{
			ledger, events.LeaderSubject, events.BookSubject("whole"), events.Subject("H-10482", "reply.sent"), "$JS.API.DIRECT.GET.HEARBACK." + ledger,
			"$JS.API.STREAM.MSG.GET.HEARBACK", "$JS.API.STREAM.PURGE.HEARBACK", "$JS.API.CONSUMER.CREATE.HEARBACK",
		}},
	} {
		t.Run(user.name, func(t *testing.T) {
			denied := make(chan string, 64)
			nc, err := nats.Connect("nats://"+s.Addr(), nats.UserInfo(user.name, user.password), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
				denied <- err.Error()
			}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(nc.Close)
			for _, subject := range user.may {
				if _, err := nc.Request(subject, []byte("{}"), patience); err != nil {
					t.Errorf("%s is not acknowledged: %v", subject, err)
				}
			}
			for _, subject := range user.mayNot {
				if err := nc.Publish(subject, []byte("{}")); err != nil {
					t.Fatal(err)
				}
				awaitDenial(t, nc, denied, subject)
			}
		})
	}
}
