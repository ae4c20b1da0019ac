#!/usr/bin/env bash
# Tries notifications by mail on a server of others: aiosmtpd with STARTTLS, TLS, a password and certificates.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
SEGUE_TEST_PYTHON=$("$here/venv.sh" aiosmtpd==1.4.6)
export SEGUE_TEST_PYTHON
if [[ -z ${LIBTORCH:-} ]]; then
    LIBTORCH=$("$here/libtorch.sh")
    export LIBTORCH
fi
cargo nextest run --workspace --test notify_it --run-ignored only --no-tests fail "$@"
