# MariaDB as the MySQL server: user root without a password, on 127.0.0.1 only. Sourced by services.sh.
# shellcheck shell=bash disable=SC2154

# start_mariadb PORT
start_mariadb() {
    local as_user=()
    if ((EUID == 0)); then
        as_user=(--user=root)
    fi
    (run_from mariadb mariadb-install-db --no-defaults --basedir="${usr[mariadb]}" --datadir="$run/mariadb" \
        --auth-root-authentication-method=normal --skip-test-db "${as_user[@]}") >"$run/log/mariadb-install-db.out" 2>&1
    # The socket's path is relative to the data: a long run folder would pass the 107 bytes that a socket may have.
    launch mariadb mariadb mariadbd --no-defaults --basedir="${usr[mariadb]}" --datadir="$run/mariadb" --socket=mariadb.sock \
        --pid-file="$run/mariadb/mariadb.pid" --bind-address=127.0.0.1 --port="$1" --local-infile=1 "${as_user[@]}"
    wait_for_daemon mariadb grep --quiet 'ready for connections' "$run/log/mariadb.out"
}
