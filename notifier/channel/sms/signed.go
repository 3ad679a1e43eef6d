package sms

import twilio "github.com/twilio/twilio-go/client"

// Signed judges the signatures of Twilio's calls (X-Twilio-Signature,
// https://www.twilio.com/docs/usage/security) by the account's auth token. address
// is the whole address that Twilio called, as the world sees it, query included.
//
// The library looks at the first value of each parameter alone, and would pass a
// call to which a second one was added: whoever calls this must have refused it.
func Signed(authToken string) func(address string, form map[string]string, signature string) bool {
	validator := twilio.NewRequestValidator(authToken)
	return func(address string, form map[string]string, signature string) bool {
		return authToken != "" && signature != "" && validator.Validate(address, form, signature)
	}
}
