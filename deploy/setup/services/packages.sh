# Where the servers' programs come from. Sourced by services.sh.
#
# If the host has them, those are used. Otherwise their Debian packages are unpacked, not installed, into the cache:
# that needs no root, starts no system daemon, changes nothing else, and removing the folder undoes it. apt leaves out
# what the host has already, so such a folder belongs to its host; when it does not fit any more, it is made anew.
# shellcheck shell=bash disable=SC2154

# What the test servers need; alerts.sh asks for its own, images.sh for podman.
groups=(mariadb ceph)
declare -A packages_of=(
    [mariadb]="mariadb-server-core mariadb-client-core"
    [ceph]="radosgw ceph-mon ceph-osd ceph-common"
    [prometheus]="prometheus"
    [alertmanager]="prometheus-alertmanager"
    [podman]="podman runc conmon catatonit debootstrap"
)
declare -A programs_of=(
    [mariadb]="mariadbd mariadb-install-db my_print_defaults resolveip"
    [ceph]="ceph-mon ceph-osd radosgw radosgw-admin monmaptool"
    [prometheus]="promtool prometheus"
    [alertmanager]="amtool prometheus-alertmanager"
    [podman]="podman runc conmon debootstrap"
)
# The programs that say their version: one that does finds all its libraries.
declare -A daemons_of=(
    [mariadb]="mariadbd"
    [ceph]="ceph-mon ceph-osd radosgw radosgw-admin"
    [prometheus]="promtool"
    [alertmanager]="amtool"
    [podman]="podman"
)
# Set by `find_programs`: the folders above bin and sbin, and those with the libraries.
declare -A usr libraries

# run_from GROUP COMMAND...: becomes the command, with the group's programs and libraries in reach.
run_from() {
    local folder=${usr[$1]} library=${libraries[$1]}
    shift
    if [[ $folder != /usr ]]; then
        export LD_LIBRARY_PATH=$library:$library/ceph:${folder%/usr}/lib/${library##*/}
    fi
    PATH=$folder/bin:$folder/sbin:$PATH
    exec "$@"
}

# install_packages [GROUP...]: of all test servers, or of these groups.
install_packages() {
    local group wanted=("${groups[@]}")
    (($# == 0)) || wanted=("$@")
    mkdir -p "$cache/packages"
    exec 8>"$cache/packages/lock"
    flock 8
    for group in "${wanted[@]}"; do
        find_programs "$group" /usr || find_programs "$group" "$cache/packages/$group/usr" || unpack_packages "$group"
    done
    exec 8>&-
}

# find_programs GROUP FOLDER
find_programs() {
    local program
    for program in ${programs_of[$1]}; do
        [[ -x $2/bin/$program || -x $2/sbin/$program ]] || return 1
    done
    usr[$1]=$2
    libraries[$1]=$(compgen -G "$2/lib/*-linux-gnu" | head --lines=1)
    for program in ${daemons_of[$1]}; do
        (run_from "$1" "$program" --version) >/dev/null 2>&1 || return 1
    done
}

# unpack_packages GROUP: with package lists and archives of our own, so that neither root nor a fresh host is needed.
unpack_packages() {
    local group=$1 archive
    command -v apt-get >/dev/null || fail \
        "the test servers and promtool come from Debian packages and apt-get is missing here:" \
        "set TEST_MYSQL_URL, TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY_ID and TEST_S3_SECRET_ACCESS_KEY to servers of yours"
    say "getting $group from Debian packages (once, up to 85 MB)"
    work=$(mktemp --directory "$cache/packages/unpacking.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/root"
    local options=(
        --option "Dir::State::lists=$work/lists"
        --option "Dir::Cache=$work"
        --option "Dir::Cache::archives=$work/archives"
        --option Debug::NoLocking=true
        --option APT::Sandbox::User=
        --quiet=2
    )
    apt-get "${options[@]}" update >&2 || fail "apt-get could not read the package lists: see its message above"
    # shellcheck disable=SC2086  # a list of words
    apt-get "${options[@]}" install --yes --download-only --no-install-recommends ${packages_of[$group]} >&2 ||
        fail "apt-get could not get ${packages_of[$group]}: Debian 12 has them, another release may lack or rename them"
    for archive in "$work"/archives/*.deb; do
        dpkg --extract "$archive" "$work/root"
    done
    rm -rf "$cache/packages/$group"
    mv "$work/root" "$cache/packages/$group"
    rm -rf "$work"
    trap - EXIT
    find_programs "$group" "$cache/packages/$group/usr" ||
        fail "the programs of $group in $cache/packages/$group do not run here: start one by hand to see why"
}
