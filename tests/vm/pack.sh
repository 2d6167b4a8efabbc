#!/bin/sh
# pack.sh FETCHED OUTPUT INIT FILE…: a file system for the kernel that fetch.sh left in FETCHED, as any
# user: busybox, the modules below, udev, INIT as /init, and each FILE, which is SOURCE or SOURCE:PLACE
# (/bin without), with the libraries it takes.
set -eu
fetched=$1 output=$2 init=$3
shift 3
release=$(cat "$fetched/release")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 1' INT TERM HUP
PATH=$PATH:/sbin:/usr/sbin

# put SOURCE PLACE: with the libraries it takes, where it takes them from.
put() {
	mkdir -p "$root$(dirname "$2")"
	cp -L "$1" "$root$2"
	ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		[ ! -e "$root$library" ] || continue
		mkdir -p "$root$(dirname "$library")"
		cp -L "$library" "$root$library"
	done
}

chmod 755 "$root" # for ordinary users, too
mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/run" "$root/etc" "$root/modules" "$root/lib"
put "$(command -v busybox)" /bin/busybox
for applet in $("$(command -v busybox)" --list); do
	[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
done
for module in virtio_pci virtio_console xhci_pci ftdi_sio; do
	modprobe -d "$fetched" -S "$release" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
done | awk '!seen[$0]++' >"$root/modules/order"
while read -r module; do
	cp "$module" "$root/modules"
done <"$root/modules/order"
sed -i 's|.*/||' "$root/modules/order"
put "$fetched/bin/udevadm" /bin/udevadm
cp -R "$fetched/lib/udev" "$root/lib"
for file; do
	case $file in
	*:*) put "${file%%:*}" "${file#*:}" ;;
	*) put "$(command -v "$file")" "/bin/$(basename "$file")" ;;
	esac
done
cp "$init" "$root/init"
chmod 755 "$root/init"
(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >"$output"
