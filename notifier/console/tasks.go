package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/picture"
)

// taskRow is something that only a person can do.
type taskRow struct {
	ID, Case, What, Why string
	Opened              moment
	Due                 *moment // nil where the book gives tasks no date
	Tags                []tag
	// Next is when Chased, by their names, are reminded next, if it is not done before.
	Next   *moment
	Chased string
	Failed []failed
	Link   string // to the page where it is done; empty where there is none
}

// failed is what no longer works, and what to ask.
type failed struct{ What, Why string }

func (c *console) taskRow(ref string, t notifier.Task) taskRow {
	row := taskRow{ID: t.ID, Case: ref, What: t.What, Why: sentence(t.Why), Opened: c.moment(t.Opened), Link: taskLink(ref, t)}
	if !t.Due.IsZero() {
		row.Due, row.Tags = new(c.moment(t.Due)), []tag{c.taskTag(t)}
	}
	background := c.source.Background(ref, t.ID)
	var people []string
	for _, chase := range background.Chases {
		row.Next = new(c.moment(chase.At))
		if name := staffName(c.options.Book().Directory, chase.Person); !slices.Contains(people, name) {
			people = append(people, name)
		}
	}
	row.Chased = list(people)
	for _, u := range background.Failed {
		row.Failed = append(row.Failed, failed{capitalised(channelWords(u.Channel)), sentence(u.Reason)})
	}
	return row
}

// tasks are the open tasks of the cases that the caller may see, the oldest first.
// Those of the holding pens are everybody's, until somebody knows whose case it is.
func (c *console) tasks() (mine []picture.CaseTask) {
	if !c.who.Is(staff...) {
		return nil
	}
	for _, t := range c.source.Tasks() {
		if notifier.Penned(t.Case) || c.maySee(t.Case) {
			mine = append(mine, t)
		}
	}
	return mine
}

func (c *console) taskTag(t notifier.Task) tag {
	now := c.options.Now()
	switch {
	case t.Late || now.After(t.Due):
		return tag{"late", "Late"}
	case calendar.DateOf(t.Due, c.london).Compare(calendar.DateOf(now, c.london)) <= 0:
		return tag{"soon", "Due today"}
	}
	return tag{"on-time", "On time"}
}

// taskLink is where a task is done: a page of its own, or that of the holding pen.
func taskLink(ref string, t notifier.Task) string {
	number, ours := strings.CutPrefix(t.ID, ref+"-t")
	switch {
	case !validCase(ref) || !ours || !validCase(number):
		return ""
	case isMatch(ref, t):
		return "/unmatched/" + ref
	}
	return "/tasks/" + ref + "/" + number
}

func (c *console) showTasks(w http.ResponseWriter, r *http.Request) {
	var body listing[taskRow]
	tasks, pager := paginate(r, "/tasks", c.tasks(), itemsPerPage)
	for _, t := range tasks {
		body.Items = append(body.Items, c.taskRow(t.Case, t.Task))
	}
	body.Pager = pager
	c.render(w, http.StatusOK, "tasks", page{Title: "Tasks for a person", Active: "/tasks", Body: body})
}

// taskForm is "this task is done", as it was filled in.
type taskForm struct {
	taskRow
	AsksWho                bool
	Contact                *contactCard
	By, Note               string
	ByProblem, NoteProblem string
	// Confirm are the ways of which somebody must make sure that they are the
	// contact's; that alone ends such a task.
	Confirm        []confirmation
	ConfirmProblem string
	Errors         []fieldError
}

// confirmation is one number or address, as it was seen by whoever made sure of it.
type confirmation struct {
	Channel, Words, Address string
	Chosen                  bool
}

func (f *taskForm) read(form url.Values) {
	f.By, f.ByProblem = readBy(form, "who has done it")
	f.Note, f.NoteProblem = readNote(form, "")
	for i := range f.Confirm {
		way := &f.Confirm[i]
		way.Chosen = slices.Contains(form["confirm"], way.Channel) && form.Get("address-"+way.Channel) == way.Address
	}
	if len(f.Confirm) > 0 && !slices.ContainsFunc(f.Confirm, func(way confirmation) bool { return way.Chosen }) {
		f.ConfirmProblem = "Tick what the contact has confirmed, as it stands now"
	}
	f.Errors = collect("confirm-0", f.ConfirmProblem, "task-by", f.ByProblem, "task-note", f.NoteProblem)
}

// confirmations are the ways that wait to be confirmed in a task, none in any other.
func (c *console) confirmations(ctx context.Context, t picture.CaseTask) (list []confirmation) {
	if t.What != notifier.TaskConfirm {
		return nil
	}
	view, err := c.source.Case(ctx, t.Case)
	if err != nil {
		return nil
	}
	for _, way := range view.Ways[t.Contact] {
		if !way.Unconfirmed {
			continue
		}
		address := way.Address
		if way.Channel == notifier.Letter {
			_, address, _ = strings.Cut(address, "\n") // the name is no part of what is confirmed
		}
		list = append(list, confirmation{Channel: way.Channel, Words: capitalised(channelWords(way.Channel)), Address: strings.ReplaceAll(address, "\n", ", ")})
	}
	return list
}

// openTask finds the open task that an address names, and answers for itself where
// there is none.
func (c *console) openTask(w http.ResponseWriter, r *http.Request) (picture.CaseTask, bool) {
	ref, id := r.PathValue("ref"), r.PathValue("ref")+"-t"+r.PathValue("number")
	tasks := c.tasks()
	at := slices.IndexFunc(tasks, func(t picture.CaseTask) bool { return t.Case == ref && t.ID == id })
	switch {
	case at < 0:
		c.say(w, http.StatusNotFound, "This task is not open", "Somebody may have done it already. Look at its case, or at the list of tasks.")
		return picture.CaseTask{}, false
	case isMatch(ref, tasks[at].Task):
		http.Redirect(w, r, "/unmatched/"+ref, http.StatusSeeOther)
		return picture.CaseTask{}, false
	}
	return tasks[at], true
}

func (c *console) showTask(w http.ResponseWriter, r *http.Request) {
	if t, ok := c.openTask(w, r); ok {
		c.renderTask(w, r, http.StatusOK, t, taskForm{Confirm: c.confirmations(r.Context(), t)})
	}
}

func (c *console) renderTask(w http.ResponseWriter, r *http.Request, status int, t picture.CaseTask, f taskForm) {
	f.taskRow, f.AsksWho = c.taskRow(t.Case, t.Task), c.asksWho()
	if view, err := c.source.Case(r.Context(), t.Case); err == nil {
		if at := slices.IndexFunc(view.Contacts, func(k notifier.Contact) bool { return k.ID == t.Contact && t.Contact != "" }); at >= 0 {
			f.Contact = new(newContactCard(view.Contacts[at], view.Ways[t.Contact]))
		}
	}
	c.render(w, status, "task", page{Title: "Task " + t.ID, Active: "/tasks", HasFail: len(f.Errors) > 0, Body: f})
}

func (c *console) recordTaskDone(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	t, ok := c.openTask(w, r)
	if !ok {
		return
	}
	f := taskForm{Confirm: c.confirmations(r.Context(), t)}
	if f.read(form); len(f.Errors) > 0 {
		c.renderTask(w, r, http.StatusUnprocessableEntity, t, f)
		return
	}
	for _, event := range c.ends(t, f) {
		if err := c.publish(r.Context(), event); err != nil {
			f.Errors = []fieldError{{"task-by", notStored}}
			c.renderTask(w, r, http.StatusServiceUnavailable, t, f)
			return
		}
	}
	c.settleTask(r.Context(), t)
	http.Redirect(w, r, "/cases/"+t.Case+"?"+url.Values{"done": {t.ID}}.Encode(), http.StatusSeeOther)
}

// ends are the events that end a task as a form says.
func (c *console) ends(t picture.CaseTask, f taskForm) (list []events.Event) {
	if len(f.Confirm) == 0 {
		return []events.Event{c.taskDone(t, f.By, f.Note, nil)}
	}
	for _, way := range f.Confirm {
		if way.Chosen {
			list = append(list, c.event(events.TypeContactConfirmed, t.Case, eventID(t.ID, way.Channel, way.Address, c.options.Now().UTC().Format("200601021504")),
				events.Confirmed{Contact: t.Contact, Channel: way.Channel, Address: way.Address, By: f.By}))
		}
	}
	return list
}

// taskDone is the event that ends a task, or as much of it as was dealt with. The same
// end always has the same id: a second press is a repeat that changes nothing.
func (c *console) taskDone(t picture.CaseTask, by, note string, dealt []string) events.Event {
	return c.event(events.TypeTaskDone, t.Case, eventID(t.ID, dealt...), events.TaskDone{Task: t.ID, By: by, Note: note, Events: dealt})
}

func (c *console) publish(ctx context.Context, event events.Event) error {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	return c.actions.Publish(ctx, event)
}

// settleTask waits, for a moment, until a task is no longer open.
func (c *console) settleTask(ctx context.Context, t picture.CaseTask) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	ticker := time.NewTicker(settleEvery)
	defer ticker.Stop()
	for slices.ContainsFunc(c.source.Tasks(), func(open picture.CaseTask) bool { return open.Case == t.Case && open.ID == t.ID }) {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// storedFor tells on the page of a case what came of a form that was about it, from
// what the case itself says.
func storedFor(view picture.CaseView, query url.Values) *stored {
	says := func(what string) bool {
		return slices.ContainsFunc(view.Timeline, func(l picture.Line) bool { return l.What == what })
	}
	deciding := &stored{view.Case, "Hearback is looking at what is stored for this case. Load the page again in a moment."}
	task, passed := query.Get("done"), query.Get("passed")
	if did := didWords(query.Get("did")); did != "" {
		if !slices.ContainsFunc(view.Timeline, func(l picture.Line) bool { return isEvent(l, query.Get("id")) }) {
			return deciding
		}
		return &stored{view.Case, did}
	}
	switch {
	case task != "" && (says("Task "+task+" done") || says("Task "+task+" ended")):
		return &stored{view.Case, "Stored. The task is done, and nobody is reminded of it any more."}
	case task != "" && says("Event "+events.TypeContactConfirmed) && slices.ContainsFunc(view.Tasks, func(t notifier.Task) bool { return t.ID == task && t.What == notifier.TaskConfirm }):
		return &stored{view.Case, "Stored. The task stays open for what is not confirmed yet."}
	case passed != "" && tookIn(view, passed):
		return &stored{view.Case, "Passed on. What they wrote now belongs to this case."}
	case cmp.Or(task, passed) != "":
		return deciding
	}
	return nil
}

// tookIn reports whether a case has taken what was passed on to it under this id.
func tookIn(view picture.CaseView, id string) bool {
	return slices.ContainsFunc(view.Timeline, func(l picture.Line) bool {
		return l.What == "Event "+events.TypeMessageReceived && strings.HasPrefix(l.Why, "from "+source+", id "+id+";")
	})
}
