package phone

import (
	"regexp"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// ranges returns the ranges of numbers, made once: they never change while the
// program runs. The library's own functions try every kind of number in every
// place that shares +44, which takes some 60 microseconds a number; the two
// questions asked here take two. A test holds both to the same answers.
var ranges = sync.OnceValue(func() mobileRanges {
	metadata, err := phonenumbers.MetadataCollection()
	if err != nil {
		// The library has read the same data before main began.
		panic("phone: the library's metadata cannot be read: " + err.Error())
	}
	var made mobileRanges
	var crown []string
	for _, region := range metadata.GetMetadata() {
		pattern := region.GetMobile().GetNationalNumberPattern()
		switch region.GetId() {
		case "GB":
			made.greatBritain = regexp.MustCompile("^(?:" + pattern + ")$")
		case "GG", "IM", "JE":
			crown = append(crown, pattern)
		}
	}
	made.crown = regexp.MustCompile("^(?:" + strings.Join(crown, "|") + ")$")
	return made
})

// mobileRanges tell the mobiles that share +44 apart.
type mobileRanges struct {
	greatBritain *regexp.Regexp // and Northern Ireland
	crown        *regexp.Regexp // Guernsey, Isle of Man, Jersey
}

// classify sorts a national number of ten digits that begins with 7. Crown
// dependencies come first, for the metadata counts 07924, a range of the Isle of
// Man, as Great Britain's as well.
func (r mobileRanges) classify(national string) Reason {
	switch {
	case r.crown.MatchString(national):
		return CrownDependency
	case r.greatBritain.MatchString(national):
		return 0
	}
	return NotAMobile
}
