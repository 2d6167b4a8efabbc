#!/bin/sh
# run.sh [IMAGES [RUNS]]: how long survey and show take beside what else would do. Medians of several
# runs, one after the other on the same files; only the ratios mean anything. Wants a C compiler,
# python3, and hexdump or od. Builds the release preset.
set -eu
images=${1:-10000}
runs=${2:-9}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
program=$top/build/release/otpedit

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
export XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config"

(cd "$top" && cmake --preset release && cmake --build --preset release --target otpedit) >"$work/build.log" 2>&1 || {
	cat "$work/build.log"
	exit 1
}
for helper in make_images read_files measure; do
	cc -O2 -std=c11 -D_XOPEN_SOURCE=700 -o "$work/$helper" "$here/$helper.c"
done

# row TEXT RUNS COMMAND …: measures and prints one row; the first after base= counts as 1.
row() {
	text=$1 count=$2
	shift 2
	"$work/measure" "$count" "$@" >"$work/taken"
	read -r us kb <"$work/taken"
	base=${base:-$us}
	awk -v text="$text" -v us="$us" -v kb="$kb" -v base="$base" 'BEGIN {
		printf "%-42s %9.2f ms %8.2f %9d kB\n", text, us / 1000, us / base, kb }'
}

few=$((images / 10))
mkdir "$work/fleet" "$work/few" "$work/big"
"$work/make_images" "$work/fleet" "$images"
"$work/make_images" "$work/few" "$few"
"$work/make_images" "$work/big" "$images" mp25
one=$work/fleet/000000.bin
"$program" show "$one" --csv >"$work/map.csv"
"$program" survey "$work/fleet" --csv >"$work/ours.csv"
python3 "$here/survey.py" "$work/map.csv" "$work/fleet" >"$work/python.csv"
cmp "$work/ours.csv" "$work/python.csv" || {
	echo 'the two surveys differ: nothing to compare' >&2
	exit 1
}

printf '%-42s %12s %8s %12s\n' "" median ratio memory
base=
row "bare reading of $images images" "$runs" "$work/read_files" "$work/fleet"
row 'otpedit survey' "$runs" "$program" survey "$work/fleet"
row 'otpedit survey --csv' "$runs" "$program" survey "$work/fleet" --csv
row 'survey.py, the same table' 3 python3 "$here/survey.py" "$work/map.csv" "$work/fleet"
row "otpedit survey of $few images" "$runs" "$program" survey "$work/few"
echo
base=
row "bare reading of $images images of STM32MP25" "$runs" "$work/read_files" "$work/big"
row 'otpedit survey' "$runs" "$program" survey "$work/big"
echo
base=
many=$((runs * 10))
if command -v hexdump >/dev/null 2>&1; then
	row 'hexdump -C of one image' "$many" hexdump -C "$one"
else
	row 'od of one image' "$many" od -A x -t x1 "$one"
fi
row 'otpedit show' "$many" "$program" show "$one"
