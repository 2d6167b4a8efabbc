#!/bin/sh
# The packages: made, then used.
set -eu
"$1/tests/package/build.sh" "$@"
exec "$1/tests/package/install.sh" "$@"
