#!/bin/sh
# In a fresh Debian 12 the .deb alone: installs with its dependencies, runs, its manual opens, shells
# complete; and nothing of it stays when it is purged.
set -eu
# shellcheck source=tests/package/lib/root.sh
. "$1/tests/package/lib/root.sh"
source=$1
root=$2/package/root
set -- "$2"/package/one/build/package/*.deb
[ -f "$1" ] || fail 'there is no package: run tests/package/build.sh first'
make_root "$root"
cp "$1" "$root/tmp/otpedit.deb"
run() {
	in_root "$root" "$@"
}
quiet() {
	run "$@" >"$root.log" 2>&1 || {
		tail -n 30 "$root.log"
		fail "'$*' failed"
	}
}

quiet apt-get update
quiet apt-get install -y --no-install-recommends /tmp/otpedit.deb
run otpedit --version | grep -q '^otpedit [0-9]' || fail 'it does not tell its version'
run otpedit show demo word=57 | grep -q 'MAC' || fail 'it does not show the built-in board'
run otpedit list >"$root.log" 2>&1 || fail 'it cannot look for boards'

# Public keys take a library that is loaded only then.
cp "$source/tests/fuzz/seeds/key/p256.pem" "$root/tmp/key.pem"
run otpedit write demo:blank word=24 value=pem:/tmp/key.pem >"$root.log" 2>&1 || true
grep -q -- '--confirm' "$root.log" || fail "a public key is not read: $(cat "$root.log")"

# The screen: opened in a terminal, left by its key.
rm -f "$root.keys"
mkfifo "$root.keys"
run script -qec 'stty rows 24 cols 80; otpedit demo' /dev/null <"$root.keys" >"$root.screen" &
screen=$!
exec 3>"$root.keys"
tries=0
until grep -q 'READ-ONLY' "$root.screen"; do
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || fail 'the screen does not open'
	sleep 0.1
done
printf 'q' >&3
exec 3>&-
wait "$screen" || fail 'the screen does not end well'

quiet apt-get install -y --no-install-recommends man-db bash-completion zsh fish
for page in 1.otpedit 5.otpedit-chip 5.otpedit-keys 5.otpedit-plan 5.otpedit-theme 7.otpedit; do
	run env MANPAGER=cat MANWIDTH=80 man "${page%%.*}" "${page#*.}" >"$root.page" 2>"$root.log" ||
		fail "'man $page' fails: $(cat "$root.log")"
	grep -q '^NAME' "$root.page" || fail "'man $page' shows no page"
	[ ! -s "$root.log" ] || fail "'man $page' complains: $(cat "$root.log")"
done

# shellcheck disable=SC2016 # for the shells in there
{
	run bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader otpedit
		complete -p otpedit' | grep -q -- '-F _otpedit' || fail 'bash does not load the completion'
	run fish -c 'complete -C "otpedit surv"' | grep -q '^survey' ||
		fail 'fish does not complete'
	run zsh -fc 'autoload -U compinit; compinit -u -D; print $_comps[otpedit]' |
		grep -qx '_otpedit' || fail 'zsh does not find the completion'
}

run dpkg -L otpedit >"$root.files"
quiet apt-get purge -y otpedit
while read -r file; do
	[ ! -f "$root$file" ] || fail "'$file' stays when the package is purged"
done <"$root.files"
! run dpkg-query -W otpedit >/dev/null 2>&1 || fail 'the package is known still'
left=$(find "$root/usr" "$root/etc" "$root/lib" "$root/var/lib/dpkg/info" -name '*otpedit*')
[ -z "$left" ] || fail "these stay when the package is purged: $left"
rm -rf "$root" "$root".*
echo 'installed, run, read, completed and purged'
