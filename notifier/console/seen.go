package console

import (
	"context"
	"strings"

	"hearback/notifier/picture"
)

// seenMost bounds how many looks at a case its page tells.
const seenMost = 50

// seenRow is what somebody did with a case, once or several times in a row.
type seenRow struct {
	Name, ID, Page string
	Act            bool
	At             moment // the last time
	Times          int
}

// seenList is who has looked at a case, the newest first.
type seenList struct {
	Rows    []seenRow
	More    bool // there are older ones
	Problem string
}

// seenBy is who has looked at a case; nothing for whom it does not concern.
func (c *console) seenBy(ctx context.Context, ref string) *seenList {
	if c.options.Trail == nil || !c.who.Is(Manager) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	entries, err := c.options.Trail.Seen(ctx, ref)
	if err != nil {
		return &seenList{Problem: "This cannot be read at the moment. Nothing of it is lost."}
	}
	list := &seenList{}
	for _, s := range entries {
		row := seenRow{Name: s.Name, ID: s.By, Page: s.Page, Act: s.Act, At: c.moment(s.At), Times: 1}
		if last := len(list.Rows) - 1; last >= 0 {
			before := list.Rows[last]
			before.At, before.Times = row.At, 1
			if before == row {
				list.Rows[last].Times++
				continue
			}
		}
		if len(list.Rows) == seenMost {
			list.More = true
			break
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

// mayRead are the captured messages of the cases that the caller may see.
func (c *console) mayRead(captured []picture.Captured) (mine []picture.Captured) {
	if c.who.Teams == nil {
		return captured
	}
	for _, m := range captured {
		if at := strings.LastIndexByte(m.ID, '-'); at > 0 && c.maySee(m.ID[:at]) {
			mine = append(mine, m)
		}
	}
	return mine
}
