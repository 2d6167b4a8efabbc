#!/bin/sh
# Every header compiles on its own, so that the order of includes never matters.
set -u
cd "$1" || exit 2
failed=0
# Libraries that are not in the compiler's own folders; "-isystem" as theirs are not ours to judge.
libraries=$(pkg-config --cflags-only-I umockdev-1.0 | sed 's/-I/-isystem /g')
for header in $(find src transport ui tests -name '*.h' | sort); do
	# shellcheck disable=SC2086 # a list
	printf '#include "%s"\n' "$header" |
		${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
			-DOTPEDIT_VERSION='""' -DTEST_DATA='""' -DSOURCE_FOLDER='""' \
			-DOTPEDIT_PROGRAM='""' \
			-Wall -Wextra -Wpedantic -Werror -I. $libraries -fsyntax-only -x c - || {
		printf "'%s' does not compile alone\n" "$header"
		failed=1
	}
done
exit "$failed"
