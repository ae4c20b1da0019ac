#!/usr/bin/env bash
# Real servers for tests: an S3 (Ceph radosgw, in memory) and a MySQL (MariaDB), on free ports of 127.0.0.1.
#
#   services.sh install   gets the programs, unless they are installed: about 77 MB to download, 320 MB in the cache
#   services.sh start     starts the servers and waits until they answer (about 20 s); does nothing if they run
#   services.sh env       prints the variables that the tests look for: eval "$(deploy/setup/services.sh env)"
#   services.sh status    says what runs; exits 1 unless everything does
#   services.sh stop      ends the servers and removes their folder, data and all
#
# Everything of one set of servers lies in $SEGUE_SERVICES_DIR, by default ~/.cache/segue/services. Other folders make
# other sets, which do not see one another. Nothing here is meant for data that anyone wants to keep.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
run=${SEGUE_SERVICES_DIR:-$cache/services}
[[ $run == /* ]] || run=$PWD/$run
mark=.segue-services

# shellcheck source=services/packages.sh
source "$here/services/packages.sh"
# shellcheck source=services/run_folder.sh
source "$here/services/run_folder.sh"
# shellcheck source=services/processes.sh
source "$here/services/processes.sh"
# shellcheck source=services/mariadb.sh
source "$here/services/mariadb.sh"
# shellcheck source=services/radosgw.sh
source "$here/services/radosgw.sh"

say() { echo "services: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

remove_folder() {
    if is_claimed; then
        kill_all
        rm -rf "$run"
    fi
}

is_running() {
    [[ -s $run/env ]] && all_alive
}

# The two servers come up side by side. `env` appears last and whole: it marks a set that answers.
start_once() {
    local mariadb_port monitor_port s3_port mariadb_job radosgw_job failed=0
    read -r mariadb_port monitor_port s3_port < <(free_ports 3)
    start_mariadb "$mariadb_port" &
    mariadb_job=$!
    start_radosgw "$monitor_port" "$s3_port" &
    radosgw_job=$!
    # Both are waited for, so that a failed attempt leaves nothing that is still starting.
    wait "$mariadb_job" || failed=1
    wait "$radosgw_job" || failed=1
    ((failed == 0))
    all_alive
    {
        echo "export TEST_MYSQL_URL=mysql://root@127.0.0.1:$mariadb_port/"
        echo "export TEST_S3_ENDPOINT=http://127.0.0.1:$s3_port"
        cat "$run/s3.env"
    } >"$run/env.new"
    mv "$run/env.new" "$run/env"
}

start() {
    lock_run
    if is_running; then
        say "already running in $run"
        return
    fi
    install_packages
    # A signal is acted upon when the attempt under way is over.
    trap 'kill_all; exit 130' INT
    trap 'kill_all; exit 143' TERM
    local attempt status
    for attempt in 1 2 3; do
        remove_folder
        claim_run
        say "starting MariaDB and Ceph radosgw in $run (about 20 s)"
        # Not a condition of an `if`, which would switch off `set -e` within.
        set +e
        (
            set -e
            umask 077
            mkdir -p "$run/log"
            start_once
        )
        status=$?
        set -e
        if ((status == 0)); then
            say "ready after $SECONDS s"
            return
        fi
        say "attempt $attempt of 3 failed; the last lines of each log:"
        tail --lines=8 "$run"/log/*.out >&2 || true
    done
    kill_all
    fail "the servers did not start; their logs are in $run/log"
}

stop() {
    lock_run
    remove_folder
    rm -f "$run.lock"
}

status() {
    local name
    for name in "${daemons[@]}"; do
        if [[ -n $(daemon_pid "$name") ]]; then
            echo "$name: running, process $(daemon_pid "$name")"
        else
            echo "$name: not running"
        fi
    done
    is_running
}

case ${1:-} in
install) install_packages ;;
start) start ;;
env)
    is_running || fail "not running in $run: start them with $0 start"
    cat "$run/env"
    ;;
status) status ;;
stop) stop ;;
*) fail "usage: $0 install|start|env|status|stop" ;;
esac
