#!/bin/sh
# table.sh ROOT FACTOR: the table of scripts/bench, which builds what is measured here. Each row: what is
# measured, ours, what stands beside it, the ratio of both, and the most it may be. In turns wherever
# both take long enough for that; medians.
set -eu
root=$1 factor=$2
here=$root/tests/bench
program=$root/build/release/otpedit
boards=$root/build/debug/tests/usb_mock_board
port=$root/build/debug/tests/serial_mock_port

work=$(TMPDIR=/tmp mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$work"
export TMPDIR=/tmp HOME="$work" XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config"
export TERM=xterm-256color LC_ALL=C.UTF-8
python=/usr/bin/python3
[ -x "$python" ] || python=python3

for helper in make_images make_journal read_files turns first screen; do
	cc -O2 -std=c11 -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700 -o "$helper" "$here/$helper.c" -lutil
done

failed=0
# row WHAT OURS BESIDE THEIRS RATIO MOST: MOST '' is no target.
row() {
	verdict=
	if [ -n "$6" ]; then
		verdict=$(awk -v ratio="$5" -v most="$6" 'BEGIN { print ratio <= most + 0 ? "ok" : "MISSED" }')
		[ "$verdict" = ok ] || failed=1
	fi
	printf '%-44s %10s  %-28s %10s %6.2f %5s %s\n' "$1" "$2" "$3" "$4" "$5" "$6" "$verdict" |
		sed 's/ *$//'
}

often() {
	echo $(($1 * factor))
}

ms() {
	awk -v us="$1" 'BEGIN { printf "%.2f ms", us / 1000 }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f", a / b }'
}

# line FILE N: 'us', 'by' and 'kb' are what it says.
line() {
	# shellcheck disable=SC2034 # 'kb' is not always wanted
	read -r us by kb <<-END
		$(sed -n "$2p" "$1")
	END
}

# pair WHAT BESIDE MOST RUNS THEIRS… -- OURS…: both in turns.
pair() {
	what=$1 beside=$2 most=$3 count=$4
	shift 4
	./turns "$count" "$@" >taken
	line taken 1
	theirs=$(ms "$us")
	line taken 2
	row "$what" "$(ms "$us")" "$beside" "$theirs" "$by" "$most"
}

# --- one image

mkdir one few fleet wide
./make_images one 1
./make_images wide 1 mp25
image=$work/one/000000.bin
wide=$work/wide/000000.bin
"$program" show "$image" --csv >map.csv
# What Python does has to be the same, or there is nothing to compare.
cut -d, -f1-6 map.csv >ours.csv
"$python" "$here/show.py" map.csv "$image" >theirs.csv
cmp ours.csv theirs.csv

printf 'otpedit %s, %s, %s processors, load %s, %s\n\n' "$("$program" --version | cut -d' ' -f2)" \
	"$(date -u +%Y-%m-%d)" "$(getconf _NPROCESSORS_ONLN)" "$(cut -d' ' -f1 /proc/loadavg)" "$(uname -sr)"
printf '%-44s %10s  %-28s %10s %6s %5s\n' 'what' ours beside theirs ratio 'most'

first_screen() {
	./first 100 30 "$(often 11)" htop -d 100 -- "$program" "$image" >screens
	line screens 1
	theirs=$(ms "$us")
	their_kb=$kb
	line screens 2
	row 'first screen of an image' "$(ms "$us")" 'htop' "$theirs" "$by" 1.00
	row 'memory with the screen up' "$kb kB" 'of 12 MB' '12288 kB' "$(ratio "$kb" 12288)" 1.00
	row '' "$kb kB" 'htop' "$their_kb kB" "$(ratio "$kb" "$their_kb")" ''
}
first_screen
pair 'show an image' 'hexdump -C' 3.00 "$(often 101)" hexdump -C "$image" -- "$program" show "$image"
pair 'show an image, --csv' 'show.py: Python, the same' 1.00 "$(often 11)" "$python" "$here/show.py" \
	map.csv "$image" -- "$program" show "$image" --csv

# --- USB

# count BOARD COMMAND…: its control transfers.
count() {
	rm -f fresh*
	board=$1
	shift
	"$boards" --board "$board" --report report -- "$@" >out 2>err || {
		cat out err >&2
		exit 1
	}
	grep -c '^board 1 transfer ' report
}

usb_read() {
	ours=$(count "$1" "$program" read dfu -o fresh-ours)
	listed=$(count "$1" dfu-util -l)
	theirs=$(count "$1" dfu-util -a "$2" -U fresh-theirs)
	theirs=$((listed + theirs))
	row "DFU read, $1: transfers" "$ours" 'dfu-util -l, -U' "$theirs" "$(ratio "$ours" "$theirs")" ''
	"$boards" --board "$1" -- ./turns "$(often 15)" dfu-util -l + dfu-util -a "$2" -U fresh-theirs -- \
		"$program" read dfu -o fresh-ours >taken 2>err || cat err >&2
	line taken 1
	theirs=$(ms "$us")
	line taken 2
	row "DFU read, $1: time" "$(ms "$us")" 'dfu-util -l, -U' "$theirs" "$by" 0.70
}
usb_read stm32mp15 2
usb_read stm32mp25 2
usb_read stm32mp25,peer=prgfw 4

# A board takes a commit once: a new one for each.
usb_commit() {
	echo 'write word=70 value=0x12345678' >fresh.plan
	cp fresh.plan word.plan
	"$boards" --board stm32mp15 -- "$program" preview word.plan --on dfu >out
	print=$(sed -n 's/^Fingerprint *//p' out)
	XDG_STATE_HOME=$work/traced "$boards" --board stm32mp15 -- "$program" apply word.plan --on dfu \
		--confirm "$print" --trace traced.txt >out
	# What was staged, as the trace has it.
	sed -n 's/.*DNLOAD block 0, 776: \([0-9A-F]*\).*/\1/p' traced.txt | tail -n 1 >request.hex
	"$python" -c 'print(end="");import sys
sys.stdout.buffer.write(bytes.fromhex(open("request.hex").read()))' >request.bin
	[ "$(wc -c <request.bin)" -eq 776 ]
	: >all
	for _ in $(seq "$(often 9)"); do
		rm -rf state
		"$boards" --board stm32mp15 -- ./turns 1x "$program" apply word.plan --on dfu --confirm "$print" >taken
		line taken 1
		ours=$us
		"$boards" --board stm32mp15 -- ./turns 1x dfu-util -l + dfu-util -a 2 -U fresh-before + \
			dfu-util -a 2 -D request.bin + dfu-util -a 2 -U fresh-after >taken 2>err
		line taken 1
		echo "$ours $us $(ratio "$ours" "$us")" >>all
	done
	rm -rf state
	ours=$(count stm32mp15 "$program" apply word.plan --on dfu --confirm "$print")
	theirs=0
	for words in '-l' '-a 2 -U fresh-before' '-a 2 -D request.bin' '-a 2 -U fresh-after'; do
		# shellcheck disable=SC2086 # a list
		theirs=$((theirs + $(count stm32mp15 dfu-util $words)))
	done
	row 'DFU commit of a word, proved: transfers' "$ours" 'dfu-util -l, -U, -D, -U' "$theirs" "$(ratio "$ours" "$theirs")" ''
	row 'DFU commit of a word, proved: time' "$(ms "$(middle 1 all)")" 'dfu-util -l, -U, -D, -U' \
		"$(ms "$(middle 2 all)")" "$(middle 3 all)" ''
}

# middle COLUMN FILE: the median.
middle() {
	cut -d' ' -f"$1" "$2" | sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}
usb_commit

# --- a serial line, 115200 baud, 11 bits for each byte

# What trace says: bytes of one read and its microseconds, bytes of all and theirs. A read begins at
# offset 0; the second one's begin is the first one's end.
measure_line() {
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
		printf "%d %d %d %d\n", count[2] - count[1], (at[2] - at[1]) * 1000000, bytes, end * 1000000
	}' "$1"
}

# uart_read BOARD PAUSES: those of a session that the protocol wants, in ms (tests/transport/test_line_time.c).
uart_read() {
	rm -f path
	"$program" serve "$1" --uart >path 2>/dev/null &
	server=$!
	while [ ! -s path ] && kill -0 "$server"; do
		sleep 0.05
	done
	: >all
	for _ in $(seq "$(often 5)"); do
		rm -f fresh* trace
		"$port" "ttyUSB0=$(cat path)" -- "$program" read uart:/dev/ttyUSB0 -o fresh-image --trace trace >out 2>&1 || {
			cat out >&2
			exit 1
		}
		measure_line trace >>all
	done
	kill "$server"
	wait "$server" || true
	server=
	needs=$(($(middle 1 all) * 11000000 / 115200))
	takes=$(middle 2 all)
	row "UART, once $1" "$(ms "$takes")" "the wire, $(middle 1 all) bytes" "$(ms "$needs")" "$(ratio "$takes" "$needs")" 1.10
	needs=$(($(middle 3 all) * 11000000 / 115200 + $2 * 1000))
	takes=$(middle 4 all)
	row "UART, all of $1" "$(ms "$takes")" "the wire, $2 ms of pauses" "$(ms "$needs")" "$(ratio "$takes" "$needs")" 1.10
}
uart_read demo 80
uart_read demo:stm32mp25,peer=prgfw 140

# --- the screen, for each key

git init -q . && git config user.name bench && git config user.email bench@example.org
for i in $(seq 60); do
	git commit -q --allow-empty -m "Commit number $i of those that there are to look at"
done

# press COUNT FIRST KEY COMMAND…: 'bytes' and 'middle_us' of a press, medians.
press() {
	count=$1 first=$2 key=$3
	shift 3
	./screen 100 30 "$first" "$key" "$key" "$(often "$count")" "$@" >taken
	# shellcheck disable=SC2034 # as they come
	read -r bytes most_bytes middle_us late_us last_us <taken
}
screen_rows() {
	press 20 '' '\eOB' htop -d 100
	htop_bytes=$bytes htop_us=$middle_us
	press 40 '' '\eOB' tig
	tig_bytes=$bytes tig_us=$middle_us
	"$program" read demo -o demo.bin >out
	press 90 '' '\eOC' "$program" demo.bin
	our_bytes=$bytes our_us=$middle_us
	row 'a move: bytes to the terminal' "$our_bytes" 'htop' "$htop_bytes" "$(ratio "$our_bytes" "$htop_bytes")" 1.00
	row '' "$our_bytes" 'tig' "$tig_bytes" "$(ratio "$our_bytes" "$tig_bytes")" ''
	row 'a move: from the key to its last byte' "$(ms "$our_us")" 'htop' "$(ms "$htop_us")" "$(ratio "$our_us" "$htop_us")" ''
	row '' "$(ms "$our_us")" 'tig' "$(ms "$tig_us")" "$(ratio "$our_us" "$tig_us")" ''
	row '' "$(ms "$our_us")" 'a frame at 60 Hz' '16.00 ms' "$(ratio "$our_us" 16000)" 1.00
	press 90 D '\eOC' "$program" demo.bin
	row 'a move, the grid alone: bytes' "$bytes" 'of 80' 80 "$(ratio "$bytes" 80)" 1.00
	our_us=$middle_us
	press 9 '' '^L' "$program" demo.bin
	row 'the whole screen anew: bytes' "$bytes" 'of 6144' 6144 "$(ratio "$bytes" 6144)" 1.00
	press 90 D '\eOC' "$program" "$wide"
	row 'a move in 368 words, the grid alone: time' "$(ms "$middle_us")" 'in 96 words' "$(ms "$our_us")" "$(ratio "$middle_us" "$our_us")" 1.25
}
screen_rows

# --- a fleet

./make_images few 1000
./make_images fleet 10000
"$program" survey fleet --csv >ours.csv
"$python" "$here/survey.py" map.csv fleet >theirs.csv
cmp ours.csv theirs.csv
pair 'survey of 10,000 images' 'reading them, and no more' 3.00 "$(often 7)" ./read_files fleet -- "$program" survey fleet
pair 'survey of 10,000 images, --csv' 'survey.py: Python, the same' 1.00 2 "$python" "$here/survey.py" map.csv fleet -- \
	"$program" survey fleet --csv

# --- as work grows: what comes above what starting takes, for each piece of work

# growth WHAT LARGE SMALL MOST TIMES: 'taken' holds what starts, the small and the large, in this order.
growth() {
	line taken 1
	start=$us
	line taken 2
	small_us=$us
	line taken 3
	by=$(awk -v start="$start" -v small="$small_us" -v large="$us" -v times="$5" \
		'BEGIN { base = small - start; print (base > 0 ? (large - start) / base / times : 99) }')
	row "$1" "$(ms "$us")" "$3, times $5" "$(ms "$small_us")" "$by" "$4"
}
./turns "$(often 51)" "$program" --version -- "$program" show "$image" -- "$program" show "$wide" >taken
growth 'show 368 words' 368 '96 words' 1.20 3.83
./turns "$(often 7)" "$program" --version -- "$program" survey few -- "$program" survey fleet >taken
growth 'survey 10,000 images' 10000 '1,000 images' 1.20 10
for entries in 1000 10000; do
	mkdir -p "journal$entries/otpedit"
	./make_journal "$entries" >"journal$entries/otpedit/journal.jsonl"
	XDG_STATE_HOME=$work/journal$entries "$program" journal list --csv >out
	# A head, and a line for each.
	[ "$(wc -l <out)" -gt "$entries" ]
done
./turns "$(often 7)" "$program" --version -- env XDG_STATE_HOME="$work/journal1000" "$program" journal list -- \
	env XDG_STATE_HOME="$work/journal10000" "$program" journal list >taken
growth 'list a journal of 10,000 entries' 10000 '1,000 entries' 1.20 10

# --- size

# needs PROGRAM: the bytes of it, stripped, and of every library that it takes.
needs() {
	strip -o stripped "$1"
	{
		echo stripped
		ldd "$1" | sed -n 's/.*=> \([^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p'
	} | xargs stat -L -c %s | awk '{ sum += $1 } END { print sum }'
}
all=$(needs "$(command -v htop)")
ours=$(needs "$program")
size=$(stat -c %s stripped)
row 'the program, stripped' "$((size / 1000)) kB" 'of 500 kB' '500 kB' "$(ratio "$size" 500000)" 1.00
row 'the program and the libraries it takes' "$((ours / 1000)) kB" 'htop and those it takes' "$((all / 1000)) kB" \
	"$(ratio "$ours" "$all")" ''
exit $failed
