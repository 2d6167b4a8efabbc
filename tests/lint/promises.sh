#!/bin/sh
# Every invariant of a burn has a test and a sabotage: the table of tests/mutate/README.md, the heads of
# the patches and the tests there are say the same.
set -u
cd "$1" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
table=tests/mutate/README.md
invariants=14
failed=0
complain() {
	echo "$*"
	failed=1
}

# "NAME TEST NUMBER" of each patch; "-" where it is no invariant that it breaks, or no test is named.
awk '
function tell() { if (name != "") print name, test == "" ? "-" : test, number == "" ? "-" : number }
FNR == 1 { tell(); name = FILENAME; sub(/.*\//, "", name); sub(/\.patch$/, "", name); test = number = "" }
/^Test: / { test = $2 }
/^Breaks: invariant [0-9]/ { number = $3 + 0 }
END { tell() }' tests/mutate/*.patch >"$work/heads"
while read -r name test number; do
	label=${test%%.*}
	[ -f "tests/$label/test_${test#*.}.c" ] ||
		complain "'$name' names the test '$test', which is not there"
	[ "$number" = - ] || printf '%s\n' "$number $name" "$number $test" >>"$work/unsorted"
done <"$work/heads"
sort -u "$work/unsorted" >"$work/patches"

# The same from the table.
sed -n 's/^| \([0-9]*\) | [^|]* | \([^|]*\) | \([^|]*\) |$/\1 \2, \3/p' "$table" |
	while read -r number names; do
		echo "$names" | tr -d '`' | tr ',' '\n' | sed "s/^ */$number /"
	done | sort -u >"$work/table"

diff "$work/table" "$work/patches" >"$work/diff" || {
	echo "the table in '$table' and the heads of the patches differ (< table, > patches):"
	grep '^[<>]' "$work/diff"
	failed=1
}
number=1
while [ "$number" -le "$invariants" ]; do
	grep -q "^$number " "$work/table" || complain "invariant $number has no sabotage in '$table'"
	number=$((number + 1))
done
exit "$failed"
