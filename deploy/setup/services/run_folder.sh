# The folder in which the processes of one set have their files, and the ports that they get. Sourced by services.sh,
# system.sh and images.sh. `run` is the folder, `mark` the file in it that says whose it is; ports need neither.
# shellcheck shell=bash disable=SC2154

# One process at a time may change a set. The lock lies beside the folder because the end of the set removes the folder.
lock_run() {
    mkdir -p "$(dirname "$run")"
    exec 9>"$run.lock"
    flock --timeout 300 9 || fail "another process has been busy with $run for 5 minutes: look for a hanging ${0##*/}"
}

# A folder that somebody else made is never written to nor removed, whatever the environment says.
claim_run() {
    if [[ -e $run && ! -e $run/$mark && -n $(ls -A "$run") ]]; then
        fail "$run is in use for something else: choose a new folder"
    fi
    mkdir -p "$run"
    touch "$run/$mark"
}

is_claimed() { [[ -e $run/$mark ]]; }

# free_ports COUNT: prints so many ports of 127.0.0.1 that nobody has.
free_ports() {
    python3 - "$1" <<'END'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in sockets:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in sockets))
END
}
