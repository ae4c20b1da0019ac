#!/usr/bin/env bash
# The AWS CLI: starts a query, waits for it, and shows its rows as text.
set -euo pipefail

aws=$(dirname "$PYTHON")/aws
id=$("$aws" athena start-query-execution --query-string 'SELECT count(*) AS n, max(ms) AS m FROM plays' \
    --result-configuration "OutputLocation=$STAGING" --query QueryExecutionId --output text)
for _ in $(seq 600); do
    state=$("$aws" athena get-query-execution --query-execution-id "$id" --query QueryExecution.Status.State \
        --output text)
    [[ $state == QUEUED || $state == RUNNING ]] || break
    sleep 0.1
done
rows=$("$aws" athena get-query-results --query-execution-id "$id" \
    --query 'ResultSet.Rows[].Data[].VarCharValue' --output text)
[[ $state == SUCCEEDED && $rows == $'n\tm\t5000\t49990' ]] || { echo "$state: $rows" >&2; exit 1; }
