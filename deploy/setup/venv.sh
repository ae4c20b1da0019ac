#!/usr/bin/env bash
# Makes sure of a Python with these packages, in the cache, and prints its path as the only line on stdout. Everything
# else goes to stderr.
#
#   venv.sh PACKAGE==VERSION...                 in $SEGUE_CACHE/venvs, one for each set of packages
#   venv.sh --named NAME PACKAGE==VERSION...    in $SEGUE_CACHE/NAME, where the next set takes the place of the last
#   venv.sh --named NAME --requirement FILE     the same, with the packages of a file
#
# $SEGUE_CACHE is ~/.cache/segue by default. The list of packages in a folder appears last and whole: it marks an
# environment that has what it should have.
set -euo pipefail

cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}

say() { echo "venv: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

name=
if [[ ${1-} == --named && -n ${2-} ]]; then
    name=$2
    shift 2
fi
if [[ ${1-} == --requirement && -n $name && $# == 2 ]]; then
    wanted=$(cat "$2")
elif (($# > 0)) && [[ $1 != -* ]]; then
    wanted=$(printf '%s\n' "$@" | sort)
else
    echo "usage: $0 [--named NAME] PACKAGE==VERSION... | --named NAME --requirement FILE" >&2
    exit 2
fi
folder=$cache/${name:-venvs/$(sha256sum <<<"$wanted" | cut --characters=1-12)}

is_complete() {
    [[ -x $folder/bin/python && $(cat "$folder/requirements.txt" 2>/dev/null) == "$wanted" ]]
}

install() {
    say "installing in $folder (once): $(tr '\n' ' ' <<<"$wanted")"
    rm -f "$folder/requirements.txt"
    python3 -m venv --clear "$folder" >&2 || fail "the environment could not be made: apt-get install python3-venv"
    "$folder/bin/python" -m pip install --disable-pip-version-check --quiet \
        --requirement /dev/stdin <<<"$wanted" >&2 || fail "pip could not install it: see pip's message above"
    printf '%s\n' "$wanted" >"$folder/requirements.txt.new"
    mv "$folder/requirements.txt.new" "$folder/requirements.txt"
}

command -v python3 >/dev/null || fail "python3 is missing: apt-get install python3 python3-venv"
if ! is_complete; then
    mkdir -p "$(dirname "$folder")"
    exec 9>"$folder.lock"
    flock --timeout 900 9 || fail "another process has been busy with $folder for 15 minutes"
    is_complete || install
fi
echo "$folder/bin/python"
