#!/usr/bin/env bash
# Makes sure that the rivals of the benchmarks are installed, and prints the Python that has them.
#
#   benches/venv.sh          rivals of the queries: about 500 MB to download, 1 GB on disk
#   benches/venv.sh train    PyTorch: about 2.5 GB to download, 6 GB on disk, since the package index has it with CUDA only
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1-} in
'') name=bench-venv requirements=requirements.txt ;;
train) name=bench-train-venv requirements=requirements-train.txt ;;
*)
    echo "venv.sh: unknown argument $1: there is none, or train" >&2
    exit 2
    ;;
esac
exec "$here/../deploy/setup/venv.sh" --named "$name" --requirement "$here/$requirements"
