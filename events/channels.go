package events

import "slices"

// The channels by which a contact can be reached.
const (
	ChannelSMS       = "sms"
	ChannelEmail     = "email"
	ChannelCall      = "call"
	ChannelVoicemail = "voicemail"
	ChannelLetter    = "letter"

	// EveryChannel, in a list of what must not be used, forbids everything.
	EveryChannel = "all"
)

// ContactChannels are the channels by which a contact can be reached.
func ContactChannels() []string {
	return []string{ChannelSMS, ChannelEmail, ChannelCall, ChannelVoicemail, ChannelLetter}
}

// EnquiryChannels are the ways in which a family gets in touch.
func EnquiryChannels() []string {
	return []string{"phone", "voicemail", "email", "web", "text", "letter", "in-person"}
}

const (
	writeContactChannel = "write sms, email, call, voicemail or letter"
	writeEnquiryChannel = "write phone, voicemail, email, web, text, letter or in-person"
)

func isContactChannel(name string) bool {
	switch name {
	case ChannelSMS, ChannelEmail, ChannelCall, ChannelVoicemail, ChannelLetter:
		return true
	}
	return false
}

func isEnquiryChannel(name string) bool { return slices.Contains(EnquiryChannels(), name) }

// mayNotUse reports whether the name may stand in a do_not list.
func mayNotUse(name string) bool { return name == EveryChannel || isContactChannel(name) }

// channelOrCopy gives the text of a JSON string, without a new copy where it is the
// name of a channel: most texts in lists are.
func channelOrCopy(v value) string {
	switch string(v) {
	case `"sms"`:
		return ChannelSMS
	case `"email"`:
		return ChannelEmail
	case `"call"`:
		return ChannelCall
	case `"voicemail"`:
		return ChannelVoicemail
	case `"letter"`:
		return ChannelLetter
	case `"all"`:
		return EveryChannel
	}
	return v.text()
}
