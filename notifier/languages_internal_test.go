package notifier

import "testing"

func TestWhyADateMovedInTheFamilysLanguage(t *testing.T) {
	for _, test := range []struct{ why, language, want string }{
		{movedByRules, "en", movedByRules},
		{movedByRules, "cy-GB", "Mae’r rheolau yr ydym yn gosod dyddiadau wrthynt wedi newid."},
		{movedByHoliday + "Coronation (Monday 8 May 2028).", "cy", "Mae gŵyl banc newydd: Coronation (Monday 8 May 2028)."},
		{movedByHoliday + "Coronation (Monday 8 May 2028).", "pl", movedByHoliday + "Coronation (Monday 8 May 2028)."},
	} {
		if got := movedIn(test.why, test.language); got != test.want {
			t.Errorf("%s, %s: %q", test.why, test.language, got)
		}
	}
}
