#!/bin/sh
# Breaks the program on purpose, as run.sh does, and sees that the fault matrix has violations then.
#
#   matrix.sh SOURCE_FOLDER WORK_FOLDER [PATCH ...]
#
# Without patches: those with "Matrix: violates" in their head, which must be some.
set -u
source=$1
work=$2
shift 2
tree=$work/tree
build=$work/build

rm -rf "$tree" "$build"
mkdir -p "$tree" "$build" || exit 1
(cd "$source" && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C "$tree" || exit 1
if [ $# -eq 0 ]; then
	# shellcheck disable=SC2046 # names of patches hold no blanks
	set -- $(grep -l '^Matrix: violates$' "$source"/tests/mutate/*.patch)
fi
[ $# -gt 0 ] || exit 1

# Prints how many violations there were; false where the matrix does not come to its end. The first
# is enough.
violations() {
	OTPEDIT_MATRIX=first "$build/tests/matrix_test_matrix" >"$work/out" 2>"$work/err"
	sed -n 's/^matrix: .* \([0-9]*\) violations$/\1/p' "$work/out" | grep .
}

build_matrix() {
	cmake --build "$build" --target matrix_test_matrix >"$work/log" 2>&1
}

if ! cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug >"$work/log" 2>&1 ||
	! build_matrix; then
	cat "$work/log"
	exit 1
fi
[ "$(violations)" = 0 ] || {
	echo "FAILED  the unbroken tree"
	cat "$work/out" "$work/err"
	exit 1
}

failed=0
caught=0
for patch in "$@"; do
	name=$(basename "$patch" .patch)
	complaint=
	if ! patch -d "$tree" -p1 -s --no-backup-if-mismatch <"$patch" >"$work/log" 2>&1; then
		echo "FAILED  $name: does not apply any more"
		exit 1
	fi
	if ! build_matrix; then
		complaint="does not build: $(grep -m 1 'error' "$work/log")"
	elif ! count=$(violations); then
		complaint="ends the matrix"
	elif [ "$count" -eq 0 ]; then
		complaint="no violations"
	fi
	if [ -z "$complaint" ]; then
		caught=$((caught + 1))
		echo "violates  $name: $(head -n 1 "$work/err")"
	else
		failed=$((failed + 1))
		echo "FAILED  $name: $complaint"
	fi
	patch -d "$tree" -p1 -s -R --no-backup-if-mismatch <"$patch"
done

echo "$caught violate, $failed do not"
[ "$failed" -eq 0 ]
