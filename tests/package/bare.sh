#!/bin/sh
# In a fresh Debian 12 without anything, the two commands of the README: scripts/run and scripts/test.
set -eu
# shellcheck source=tests/package/lib/root.sh
. "$1/tests/package/lib/root.sh"
root=$2/package/bare
make_root "$root"
copy_tree "$1" "$root/otpedit"
in_root "$root" sh -c 'cd /otpedit && scripts/run --version && scripts/run status demo' >"$root.log" 2>&1 || {
	tail -n 40 "$root.log"
	fail 'scripts/run does not build and run the program'
}
grep -q '^otpedit [0-9]' "$root.log" || fail 'scripts/run does not pass its words on'
in_root "$root" sh -c 'cd /otpedit && scripts/test' >"$root.log" 2>&1 || {
	grep -E 'Failed|\*\*\*|tests passed' "$root.log"
	tail -n 40 "$root.log"
	fail 'scripts/test does not pass'
}
grep -E 'tests passed' "$root.log"
rm -rf "$root" "$root".*
