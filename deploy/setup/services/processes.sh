# Daemons of one set of servers. Sourced by services.sh.
#
# Each runs in the foreground of a session of its own, with its process id in a file. An id counts only while that
# process has the run folder in its command line, so a left-over file can never lead to a stranger.
# shellcheck shell=bash disable=SC2154

daemons=(mariadb monitor osd radosgw)

# launch NAME GROUP COMMAND...
launch() {
    local name=$1 group=$2
    shift 2
    (run_from "$group" setsid "$@") </dev/null >"$run/log/$name.out" 2>&1 8>&- 9>&- &
    local pid=$!
    echo "$pid" >"$run/$name.pid"
    # Until the shell has become the command, its command line is not yet the one that `daemon_pid` looks for.
    while is_gone "$name" && kill -0 "$pid" 2>/dev/null; do
        sleep 0.02
    done
}

# Prints the process id of a daemon, or nothing if it does not run. A zombie has no command line and counts as gone.
daemon_pid() {
    local pid
    pid=$(cat "$run/$1.pid" 2>/dev/null) || return 0
    if tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep --quiet --fixed-strings "$run/"; then
        echo "$pid"
    fi
}

all_alive() {
    local name
    for name in "${daemons[@]}"; do
        [[ -n $(daemon_pid "$name") ]] || return 1
    done
}

# Nothing that they hold is worth an orderly end.
kill_all() {
    local name pid
    for name in "${daemons[@]}"; do
        pid=$(daemon_pid "$name")
        [[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null || true
    done
    for name in "${daemons[@]}"; do
        wait_until "$name is gone" 20 is_gone "$name"
    done
}

is_gone() { [[ -z $(daemon_pid "$1") ]]; }

# wait_until WHAT SECONDS COMMAND...
wait_until() {
    local what=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@"; do
        if ((SECONDS >= deadline)); then
            say "waited in vain until $what"
            return 1
        fi
        sleep 0.1
    done
}

# wait_for_daemon NAME COMMAND...: waits until the command succeeds, but no longer than the daemon lives.
wait_for_daemon() {
    local name=$1
    shift
    wait_until "$name answers" 60 succeeds_or_gone "$name" "$@"
    if is_gone "$name"; then
        say "$name has ended: see $run/log/$name.out"
        return 1
    fi
}

succeeds_or_gone() {
    local name=$1
    shift
    "$@" || is_gone "$name"
}

# A stranger that took the port first answers, too. The programs end when they cannot have their port.
port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
