#!/usr/bin/env bash
# Makes sure that the clients of the endpoint that its tests use are installed, and prints the Python that has them as
# the only line on stdout. Everything else goes to stderr.
#
#   venv.sh          boto3, the AWS CLI, PyAthena, SQLAlchemy, awswrangler, in $SEGUE_CACHE/athena-venv, about 600 MB
#   venv.sh dbt      dbt-athena, which wants another PyAthena, in $SEGUE_CACHE/athena-dbt-venv, about 300 MB
#
# $SEGUE_CACHE is ~/.cache/segue by default. The copy of the requirements in a folder appears last and whole: it marks an environment that has what it should have.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SEGUE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/segue}
case ${1-} in
'') name=athena-venv requirements=$here/requirements.txt ;;
dbt) name=athena-dbt-venv requirements=$here/requirements-dbt.txt ;;
*)
    echo "venv.sh: unknown argument $1: there is none, or dbt" >&2
    exit 2
    ;;
esac
venv=$cache/$name

say() { echo "$name: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

is_complete() {
    cmp --silent "$requirements" "$venv/requirements.txt" && [[ -x $venv/bin/python ]]
}

install() {
    say "installing the clients in $venv (once)"
    rm -f "$venv/requirements.txt"
    python3 -m venv --clear "$venv" >&2 || fail "the environment could not be made: apt-get install python3-venv"
    "$venv/bin/python" -m pip install --disable-pip-version-check --quiet --requirement "$requirements" >&2 ||
        fail "pip could not install $requirements: see pip's message above"
    cp "$requirements" "$venv/requirements.txt.new"
    mv "$venv/requirements.txt.new" "$venv/requirements.txt"
    say "ready: $venv"
}

command -v python3 >/dev/null || fail "python3 is missing: apt-get install python3 python3-venv"
if ! is_complete; then
    mkdir -p "$cache"
    exec 9>"$cache/$name.lock"
    flock 9
    is_complete || install
fi
echo "$venv/bin/python"
