#!/bin/sh
# The manual pages are sound mdoc.
set -u
# shellcheck source=tests/lint/lib/need.sh
. "$1/tests/lint/lib/need.sh"
need mandoc
cd "$1" || exit 2
set -- man/*.[1-8]
[ -f "$1" ] || {
	echo 'there is no manual page'
	exit 1
}
mandoc -T lint -W warning "$@"
