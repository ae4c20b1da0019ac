#!/usr/bin/env bash
# Tries system.sh: brings the whole system up in a folder and on ports of its own, runs a small job on it, asks every
# part, and takes it down again. About two minutes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
place=$(mktemp --directory)
export SEGUE_SYSTEM_DIR=$place/system SEGUE_PORTS=free
programs=${SEGUE_PROGRAMS:-${CARGO_TARGET_DIR:-$root/target}/debug}
system=$here/system.sh

say() { echo "system_check: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

trap '"$system" down; rm -rf "$place"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# says URL PATTERN: waits for a minute until it answers so; the watch looks at the database every 15 s.
says() {
    local answer deadline=$((SECONDS + 60))
    until answer=$(curl --silent --fail --noproxy '*' --max-time 5 "$1") && grep --quiet "$2" <<<"$answer"; do
        ((SECONDS < deadline)) || fail "$1 does not say $2"
        sleep 1
    done
}

"$system" up
"$system" status >"$place/status" || fail "not everything runs: $(cat "$place/status")"
eval "$("$system" env)"
read -r -a ports <<<"$SEGUE_SYSTEM_PORTS"
"$programs/segue" sample --output "$place/raw" --slices 2 --playlists-per-slice 60 --tracks 2000 --quiet
"$programs/segue" run --input "$place/raw" --train-seconds 5 --quiet >&2
[[ $("$programs/segue" recommend --playlist 3 --k 5 --json | grep --count track_uri) == 5 ]] || fail "there are no recommendations"
says "http://127.0.0.1:${ports[6]}/ping" Healthy
says "http://127.0.0.1:${ports[4]}/metrics" '^segue_run_last_status{.*} 1$'
if grep --quiet '^prometheus: running' "$place/status"; then
    says "http://127.0.0.1:${ports[7]}/api/v1/query?query=sum(up)" '"5"'
fi
"$system" down
[[ ! -e $SEGUE_SYSTEM_DIR ]] || fail "$SEGUE_SYSTEM_DIR is still there"
if grep --quiet --fixed-strings --text "SEGUE_SYSTEM_PART=$SEGUE_SYSTEM_DIR" /proc/[0-9]*/environ 2>/dev/null; then
    fail "a process is left"
fi
say "all parts came up, worked together and went"
