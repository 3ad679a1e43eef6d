# What the judges have in common. Sourced by each, not run.
#
# A judge is a program that somebody else wrote, and that sees what our own tests
# cannot. Each script here runs alone, from any folder: it exits 0 when the judge
# found no fault, 1 when it did, and 3 with one line "SKIPPED: …" where the judge
# cannot be had on this machine. It talks to loopback only, except to fetch the
# judge, and takes away what it made.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

scratch=""
group=""
clean_up() {
  if [ -n "$group" ]; then end_group; fi
  if [ -n "$scratch" ]; then rm -rf "$scratch"; fi
}
trap clean_up EXIT
trap 'exit 1' INT TERM

skip() { echo "SKIPPED: $*"; exit 3; }
fail() { echo "FAILED: $*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# end_group ends the process groups that this script started, first politely. Their
# leaders' ids are in $group.
end_group() {
  local one
  for one in $group; do kill -TERM -- "-$one" 2>/dev/null || true; done
  for one in $group; do
    for _ in $(seq 50); do
      kill -0 -- "-$one" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL -- "-$one" 2>/dev/null || true
    wait "$one" 2>/dev/null || true
  done
  group=""
}

# free_ports prints so many different ports of 127.0.0.1 on which nobody listens, below
# those that the system gives out by itself.
free_ports() {
  local port found=""
  while [ "$(wc -w <<<"$found")" -lt "$1" ]; do
    port=$((20000 + (RANDOM << 15 | RANDOM) % 12000))
    case " $found " in *" $port "*) continue ;; esac
    listens "$port" || found="$found $port"
  done
  echo "$found"
}

# listens says whether something takes connections on a port of 127.0.0.1.
listens() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# from_npm installs packages, named with their versions, below $scratch/npm. None of
# their own scripts runs.
from_npm() {
  have node && have npm || skip "$judge: node and npm are not installed"
  npm install --prefix "$scratch/npm" --cache "$scratch/npm-cache" --no-audit --no-fund --ignore-scripts \
    --fetch-retries 1 --loglevel error "$@" >"$scratch/npm.out" 2>&1 </dev/null ||
    skip "$judge: npm could not install $*: $(grep -m 1 "npm error" "$scratch/npm.out" || tail -n 1 "$scratch/npm.out")"
}

# from_debian unpacks Debian packages, and what they need that is not installed, into
# $scratch/debian. Nothing is installed and no service is started.
from_debian() {
  have apt-get && have dpkg-deb || skip "$judge: this is not a Debian machine"
  mkdir -p "$scratch/archives/partial" "$scratch/lists/partial" "$scratch/debian"
  local options=(-y --download-only --no-install-recommends -o Debug::NoLocking=1 -o APT::Sandbox::User=root
    -o "Dir::Cache::archives=$scratch/archives/")
  apt-get "${options[@]}" install "$@" >"$scratch/apt.out" 2>&1 </dev/null || {
    options+=(-o "Dir::State::lists=$scratch/lists")
    { apt-get "${options[@]}" update && apt-get "${options[@]}" install "$@"; } >"$scratch/apt.out" 2>&1 </dev/null ||
      skip "$judge: Debian's packages $* could not be fetched: $(tail -n 1 "$scratch/apt.out")"
  }
  local archive
  for archive in "$scratch"/archives/*.deb; do
    dpkg-deb -x "$archive" "$scratch/debian"
  done
}

# go_tests runs the Go tests whose names match a pattern, in the packages named after
# it. Two packages never run at once: they share what the judge listens to. A test that
# skips itself, or that is not there, is a failure.
go_tests() {
  local pattern=$1
  shift
  if ! timeout 400 go test -count=1 -timeout 120s -p 1 -v -run "$pattern" "$@" >"$scratch/tests" 2>&1 </dev/null; then
    cat "$scratch/tests"
    fail "$judge"
  fi
  if grep -qE '^ *--- SKIP|no tests to run' "$scratch/tests"; then
    cat "$scratch/tests"
    fail "$judge: a test was not tried"
  fi
  grep -E '^( *--- |ok)' "$scratch/tests"
}
