#!/bin/sh
# The packages: two builds, in folders of different names and under another umask, language and clock,
# are the same bytes; no path of them is in the program; lintian has nothing to say.
set -eu
# shellcheck source=tests/package/lib/root.sh
. "$1/tests/package/lib/root.sh"
need lintian
work=$2/package
export SOURCE_DATE_EPOCH=1767225600

copy_tree "$1" "$work/one"
copy_tree "$1" "$work/another, with a longer name"
"$work/one/scripts/package"
(
	umask 077
	LC_ALL=C TZ=Pacific/Chatham "$work/another, with a longer name/scripts/package"
)
for made in "$work"/one/build/package/*.deb "$work"/one/build/package/*.tar.xz; do
	sha256sum "$made"
	cmp "$made" "$work/another, with a longer name/build/package/${made##*/}"
done

rm -rf "$work/files"
dpkg-deb -x "$work"/one/build/package/*.deb "$work/files"
! grep -ral -- "$work" "$work/files" || fail 'a path of the folder it was built in is in a file'
lintian --allow-root --fail-on error,warning "$work"/one/build/package/*.deb
desktop-file-validate "$work/files/usr/share/applications/otpedit.desktop"
rm -rf "$work/another, with a longer name"
