package signin

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// visitor stands for where a request comes from: an IPv4 address, or the /64 of an IPv6
// one, which is a single household's or office's. What a proxy of ours says is believed,
// and what others say who came before it is not.
func visitor(r *http.Request, proxies []netip.Prefix) string {
	ours := func(a netip.Addr) bool {
		return a.IsLoopback() || slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	address := peer.Addr().Unmap()
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(said) - 1; i >= 0 && ours(address); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(said[i]))
		if err != nil {
			break
		}
		address = before.Unmap().WithZone("")
	}
	if address.Is6() {
		if network, err := address.Prefix(64); err == nil {
			return network.String()
		}
	}
	return address.String()
}
