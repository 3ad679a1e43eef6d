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
mkdir "$scratch/data"
setsid env -i PATH="$PATH" HOME="$scratch" HEARBACK_HTTP_LISTEN=127.0.0.1:0 HEARBACK_NATS_LISTEN=127.0.0.1:0 HEARBACK_DATA_DIR="$scratch/data" \
  "$scratch/hearback" demo ${CONSOLE_FAMILIES:+--families "$CONSOLE_FAMILIES"} >"$scratch/demo.out" 2>&1 </dev/null &
group=$!
address=""
for _ in $(seq 1800); do
  address=$(sed -n 's/^ *open \(http:[^ ]*\)$/\1/p' "$scratch/demo.out")
  [ -z "$address" ] || break
  kill -0 "$group" 2>/dev/null || { cat "$scratch/demo.out"; fail "$judge: the demonstration ended before it was open"; }
  sleep 0.1
done
[ -n "$address" ] || { cat "$scratch/demo.out"; fail "$judge: the demonstration was not open after three minutes"; }

cp .ci/judges/console.mjs "$scratch/npm/console.mjs"
timeout 900 node "$scratch/npm/console.mjs" "$address" "$browser" "${CONSOLE_PICTURES:-}" "${CONSOLE_FAMILIES:-}" || fail "$judge"
