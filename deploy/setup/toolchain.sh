#!/usr/bin/env bash
# Checks what a build needs before it spends minutes to find out, and says how to get what is missing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
required=$(sed --quiet 's/^rust-version = "\(.*\)"$/\1/p' "$root/Cargo.toml")
missing=0

complain() {
    echo "setup: $*" >&2
    missing=1
}

if command -v cargo >/dev/null && command -v rustc >/dev/null; then
    found=$(rustc --version | cut --delimiter=' ' --fields=2)
    if [[ $(printf '%s\n' "$required" "$found" | sort --version-sort | head --lines=1) != "$required" ]]; then
        complain "rustc is $found and $required or newer is needed: rustup update stable"
    fi
else
    complain "Rust $required or newer is missing: install it with rustup"
fi
command -v c++ >/dev/null || complain "a C++ compiler is missing (torch-sys is C++): apt-get install g++"
command -v python3 >/dev/null || complain "python3 is missing (it stages libtorch): apt-get install python3 python3-pip"
exit "$missing"
