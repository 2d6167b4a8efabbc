#!/bin/sh
# screen.sh [PRESSES]: what the screen sends to a terminal of 100x30 for each key, and how long after
# the key the last byte of it comes, beside htop and tig moving their cursors in a terminal of the
# same size in the same run. 'beside' is the grid with what the word says beside it, 'alone' the grid
# by itself ('D'). Bytes: median and most of all presses; microseconds: median, 99 of 100, most; a
# quiet computer gives the best ones. Fails where 99 of 100 keys are not on the screen within 16 ms,
# where the median move costs more than htop's or, alone, than 80 bytes, or a full redraw more than
# 6144. Wants a C compiler, htop, tig and git. Builds the preset release.
set -eu
presses=${1:-90}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
program=$top/build/release/otpedit

work=$(TMPDIR=/tmp mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
export TMPDIR=/tmp HOME="$work" XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config"
export TERM=xterm-256color LC_ALL=C.UTF-8

(cd "$top" && cmake --preset release && cmake --build --preset release --target otpedit) >"$work/build.log" 2>&1 || {
	cat "$work/build.log"
	exit 1
}
cc -O2 -std=c11 -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700 -o "$work/screen" "$here/screen.c" -lutil
cd "$work"

# Something for tig to show.
git init -q .
git config user.name bench
git config user.email bench@example.org
i=0
while [ $i -lt 120 ]; do
	git commit -q --allow-empty -m "Commit number $i of those that there are to look at"
	i=$((i + 1))
done

failed=0
# row NAME LIMIT FIRST KEY AGAIN PRESSES COMMAND…: one line; more bytes than LIMIT at the median, or a key
# of ours past 16 ms, is a failure. FIRST is pressed before anything is counted.
row() {
	name=$1 limit=$2 first=$3 key=$4 again=$5 count=$6
	shift 6
	./screen 100 30 "$first" "$key" "$again" "$count" "$@" >taken
	read -r bytes most middle late last <taken
	printf '%-28s %7s %7s %9s %9s %9s\n' "$name" "$bytes" "$most" "$middle" "$late" "$last"
	if [ "$limit" -gt 0 ] && { [ "$bytes" -gt "$limit" ] || [ "$late" -gt 16000 ]; }; then
		printf '  more than %s bytes, or 16000 microseconds\n' "$limit"
		failed=1
	fi
}

printf '%-28s %7s %7s %9s %9s %9s\n' '' bytes most 'us' '99 of 100' most
row 'htop, move' 0 '' '\eOB' '\eOB' 20 htop -d 100
htop=$bytes
row 'htop, redraw' 0 '' '^L' '^L' 9 htop -d 100
row 'tig, move' 0 '' '\eOB' '\eOB' 40 tig
row 'tig, page' 0 '' '\e[6~' '\e[5~' 10 tig
row 'tig, redraw' 0 '' '^L' '^L' 9 tig
for source in demo demo:stm32mp25; do
	row "$source, move beside" "$htop" '' '\eOC' '\eOC' "$presses" "$program" $source
	row "$source, move alone" 80 'D' '\eOC' '\eOC' "$presses" "$program" $source
	row "$source, row down beside" 0 '' '\eOB' '\eOB' 20 "$program" $source
	row "$source, page" 0 '' '\e[6~' '\e[5~' 20 "$program" $source
	row "$source, redraw" 6144 '' '^L' '^L' 20 "$program" $source
done
exit $failed
