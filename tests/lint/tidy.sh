#!/bin/sh
# Every source of the program passes clang-tidy (.clang-tidy says which checks).
set -u
# shellcheck source=tests/lint/lib/need.sh
. "$1/tests/lint/lib/need.sh"
need clang-tidy
cd "$1" || exit 2
find src transport ui -name '*.c' | sort |
	xargs -P2 -n6 clang-tidy --quiet -p "$2" --warnings-as-errors='*' 2>&1 |
	grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed |^Use -(header|system)' >"$2/tidy.txt"
cat "$2/tidy.txt"
! grep -qE '(error|warning):' "$2/tidy.txt"
