#!/bin/sh
# pictures.sh: draws the pictures of the README anew, from the program as a terminal shows it.
# Builds the presets release and debug.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(TMPDIR=/tmp mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$top"
(cmake --preset release && cmake --build --preset release --target otpedit &&
	cmake --preset debug && cmake --build --preset debug --target picture) >"$work/build.log" 2>&1 || {
	cat "$work/build.log"
	exit 1
}
# draw NAME SOURCE [KEYS TEXT]...
draw() {
	name=$1
	shift
	rm -rf "${work:?}/home"
	mkdir "$work/home"
	build/debug/tests/picture "pictures/$name.svg" 92 28 "$work/home" "$top/build/release/otpedit" "$@"
}
draw screen demo ':write word=70-71 value=text:A042-B17 lock^M' 'staged' ':70^M' '─ 070 ─' ':57^M' '(mac)'
draw preview demo ':write word=70-71 value=text:A042-B17 lock^M' 'staged' p 'Fingerprint'
draw map demo:stm32mp25 m 'all words'
