#!/bin/sh
# A short run of one fuzzer, the same each time: short.sh FUZZER NAME SOURCE_FOLDER WORK_FOLDER.
# SECONDS_PER_FUZZER in the environment makes it a long one that begins anywhere.
set -eu
fuzzer=$1 name=$2 source=$3 work=$4/corpus/$2
data=$source/../data
rm -rf "$work"
mkdir -p "$work" "$4/findings"

seed() {
	for file; do
		[ ! -f "$file" ] || cp "$file" "$work/$(basename "$file")"
	done
}

seed "$source/seeds/$name"/*
runs=5000
case $name in
partition) seed "$data"/*.bin && runs=200000 ;;
chip) seed "$source"/../../src/chips/*.chip && runs=2000 ;;
theme) seed "$source"/../../themes/*.theme && runs=20000 ;;
keys | settings) runs=20000 ;;
hex) runs=100000 ;;
usb_names) runs=50000 ;;
dfu_replies) runs=20000 ;;
boot_replies) runs=1500 ;;
loader_replies) runs=150 ;;
stm32_image | flash_layout) runs=50000 ;;
golden) runs=1000 ;;
journal) runs=300 ;;
fuses) runs=2500 ;;
orders) runs=2500 ;;
probe) runs=20000 ;;
prompt) runs=500 ;;
state) runs=10000 ;;
wizard) runs=20000 ;;
image_text) seed "$data"/*.txt ;;
esac

if [ -n "${SECONDS_PER_FUZZER:-}" ]; then
	set -- -max_total_time="$SECONDS_PER_FUZZER"
else
	set -- -runs="$runs" -seed=20240501
fi
exec "$fuzzer" "$@" -max_len=8192 -len_control=0 -timeout=10 -rss_limit_mb=512 -malloc_limit_mb=256 -verbosity=0 \
	-print_final_stats=1 -artifact_prefix="$work/../../findings/$name-" "$work"
