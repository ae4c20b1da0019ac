#!/usr/bin/env bash
# Runs all tests against real servers, and ends the servers afterwards whatever happens. Arguments go to the test
# runner: deploy/setup/test.sh --package store
#
# With TEST_MYSQL_URL and TEST_S3_ENDPOINT set, those servers are used and none is started.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
cd "$here/../.."

say() { echo "test: $*" >&2; }

# Sets of servers whose test.sh was killed before it could end them.
end_orphans() {
    local folder
    for folder in "$cache"/services-of-*; do
        [[ -d $folder && ! -e /proc/${folder##*-} ]] || continue
        say "ending the servers that process ${folder##*-} left behind"
        SEGUE_SERVICES_DIR=$folder "$here/services.sh" stop
    done
}

start_services() {
    end_orphans
    export SEGUE_SERVICES_DIR=$cache/services-of-$$
    trap '"$here/services.sh" stop' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    "$here/services.sh" start
    local variables
    variables=$("$here/services.sh" env)
    eval "$variables"
}

# Some tests run the programs as processes, so those are built with the tests.
build() {
    say "building programs and tests (from nothing this takes about 20 minutes on 2 cores)"
    cargo build --workspace --bins --tests
}

run_tests() {
    local profile=default
    if ! cargo nextest --version >/dev/null 2>&1; then
        say "cargo-nextest is not installed: using cargo test"
        cargo test --workspace "$@"
        return
    fi
    if [[ -n ${CI:-} ]]; then
        profile=ci
    fi
    if (($# == 0)); then
        cargo test --workspace --doc
    fi
    cargo nextest run --workspace --profile "$profile" "$@"
}

"$here/toolchain.sh"
if (($# == 0)); then
    say "trying the alert rules"
    "$here/alerts.sh"
fi
LIBTORCH=$("$here/libtorch.sh")
export LIBTORCH
if [[ -n ${TEST_MYSQL_URL:-} && -n ${TEST_S3_ENDPOINT:-} ]]; then
    say "using the servers of TEST_MYSQL_URL and TEST_S3_ENDPOINT"
    build
else
    "$here/services.sh" install
    build
    start_services
fi
if (($# == 0)); then
    # With the programs, so that a flag or variable that is renamed must be renamed there, too.
    say "checking manifests"
    "$here/manifests.sh" "${SEGUE_PROGRAMS:-${CARGO_TARGET_DIR:-$PWD/target}/debug}"
fi
run_tests "$@"
if (($# == 0)) && cargo nextest --version >/dev/null 2>&1; then
    say "trying mail on a server of others"
    "$here/mail.sh"
fi
