#!/usr/bin/env bash
# Checks the Kubernetes manifests and the compose file: rendered, validated against schemas, and against policies.
# With a folder of programs, also that these know the flags and variables of the compose file: manifests.sh target/debug
# Or prints the objects of an overlay as JSON, as they are checked: manifests.sh --render production
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$("$here/venv.sh" kubernetes-validate==1.37.0 PyYAML==6.0.3)
"$python" "$here/manifests.py" "$here/../.." "$@"
