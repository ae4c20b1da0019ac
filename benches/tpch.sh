#!/usr/bin/env bash
# Times the queries of TPC-H in Trino's dialect beside the engine's own, on data that it makes once.
#
#   benches/tpch.sh PROGRAM SCALE RUNS
#
# PROGRAM is the example tpch_speed of udfs. Data lies in ${SEGUE_CACHE:-~/.cache/segue}/bench-tpch-SCALE.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${1:?a program} scale=${2:?a scale factor} runs=${3:?a number of runs}
data=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}/bench-tpch-$scale

if [[ ! -e $data/complete ]]; then
    echo "bench-tpch: making data at scale factor $scale" >&2
    python=$("$here/../deploy/setup/venv.sh" tpchgen-cli==4.0.0)
    rm --recursive --force "$data"
    "$(dirname "$python")/tpchgen-cli" parquet --scale-factor "$scale" --output-dir "$data"
    touch "$data/complete"
fi
exec "$program" "$data" "$here/tpch" "$runs"
