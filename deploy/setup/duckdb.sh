#!/usr/bin/env bash
# Makes sure that DuckDB for Python is there, which tests compare answers with, and prints the Python that has it as the
# only line on stdout. Where it cannot be had the exit code is 1 if CI is set, and else 77. It lies in $SEGUE_CACHE/duckdb-<version>, by default below ~/.cache/segue: 20 MB to download.
set -euo pipefail

version=2.0.0
venv=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}/duckdb-$version

fail() {
    echo "duckdb: left out: $*" >&2
    [[ -n ${CI:-} ]] && exit 1
    exit 77
}

if [[ ! -e $venv/complete ]]; then
    mkdir -p "$(dirname "$venv")"
    exec 9>"$venv.lock"
    flock 9
    if [[ ! -e $venv/complete ]]; then
        echo "duckdb: installing it in $venv (once)" >&2
        python3 -m venv --clear "$venv" >&2 || fail 'python3 with venv is missing: apt-get install python3-venv'
        "$venv/bin/python" -m pip install --disable-pip-version-check --quiet "duckdb==$version" >&2 ||
            fail 'pip could not install it: see the message above'
        touch "$venv/complete"
    fi
fi
echo "$venv/bin/python"
