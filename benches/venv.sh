#!/usr/bin/env bash
# Makes sure that the rivals of the benchmarks are installed, and prints the Python that has them as the only line on
# stdout. Everything else goes to stderr.
#
# They lie in $SEGUE_CACHE/bench-venv, by default ~/.cache/segue/bench-venv: about 500 MB to download, 1 GB on disk.
# The copy of requirements.txt in it appears last and whole: it marks an environment that has what it should have.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
venv=$cache/bench-venv

say() { echo "bench-venv: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

is_complete() {
    cmp --silent "$here/requirements.txt" "$venv/requirements.txt" && [[ -x $venv/bin/python ]]
}

install() {
    say "installing the rivals in $venv: about 500 MB to download (once)"
    rm -f "$venv/requirements.txt"
    python3 -m venv --clear "$venv" >&2 || fail "the environment could not be made: apt-get install python3-venv"
    "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --requirement "$here/requirements.txt" >&2 ||
        fail "pip could not install $here/requirements.txt: see pip's message above"
    cp "$here/requirements.txt" "$venv/requirements.txt.new"
    mv "$venv/requirements.txt.new" "$venv/requirements.txt"
    say "ready: $venv"
}

command -v python3 >/dev/null || fail "python3 is missing: apt-get install python3 python3-venv"
if ! is_complete; then
    mkdir -p "$cache"
    exec 9>"$cache/bench-venv.lock"
    flock 9
    is_complete || install
fi
echo "$venv/bin/python"
