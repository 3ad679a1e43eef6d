package email_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
)

// script gives the reply to each verb in place of the usual one. "" is the
// greeting and "." the end of the data. A reply whose last line is not whole (a
// code and a space) is sent without its line end, and the connection closed; an
// empty reply closes the connection at once. After "silence", with which a reply
// may end, nothing more is sent, and the connection stays.
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
	// turns, where there are any, are the scripts of one connection after another.
	turns []script

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
		script := s.script
		if len(s.turns) > 0 {
			script = s.turns[s.connections%len(s.turns)]
		}
		s.connections++
		s.mutex.Unlock()
		go s.talk(connection, script)
	}
}

func (s *scripted) talk(connection net.Conn, script script) {
	defer func() { _ = connection.Close() }()
	lines := bufio.NewReader(connection)
	if !s.reply(connection, script, "") {
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
		if !s.reply(connection, script, verb) || verb == "QUIT" {
			return
		}
		inData = verb == "DATA" && script.answer(verb) == usual["DATA"]
	}
}

func (s script) answer(verb string) string {
	if answer, given := s[verb]; given {
		return answer
	}
	return usual[verb]
}

func (s *scripted) reply(connection net.Conn, script script, verb string) bool {
	answer, silent := strings.CutSuffix(script.answer(verb), "silence")
	if verb == "." && !strings.HasPrefix(answer, "4") && !strings.HasPrefix(answer, "5") {
		s.mutex.Lock()
		s.accepted++ // it has the whole email, and has not refused it
		s.mutex.Unlock()
	}
	if last := answer[strings.LastIndexByte(answer, '\n')+1:]; silent || len(last) < 4 || last[3] == '-' {
		_, _ = io.WriteString(connection, answer)
		if silent {
			_, _ = io.Copy(io.Discard, connection)
		}
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
