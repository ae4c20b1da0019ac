#!/usr/bin/env bash
# Makes sure that the rivals of the benchmarks are installed, and prints the Python that has them as the only line on
# stdout. Everything else goes to stderr.
#
#   benches/venv.sh          rivals of the queries, in $SEGUE_CACHE/bench-venv: about 500 MB to download, 1 GB on disk
#   benches/venv.sh train    PyTorch, in $SEGUE_CACHE/bench-train-venv: about 2.5 GB to download, 6 GB on disk, since the
#                            package index has it with CUDA only
#
# $SEGUE_CACHE is ~/.cache/segue by default. The copy of the requirements in a folder appears last and whole: it marks an
# environment that has what it should have.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
case ${1-} in
'') name=bench-venv requirements=$here/requirements.txt size='about 500 MB' ;;
train) name=bench-train-venv requirements=$here/requirements-train.txt size='about 2.5 GB' ;;
*)
    echo "venv.sh: unknown argument $1: there is none, or train" >&2
    exit 2
    ;;
esac
venv=$cache/$name

say() { echo "bench-venv: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

is_complete() {
    cmp --silent "$requirements" "$venv/requirements.txt" && [[ -x $venv/bin/python ]]
}

install() {
    say "installing the rivals in $venv: $size to download (once)"
    rm -f "$venv/requirements.txt"
    python3 -m venv --clear "$venv" >&2 || fail "the environment could not be made: apt-get install python3-venv"
    "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --requirement "$requirements" >&2 ||
        fail "pip could not install $requirements: see pip's message above"
    cp "$requirements" "$venv/requirements.txt.new"
    mv "$venv/requirements.txt.new" "$venv/requirements.txt"
    say "ready: $venv"
}

command -v python3 >/dev/null || fail "python3 is missing: apt-get install python3 python3-venv"
if ! is_complete; then
    mkdir -p "$cache"
    exec 9>"$cache/$name.lock"
    flock 9
    is_complete || install
fi
echo "$venv/bin/python"
