#!/bin/sh
# boot.sh [RUNS]: what it takes to load 256 kB over a serial line of 115200 baud, even parity, beside
# what the line itself needs: 11 bits for each byte that is exchanged. 'otpedit boot' loads a FIP into
# a simulated board that waits in TF-A; stm32flash, for comparison, writes as much to a simulated
# microcontroller. Both boards are on pseudo-terminals, and bytes take their time there. 'packets' is
# from the first packet's command to the answer to the last one; TF-A wants no pauses between them.
# 'all' is the whole run of the program: with meeting the board and, in ours, 1.5 s of waiting for
# U-Boot and the reading of its fuses. Medians. Fails where our packets take more than 1.10 of what
# they need. On a busy computer every answer is late, to either program: 'chrt -f 10' before it helps.
# Builds the presets release and debug. A run takes a minute.
set -eu
runs=${1:-3}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
program=$top/build/release/otpedit
port=$top/build/debug/tests/serial_mock_port
shim=$top/build/debug/tests/libotpedit_tty_shim.so
size=262144
packets=$((size / 256))

work=$(TMPDIR=/tmp mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
export TMPDIR=/tmp XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config"

command -v stm32flash >/dev/null || {
	echo "'stm32flash' is missing: install it" >&2
	exit 1
}
(cd "$top" && cmake --preset release && cmake --build --preset release --target otpedit &&
	cmake --preset debug &&
	cmake --build --preset debug --target serial_mock_port otpedit_tty_shim) >"$work/build.log" 2>&1 || {
	cat "$work/build.log"
	exit 1
}
cd "$work"

# A FIP of one part, U-Boot: its head, the entry of that part, and the one that ends the list.
make_fip() {
	printf '\001\000\144\252\170\126\064\022\0\0\0\0\0\0\0\0'
	printf '\326\320\356\247\374\352\325\113\227\202\231\064\362\064\266\344'
	printf '\140\0\0\0\0\0\0\0\240\377\003\0\0\0\0\0\0\0\0\0\0\0\0\0'
	printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	printf '\0\0\004\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	head -c $((size - 96)) /dev/urandom
}
make_fip >fip.bin
[ "$(wc -c <fip.bin)" -eq "$size" ]

serve() {
	rm -f path
	"$program" serve "$1" --uart >path 2>/dev/null &
	server=$!
	while [ ! -s path ] && kill -0 "$server"; do
		sleep 0.05
	done
}

stop() {
	kill "$server"
	wait "$server" || true
	server=
}

now() {
	date +%s%N
}

median() {
	sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

# Of a trace: microseconds and bytes from the first packet to the answer to the last.
measure() {
	awk '
	function hex(text) { gsub(/[^0-9A-F]/, "", text); return length(text) / 2 }
	$2 == ">" && $3 == "21DE" { exit }
	$2 == ">" && $3 == "31CE" && !begun { begun = 1; start = $1; bytes = 0 }
	$2 == ">" { bytes += hex($3) }
	$2 == "<" { bytes += $3; end = $1 }
	END {
		if (!begun) { print "no packets" > "/dev/stderr"; exit 1 }
		printf "%d %d\n", (end - start) * 1000000, bytes
	}' trace
}

load() {
	serve demo,stage=tf-a
	"$port" "ttyUSB0=$(cat path)" -- "$program" boot uart:/dev/ttyUSB0 --image fip.bin \
		>out 2>&1 || true
	phrase=$(sed -n 's/.*--confirm \([0-9a-f]*\).*/\1/p' out | tail -n 1)
	begin=$(now)
	"$port" "ttyUSB0=$(cat path)" -- "$program" boot uart:/dev/ttyUSB0 --image fip.bin \
		--confirm "$phrase" --trace trace >out 2>&1 || {
		cat out >&2
		exit 1
	}
	all=$(($(now) - begin))
	stop
	echo "$((all / 1000)) $(measure)" >>ours
}

flash() {
	serve demo,face=mcu-open
	begin=$(now)
	LD_PRELOAD="$shim" stm32flash -b 115200 -e 0 -w fip.bin "$(cat path)" >out 2>&1 || {
		cat out >&2
		exit 1
	}
	all=$(($(now) - begin))
	stop
	echo "$((all / 1000))" >>theirs
}

# row NAME PART MICROSECONDS BYTES
row() {
	awk -v name="$1" -v part="$2" -v took="$3" -v bytes="$4" 'BEGIN {
		needs = bytes * 11 / 115200
		printf "%-14s %-8s %8d %9.2f %9.2f %6.3f\n", name, part, bytes, needs, took / 1e6,
			took / 1e6 / needs
		exit took / 1e6 > 1.10 * needs
	}'
}

for _ in $(seq "$runs"); do
	load
	flash
done
printf '%-14s %-8s %8s %9s %9s %6s\n' '' '' bytes 'needs s' 'takes s' ratio
failed=0
row 'otpedit boot' packets "$(cut -d' ' -f2 ours | median)" "$(cut -d' ' -f3 ours | median)" || failed=1
# 2 bytes and ACK, 5 and ACK, 258 and ACK: the same in both protocols.
row 'otpedit boot' all "$(cut -d' ' -f1 ours | median)" $((packets * 268)) || true
row stm32flash all "$(median <theirs)" $((packets * 268)) || true
exit $failed
