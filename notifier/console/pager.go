package console

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// pager is one page of a long list.
type pager struct {
	Page, Pages int
	First, Last int // places in the list, from 1; 0 in an empty list
	Total       int
	Path        string     // of the list
	Part        string     // the fragment of the list within its page
	Keep        url.Values // what else the address of a page says
}

// paginate picks the page that the request asks for. A page that does not exist is the
// nearest that does.
func paginate[T any](r *http.Request, path string, all []T, size int) ([]T, pager) {
	pages := max(1, (len(all)+size-1)/size)
	asked, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		asked = 1
	}
	asked = min(max(asked, 1), pages)
	from, to := (asked-1)*size, min(asked*size, len(all))
	p := pager{Page: asked, Pages: pages, Last: to, Total: len(all), Path: path}
	if len(all) > 0 {
		p.First = from + 1
	}
	return all[from:to], p
}

// Previous and Next are page numbers, 0 where there is none.
func (p pager) Previous() int { return p.Page - 1 }

func (p pager) Next() int {
	if p.Page == p.Pages {
		return 0
	}
	return p.Page + 1
}

// Link is the address of a page of the list.
func (p pager) Link(page int) string {
	query := url.Values{}
	maps.Copy(query, p.Keep)
	query.Set("page", strconv.Itoa(page))
	link := p.Path + "?" + query.Encode()
	if p.Part != "" {
		link += "#" + p.Part
	}
	return link
}
