package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier"
)

// Console is how quickly the pages of the demonstration's console answer.
type Console struct {
	Cases int
	// Pages are all that there are, by their paths, and Finds the questions that were
	// asked of the search box once there were more contacts, by what was asked.
	Pages, Finds []Page
	// Contacts are those that were put beside the families of the demonstration.
	Contacts int
	// Published is the first look at the book after another version came into force.
	Published time.Duration
	// Floor is the median time that the same process takes to say that it is alive.
	Floor time.Duration
	// Unled are pages to which nothing led, Refused addresses to which something led and
	// that could not be looked at.
	Unled, Refused []string
}

// Page is one page as all who may go there saw it, at some addresses.
type Page struct {
	Path      string
	As        []string
	Addresses int
	// Median is of the slowest address, Slowest of all looks but the first ones, and
	// First the slowest of those.
	Median, Slowest, First time.Duration
	// Looks, and the processor time of the server for all of them.
	Looks int
	CPU   time.Duration
	Wire  int // bytes of the largest answer, compressed
}

// Each is the processor time of one look.
func (p Page) Each() time.Duration { return p.CPU / time.Duration(max(1, p.Looks)) }

const (
	// contactsEach are of each case that is put beside the demonstration's.
	contactsEach = 10
	// settled is how long the process must have had nothing to do before it is measured,
	// and settlePatience how long that is waited for.
	settled        = time.Second
	settlePatience = time.Minute
	// consolePatience bounds the making of the council.
	consolePatience = 10 * time.Minute
)

// RunConsole looks at every page of a demonstration with so many families, as an
// officer, a manager and an operator, one look at a time.
func RunConsole(ctx context.Context, config Config, families int) (Console, error) {
	return runConsole(ctx, config, families, looks, settled)
}

func runConsole(ctx context.Context, config Config, families, looks int, settled time.Duration) (found Console, err error) {
	found.Cases = families
	config.Dir, err = os.MkdirTemp(config.Dir, "console")
	if err != nil {
		return found, err
	}
	defer os.RemoveAll(config.Dir)
	c, err := demonstrate(ctx, config, families)
	if err != nil {
		return found, err
	}
	defer c.close()
	if err := c.rare(ctx); err != nil {
		return found, err
	}
	v := &visit{council: c, pages: map[string]Page{}, looks: looks, settled: settled}
	if err := v.all(ctx, &found); err != nil {
		return found, err
	}
	for _, path := range siteMapPaths() {
		if _, seen := v.pages[path]; !seen {
			found.Unled = append(found.Unled, path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(v.pages)) {
		found.Pages = append(found.Pages, v.pages[path])
	}
	return found, v.find(ctx, &found)
}

// proclaimed is a table of bank holidays of the book's own, so that it has a page.
const proclaimed = `{"england-and-wales": {"division": "england-and-wales", "events": [{"title": "Jubilee", "date": "2031-06-02", "notes": "", "bunting": true}]}}`

// demonstrate starts a demonstration and waits until its council is made.
func demonstrate(ctx context.Context, config Config, families int) (c *council, err error) {
	natsPort, err := freePort()
	if err != nil {
		return nil, err
	}
	httpPort, err := freePort()
	if err != nil {
		return nil, err
	}
	book := filepath.Join(config.Dir, "book")
	if err := os.CopyFS(book, deploy.Hertfordshire()); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(book, "bank-holidays.json"), []byte(proclaimed), 0o600); err != nil {
		return nil, err
	}
	made := &announcement{said: make(chan struct{})}
	c = &council{config: config, args: []string{"demo", "--families", strconv.Itoa(families)}, output: made,
		natsURL: "nats://127.0.0.1:" + natsPort, httpAddr: "127.0.0.1:" + httpPort}
	c.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "HEARBACK_DATA_DIR=" + filepath.Join(config.Dir, "data"), "HEARBACK_BOOK_DIR=" + book,
		"HEARBACK_NATS_LISTEN=127.0.0.1:" + natsPort, "HEARBACK_HTTP_LISTEN=" + c.httpAddr, "HEARBACK_LOG_LEVEL=error"}, config.Env...)
	if _, err := c.start(ctx); err != nil {
		c.close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, consolePatience)
	defer cancel()
	select {
	case <-made.said:
		return c, nil
	case <-c.exited:
		err = fmt.Errorf("hearback demo ended with %v before its council was made; see its log", c.process.ProcessState)
	case <-ctx.Done():
		err = fmt.Errorf("wait for the council of hearback demo: %w", ctx.Err())
	}
	c.close()
	return nil, err
}

// rare makes what not every council has, so that its pages can be looked at: what a
// stranger wrote, and an event that is refused, by which decided knows that all before
// it was decided.
func (c *council) rare(ctx context.Context) error {
	const stranger = "+447700900777"
	pen, now := notifier.PenRef(notifier.SMS, stranger), time.Now()
	if err := c.store(ctx, 1, func(int) events.Event {
		return made(pen, "m", events.TypeMessageReceived, now, map[string]any{"channel": "text", "text": "Is there any news?", "address": stranger})
	}); err != nil {
		return err
	}
	return c.decided(ctx)
}

// announcement hears when the demonstration says where its pages are: its council is
// made then.
type announcement struct {
	mu   sync.Mutex
	text strings.Builder
	once sync.Once
	said chan struct{}
}

// Write implements io.Writer.
func (a *announcement) Write(text []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text.Write(text)
	if strings.Contains(a.text.String(), "open http://") {
		a.once.Do(func() { close(a.said) })
	}
	return len(text), nil
}

// visit collects what all who look at the pages see.
type visit struct {
	council *council
	pages   map[string]Page
	looks   int
	settled time.Duration
}

// quietly waits until the process has had nothing to do for a while, or for as long as
// there is patience: a shared machine need not stand still.
func (v *visit) quietly(ctx context.Context) error {
	if v.settled == 0 {
		return ctx.Err()
	}
	for range int(settlePatience / v.settled) {
		before := v.council.cpu()
		if err := pause(ctx, v.settled); err != nil {
			return err
		}
		if v.council.cpu()-before <= v.settled/20 {
			break
		}
	}
	return nil
}

// caller opens a browser as one of those who can be played.
func (v *visit) caller(ctx context.Context, is func(words string) bool) (*browser, error) {
	b, err := v.everybody()
	if err != nil {
		return nil, err
	}
	a, err := b.get(ctx, "/")
	if err != nil {
		return nil, err
	}
	id, err := player(a.body, is)
	if err != nil {
		return nil, err
	}
	_, err = b.send(ctx, "/", "/as", func(values url.Values) { values.Set("as", id) })
	return b, err
}

// everybody opens a browser as the demonstration begins.
func (v *visit) everybody() (*browser, error) { return newBrowser("http://" + v.council.httpAddr) }

// player is the id of the last who can be played and is as wanted.
func player(page []byte, is func(words string) bool) (id string, err error) {
	read, err := readMarkup(page)
	if err != nil {
		return "", err
	}
	for _, f := range read.forms {
		for _, one := range f.fields {
			for _, choice := range one.choices {
				if f.action == "/as" && choice.value != "" && is(choice.words) {
					id = choice.value
				}
			}
		}
	}
	if id == "" {
		err = errors.New("nobody of this role can be played in the demonstration")
	}
	return id, err
}

func isOfficer(words string) bool { return strings.HasSuffix(words, ", officer") }

func isOperator(words string) bool { return words == "An operator" }

func isManager(words string) bool { return !isOfficer(words) && !isOperator(words) }

// all look: an officer, a manager, who then works on the book and publishes it, and an
// operator.
func (v *visit) all(ctx context.Context, found *Console) error {
	if err := v.quietly(ctx); err != nil {
		return err
	}
	before, err := v.alive(ctx)
	if err != nil {
		return err
	}
	for _, role := range []struct {
		name string
		is   func(string) bool
	}{{"officer", isOfficer}, {"manager", isManager}, {"operator", isOperator}} {
		b, err := v.caller(ctx, role.is)
		if err != nil {
			return fmt.Errorf("be %s: %w", role.name, err)
		}
		defer b.close()
		if err := v.look(ctx, found, &walk{browser: b, as: role.name, begins: "/"}); err != nil {
			return err
		}
		if role.name == "manager" {
			if err := v.book(ctx, found, b); err != nil {
				return fmt.Errorf("change the book: %w", err)
			}
		}
	}
	after, err := v.alive(ctx)
	found.Floor = median(append(before, after...))
	return err
}

// book changes words and looks at all pages of the book with the draft, publishes it,
// and looks once more.
func (v *visit) book(ctx context.Context, found *Console, b *browser) error {
	const words = "/book/words/en/enquiry-received.email.md"
	if _, err := b.send(ctx, words, words, func(values url.Values) {
		values.Set("text", values.Get("text")+"\n\nPlease keep this message.\n")
	}); err != nil {
		return err
	}
	if err := v.look(ctx, found, &walk{browser: b, as: "manager", begins: "/book"}); err != nil {
		return err
	}
	to, err := b.send(ctx, "/book/draft", "/book/draft/publish", func(values url.Values) { values.Set("why", "It is measured") })
	if err != nil {
		return err
	}
	a, err := b.get(ctx, to)
	if err != nil {
		return err
	}
	found.Published = a.took
	return v.look(ctx, found, &walk{browser: b, as: "manager", begins: "/book"})
}

// look goes through all pages and then looks at each some more times.
func (v *visit) look(ctx context.Context, found *Console, w *walk) error {
	w.known, w.asked = siteMap(), questions()
	if err := w.through(ctx); err != nil {
		return fmt.Errorf("as %s: %w", w.as, err)
	}
	found.Refused = append(found.Refused, w.refused...)
	for _, one := range w.found {
		page, err := v.again(ctx, w.browser, one)
		if err != nil {
			return err
		}
		v.pages[one.path] = v.pages[one.path].with(page)
	}
	return nil
}

// again looks at an address some more times.
func (v *visit) again(ctx context.Context, b *browser, one visited) (Page, error) {
	p := Page{Path: one.path, As: []string{one.as}, Addresses: 1, First: one.first, Wire: one.wire, Looks: v.looks}
	took := make([]time.Duration, v.looks)
	before := v.council.cpu()
	for i := range took {
		a, err := b.get(ctx, one.address)
		if err != nil {
			return p, err
		}
		took[i], p.Wire = a.took, max(p.Wire, a.wire)
	}
	p.CPU = v.council.cpu() - before
	p.Median, p.Slowest = median(took), slices.Max(took)
	return p, nil
}

// with is a page seen at another address too.
func (p Page) with(other Page) Page {
	if !slices.Contains(p.As, other.As[0]) {
		p.As = append(p.As, other.As...)
	}
	return Page{Path: other.Path, As: p.As, Addresses: p.Addresses + other.Addresses, Median: max(p.Median, other.Median), Slowest: max(p.Slowest, other.Slowest),
		First: max(p.First, other.First), Looks: p.Looks + other.Looks, CPU: p.CPU + other.CPU, Wire: max(p.Wire, other.Wire)}
}

// alive asks some times whether the process is alive, which is as little as it can be
// asked over the same way.
func (v *visit) alive(ctx context.Context) ([]time.Duration, error) {
	b, err := v.everybody()
	if err != nil {
		return nil, err
	}
	defer b.close()
	took := make([]time.Duration, 10*v.looks)
	for i := range took {
		a, err := b.get(ctx, "/healthz")
		if err != nil {
			return nil, err
		}
		if a.status != http.StatusOK {
			return nil, fmt.Errorf("/healthz was answered with %d", a.status)
		}
		took[i] = a.took
	}
	return took, nil
}

// questions are what is asked of the search box: a reference, a name, a number, an
// address, and what nobody is called, for which all must be looked through.
func questions() []string {
	return []string{"H-10003", "Pemberley", "07700 900321", "family77@home.example", "nobody is called so"}
}

// find puts contacts beside the council's and asks the search box.
func (v *visit) find(ctx context.Context, found *Console) error {
	at := time.Now()
	if err := v.council.store(ctx, found.Cases, func(i int) events.Event { return crowded("P", i, at) }); err != nil {
		return err
	}
	if err := v.council.decided(ctx); err != nil {
		return err
	}
	if err := v.quietly(ctx); err != nil {
		return err
	}
	found.Contacts = found.Cases * contactsEach
	b, err := v.everybody()
	if err != nil {
		return err
	}
	defer b.close()
	for _, asked := range questions() {
		address := "/find?" + url.Values{"q": {asked}}.Encode()
		a, err := b.get(ctx, address)
		if err != nil {
			return err
		}
		page, err := v.again(ctx, b, visited{"everybody", asked, address, a.took, a.wire})
		if err != nil {
			return err
		}
		found.Finds = append(found.Finds, page)
	}
	return nil
}

// crowded is the case.opened of a family with many contacts.
func crowded(prefix string, i int, at time.Time) events.Event {
	contacts := make([]map[string]any, contactsEach)
	for n := range contacts {
		k := i*contactsEach + n
		contacts[n] = map[string]any{"id": fmt.Sprint("c", n+1), "name": fmt.Sprintf("%s Pemberley-%d", []string{"Sam", "Zoë", "Taras", "Amina"}[k%4], k), "relationship": "parent",
			"mobile": fmt.Sprintf("+447700900%03d", k%1000), "email": fmt.Sprintf("family%d@home.example", k)}
	}
	return made(ref(prefix, i), "o", events.TypeCaseOpened, at, map[string]any{"team": "north", "officer": "o.1", "contacts": contacts})
}

func siteMapPaths() (paths []string) {
	for _, path := range consolePaths() {
		paths = append(paths, strings.TrimSuffix(path, "{$}"))
	}
	return paths
}

// Err says what could not be looked at.
func (c Console) Err() error {
	var errs []error
	if len(c.Unled) > 0 {
		errs = append(errs, fmt.Errorf("no link leads to %s", strings.Join(c.Unled, ", ")))
	}
	for _, refused := range c.Refused {
		errs = append(errs, errors.New("a link leads to what cannot be looked at: "+refused))
	}
	return errors.Join(errs...)
}

func kilobytes(n int) float64 { return float64(n) / 1e3 }

// most is the page of which something is greatest.
func most[T time.Duration | int](pages []Page, of func(Page) T) (most Page) {
	for _, p := range pages {
		if of(p) >= of(most) {
			most = p
		}
	}
	return most
}

func consoleFigures(ctx context.Context, config Config, plan Plan) ([]Figure, error) {
	c, err := RunConsole(ctx, config, plan.Families)
	if err != nil {
		return nil, err
	}
	slowest, largest := most(c.Pages, func(p Page) time.Duration { return p.Median }), most(c.Pages, func(p Page) int { return p.Wire })
	first, once := most(c.Pages, func(p Page) time.Duration { return p.First }), most(c.Pages, func(p Page) time.Duration { return p.Slowest })
	dear, find := most(c.Pages, Page.Each), most(c.Finds, func(p Page) time.Duration { return p.Median })
	figures := []Figure{
		count("cases", c.Cases),
		{Name: "slowest page, median", Value: ms(slowest.Median), Unit: "ms", Goal: atMost(50), Floor: ms(c.Floor), Note: "floor: GET /healthz; " + slowest.Path},
		{Name: "largest page on the wire", Value: kilobytes(largest.Wire), Unit: "KB", Goal: atMost(60), Note: largest.Path},
		{Name: "first look at any page", Value: ms(first.First), Unit: "ms", Floor: ms(c.Floor), Note: first.Path},
		{Name: "first look at a book that was just published", Value: ms(c.Published), Unit: "ms", Floor: ms(c.Floor)},
		{Name: "slowest look of all but the first", Value: ms(once.Slowest), Unit: "ms", Note: once.Path},
		{Name: "most processor time for a look at a page", Value: ms(dear.Each()), Unit: "ms", Note: dear.Path},
		{Name: "find a family, slowest question, median", Value: ms(find.Median), Unit: "ms", Goal: atMost(20), Floor: ms(c.Floor), Note: fmt.Sprintf("%s contacts more; %q", number(float64(c.Contacts)), find.Path)},
	}
	for _, p := range c.Pages {
		figures = append(figures, Figure{Name: p.Path, Value: ms(p.Median), Unit: "ms", Goal: atMost(50), Note: fmt.Sprintf("slowest %s, first %s, processor %s ms; %.1f KB; %d looks as %s",
			number(ms(p.Slowest)), number(ms(p.First)), number(ms(p.Each())), kilobytes(p.Wire), p.Looks, strings.Join(p.As, ", "))})
	}
	return figures, broken(within("console", c.Err()))
}
