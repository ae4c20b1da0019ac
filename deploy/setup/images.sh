#!/usr/bin/env bash
# Tries the images without a registry: makes their base from Debian packages, builds the stages of the Containerfile
# that become images from programs that are built already, and runs them as Kubernetes does.
#
#   deploy/setup/images.sh target/debug $LIBTORCH
#
# It needs root and podman; where there is none, podman's Debian packages are unpacked into the cache. The stage that
# compiles is left out, since its base (rust:1.95-bookworm) comes from a registry only. Everything lies in
# $SEGUE_CACHE/images, about 2 GB.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
(($# == 2)) || {
    echo "usage: $0 PROGRAMS LIBTORCH" >&2
    exit 2
}
programs=$1 libtorch=$2
place=$cache/images
base=docker.io/library/debian:12.12-slim

say() { echo "images: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# shellcheck source=services/packages.sh
source "$here/services/packages.sh"
# shellcheck source=services/run_folder.sh
source "$here/services/run_folder.sh"
install_packages podman
mkdir -p "$place"
exec 9>"$place/lock"
flock --timeout 900 9 || fail "another process has been busy with $place for 15 minutes"
containers=()
trap '((${#containers[@]} == 0)) || podman rm --force --time 2 "${containers[@]}" >/dev/null 2>&1' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# podman with its settings, store and scratch space below the cache, and nothing of the host's. Containers share the
# network of the host, as there may be no right to make another one.
podman() {
    (
        export HOME=$place/home TMPDIR=$place/tmp CONTAINERS_CONF=$place/containers.conf
        export CONTAINERS_STORAGE_CONF=$place/storage.conf CONTAINERS_REGISTRIES_CONF=$place/registries.conf
        # shellcheck disable=SC2154  # set by packages.sh
        run_from podman podman "$@" 9>&-
    )
}

settle_podman() {
    local usr_of=${usr[podman]}
    mkdir -p "$place"/{home/.config/containers,tmp,run,store}
    echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$place/home/.config/containers/policy.json"
    echo 'unqualified-search-registries=[]' >"$place/registries.conf"
    printf '[storage]\ndriver = "overlay"\nrunroot = "%s/run"\ngraphroot = "%s/store"\n' "$place" "$place" \
        >"$place/storage.conf"
    cat >"$place/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
init_path = "$usr_of/bin/catatonit"
log_driver = "k8s-file"
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["$usr_of/bin/conmon"]
helper_binaries_dir = ["$usr_of/lib/podman", "$usr_of/libexec/podman", "$usr_of/bin"]
[engine.runtimes]
runc = ["$usr_of/sbin/runc"]
END
}

# The base under the name that the Containerfile gives it.
provide_base() {
    if podman image exists "$base"; then
        return
    fi
    say "making $base from Debian packages (about a minute)"
    rm -rf "$place/debian"
    (
        export DEBOOTSTRAP_DIR=${usr[podman]}/share/debootstrap
        run_from podman debootstrap --variant=minbase --include=ca-certificates bookworm "$place/debian"
    ) >"$place/debootstrap.log" 2>&1 || fail "debootstrap failed: see $place/debootstrap.log"
    tar --directory "$place/debian" --create . | podman import --quiet - "$base" >&2
    rm -rf "$place/debian"
}

# What the stage `build` of the Containerfile leaves, from programs that are there.
gather() {
    local name
    rm -rf "$place/built"
    mkdir -p "$place"/{built/out/bin,built/out/lib,empty}
    for name in segue segue-scheduler segue-executor segue-model; do
        strip --strip-debug -o "$place/built/out/bin/$name" "$programs/$name"
    done
    cp --dereference "$libtorch"/lib/*.so* "$place/built/out/lib/"
}

# As Kubernetes runs them: not root, nothing to write to but a scratch folder, no capabilities.
guards=(--user 65532:65532 --read-only --read-only-tmpfs=false --cap-drop all --security-opt no-new-privileges)

build() {
    local role=$1
    say "building segue-$role"
    podman build --quiet --pull=never --network host --build-arg DEBIAN_SNAPSHOT= --timestamp 0 --file "$here/../images/Containerfile" --target "$role" \
        --build-context "build=$place/built" --tag "localhost/segue-$role:try" "$place/empty" >"$place/$role.id"
    say "segue-$role: $(podman image inspect --format '{{.Size}}' "localhost/segue-$role:try") bytes"
}

# start NAME IMAGE ARGUMENTS...
start() {
    local name=segue-try-$1-$$ image=$2
    shift 2
    containers+=("$name")
    podman run --detach --name "$name" "${guards[@]}" --tmpfs /scratch:rw,mode=1777 "localhost/$image:try" "$@" >/dev/null
}

# answers URL
answers() {
    local deadline=$((SECONDS + 60))
    until curl --silent --fail --noproxy '*' --max-time 2 --output /dev/null "$1"; do
        ((SECONDS < deadline)) || {
            local name
            for name in "${containers[@]}"; do podman logs --tail 5 "$name" >&2 || true; done
            fail "$1 does not answer"
        }
        sleep 0.3
    done
}

# A query goes from one image to the two others, and both end in order when they are told to.
try() {
    local grpc scheduler executor flight tasks name
    read -r grpc scheduler executor flight tasks < <(free_ports 5)
    start scheduler segue-scheduler --bind-port "$grpc" --admin-port "$scheduler"
    answers "http://127.0.0.1:$scheduler/readyz"
    start executor segue-executor --scheduler-host 127.0.0.1 --scheduler-port "$grpc" --admin-port "$executor" \
        --flight-port "$flight" --grpc-port "$tasks" --work-dir /scratch --vcores 1
    answers "http://127.0.0.1:$executor/readyz"
    local answer
    answer=$(podman run --rm "${guards[@]}" --tmpfs /scratch:rw,mode=1777 localhost/segue-nightly:try \
        sql --lake /scratch/lake --scheduler "df://127.0.0.1:$grpc" --format csv 'SELECT 6 * 7 AS answer')
    [[ $answer == *42* ]] || fail "the query was answered with: $answer"
    podman run --rm "${guards[@]}" --entrypoint segue-model localhost/segue-nightly:try version >&2
    podman run --rm "${guards[@]}" localhost/segue-model:try version >&2
    # The contract of SageMaker: the image is called with `train` or `serve`.
    answer=$(podman run --rm "${guards[@]}" localhost/segue-sagemaker:try serve --help)
    [[ $answer == *"/opt/ml"* ]] || fail "the image for SageMaker answers: $answer"
    for name in "segue-try-executor-$$" "segue-try-scheduler-$$"; do
        podman stop --time 30 "$name" >/dev/null
        [[ $(podman inspect --format '{{.State.ExitCode}}' "$name") == 0 ]] || fail "$name did not end in order"
    done
}

settle_podman
provide_base
gather
for role in scheduler executor nightly model sagemaker; do
    build "$role"
done
try
say "all images were built, answered without rights, and ended in order"
