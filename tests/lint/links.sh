#!/bin/sh
# What the texts for people point at in this tree is there.
set -u
cd "$1" || exit 2

broken() {
	find . \( -name build -o -name .git \) -prune -o -name '*.md' -print | sort | while read -r text; do
		grep -oE '\]\([^)# ]+' "$text" | sed 's/^](//' | while read -r link; do
			case $link in
			http://* | https://* | mailto:*) continue ;;
			esac
			[ -e "$(dirname "$text")/$link" ] || printf '%s: there is no %s\n' "$text" "$link"
		done
	done
}

found=$(broken)
[ -z "$found" ] || {
	printf '%s\n' "$found"
	exit 1
}
