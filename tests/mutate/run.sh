#!/bin/sh
# Breaks the program on purpose, one way at a time, and sees that the test named for it fails.
#
#   run.sh SOURCE_FOLDER WORK_FOLDER [PATCH ...]
#
# Each patch here says in its head which invariant it breaks and which test must notice. A patch that no
# longer applies, does not build, or is not noticed is a failure of this run.
set -u
source=$1
work=$2
shift 2
tree=$work/tree
build=$work/build

# Both afresh: an object built from a sabotaged file can be newer than the file.
rm -rf "$tree" "$build"
mkdir -p "$tree" "$build" || exit 1
(cd "$source" && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C "$tree" || exit 1
[ $# -gt 0 ] || set -- "$source"/tests/mutate/*.patch

failed=0
caught=0
complain() {
	failed=$((failed + 1))
	echo "FAILED  $1: $2"
}

cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}

# Unbroken, every test that is named has to pass: else its failing would prove nothing.
# shellcheck disable=SC2013 # names of tests hold no blanks
for test in $(sed -n 's/^Test: *//p' "$@" | sort -u); do
	target=$(echo "$test" | sed 's/\./_test_/')
	if ! cmake --build "$build" --target "$target" otpedit >"$work/log" 2>&1 ||
		! ctest --test-dir "$build" -R "^$test\$" --no-tests=error >"$work/log" 2>&1; then
		complain "$test" "does not pass on the unbroken tree"
		cat "$work/log"
		exit 1
	fi
done

for patch in "$@"; do
	name=$(basename "$patch" .patch)
	test=$(sed -n 's/^Test: *//p' "$patch")
	target=$(echo "$test" | sed 's/\./_test_/')
	if ! patch -d "$tree" -p1 -s --dry-run <"$patch" >"$work/log" 2>&1; then
		complain "$name" "does not apply any more"
		continue
	fi
	patch -d "$tree" -p1 -s --no-backup-if-mismatch <"$patch"
	if ! cmake --build "$build" --target "$target" otpedit >"$work/log" 2>&1; then
		complain "$name" "does not build: $(grep -m 1 'error' "$work/log")"
	elif ctest --test-dir "$build" -R "^$test\$" --no-tests=error >"$work/log" 2>&1; then
		complain "$name" "$test did not notice"
	else
		caught=$((caught + 1))
		echo "caught  $name by $test"
	fi
	patch -d "$tree" -p1 -s -R --no-backup-if-mismatch <"$patch"
done

echo "$caught passed, $failed failed"
[ "$failed" -eq 0 ]
