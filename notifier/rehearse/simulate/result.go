package simulate

import (
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// Result is what came of a plan.
type Result struct {
	Council string `json:"council"`
	// Book is the version of the book.
	Book string `json:"book"`
	Plan Plan   `json:"plan"`
	// WorkingDays are the council's within the plan.
	WorkingDays int `json:"working_days"`
	// Officers have families; MadeUp of them are not in the book.
	Officers int      `json:"officers"`
	MadeUp   int      `json:"made_up_officers"`
	Families Families `json:"families"`
	Promises []Kept   `json:"promises"`
	// Duties are the promises that no message of a family opens: what the law has the
	// council do, and what goes with it. All else here leaves them out, but for messages
	// and chases.
	Duties  []Kept    `json:"duties"`
	Teams   []Kept    `json:"teams"`
	Longest []Waiting `json:"longest"`
	Staff   []Rung    `json:"staff"`
	People  []Person  `json:"people"`
	Tasks   Tasks     `json:"tasks"`
	Days    []Day     `json:"days"`
	Waits   []Wait    `json:"waits"`
	// Example is one of Longest, told in full.
	Example *Timeline `json:"example,omitempty"`
	// end is the last instant that was played.
	end      time.Time
	location *time.Location
}

// Families is what families did and heard.
type Families struct {
	// InTouch are the families that got in touch at all, Enquiries how often, and
	// Again how often while they waited.
	InTouch   int `json:"in_touch"`
	Enquiries int `json:"enquiries"`
	Again     int `json:"again"`
	// AtOnce of the promises that are acknowledged were within a minute, Later later,
	// and Unheard by no message: somebody had to phone.
	AtOnce  int `json:"acknowledged_at_once"`
	Later   int `json:"acknowledged_later"`
	Unheard int `json:"reached_by_no_message"`
	// Acknowledged and so on are messages.
	Acknowledged int `json:"acknowledgements"`
	ToldLate     int `json:"told_late"`
	Postponed    int `json:"told_a_new_date"`
	Chased       int `json:"chased"`
	Other        int `json:"other"`
	Texts        int `json:"texts"`
	// Segments are the parts that providers charge for, without links.
	Segments int `json:"segments"`
	Emails   int `json:"emails"`
	Letters  int `json:"letters"`
	Failed   int `json:"failed"`
	// Pounds are what texts and letters cost by the book; 0 where it does not say.
	Pounds float64 `json:"cost_in_pounds,omitempty"`
	// OutsideHours are messages outside contact hours that were no acknowledgements.
	OutsideHours int `json:"outside_contact_hours"`
	// Heard are the families that had any message, and PerFamily the messages for each.
	Heard     int     `json:"heard"`
	PerFamily float64 `json:"messages_per_family"`
}

// Kept is how promises of one rule, or of one team, were kept.
type Kept struct {
	Name string `json:"name"`
	// Title is a team's name in the book.
	Title  string `json:"title,omitempty"`
	Opened int    `json:"opened"`
	Kept   int    `json:"kept"`
	// Late were not kept by their date, whether they were kept since or are open. A
	// new date that a person gave counts.
	Late int `json:"late"`
	// Open are those that nobody had kept at the end.
	Open int `json:"open"`
	// Ended are those that ended without a reply.
	Ended int `json:"ended,omitempty"`
	// InTime is the share of those kept, or late and open, that were kept in time.
	InTime float64 `json:"kept_in_time_percent"`
	// Median, Ninetieth and Longest are working days to a human reply.
	Median    int `json:"median_working_days"`
	Ninetieth int `json:"ninetieth_working_days"`
	Longest   int `json:"longest_working_days"`
}

// Waiting is one of those that wait longest at the end.
type Waiting struct {
	Case    string    `json:"case"`
	Promise string    `json:"promise"`
	Enquiry string    `json:"enquiry"`
	Team    string    `json:"team"`
	Officer string    `json:"officer"`
	Opened  time.Time `json:"opened"`
	// Since and Due are dates in the council's time zone, DueAt the instant.
	Since       calendar.Date `json:"opened_date"`
	DueAt       time.Time     `json:"due"`
	Due         calendar.Date `json:"due_date"`
	WorkingDays int           `json:"working_days"`
	Chases      int           `json:"chases"`
	// Highest is the highest rung that was chased; empty where none was.
	Highest string `json:"highest,omitempty"`
	place   int
}

// Rung is how one rung of the ladder was chased.
type Rung struct {
	Name string `json:"name"`
	// People hold the rung, or stood in for those who do.
	People int `json:"people"`
	Chases int `json:"chases"`
	// Emails are what is left after chases of one person have been gathered.
	Emails int `json:"emails"`
	Texts  int `json:"texts"`
	// PerDay are chases, and EmailsPerDay emails, for each person and working day.
	PerDay       float64 `json:"chases_per_person_and_working_day"`
	EmailsPerDay float64 `json:"emails_per_person_and_working_day"`
	// Busiest is the day with the most chases on this rung, and BusiestChases how many.
	Busiest       calendar.Date `json:"busiest_day,omitzero"`
	BusiestChases int           `json:"busiest_day_chases"`
}

// Person is how one member of staff was chased, on whatever rung.
type Person struct {
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	Team          string        `json:"team,omitempty"`
	Role          string        `json:"role,omitempty"`
	Chases        int           `json:"chases"`
	Emails        int           `json:"emails"`
	PerDay        float64       `json:"chases_per_working_day"`
	Busiest       calendar.Date `json:"busiest_day"`
	BusiestChases int           `json:"busiest_day_chases"`
}

// Tasks are what only a person could do.
type Tasks struct {
	Opened int `json:"opened"`
	Done   int `json:"done"`
	// Gone were no longer needed: a reply came, or a way to reach the family.
	Gone int `json:"no_longer_needed"`
	Open int `json:"open"`
}

// Day is one day of the plan.
type Day struct {
	Date  calendar.Date `json:"date"`
	Works bool          `json:"working_day"`
	// Why nobody works, in words.
	Why    string `json:"why,omitempty"`
	Opened int    `json:"promises_opened"`
	// Chases are by rung, by its name.
	Chases  map[string]int `json:"chases,omitempty"`
	Replies int            `json:"replies"`
}

// rungNames are the roles as the book spells them.
var rungNames = [rungs]string{notifier.Officer, notifier.TeamLead, notifier.Manager, notifier.HeadOfService, "others"}

// Wait is how many were answered after so many working days.
type Wait struct {
	WorkingDays int `json:"working_days"`
	Replies     int `json:"replies"`
	// Open have waited so long and still do.
	Open int `json:"still_waiting"`
}

// Timeline is the life of one promise.
type Timeline struct {
	Waiting
	Events []TimelineEvent `json:"events"`
}

// TimelineEvent is one thing that was done or heard.
type TimelineEvent struct {
	At time.Time `json:"at"`
	// Date and Clock are At in the council's time zone.
	Date  calendar.Date `json:"date"`
	Clock string        `json:"time"`
	// Who was told: a role of staff, or "family".
	Who  string `json:"who"`
	What string `json:"what"`
}
