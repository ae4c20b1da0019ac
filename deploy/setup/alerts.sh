#!/usr/bin/env bash
# Checks the alert rules and tries them on recorded series, with promtool; then an alert goes the whole way from a metric by
# Prometheus and Alertmanager to where a pager would be. Debian's Alertmanager wants its templates at a fixed place, so the
# latter is done where that is there or may be made.
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
install_packages prometheus alertmanager
cd "$here/../monitoring"
(run_from prometheus promtool check rules rules.yaml) >&2
while read -r alert; do
    grep --quiet --word-regexp "alertname: $alert" rules_test.yaml || fail "no recorded series try the alert $alert"
done < <(sed --quiet 's/^ *- alert: //p' rules.yaml)
(run_from prometheus promtool test rules rules_test.yaml) >&2
(run_from alertmanager amtool check-config alertmanager.yaml) >&2

templates=/usr/share/prometheus/alertmanager
# shellcheck disable=SC2154  # set by packages.sh
if [[ ! -e $templates && ${usr[alertmanager]} != /usr && -w /usr/share ]]; then
    mkdir -p "${templates%/*}"
    ln --symbolic "${usr[alertmanager]}/share/prometheus/alertmanager" "$templates"
    trap 'rm -f "$templates"; rmdir --ignore-fail-on-non-empty "${templates%/*}"' EXIT
fi
if [[ -e $templates ]]; then
    (run_from prometheus python3 "$here/alert_path.py" . "${usr[prometheus]}/bin/prometheus" \
        "${usr[alertmanager]}/bin/prometheus-alertmanager") >&2
else
    say "skipped, $templates is not there and cannot be made: the way of an alert to a pager"
fi
