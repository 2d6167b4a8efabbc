#!/bin/sh
# Every source of the program passes clang-tidy (.clang-tidy says which checks). The analyzer stops at a
# part of what it would follow by itself (225000 steps a function), which takes a third of the time;
# TIDY_STEPS=225000 goes all the way.
set -u
# shellcheck source=tests/lint/lib/need.sh
. "$1/tests/lint/lib/need.sh"
need clang-tidy
cd "$1" || exit 2
find src transport ui -name '*.c' | sort |
	xargs -P2 -n6 clang-tidy --quiet -p "$2" --warnings-as-errors='*' \
		--extra-arg=-Xclang --extra-arg=-analyzer-config \
		--extra-arg=-Xclang --extra-arg="max-nodes=${TIDY_STEPS:-60000}" 2>&1 |
	grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed |^Use -(header|system)' >"$2/tidy.txt"
cat "$2/tidy.txt"
! grep -qE '(error|warning):' "$2/tidy.txt"
