#!/usr/bin/env bash
# Makes sure of a Python with these packages, in the cache, and prints its path: deploy/setup/venv.sh aiosmtpd==1.4.6
set -euo pipefail

cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
(($# > 0)) || {
    echo "usage: $0 PACKAGE==VERSION..." >&2
    exit 2
}
name=$(printf '%s\n' "$@" | sort | sha256sum | cut --characters=1-12)
folder=$cache/venvs/$name
mkdir -p "$cache/venvs"
exec 9>"$folder.lock"
flock --timeout 600 9
if [[ ! -e $folder/complete ]]; then
    rm -rf "$folder"
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
    printf '%s\n' "$@" >"$folder/complete"
fi
echo "$folder/bin/python"
