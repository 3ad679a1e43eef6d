package picture_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier"
	"hearback/notifier/picture"
)

func TestAnEntryIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.IntRange(0, 3)
		c := caseOf("H-1", monday, few.Draw(t, "promises"), few.Draw(t, "messages"), few.Draw(t, "tasks"))
		c.Officer = rapid.String().Draw(t, "officer")
		e := notifier.Entry{At: monday, Book: "b1", Through: rapid.Uint64().Draw(t, "through"), Inputs: []notifier.Answered{{Event: 7}},
			Lines: []notifier.Line{{What: rapid.String().Draw(t, "what"), Why: "line\nfeed"}}, Case: c}
		data, raw, err := picture.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		line, err := picture.CaseLine(data)
		if err != nil || !bytes.Equal(line, raw) {
			t.Fatalf("the case's line is %q, want %q (%v)", line, raw, err)
		}
		got, err := picture.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := picture.Encode(got)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("written again it differs (%v):\n%s\n%s", err, data, again)
		}
		want, _ := json.Marshal(e)
		if whole, _ := json.Marshal(got); !bytes.Equal(whole, want) {
			t.Fatalf("read\n%s\nwant\n%s", whole, want)
		}
	})
}

func TestAMarkIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 1000)
		m := picture.Mark{Ref: "H-1", Through: rapid.Uint64().Draw(t, "through"), Promises: count.Draw(t, "promises"),
			Messages: count.Draw(t, "messages"), Tasks: count.Draw(t, "tasks"), Leader: rapid.StringMatching(`[^ ]*`).Draw(t, "leader")}
		if list := rapid.SliceOfN(rapid.Uint64(), 0, 4).Draw(t, "addresses"); len(list) > 0 {
			m.Addresses = list
		}
		if list := rapid.SliceOfN(rapid.Uint64(), 0, 2).Draw(t, "forbidden"); len(list) > 0 {
			m.Forbidden = list
		}
		if rapid.Bool().Draw(t, "open") {
			m.Next = time.Unix(0, rapid.Int64Range(1, 1<<62).Draw(t, "next")).UTC()
		}
		if got, err := picture.ParseMark("H-1", m.Header()); err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("got %+v, want %+v (%v)", got, m, err)
		}
		whole := strings.Fields(m.Header()[picture.HeaderMark][0] + " end")
		for field := range 5 {
			for _, value := range []string{"x", "1.5", "99999999999999999999999"} {
				broken := slices.Clone(whole)
				broken[field] = value
				header := map[string][]string{picture.HeaderMark: {strings.Join(broken, " ")}}
				if _, err := picture.ParseMark("H-1", header); err == nil {
					t.Fatalf("field %d: %q was read", field, value)
				}
			}
		}
		for _, values := range [][]string{nil, {}, {""}, {"1 2 3 4 5"}} {
			if _, err := picture.ParseMark("H-1", map[string][]string{picture.HeaderMark: values}); err == nil {
				t.Fatalf("%q was read", values)
			}
		}
	})
}

// The files are an entry as it once was stored. They are never rewritten: a
// ledger keeps such entries for years, and every later version must read them.
func TestAFrozenEntryIsStillRead(t *testing.T) {
	data, err := os.ReadFile("testdata/entry.txt")
	if err != nil {
		t.Fatal(err)
	}
	headers, err := os.ReadFile("testdata/headers.json")
	if err != nil {
		t.Fatal(err)
	}
	var header map[string][]string
	if err := json.Unmarshal(headers, &header); err != nil {
		t.Fatal(err)
	}
	mark, err := picture.ParseMark("H-10482", header)
	want := picture.Mark{Ref: "H-10482", Through: 41, Next: monday, Promises: 1, Messages: 1, Leader: "replica-1"}
	if err != nil || !reflect.DeepEqual(mark, want) {
		t.Errorf("headers: got %+v, want %+v (%v)", mark, want, err)
	}
	e, err := picture.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	c := e.Case
	if !e.At.Equal(monday) || e.Book != "b1" || e.Through != 41 || !reflect.DeepEqual(e.Inputs, []notifier.Answered{{Event: 42}}) ||
		!reflect.DeepEqual(e.Lines, []notifier.Line{{What: "Promise reply/q1 opened", Why: "five working days"}}) {
		t.Errorf("the decision is read as %+v", e)
	}
	want.Addresses = picture.MarkOf(&c, 41, "replica-1").Addresses // entries of then named none
	if len(c.Promises) != 1 || len(c.Messages) != 1 || !reflect.DeepEqual(picture.MarkOf(&c, 41, "replica-1"), want) {
		t.Fatalf("the case is read as %+v", c)
	}
	p, m := c.Promises[0], c.Messages[0]
	if p.Key() != "reply/q1" || p.DueDate.String() != "2026-11-30" || !p.Next.Equal(monday) ||
		m.ID != "H-10482-1" || m.Kind != notifier.Acknowledgement || m.Address != "+447700900101" || m.Body != "We heard you." || !m.Anytime {
		t.Errorf("the case is read as %+v", c)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "\n", "{}\n{}", "{}", "null\nnull", `{"case":{}}` + "\n" + `{"ref":"H-1"}`, "{}\n{\n}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := picture.Decode(data)
		if err != nil {
			return
		}
		if _, err := picture.CaseLine(data); err != nil {
			t.Fatalf("it was decoded, and has no line for the case: %v", err)
		}
		again, _, err := picture.Encode(e)
		if err != nil {
			return // a time that JSON cannot hold
		}
		if _, err := picture.Decode(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
