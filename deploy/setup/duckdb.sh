#!/usr/bin/env bash
# Makes sure that DuckDB for Python is there, which tests compare answers with, and prints the Python that has it as the
# only line on stdout: 20 MB to download. Where it cannot be had the exit code is 1 if CI is set, and else 77.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=2.0.0
"$here/venv.sh" --named "duckdb-$version" "duckdb==$version" || {
    echo "duckdb: left out: see the message above" >&2
    [[ -n ${CI:-} ]] && exit 1
    exit 77
}
