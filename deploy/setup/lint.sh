#!/usr/bin/env bash
# Every check that needs no test run. Tools that are not part of Rust are used if they are installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
LIBTORCH=$("$here/libtorch.sh")
export LIBTORCH

say() { echo "lint: $*" >&2; }

# optional TOOL COMMAND...
optional() {
    local tool=$1
    shift
    if command -v "$tool" >/dev/null; then
        say "$*"
        "$@"
    else
        say "skipped, $tool is not installed: $*"
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
optional shellcheck shellcheck --external-sources --source-path=SCRIPTDIR .ci/run deploy/setup/*.sh benches/*.sh
optional typos typos
optional cargo-deny cargo deny --offline check bans licenses sources
