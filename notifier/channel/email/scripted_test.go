package email_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
)

// script gives the reply to each verb in place of the usual one. "" is the
// greeting and "." the end of the data. A reply that is not whole (no code and
// space) is sent without its line end, and the connection closed; an empty
// reply closes the connection at once. "silence" sends nothing at all.
type script map[string]string

// usual is how a mail server talks when all is well.
var usual = script{
	"": "220 mail.example ESMTP", "EHLO": "250-mail.example\r\n250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN",
	"HELO": "250 mail.example", "AUTH": "235 2.7.0 Welcome", "MAIL": "250 2.1.0 OK", "RCPT": "250 2.1.5 OK",
	"DATA": "354 Go ahead", ".": "250 2.0.0 Queued", "RSET": "250 2.0.0 OK", "NOOP": "250 2.0.0 OK", "QUIT": "221 2.0.0 Bye",
}

// scripted is a mail server that talks by its script.
type scripted struct {
	script script

	mutex       sync.Mutex
	accepted    int
	connections int
	// heard has the verbs and said the whole lines, in order.
	heard, said []string
}

func (s *scripted) serve(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		s.mutex.Lock()
		s.connections++
		s.mutex.Unlock()
		go s.talk(connection)
	}
}

func (s *scripted) talk(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	lines := bufio.NewReader(connection)
	if !s.reply(connection, "") {
		return
	}
	inData := false
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		if inData && line != "." {
			continue
		}
		verb, _, _ := strings.Cut(line, " ")
		s.mutex.Lock()
		s.heard, s.said = append(s.heard, verb), append(s.said, line)
		s.mutex.Unlock()
		if !s.reply(connection, verb) || verb == "QUIT" {
			return
		}
		inData = verb == "DATA" && s.answer(verb) == usual["DATA"]
	}
}

func (s *scripted) answer(verb string) string {
	if answer, given := s.script[verb]; given {
		return answer
	}
	return usual[verb]
}

func (s *scripted) reply(connection net.Conn, verb string) bool {
	answer := s.answer(verb)
	if answer == "silence" {
		_, _ = io.Copy(io.Discard, connection)
		return false
	}
	if verb == "." && strings.HasPrefix(answer, "25") {
		s.mutex.Lock()
		s.accepted++
		s.mutex.Unlock()
	}
	if len(answer) < 4 {
		_, _ = io.WriteString(connection, answer)
		return false
	}
	_, err := io.WriteString(connection, answer+"\r\n")
	return err == nil
}

func (s *scripted) acceptedMails() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.accepted
}

func (s *scripted) openedConnections() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.connections
}
