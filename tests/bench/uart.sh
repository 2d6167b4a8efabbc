#!/bin/sh
# uart.sh [RUNS]: what it takes to read a board's fuses over a serial line of 115200 baud, even parity,
# beside what the line itself needs: 11 bits for each byte that is exchanged. 'built in' is a simulated
# board in the program; 'port' is one on a pseudo-terminal that the program has before it through the
# real libserialport. Medians; a quiet computer gives the best ones. 'one read' is the partition read
# once, and needs no pauses; 'session' is 'otpedit read' from the port's opening to its closing, which
# meets the board, reads twice and compares. Its pauses: 80 ms before and after first contact, and 60 more for STM32PRGFW-UTIL, which
# answers the second byte only (tests/transport/test_line_time.c says why). Fails where one read takes
# more than 1.10 of what it needs. Builds the presets release and debug.
set -eu
runs=${1:-11}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
program=$top/build/release/otpedit
port=$top/build/debug/tests/serial_mock_port

work=$(TMPDIR=/tmp mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
export TMPDIR=/tmp XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config"

(cd "$top" && cmake --preset release && cmake --build --preset release --target otpedit &&
	cmake --preset debug && cmake --build --preset debug --target serial_mock_port) >"$work/build.log" 2>&1 || {
	cat "$work/build.log"
	exit 1
}
cd "$work"

# measure TRACE: one line, "bytes microseconds bytes-of-one-read microseconds-of-one-read".
# A read begins at offset 0; the second one's begin is the first one's end.
measure() {
	awk '
	function hex(text) { gsub(/[^0-9A-F]/, "", text); return length(text) / 2 }
	$2 == ">" {
		if ($3 == "12ED") { asked = $1; before = bytes }
		if ($3 == "F200000000F2") { reads++; at[reads] = asked; count[reads] = before }
		bytes += hex($3)
	}
	$2 == "<" { bytes += $3 }
	{ end = $1 }
	END {
		if (reads != 2) { print "not two reads" > "/dev/stderr"; exit 1 }
		printf "%d %d %d %d\n", bytes, end * 1000000, count[2] - count[1],
			(at[2] - at[1]) * 1000000
	}' "$1"
}

median() {
	sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

# row NAME PAUSES COMMAND …: of a command that writes 'trace' and 'image'.
row() {
	name=$1
	pauses=$2
	shift 2
	: >results
	for _ in $(seq "$runs"); do
		rm -f trace image
		"$@" >out 2>&1 || {
			cat out >&2
			exit 1
		}
		measure trace >>results
	done
	read -r bytes _ one _ <results
	session_us=$(cut -d' ' -f2 results | median)
	one_us=$(cut -d' ' -f4 results | median)
	awk -v name="$name" -v bytes="$bytes" -v session="$session_us" -v one="$one" -v once="$one_us" -v pauses="$pauses" '
	function needs(count) { return count * 11000000 / 115200 }
	BEGIN {
		whole = needs(bytes) + pauses * 1000
		printf "%-36s %6d %8.1f %8.1f %6.2f %8d %8.1f %8.1f %6.2f\n", name, one, needs(one) / 1000,
			once / 1000, once / needs(one), bytes, whole / 1000, session / 1000, session / whole
		exit once > 1.10 * needs(one)
	}' || failed=1
}

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

failed=0
printf '%-36s %s\n' '' '---------- one read ----------  ----------- session -----------'
printf '%-36s %6s %8s %8s %6s %8s %8s %8s %6s\n' '' bytes 'needs ms' 'takes ms' ratio bytes 'needs ms' 'takes ms' ratio
for board in demo demo:stm32mp25 demo,peer=prgfw demo:stm32mp25,peer=prgfw; do
	pauses=80
	case $board in *prgfw) pauses=140 ;; esac
	row "$board, built in" "$pauses" "$program" read "$board,uart,baud=115200" -o image --trace trace
	serve "$board"
	row "$board, port" "$pauses" "$port" "ttyUSB0=$(cat path)" -- \
		"$program" read uart:/dev/ttyUSB0 -o image --trace trace
	stop
done
exit $failed
