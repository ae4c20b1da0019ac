#!/usr/bin/env bash
# The whole system as plain processes of this machine: S3 (Ceph radosgw, in memory), MariaDB, a scheduler with the Athena
# endpoint, two executors, the inference server, `segue watch`, and Prometheus where it is installed.
#
#   system.sh up       starts all and waits until each is ready, the inference server aside, which answers when the first
#                      run has made a model; does nothing for those that run
#   system.sh status   says what runs and where; exits 1 unless everything does
#   system.sh env      prints the variables for `segue`: eval "$(deploy/setup/system.sh env)"
#   system.sh down     ends all, in order, and removes the folder with logs and data
#
# Everything lies in $SEGUE_SYSTEM_DIR, by default ~/.cache/segue/system: process ids, logs/NAME.log, the env file. The
# S3 server holds its data in memory, so `down` is the end of it. Ports are 50050 (scheduler), 50054 (its admin port),
# 50053 and 50056 (of the executors), 50055 (of the watch), 9100 (Athena endpoint), 8080 (inference) and 9090
# (Prometheus), all on 127.0.0.1; SEGUE_PORTS=free takes free ones. Those of S3 and MariaDB are always free ones.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
run=${SEGUE_SYSTEM_DIR:-$cache/system}
[[ $run == /* ]] || run=$PWD/$run
mark=.segue-system
programs=${SEGUE_PROGRAMS:-${CARGO_TARGET_DIR:-$root/target}/debug}
export SEGUE_SERVICES_DIR=$run/services
# In the order in which they start; they end the other way round.
parts=(scheduler executor-1 executor-2 inference watch prometheus)

say() { echo "system: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# shellcheck source=services/run_folder.sh
source "$here/services/run_folder.sh"

# The id of a part, or nothing if it does not run. An id counts only while that process was started for this folder.
pid_of() {
    local pid
    pid=$(cat "$run/$1.pid" 2>/dev/null) || return 0
    if grep --null-data --quiet --fixed-strings --line-regexp "SEGUE_SYSTEM_PART=$run/$1" "/proc/$pid/environ" 2>/dev/null; then
        echo "$pid"
    fi
}

# The ids of all processes of a part: the trainer of a run is one of its own.
processes_of() {
    grep --null-data --files-with-matches --fixed-strings --line-regexp "SEGUE_SYSTEM_PART=$run/$1" \
        /proc/[0-9]*/environ 2>/dev/null | cut --delimiter=/ --fields=3 || true
}

# launch NAME COMMAND...
launch() {
    local name=$1
    shift
    [[ -z $(pid_of "$name") ]] || return 0
    say "starting $name"
    SEGUE_SYSTEM_PART=$run/$name setsid "$@" </dev/null >>"$run/logs/$name.log" 2>&1 9>&- &
    echo "$!" >"$run/$name.pid"
}

# ready NAME URL: waits until the part answers there with 200, but no longer than it lives.
ready() {
    local name=$1 url=$2 deadline=$((SECONDS + 120))
    until curl --silent --fail --noproxy '*' --max-time 2 --output /dev/null "$url"; do
        kill -0 "$(cat "$run/$name.pid")" 2>/dev/null || {
            tail --lines=5 "$run/logs/$name.log" >&2
            fail "$name has ended: see $run/logs/$name.log"
        }
        ((SECONDS < deadline)) || fail "$name is not ready after 120 s: see $run/logs/$name.log"
        sleep 0.2
    done
}

choose_ports() {
    if [[ ${SEGUE_PORTS:-fixed} == free ]]; then
        free_ports 8
    else
        echo 50050 50054 50053 50056 50055 9100 8080 9090
    fi
}

write_env() {
    local ports
    read -r -a ports < <(choose_ports)
    (
        eval "$("$here/services.sh" env)"
        umask 077
        cat >"$run/env.new" <<END
export AWS_ACCESS_KEY_ID=$TEST_S3_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY=$TEST_S3_SECRET_ACCESS_KEY AWS_REGION=$TEST_S3_REGION
export AWS_ENDPOINT_URL=$TEST_S3_ENDPOINT AWS_ALLOW_HTTP=true
export SEGUE_DATABASE=${TEST_MYSQL_URL}segue
export SEGUE_LAKE=s3://$TEST_S3_BUCKET/lake SEGUE_INPUT=\${SEGUE_INPUT:-s3://$TEST_S3_BUCKET/raw/}
export SEGUE_SCHEDULER=df://127.0.0.1:${ports[0]}
export SEGUE_SYSTEM_PORTS="${ports[*]}"
END
    )
    mv "$run/env.new" "$run/env"
}

start_parts() {
    local ports
    read -r -a ports <<<"$SEGUE_SYSTEM_PORTS"
    launch scheduler env -u SEGUE_SCHEDULER "$programs/segue-scheduler" --bind-port "${ports[0]}" --admin-port "${ports[1]}" \
        --athena-bind "127.0.0.1:${ports[5]}" --athena-output "${SEGUE_LAKE%/lake}/results/"
    ready scheduler "http://127.0.0.1:${ports[1]}/readyz"
    local number
    for number in 1 2; do
        launch "executor-$number" "$programs/segue-executor" --scheduler-port "${ports[0]}" --vcores 1 \
            --admin-port "${ports[1 + number]}" --work-dir "$run/work-$number"
    done
    for number in 1 2; do
        ready "executor-$number" "http://127.0.0.1:${ports[1 + number]}/readyz"
    done
    # It ends while there is no model, which the first run makes.
    # shellcheck disable=SC2016  # the inner shell expands it
    launch inference bash -c 'until "$@"; do sleep 5; done' inference \
        "$programs/segue-model" serve --address "127.0.0.1:${ports[6]}"
    launch watch "$programs/segue" watch --poll-minutes 1 --settle-seconds "${SEGUE_SETTLE_SECONDS:-20}" \
        --admin-bind "127.0.0.1:${ports[4]}" --bad-input "${SEGUE_BAD_INPUT:-quarantine}" --log info
    ready watch "http://127.0.0.1:${ports[4]}/readyz"
    start_prometheus "${ports[@]}"
}

start_prometheus() {
    local program=$cache/packages/prometheus/usr/bin/prometheus
    [[ -x $program ]] || program=$(command -v prometheus) || {
        say "Prometheus is not installed: left out"
        return 0
    }
    cp "$root/deploy/monitoring/rules.yaml" "$run/rules.yaml"
    cat >"$run/prometheus.yaml" <<END
global: {scrape_interval: 5s, evaluation_interval: 5s}
rule_files: [rules.yaml]
scrape_configs:
  - {job_name: segue-scheduler, static_configs: [{targets: ["127.0.0.1:$2"]}]}
  - {job_name: segue-executor, static_configs: [{targets: ["127.0.0.1:$3", "127.0.0.1:$4"]}]}
  - {job_name: segue-watch, static_configs: [{targets: ["127.0.0.1:$5"]}]}
  - {job_name: segue-model, static_configs: [{targets: ["127.0.0.1:$7"]}]}
END
    launch prometheus "$program" --config.file "$run/prometheus.yaml" --storage.tsdb.path "$run/prometheus" \
        --web.listen-address "127.0.0.1:$8"
    ready prometheus "http://127.0.0.1:$8/-/ready"
}

up() {
    lock_run
    local name
    for name in segue segue-scheduler segue-executor segue-model; do
        [[ -x $programs/$name ]] || fail "$programs/$name is missing: run \`make build\` first"
    done
    claim_run
    mkdir -p "$run/logs"
    "$here/services.sh" start 9>&-
    # The addresses stay as long as the servers that they name.
    local s3
    s3=$("$here/services.sh" env | grep TEST_S3_ENDPOINT | cut --delimiter== --fields=2)
    grep --quiet --fixed-strings "$s3" "$run/env" 2>/dev/null || write_env
    # shellcheck disable=SC1091
    source "$run/env"
    start_parts
    say "all is up; addresses: $0 status; for segue: eval \"\$($0 env)\""
}

down() {
    lock_run
    is_claimed || {
        rm -f "$run.lock"
        return 0
    }
    local index name
    local -a pids
    for ((index = ${#parts[@]} - 1; index >= 0; index--)); do
        name=${parts[index]}
        mapfile -t pids < <(processes_of "$name")
        ((${#pids[@]} > 0)) || continue
        say "ending $name"
        kill -TERM "${pids[@]}" 2>/dev/null || true
        local deadline=$((SECONDS + 20))
        while mapfile -t pids < <(processes_of "$name") && ((${#pids[@]} > 0)); do
            ((SECONDS < deadline)) || kill -KILL "${pids[@]}" 2>/dev/null || true
            sleep 0.1
        done
    done
    "$here/services.sh" stop 9>&-
    rm -rf "$run"
    rm -f "$run.lock"
}

status() {
    local name missing=0 pid
    for name in "${parts[@]}"; do
        pid=$(pid_of "$name")
        if [[ -n $pid ]]; then
            echo "$name: running, process $pid, $run/logs/$name.log"
        else
            echo "$name: not running"
            missing=1
        fi
    done
    if [[ -e $run/env ]]; then
        local ports
        read -r -a ports < <(sed --quiet 's/^export SEGUE_SYSTEM_PORTS="\(.*\)"$/\1/p' "$run/env")
        echo "scheduler df://127.0.0.1:${ports[0]}  Athena http://127.0.0.1:${ports[5]}  inference http://127.0.0.1:${ports[6]}" \
            " Prometheus http://127.0.0.1:${ports[7]}"
    fi
    "$here/services.sh" status || missing=1
    ((missing == 0))
}

case ${1:-} in
up) up ;;
down) down ;;
status) status ;;
env) cat "$run/env" 2>/dev/null || fail "not running in $run: start it with $0 up" ;;
*) fail "usage: $0 up|down|status|env" ;;
esac
