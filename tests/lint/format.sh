#!/bin/sh
# Every source is as clang-format lays it out.
set -u
# shellcheck source=tests/lint/lib/need.sh
. "$1/tests/lint/lib/need.sh"
need clang-format
cd "$1" || exit 2
find src transport ui tests -name '*.[ch]' | sort | xargs clang-format --dry-run -Werror
