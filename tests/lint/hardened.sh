#!/bin/sh
# What users run is built so that a slip in the code ends the program rather than lends it to somebody:
# the program at hand is looked at as it was linked, and one object of each room as 'release' makes it.
set -u
source=$1 program=$3
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0
complain() {
	echo "$*"
	failed=1
}
# has FILE TEXT WHAT: a line of the file holds the text.
has() {
	grep -q -e "$2" "$1" || complain "not so: $3"
}

readelf -hldW "$program" >"$work/program" || exit 2
has "$work/program" 'Type: *DYN' 'the program is loaded at an address of chance (PIE)'
has "$work/program" 'FLAGS_1.*PIE' 'the program is linked as a PIE'
has "$work/program" 'GNU_RELRO' 'tables of addresses are read-only once the program runs (RELRO)'
has "$work/program" 'BIND_NOW\|FLAGS_1.*NOW' 'all addresses are found at the start (BIND_NOW)'
has "$work/program" 'GNU_STACK .* RW ' 'no code runs on the stack'
! grep -q 'RWE' "$work/program" || complain 'not so: no memory can be both written and run'
! grep -q 'RPATH\|RUNPATH' "$work/program" ||
	complain 'not so: libraries come from the system alone (RPATH)'

# One object of each room; the whole would take long and show no more.
set -- src/journal.c transport/dfu_request.c ui/screen/phrase.c
cmake -S "$source" -B "$work/release" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
	>"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
cd "$work/release" || exit 2
ninja -t commands otpedit >"$work/commands"
! grep -q -e '-DNDEBUG' "$work/commands" || complain 'not so: a release keeps its assertions'
for flag in '-fPI[CE]' -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=3; do
	! grep -e ' -c .*/\(src\|transport\|ui\)/' "$work/commands" | grep -v -q -e "$flag" ||
		complain "not so: every file of a release is compiled with $flag"
done
tail -n 1 "$work/commands" >"$work/link"
for flag in -pie -z,relro -z,now -z,noexecstack; do
	has "$work/link" "$flag" "a release is linked with $flag"
done

echo 'int main(void) { return 0; }' >"$work/try.c"
for file; do
	command=$(grep -m 1 -e " -c .*/$file\$" "$work/commands")
	[ -n "$command" ] || complain "'$file' is no part of a release"
	object=$(echo "$command" | sed 's/.* -o \([^ ]*\) .*/\1/')
	mkdir -p "$(dirname "$object")"
	# What is optimised when it is linked shows less of its calls before.
	sh -c "$command -fno-lto" || complain "'$file' does not compile"
	nm -u "$object" >>"$work/calls"
	readelf -nW "$object" >"$work/notes" 2>/dev/null
	! ${CC:-cc} -fcf-protection=full -c -o "$work/try.o" "$work/try.c" 2>/dev/null ||
		has "$work/notes" 'IBT, SHSTK' "in '$file' the processor checks jumps and returns"
done
has "$work/calls" ' __stack_chk_fail' 'functions with buffers look after their return address'
has "$work/calls" '_chk$' 'calls of the C library know the sizes of their buffers (FORTIFY)'
exit "$failed"
