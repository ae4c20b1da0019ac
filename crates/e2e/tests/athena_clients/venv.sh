#!/usr/bin/env bash
# Makes sure that the clients of the endpoint that its tests use are installed, about 600 MB, and prints the Python that
# has them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
exec "$here/../../../../deploy/setup/venv.sh" --named athena-venv --requirement "$here/requirements.txt"
