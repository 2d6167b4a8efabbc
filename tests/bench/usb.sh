#!/bin/sh
# usb.sh [RUNS]: what it takes to find a board on USB and save its fuses: 'otpedit read dfu', beside
# 'dfu-util -l' followed by 'dfu-util -a N -U', on the same simulated boards, in turns. Control
# transfers are counted, SET_INTERFACE when an interface is let go of included; only the ratios of
# the times mean anything, and a quiet computer does. Ours reads the fuses twice and compares. Wants a
# C compiler and dfu-util. Builds the presets release and debug.
set -eu
runs=${1:-31}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
program=$top/build/release/otpedit
boards=$top/build/debug/tests/usb_mock_board

work=$(TMPDIR=/tmp mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
export TMPDIR=/tmp XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config"

(cd "$top" && cmake --preset release && cmake --build --preset release --target otpedit &&
	cmake --preset debug && cmake --build --preset debug --target usb_mock_board) >"$work/build.log" 2>&1 || {
	cat "$work/build.log"
	exit 1
}
cc -O2 -std=c11 -D_XOPEN_SOURCE=700 -o "$work/pairs" "$here/pairs.c"
cd "$work"

# count BOARD COMMAND …: its control transfers.
count() {
	board=$1
	shift
	"$boards" --board "$board" --report report -- "$@" >out 2>err || {
		cat out err >&2
		exit 1
	}
	grep -c '^board 1 transfer ' report
}

# row BOARD N: the alternate setting of its OTP, which a person reads from the list.
row() {
	rm -f ours.bin theirs.bin
	ours=$(count "$1" "$program" read dfu -o ours.bin)
	listed=$(count "$1" dfu-util -l)
	read_out=$(count "$1" dfu-util -a "$2" -U theirs.bin)
	cmp ours.bin theirs.bin
	"$boards" --board "$1" -- ./pairs "$runs" "$program" "$2" >taken
	read -r us other ratio <taken
	awk -v board="$1" -v a="$ours" -v b=$((listed + read_out)) -v us="$us" -v other="$other" \
		-v ratio="$ratio" 'BEGIN {
		printf "%-22s %9d %9d %6.2f %9.2f ms %9.2f ms %6.2f\n", board, a, b, a / b,
			us / 1000, other / 1000, ratio }'
}

printf '%-22s %9s %9s %6s %12s %12s %6s\n' '' transfers dfu-util ratio time dfu-util ratio
row stm32mp13 2
row stm32mp15 2
row stm32mp25 2
row stm32mp13,peer=prgfw 4
row stm32mp25,peer=prgfw 4
