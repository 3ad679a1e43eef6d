#!/usr/bin/env bash
# Chromium, axe-core and html-validate look at every page of the console, as an
# officer, a manager and an operator of the demonstration, and at the states of
# console.mjs, such as each form with what is wrong in it: light and dark, at 320, 768 and
# 1440 pixels, and by keyboard alone. The stories of console.mjs are played with and
# without script. CONSOLE_PICTURES=FOLDER leaves a picture of each page there.
# CONSOLE_FAMILIES=N makes a council of N families, with which no story is played.
judge="a browser on the console"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scratch=$(mktemp -d)

# puppeteer-core 24, axe-core 4.11 and html-validate 10 at the time of writing.
from_npm puppeteer-core@24 axe-core@4 html-validate@10
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  from_debian chromium fonts-liberation
  browser="$scratch/debian/usr/lib/chromium/chromium"
  [ -x "$browser" ] || skip "$judge: Chromium could not be had"
  libraries="$scratch/debian/usr/lib/$(uname -m)-linux-gnu"
  export LD_LIBRARY_PATH="$libraries:$libraries/pulseaudio:${LD_LIBRARY_PATH:-}" # PulseAudio keeps one apart
fi

CGO_ENABLED=0 go build -trimpath -o "$scratch/hearback" ./cmd/hearback
group=""
# started starts Hearback in a folder of its own, with settings, waits for the line in
# which it names an address, and leaves that in $at. The judge ends it by its number.
started() {
  local name=$1 line=$2; shift 2
  mkdir "$scratch/$name"; : >"$scratch/$name.out"
  setsid env -i PATH="$PATH" HOME="$scratch" HEARBACK_HTTP_LISTEN=127.0.0.1:0 HEARBACK_NATS_LISTEN=127.0.0.1:0 HEARBACK_DATA_DIR="$scratch/$name" \
    "$@" >"$scratch/$name.out" 2>&1 </dev/null &
  local process=$!
  group="$group $process"
  for _ in $(seq 1800); do
    at=$(sed -n "$line" "$scratch/$name.out")
    [ -z "$at" ] || return 0
    kill -0 "$process" 2>/dev/null || { cat "$scratch/$name.out"; fail "$judge: hearback $name ended before it was open"; }
    sleep 0.1
  done
  cat "$scratch/$name.out"
  fail "$judge: hearback $name was not open after three minutes"
}
started demo 's/^ *open \(http:[^ ]*\)$/\1/p' "$scratch/hearback" demo ${CONSOLE_FAMILIES:+--families "$CONSOLE_FAMILIES"}
address=$at
running='s#^Hearback is running. Health: \(http://[^ ]*\)/readyz$#\1#p'
started closed "$running" "$scratch/hearback" run
closed=$at
started door "$running" HEARBACK_PUBLIC_URL=http://127.0.0.1:1 HEARBACK_OIDC_ISSUER=http://127.0.0.1:1 HEARBACK_OIDC_CLIENT_ID=hearback \
  HEARBACK_OIDC_CLIENT_SECRET=none HEARBACK_SESSION_SECRET="$(head -c 32 /dev/zero | base64)" "$scratch/hearback" run
door=$at

cp .ci/judges/console.mjs "$scratch/npm/console.mjs"
timeout 900 node "$scratch/npm/console.mjs" "$address" "$closed" "$door" "$browser" "${CONSOLE_PICTURES:-}" "${CONSOLE_FAMILIES:-}" || fail "$judge"
