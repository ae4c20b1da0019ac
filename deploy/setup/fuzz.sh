#!/usr/bin/env bash
# Lets each target of fuzz/ look for inputs that fail, for FUZZ_SECONDS (60) each; with names as arguments, these targets only.
# What has been found to lead somewhere new is kept in fuzz/corpus, what fails in fuzz/artifacts.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
seconds=${FUZZ_SECONDS:-60}
version=0.13.1
tools=${SEGUE_CACHE:-$HOME/.cache/segue}/cargo-fuzz-$version

say() { echo "fuzz: $*" >&2; }

if ! rustup run nightly rustc --version >/dev/null 2>&1; then
    say "a nightly toolchain is missing: rustup toolchain install nightly --profile minimal"
    exit 1
fi
if [[ ! -x $tools/bin/cargo-fuzz ]]; then
    say "getting cargo-fuzz $version"
    env --unset=CARGO_TARGET_DIR cargo install cargo-fuzz --version "$version" --locked --quiet --root "$tools"
fi
PATH=$tools/bin:$PATH

# The versions of the workspace.
[[ -f fuzz/Cargo.lock ]] || cp Cargo.lock fuzz/Cargo.lock

# seed TARGET: the first inputs, one a file, from lines on stdin.
seed() {
    local folder=fuzz/corpus/$1
    if [[ -d $folder ]]; then
        # Whoever writes to a pipe that nobody reads fails.
        cat >/dev/null
        return
    fi
    mkdir --parents "$folder"
    split --lines=1 --suffix-length=5 - "$folder/seed-"
}
# Each line of the table of behaviours is a query or the expression of one.
grep --no-filename --invert-match '^--' --recursive crates/trino/tests/behaviours |
    sed --quiet 's/ =>.*//; s/^NAMES //; /^\(SELECT\|WITH\|VALUES\|TABLE\) /{p;d}; /./s/^/SELECT /p' | seed trino_query
sed --quiet 's/^ *\(check\|fails\)("\(.*\)", .*/\2/p' crates/trino/src/types/parse.rs | seed trino_type
sed --quiet 's/^ *r#"\(.*\)"#,$/\1/p' crates/athena/tests/it/mutations.rs | seed athena_request

if [[ $# -gt 0 ]]; then
    targets=("$@")
else
    mapfile -t targets < <(cargo +nightly fuzz list)
fi
# There is no unsafe code to sanitize, and a sanitizer's stack frames are too large for the depth that queries may have.
for target in "${targets[@]}"; do
    say "$target, $seconds s"
    cargo +nightly fuzz run --sanitizer none "$target" -- -max_total_time="$seconds" -timeout=20 -max_len=2048
done
say "nothing was found"
