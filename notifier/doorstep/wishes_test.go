package doorstep_test

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier/doorstep"
)

func TestAFamilySaysHowToReachThem(t *testing.T) {
	for name, test := range map[string]struct {
		before doorstep.Wishes
		form   url.Values
		want   events.Wished
		says   []string
	}{
		"nothing": {doorstep.Wishes{}, nil, events.Wished{DoNot: []string{}, Hours: "any"}, []string{"We may write to you at any time that we write to families."}},
		"emails in Polish": {doorstep.Wishes{}, url.Values{"prefers": {"email"}, "language": {"pl"}},
			events.Wished{Prefers: []string{"email", "sms"}, Language: "pl", DoNot: []string{}, Hours: "any"}, []string{"You like emails best.", "in this language: Polski."}},
		"no texts": {doorstep.Wishes{}, url.Values{"no-texts": {"yes"}, "prefers": {"email"}},
			events.Wished{Prefers: []string{"email", "sms"}, DoNot: []string{"sms"}, Hours: "any"}, []string{"We will not text you."}},
		"neither": {doorstep.Wishes{}, url.Values{"no-texts": {"yes"}, "no-emails": {"yes"}},
			events.Wished{DoNot: []string{"sms", "email"}, Hours: "any"}, []string{"We will not email you.", "A person will ask you how you want to hear from us."}},
		"hours": {doorstep.Wishes{}, url.Values{"prefers": {"sms"}, "hours": {"between"}, "from": {"18:00"}, "to": {"20:00"}},
			events.Wished{Prefers: []string{"sms", "email"}, DoNot: []string{}, Hours: "18:00-20:00"}, []string{"You like texts best.", "between 6pm and 8pm."}},
		"any hours again": {doorstep.Wishes{Hours: "09:30-12:00"}, url.Values{"hours": {"any"}, "from": {"09:00"}}, events.Wished{DoNot: []string{}, Hours: "any"}, nil},
		"texts again":     {doorstep.Wishes{DoNot: []string{"sms"}}, nil, events.Wished{DoNot: []string{}, Hours: "any"}, nil},
		"other channels stay": {doorstep.Wishes{DoNot: []string{"call", "sms"}}, url.Values{"no-emails": {"yes"}},
			events.Wished{DoNot: []string{"email", "call"}, Hours: "any"}, nil},
		"all but emails": {doorstep.Wishes{DoNot: []string{"all"}}, url.Values{"no-texts": {"yes"}},
			events.Wished{DoNot: []string{"sms", "call", "voicemail", "letter"}, Hours: "any"}, nil},
		"what is not offered": {doorstep.Wishes{}, url.Values{"prefers": {"pigeon"}, "language": {"fr"}, "no-texts": {"maybe"}, "hours": {"x"}}, events.Wished{DoNot: []string{}, Hours: "any"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := herts()
			c.change(func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts[0].Wishes = test.before })
			says(t, post(c.site(), family(t), test.form), http.StatusOK, append(test.says, "We have saved what you told us", "Go back to your enquiry")...)
			if len(c.published) != 1 {
				t.Fatalf("%d published", len(c.published))
			}
			e := c.published[0]
			got, err := events.DataOf[events.Wished](e)
			test.want.Contact = "c1"
			if err != nil || !reflect.DeepEqual(got, test.want) || e.Type != events.TypeContactWished || e.Case != "H-10482" {
				t.Errorf("published %s %+v, %v", e.Type, got, err)
			}
			if err := e.Check(morning()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestThePageShowsWhatIsWishedNow(t *testing.T) {
	c := herts()
	c.change(func(found *doorstep.Case, _ *doorstep.Promise) {
		found.Contacts[0].Wishes = doorstep.Wishes{Prefers: []string{"call", "email", "sms"}, Language: "cy", DoNot: []string{"sms"}, Hours: "09:30-24:00"}
	})
	s := says(t, get(c.site(), family(t)), http.StatusOK, "9:30am", "midnight", "Cymraeg")
	if got := s.chosen(); !slices.Equal(got, []string{"email", "yes", "cy", "between", "09:30", "24:00"}) {
		t.Errorf("chosen are %v", got)
	}
	c.change(func(found *doorstep.Case, _ *doorstep.Promise) {
		found.Contacts[0].Wishes, found.Contacts[0].Language, found.Contacts[0].OptedOut = doorstep.Wishes{Hours: "broken"}, "fr", []string{"all"}
	})
	s = says(t, get(c.site(), family(t)), http.StatusOK, "As it is now", "text START to the number they came from", "You have stopped our emails.")
	if got := s.chosen(); !slices.Equal(got, []string{"", "any"}) {
		t.Errorf("chosen are %v", got)
	}
	c.book.Languages = []string{"en", "tlh"}
	says(t, get(c.site(), family(t)), http.StatusOK, "English tlh")
	c.book.Languages = []string{"en"}
	if s = says(t, get(c.site(), family(t)), http.StatusOK); strings.Contains(s.text, "Which language") {
		t.Error("there is one language, and it is asked")
	}
}

func TestWhatIsWrongInAFamilysForm(t *testing.T) {
	for name, test := range map[string]struct {
		form    url.Values
		stopped []string
		message string
	}{
		"texts, and no texts":       {url.Values{"prefers": {"sms"}, "no-texts": {"yes"}}, nil, "You chose texts, but you also told us not to text you. Choose one"},
		"texts, which were stopped": {url.Values{"prefers": {"sms"}}, []string{"sms"}, "You chose texts, but you also told us not to text you. Choose one"},
		"emails, and no emails":     {url.Values{"prefers": {"email"}, "no-emails": {"yes"}}, nil, "You chose emails, but you also told us not to email you. Choose one"},
		"no beginning":              {url.Values{"hours": {"between"}, "to": {"20:00"}}, nil, "Choose the time from which we may contact you"},
		"no end":                    {url.Values{"hours": {"between"}, "from": {"20:00"}}, nil, "Choose the time until which we may contact you"},
		"an end before":             {url.Values{"hours": {"between"}, "from": {"20:00"}, "to": {"09:00"}}, nil, "The end must be at least 1 hour after the start"},
		"half an hour":              {url.Values{"hours": {"between"}, "from": {"20:00"}, "to": {"20:30"}}, nil, "The end must be at least 1 hour after the start"},
		"no times":                  {url.Values{"hours": {"between"}, "from": {nasty}, "to": {"\xff"}}, nil, "Choose the time from which we may contact you"},
	} {
		c := herts()
		c.change(func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts[0].OptedOut = test.stopped })
		test.form.Set("showing", "kept")
		s := says(t, post(c.site(), family(t), test.form), http.StatusUnprocessableEntity, "There is a problem", "Your reference is H-10482.")
		if len(c.published) != 0 || strings.Count(s.text, test.message) != 2 || strings.Count(s.text, "Error: "+test.message) != 1 || s.value("showing") != "kept" {
			t.Errorf("%s: %s", name, s.text)
		}
	}
	c := herts()
	c.refuse = errors.New("dial 192.0.2.1: refused")
	s := says(t, post(c.site(), family(t), url.Values{"no-texts": {"yes"}}), http.StatusServiceUnavailable, "We do not know if this was saved. Please press the button again")
	if strings.Contains(s.text, "192.0.2.1") || !slices.Contains(s.chosen(), "yes") {
		t.Errorf("a fault is shown, or what was filled in is gone: %s", s.text)
	}
}

// wishing does to the council what the core does with a wish.
func wishing(c *council, e events.Event) {
	c.change(func(found *doorstep.Case, _ *doorstep.Promise) {
		w, _ := events.DataOf[events.Wished](e)
		found.Contacts[0].Wishes = doorstep.Wishes{Prefers: w.Prefers, Language: w.Language, DoNot: w.DoNot, Hours: strings.TrimPrefix(w.Hours, "any")}
	})
}

func TestAWishIsRecordedOnce(t *testing.T) {
	for name, decide := range map[string]func(*council, events.Event){"at once": nil, "later": wishing} {
		c := herts()
		c.decide = decide
		h := c.site()
		fill := func(shown sight, texts string) url.Values {
			return url.Values{"showing": {shown.value("showing")}, "seen": {shown.value("seen")}, "no-texts": {texts}}
		}
		shown := says(t, get(h, family(t)), http.StatusOK)
		for range 2 {
			says(t, post(h, family(t), fill(shown, "yes")), http.StatusOK, "We will not text you.")
		}
		if c.identities() != 1 {
			t.Errorf("%s: two presses are %d events", name, c.identities())
		}
		// Another showing is another wish, also where the last is not decided yet.
		for _, texts := range []string{"no", "yes"} {
			says(t, post(h, family(t), fill(says(t, get(h, family(t)), http.StatusOK), texts)), http.StatusOK)
		}
		if c.identities() != 3 {
			t.Errorf("%s: a wish, its opposite and the wish again are %d events", name, c.identities())
		}
	}
}
