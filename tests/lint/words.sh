#!/bin/sh
# What a finished tree does not hold: marks of unfinished work, paths of somebody's machine.
set -u
cd "$1" || exit 2

complain() {
	lines=$(cat)
	[ -z "$lines" ] || printf '%s:\n%s\n' "$1" "$lines"
}

files() {
	find . \( -name .git -o -name build \) -prune -o -type f ! -name '*.bin' ! -path \
		./tests/lint/words.sh -print | sort
}

all() {
	files | xargs grep -nIE '\<(TODO|FIXME|XXX|HACK)\>' | complain 'marks of unfinished work'
	files | xargs grep -nIE '(^|[^A-Za-z0-9_.])/(home/[a-z]+/(src|work)|root|work|Users|mnt|opt)/' |
		complain 'paths of one machine'
	files | xargs grep -nIE '[[:space:]]+$' | grep -vE '\.patch:|/data/|/seeds/' | complain 'blanks at the end of a line'
}

found=$(all)
[ -z "$found" ] || {
	printf '%s\n' "$found"
	exit 1
}
