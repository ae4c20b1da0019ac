#!/usr/bin/env bash
# Makes sure that the clients of the endpoint that its tests use are installed, and prints the Python that has them.
#
#   venv.sh          boto3, the AWS CLI, PyAthena, SQLAlchemy, awswrangler, about 600 MB
#   venv.sh more     ADBC for Flight SQL, ibis, PyAthena with Arrow and Polars, about 700 MB
#   venv.sh dbt      dbt-athena, which wants another PyAthena, about 300 MB
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1-} in
'') name=athena-venv requirements=$here/requirements.txt ;;
more) name=athena-more-venv requirements=$here/requirements-more.txt ;;
dbt) name=athena-dbt-venv requirements=$here/requirements-dbt.txt ;;
*)
    echo "venv.sh: unknown argument $1: there is none, more or dbt" >&2
    exit 2
    ;;
esac
exec "$here/../../../../deploy/setup/venv.sh" --named "$name" --requirement "$requirements"
