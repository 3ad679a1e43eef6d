// Package publishing puts versions of the managers' book in force and moves open
// promises to them: the history, what re-planning would do, and the doing of it. The
// command line and the console are both thin above it. It works beside a Hearback that
// runs, through the council's stream, and may be cut off at any instant: the same again
// goes on where it was.
package publishing
