#!/usr/bin/env bash
# Makes sure that libtorch is there, and prints its path as the only line on stdout. Everything else goes to stderr.
#
#   export LIBTORCH="$(deploy/setup/libtorch.sh)"
#
# Looked for in this order:
#   1. $LIBTORCH, if set: checked, never changed.
#   2. $SEGUE_CACHE/libtorch-2.13.0, by default ~/.cache/segue/libtorch-2.13.0.
#   3. Staged there from the wheels in libtorch-wheels.txt: about 540 MB to download, 490 MB on disk afterwards.
#      Only the CPU half is kept; the wheel's libtorch_cpu.so asks for two small CUDA libraries even so.
#
# tch 0.26 and libtorch 2.13.0 belong together: change both or neither.
set -euo pipefail

version=2.13.0
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
target=$cache/libtorch-$version

say() { echo "libtorch: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# A tree appears under its name only by a rename, once it is whole; the check guards against hands that came later.
is_complete() {
    local library
    for library in libtorch.so libtorch_cpu.so libc10.so libgomp.so.1 libcudart.so.13 libcupti.so.13; do
        [[ -s $1/lib/$library ]] || return 1
    done
    [[ -s $1/include/torch/csrc/api/include/torch/torch.h && $(cat "$1/build-version" 2>/dev/null) == "$version" ]]
}

# A libtorch of the user's own may have another layout (CUDA, static, a distribution's package).
accept_given() {
    [[ -e $LIBTORCH/lib/libtorch_cpu.so || -e $LIBTORCH/lib/libtorch_cpu.dylib ]] || fail \
        "\$LIBTORCH is $LIBTORCH, but lib/libtorch_cpu.so is not in it: point it at a libtorch $version, or unset it"
    local found
    found=$(cut -d+ -f1 "$LIBTORCH/build-version" 2>/dev/null || true)
    if [[ -n $found && $found != "$version" ]]; then
        say "warning: \$LIBTORCH is libtorch $found and tch 0.26 wants $version: expect its build to refuse"
    fi
    echo "$LIBTORCH"
}

check_requirements() {
    [[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] || fail \
        "staging from wheels is done on Linux x86_64 only, this is $(uname -s) $(uname -m):" \
        "install libtorch $version yourself and set LIBTORCH to its folder"
    command -v python3 >/dev/null || fail "python3 is missing: apt-get install python3 python3-pip"
    python3 -m pip --version >/dev/null 2>&1 || fail \
        "pip is missing: apt-get install python3-pip (or activate a virtual environment that has it)"
}

# The wheels are read for their files, not installed, so those of one fixed Python version do on every host and their
# hashes can be pinned. `pip download` touches no Python environment: an externally managed one is no obstacle.
download_wheels() {
    python3 -m pip download --require-hashes --requirement "$here/libtorch-wheels.txt" --dest "$1" \
        --no-deps --no-cache-dir --only-binary=:all: --implementation cp --python-version 3.12 --abi cp312 \
        --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64 >&2 ||
        fail "pip could not download the wheels in $here/libtorch-wheels.txt: see pip's message above"
}

stage() {
    check_requirements
    work=$(mktemp --directory "$cache/libtorch-staging.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    say "$target is not there yet: downloading three wheels, about 540 MB (once)"
    TMPDIR=$work download_wheels "$work/wheels"
    say "unpacking the CPU part, about 490 MB"
    python3 "$here/libtorch_stage.py" "$version" "$work/tree" "$work"/wheels/*.whl
    is_complete "$work/tree" || fail "the staged tree in $work/tree lacks files: were the wheels changed?"
    rm -rf "$target"
    mv "$work/tree" "$target"
    say "ready: $target"
}

if [[ -n ${LIBTORCH:-} ]]; then
    accept_given
    exit
fi
if ! is_complete "$target"; then
    mkdir -p "$cache"
    exec 9>"$cache/libtorch.lock"
    flock --nonblock 9 || {
        say "waiting for another process that stages it"
        flock --timeout 1800 9 || fail "another process has been staging it for 30 minutes: look for a hanging pip"
    }
    # Whoever was killed while it staged has left a folder that nobody will use.
    find "$cache" -mindepth 1 -maxdepth 1 -name 'libtorch-staging.*' -exec rm -rf {} +
    is_complete "$target" || stage
fi
echo "$target"
