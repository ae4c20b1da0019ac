#!/usr/bin/env bash
# Checks the alert rules and tries them on recorded series, with promtool.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}

say() { echo "alerts: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

# shellcheck source=services/packages.sh
source "$here/services/packages.sh"
install_packages prometheus
cd "$here/../monitoring"
(run_from prometheus promtool check rules rules.yaml) >&2
(run_from prometheus promtool test rules rules_test.yaml) >&2
