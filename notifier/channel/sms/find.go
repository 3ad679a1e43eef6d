package sms

import (
	"context"
	"net/url"
	"time"

	"hearback/notifier/channel"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

const (
	// clockSkew is how far our clock and Twilio's may be apart. Twilio gives
	// whole seconds, so a margin is needed even between perfect clocks.
	clockSkew = 2 * time.Minute

	pageSize = 100

	// maxPages bounds one look-up. A family never gets 1,000 texts in the
	// hours that a message can be in doubt; if one did, Find says that it
	// does not know.
	maxPages = 10
)

// Find asks Twilio for the texts to the message's number with exactly its words, created
// after since less two minutes, newest first.
//
// Twilio lists a text some seconds after it accepted it: wait before you
// believe an empty list. The listing is filtered by number alone, because
// Twilio's date filter goes by date_sent, which a text that waits in its queue
// does not have yet.
func (s *Sender) Find(ctx context.Context, since time.Time, m channel.Message) ([]channel.Found, error) {
	earliest := since.Add(-clockSkew)
	var found []channel.Found
	var token, number string
	for range maxPages {
		page, err := s.page(ctx, m.To, token, number)
		if err != nil {
			return nil, err
		}
		more, err := collect(page, earliest, m.To, m.Text, &found)
		if err != nil || !more {
			return found, err
		}
		if token, number = nextPage(page.NextPageUri); token == "" && number == "" {
			return found, nil
		}
	}
	return nil, &channel.Failure{
		Verdict: channel.Retry,
		Code:    "too-many-listed",
		Reason:  "Twilio lists more texts for this contact than Hearback will read. A person must check in the Twilio console whether the text was sent.",
	}
}

// page reads one page of the listing. The library's own reader of all pages is
// not used: without a limit it reads the account's whole history.
func (s *Sender) page(ctx context.Context, to, token, number string) (*api.ListMessageResponse, error) {
	service, call, done := s.begin(ctx)
	defer done()
	params := &api.ListMessageParams{To: &to, PageSize: new(pageSize)}
	page, err := service.PageMessage(params, token, number)
	if err != nil {
		return nil, call.lookupFailure()
	}
	return page, nil
}

// collect adds what matches on one page. It returns false when everything
// further is older than earliest.
func collect(page *api.ListMessageResponse, earliest time.Time, to, text string, found *[]channel.Found) (more bool, err error) {
	if page.Messages == nil {
		// An empty listing has an empty array; this is something else.
		return false, oddListing()
	}
	for _, message := range page.Messages {
		created, err := time.Parse(time.RFC1123Z, value(message.DateCreated))
		if err != nil {
			// Without a date we can tell neither an old text from ours nor
			// where to stop.
			return false, oddListing()
		}
		if created.Before(earliest) {
			return false, nil
		}
		if value(message.To) != to || value(message.Body) != text || value(message.Direction) == "inbound" {
			continue
		}
		if value(message.Sid) == "" {
			return false, oddListing()
		}
		*found = append(*found, channel.Found{ProviderID: *message.Sid, Created: created})
	}
	return true, nil
}

// nextPage takes the page's token and number out of next_page_uri. Only these
// two are used, so that a reply can never send us to another address.
func nextPage(uri *string) (token, number string) {
	next, err := url.Parse(value(uri))
	if err != nil {
		return "", ""
	}
	query := next.Query()
	return query.Get("PageToken"), query.Get("Page")
}

func value(field *string) string {
	if field == nil {
		return ""
	}
	return *field
}
