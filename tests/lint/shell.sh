#!/bin/sh
# Every shell script passes shellcheck.
set -u
# shellcheck source=tests/lint/lib/need.sh
. "$1/tests/lint/lib/need.sh"
need shellcheck
cd "$1" || exit 2
failed=0
for file in $(find scripts tests .ci -type f | sort); do
	case $(head -n 1 "$file" | tr -d '\0') in
	'#!/bin/sh' | '# shellcheck shell=sh') shellcheck -x -P . "$file" || failed=1 ;;
	esac
done
exit "$failed"
