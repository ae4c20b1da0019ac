#!/usr/bin/env bash
# Builds the images of all roles, with podman or docker. Used by `make images`.
#
#   deploy/setup/build_images.sh [ROLE...]
#
# REGISTRY=ghcr.io/music/ puts an address before the names, VERSION another tag behind them. LIBTORCH_CUDA names an
# unpacked libtorch with CUDA, and model-cuda is built, too. Layers have the time of the last commit, so that two builds
# of it do not differ by when they were made.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
say() { echo "images: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

version=${VERSION:-$(awk -F '"' '/^version = / { print $2; exit }' Cargo.toml)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
roles=("$@")
if ((${#roles[@]} == 0)); then
    roles=(scheduler executor nightly model sagemaker)
    [[ -z ${LIBTORCH_CUDA:-} ]] || roles+=(model-cuda)
fi
if command -v podman >/dev/null; then
    builder=(podman build --timestamp "$SOURCE_DATE_EPOCH")
elif command -v docker >/dev/null; then
    builder=(docker buildx build --load --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH")
else
    fail "neither podman nor docker is here: apt-get install podman. deploy/setup/images.sh tries the images without a registry"
fi
for role in "${roles[@]}"; do
    name=${REGISTRY:-}segue-$role:$version
    contexts=()
    if [[ $role == model-cuda ]]; then
        [[ -e ${LIBTORCH_CUDA:-}/lib/libtorch_cuda.so ]] ||
            fail "model-cuda needs LIBTORCH_CUDA, the folder of an unpacked libtorch 2.13.0 with CUDA"
        contexts=(--build-context "libtorch-cuda=$LIBTORCH_CUDA")
    fi
    say "building $name"
    "${builder[@]}" --file deploy/images/Containerfile --target "$role" --tag "$name" "${contexts[@]}" .
done
