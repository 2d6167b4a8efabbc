#!/bin/sh
# fetch.sh FOLDER: Debian's kernel, and udev with its rules, unpacked into FOLDER and not installed, as
# any user: FOLDER/vmlinux, FOLDER/release (the kernel's version), FOLDER/modules.dep and the modules
# it names below FOLDER/lib/modules, FOLDER/bin/udevadm, FOLDER/lib/udev/rules.d. Fetched once.
# Wants apt, with its lists up to date, xz and kmod.
set -eu
folder=$1
[ ! -f "$folder/complete" ] || exit 0
mkdir -p "$folder"
work=$(mktemp -d "$folder/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$work"

image=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
[ -n "$image" ] || {
	echo "apt knows no linux-image-amd64: run 'apt-get update', as root" >&2
	exit 1
}
apt-get download "$image" udev systemd >download.log 2>&1 || {
	cat download.log >&2
	exit 1
}

# unpack PACKAGE PATTERN…: these of its files.
unpack() {
	package=$1
	shift
	dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x --wildcards -C "$work" "$@"
}
unpack "$image" './boot/vmlinuz-*' './lib/modules/*/modules.*' './lib/modules/*/kernel/drivers/usb/*' \
	'./lib/modules/*/kernel/drivers/virtio/*' './lib/modules/*/kernel/drivers/char/*' \
	'./lib/modules/*/kernel/lib/*'
unpack udev './bin/udevadm' './lib/udev/rules.d/50-udev-default.rules'
unpack systemd './lib/udev/rules.d/70-uaccess.rules' './lib/udev/rules.d/71-seat.rules' \
	'./lib/udev/rules.d/73-seat-late.rules'

release=${image#linux-image-}
# Booted unpacked, the kernel saves the time of unpacking itself in an emulated processor. What comes
# behind the packed kernel makes xz complain.
start=$(LC_ALL=C grep -abo "$(printf '\375')7zXZ" "boot/vmlinuz-$release" | head -n 1 | cut -d : -f 1)
[ -n "$start" ] || {
	echo "'vmlinuz-$release' holds no kernel that xz unpacks" >&2
	exit 1
}
tail -c "+$((start + 1))" "boot/vmlinuz-$release" | xz -dc >vmlinux 2>/dev/null || true
[ "$(head -c 4 vmlinux | tail -c 3)" = ELF ] || {
	echo "the kernel in 'vmlinuz-$release' cannot be unpacked" >&2
	exit 1
}
/sbin/depmod -b "$work" "$release" 2>/dev/null || depmod -b "$work" "$release"
echo "$release" >release

rm -rf "${folder:?}/bin" "${folder:?}/lib"
mv bin lib vmlinux release "$folder"
touch "$folder/complete"
