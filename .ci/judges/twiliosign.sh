#!/usr/bin/env bash
# Twilio's own library for Node signs calls to our webhooks, right ones and wrong ones.
# The tests are in notifier/inbound/twilionpm_test.go.
judge="npm's twilio on our webhooks"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scratch=$(mktemp -d)

from_npm twilio@6
export TWILIO_SIGNER="$PWD/.ci/judges/twiliosign.cjs" NODE_PATH="$scratch/npm/node_modules"
go_tests '^TestNpm' ./notifier/inbound
