package main

import (
	"context"
	"errors"
	"flag"
)

func doctorVerb(_ context.Context, _ *flag.FlagSet, _ []string, _ streams) error {
	return errors.New("not built yet")
}
