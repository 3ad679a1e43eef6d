package notifier_test

import (
	"testing"

	"pgregory.net/rapid"

	"hearback/notifier"
)

func TestWhyAWayMayNotBeUsed(t *testing.T) {
	sam := notifier.Contact{ID: "c1", Mobile: "+447700900123", Email: "sam@family.example"}
	unsafe := func(channels ...string) notifier.Wish {
		return notifier.Wish{Contact: "c1", Channels: channels, Mobile: sam.Mobile, Email: sam.Email}
	}
	optedOut := unsafe("sms")
	optedOut.OptedOut = true
	theirs := notifier.Wish{Contact: "c2", Channels: []string{"sms"}, Mobile: sam.Mobile}
	with := func(change func(*notifier.Contact)) notifier.Contact {
		k := sam
		change(&k)
		return k
	}
	for name, test := range map[string]struct {
		k      notifier.Contact
		wishes []notifier.Wish
		prefer []notifier.Preference
		others []notifier.Contact
		want   map[string]string
		cannot string // channel
	}{
		"nothing is ruled out":   {k: sam, want: map[string]string{"sms": "", "email": ""}},
		"the service says so":    {k: with(func(k *notifier.Contact) { k.DoNot = []string{"sms", "voicemail"} }), want: map[string]string{"sms": "the service that keeps the case says so", "email": "", "voicemail": "the service that keeps the case says so"}},
		"not safe":               {k: sam, wishes: []notifier.Wish{unsafe("email", "call")}, want: map[string]string{"sms": "", "email": "it was recorded as not safe", "call": "it was recorded as not safe"}},
		"opted out":              {k: sam, wishes: []notifier.Wish{optedOut}, want: map[string]string{"sms": "they opted out", "email": ""}},
		"opted out, and unsafe":  {k: sam, wishes: []notifier.Wish{optedOut, unsafe("sms")}, want: map[string]string{"sms": "it was recorded as not safe", "email": ""}},
		"asked us not to":        {k: sam, prefer: []notifier.Preference{{Contact: "c1", DoNot: []string{"email"}}}, want: map[string]string{"sms": "", "email": "they asked us not to"}},
		"no number":              {k: with(func(k *notifier.Contact) { k.Mobile = "" }), want: map[string]string{"sms": "no mobile number is known", "email": ""}, cannot: "sms"},
		"shared with an opt-out": {k: sam, wishes: []notifier.Wish{theirs}, want: map[string]string{"sms": "somebody with the same number or address must not be contacted there", "email": ""}},
		"shared with another's danger": {k: sam, others: []notifier.Contact{{ID: "c2", Email: "SAM@family.example", DoNot: []string{"all"}}},
			want: map[string]string{"sms": "", "email": "somebody with the same number or address must not be contacted there"}},
		"failed for good": {k: with(func(k *notifier.Contact) {
			k.Unusable = []notifier.Unusable{{Channel: "sms", Reason: "The phone number does not exist. Ask the family for the right one."}}
		}),
			want: map[string]string{"sms": "The phone number does not exist. Ask the family for the right one.", "email": ""}, cannot: "sms"},
	} {
		c := notifier.Case{Ref: "H-1", Contacts: append(test.others, test.k), Wishes: test.wishes, Preferences: test.prefer}
		ways := c.Ways(test.k)
		if len(ways) != len(test.want) {
			t.Errorf("%s: the ways are %+v", name, ways)
		}
		for _, way := range ways {
			if want, there := test.want[way.Channel]; !there || way.Why != want || way.Cannot != (test.cannot == way.Channel) {
				t.Errorf("%s: %+v, want %q", name, way, want)
			}
		}
	}
}

// What people are told is what is done: a way is open here exactly where nothing
// forbids the address on the case.
func TestWaysSayWhatIsForbidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		channels := rapid.SliceOfN(rapid.SampledFrom([]string{"sms", "email", "call", "all"}), 0, 2)
		numbers, mails := rapid.SampledFrom([]string{"", "+447700900123", "+447700900124"}), rapid.SampledFrom([]string{"", "sam@family.example", "SAM@family.example"})
		c := notifier.Case{Ref: "H-1"}
		for _, id := range []string{"c1", "c2", "c3"} {
			c.Contacts = append(c.Contacts, notifier.Contact{ID: id, Mobile: numbers.Draw(t, "number"), Email: mails.Draw(t, "mail"), DoNot: channels.Draw(t, "do not")})
			if rapid.Bool().Draw(t, "wished") {
				c.Wishes = append(c.Wishes, notifier.Wish{Contact: id, Channels: channels.Draw(t, "wish"), Mobile: numbers.Draw(t, "their number"), OptedOut: rapid.Bool().Draw(t, "opted out")})
			}
		}
		for _, k := range c.Contacts {
			for _, way := range c.Ways(k) {
				if way.Address != "" && (way.Why != "") != c.Forbids(way.Channel, way.Address) {
					t.Fatalf("%s: %+v, but the case forbids it: %v", k.ID, way, c.Forbids(way.Channel, way.Address))
				}
			}
		}
	})
}
