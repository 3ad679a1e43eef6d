// Package signin lets staff in by OpenID Connect and remembers that they are in.
//
// It speaks the authorization code flow with PKCE. Who comes back from the identity
// provider gets a session in an encrypted cookie: any replica with the same secret
// reads it, and a restart ends nobody's work. A session ends after 30 minutes without
// a request and after 10 hours at most, and when its owner signs out. A page that keeps
// itself up to date does not count as a request. The replica that was asked to end a
// session remembers it until it is started anew; any other would still take a copy of
// the cookie that somebody had kept, for as long as the session could have lasted.
//
// What a session holds are the claims as they were at sign-in. What its owner may do
// with them is for others to say, at each request.
//
// An identity provider that is down stops nobody's work but signing in: it is asked
// for its endpoints when the first person signs in, and again until it answers.
package signin
