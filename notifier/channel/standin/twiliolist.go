package standin

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Twilio's limits for one page of a listing.
const (
	pageSizeDefault = 50
	pageSizeMax     = 1000
)

// list answers with one page of texts, newest first, the To filter applied. A
// text younger than the listing lag is left out.
func (t *Twilio) list(w http.ResponseWriter, r *http.Request, account string) {
	query := r.URL.Query()
	size, err := strconv.Atoi(query.Get("PageSize"))
	if err != nil || size < 1 {
		size = pageSizeDefault
	}
	size = min(size, pageSizeMax)
	texts, more, down := t.listed(query.Get("To"), place(after(query.Get("PageToken"))), size, time.Now())
	if down {
		writePage(w)
		return
	}
	number, _ := strconv.Atoi(query.Get("Page"))
	body := append(make([]byte, 0, 1024*len(texts)+512), `{"page": `...)
	body = strconv.AppendInt(body, int64(number), 10)
	body = append(body, `, "page_size": `...)
	body = strconv.AppendInt(body, int64(size), 10)
	body = append(body, `, "uri": `...)
	body = appendString(body, r.URL.RequestURI())
	body = append(body, `, "next_page_uri": `...)
	body = appendStringOrNull(body, nextPageURI(r.URL, texts, number, size, more))
	body = append(body, `, "messages": [`...)
	for i := range texts {
		if i > 0 {
			body = append(body, ", "...)
		}
		body = appendText(body, account, &texts[i])
	}
	writeJSON(w, http.StatusOK, append(body, "]}"...))
}

// pageTokenPrefix stands before the SID of the last text of a page, as in
// Twilio's own tokens ("PASM…").
const pageTokenPrefix = "PA"

func after(token string) string {
	if len(token) < len(pageTokenPrefix) {
		return ""
	}
	return token[len(pageTokenPrefix):]
}

func nextPageURI(address *url.URL, texts []Text, number, size int, more bool) string {
	if !more || len(texts) == 0 {
		return ""
	}
	query := address.Query()
	query.Set("PageSize", strconv.Itoa(size))
	query.Set("Page", strconv.Itoa(number+1))
	query.Set("PageToken", pageTokenPrefix+texts[len(texts)-1].SID)
	return address.Path + "?" + query.Encode()
}

// listed gives up to size texts older than the one at place before (-1: from
// the newest), and whether there are more.
func (t *Twilio) listed(to string, before, size int, now time.Time) (texts []Text, more, down bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.counts.Lookups++
	if now.Before(t.faults.DownUntil) {
		return nil, false, true
	}
	consider := func(i int) bool {
		if (before >= 0 && i >= before) || now.Sub(t.texts[i].Created) < t.faults.ListingLag {
			return true
		}
		if len(texts) == size {
			more = true
			return false
		}
		texts = append(texts, t.texts[i])
		return true
	}
	if to != "" {
		places := t.byTo[to]
		for i := len(places) - 1; i >= 0 && consider(places[i]); i-- {
		}
	} else {
		for i := len(t.texts) - 1; i >= 0 && consider(i); i-- {
		}
	}
	return texts, more, false
}

// fetch answers with one text.
func (t *Twilio) fetch(w http.ResponseWriter, account, sid string) {
	t.mutex.Lock()
	t.counts.Lookups++
	down := time.Now().Before(t.faults.DownUntil)
	i, found := place(sid), Text{}
	if i >= 0 && i < len(t.texts) {
		found = t.texts[i]
	}
	t.mutex.Unlock()
	switch {
	case down:
		writePage(w)
	case found.SID == "":
		writeError(w, http.StatusNotFound, 20404, "The requested resource was not found")
	default:
		writeJSON(w, http.StatusOK, appendText(nil, account, &found))
	}
}
