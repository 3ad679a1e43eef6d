package sms

import (
	"context"
	"strconv"

	"hearback/notifier/channel"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// Report asks Twilio what became of the text with that SID.
func (s *Sender) Report(ctx context.Context, sid string) (channel.Report, error) {
	service, call, done := s.begin(ctx)
	defer done()
	message, err := service.FetchMessage(sid, &api.FetchMessageParams{})
	if err != nil {
		return channel.Report{}, call.lookupFailure()
	}
	code := ""
	if message.ErrorCode != nil && *message.ErrorCode != 0 {
		code = strconv.Itoa(*message.ErrorCode)
	}
	if value(message.Status) == "" {
		return channel.Report{}, oddListing()
	}
	return ReportOf(*message.Status, code), nil
}

// ReportOf says what a status of Twilio's and the code beside it mean. The statuses
// are those of a Message resource (https://www.twilio.com/docs/messaging/api/message-resource),
// the codes those of Twilio's table of errors from 30001 on. A status that Twilio
// invents later counts as still on its way: nothing is decided on it.
func ReportOf(status, code string) channel.Report {
	report := channel.Report{Code: code}
	switch status {
	case "sent":
		report.Status = channel.Sent
	case "delivered", "read":
		report.Status = channel.Delivered
	case "undelivered", "failed", "canceled":
		report.Status = channel.Failed
		report.Reason, report.Unusable = undelivered(code)
	default: // accepted, scheduled, queued, sending, partially_delivered
		report.Status = channel.Sending
	}
	return report
}

// undelivered says in words why a text did not arrive, and whether the number
// itself is to blame.
func undelivered(code string) (reason string, unusable bool) {
	switch code {
	case "30003":
		return "The phone was off or out of reach for too long. It may work another day.", false
	case "30004", "21610":
		return "The number blocks texts from us, or has opted out. Ask the family by another way how they want to hear from us.", true
	case "30005":
		return "The phone number does not exist. Ask the family for the right one.", true
	case "30006":
		return "This number is a landline, or its network takes no texts. Ask the family for a mobile number, or phone them.", true
	case "30007", "30038":
		return "The network held the text to be unwanted. The operator should look at the sender and the words in the Twilio console.", false
	case "30008":
		return "The network did not say why the text failed.", false
	case "30001", "30002", "30010", "30022", "30023":
		return "The council's Twilio account or its limits stopped the text. The operator must look in the Twilio console.", false
	case "30024", "30034", "30035":
		return "The network does not know our sender. The operator must check its registration in the Twilio console.", false
	case "30036":
		return "The text could not be delivered in the time that it was good for.", false
	case "":
		return "The network did not deliver the text and gave no reason.", false
	default:
		return "The network did not deliver the text (Twilio's code " + code + ").", false
	}
}
