#!/usr/bin/env bash
# Makes sure that the clients of the endpoint that its tests use are installed, and prints the Python that has them as
# the only line on stdout. Everything else goes to stderr.
#
# They lie in $SEGUE_CACHE/athena-venv, by default ~/.cache/segue/athena-venv, about 600 MB.
# The copy of requirements.txt in it appears last and whole: it marks an environment that has what it should have.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
venv=$cache/athena-venv

say() { echo "athena-venv: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

is_complete() {
    cmp --silent "$here/requirements.txt" "$venv/requirements.txt" && [[ -x $venv/bin/python ]]
}

install() {
    say "installing the clients in $venv (once)"
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
    exec 9>"$cache/athena-venv.lock"
    flock 9
    is_complete || install
fi
echo "$venv/bin/python"
