package simulate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// busiest is how many members of staff are named.
	busiest = 10
	// together is within how much time chases of one person go as one email.
	together = 60 * time.Second
)

// staff counts chases and the emails that are left of them.
func (s *summing) staff() {
	slices.SortStableFunc(s.chases, func(a, b chase) int {
		return cmp.Or(strings.Compare(a.to, b.to), a.at.Compare(b.at))
	})
	people := map[string]*Person{}
	daily := map[string]map[int]int{}
	var rungsOf [rungs]Rung
	var held [rungs]map[string]bool
	for i := range held {
		held[i] = s.holders(rung(i))
	}
	for i := 0; i < len(s.chases); {
		first := s.chases[i]
		p := people[first.to]
		if p == nil {
			p = s.person(first.to)
			people[first.to], daily[first.to] = p, map[int]int{}
		}
		emailed := false
		for ; i < len(s.chases) && s.chases[i].to == first.to && s.chases[i].at.Sub(first.at) <= together; i++ {
			c := s.chases[i]
			of := &rungsOf[c.rung]
			of.Chases++
			held[c.rung][c.to] = true
			p.Chases++
			daily[c.to][s.office.diary.index(c.at)-margin]++
			switch {
			case c.text:
				of.Texts++
			case !emailed: // the email counts for the rung of the first chase in it
				emailed = true
				of.Emails++
				p.Emails++
			}
		}
	}
	for i := range rungsOf {
		of := &rungsOf[i]
		if of.Chases == 0 && rung(i) == toOthers {
			continue
		}
		of.Name, of.People = rungNames[i], len(held[i])
		of.PerDay, of.EmailsPerDay = share(of.Chases, of.People*s.WorkingDays), share(of.Emails, of.People*s.WorkingDays)
		for _, day := range s.Days {
			if n := day.Chases[of.Name]; n > of.BusiestChases {
				of.Busiest, of.BusiestChases = day.Date, n
			}
		}
		s.Staff = append(s.Staff, *of)
	}
	for _, id := range slices.Sorted(maps.Keys(people)) {
		p := people[id]
		p.PerDay = share(p.Chases, s.WorkingDays)
		for _, day := range slices.Sorted(maps.Keys(daily[id])) {
			if n := daily[id][day]; n > p.BusiestChases {
				p.Busiest, p.BusiestChases = s.Days[min(max(day, 0), len(s.Days)-1)].Date, n
			}
		}
		s.People = append(s.People, *p)
	}
	slices.SortStableFunc(s.People, func(a, b Person) int { return cmp.Compare(b.Chases, a.Chases) })
	s.People = s.People[:min(len(s.People), busiest)]
}

// holders are the people who hold a rung: officers, or who stands above a team.
func (s *summing) holders(of rung) map[string]bool {
	held := map[string]bool{}
	if of == toOfficer {
		for id := range s.office.styles {
			held[id] = true
		}
	}
	for _, t := range s.office.book.Directory.Teams {
		switch of {
		case toLead:
			held[t.Lead] = true
		case toManager:
			held[t.Manager] = true
		case toHead:
			held[t.HeadOfService] = true
		}
	}
	delete(held, "")
	return held
}

func (s *summing) person(id string) *Person {
	p := Person{ID: id, Name: id}
	if known, ok := s.office.book.Directory.Person(id); ok {
		p.Name, p.Team, p.Role = known.Name, known.Team, known.Role
	}
	return &p
}
