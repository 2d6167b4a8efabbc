# shellcheck shell=sh
# For the tests in this folder: a fresh Debian 12 in a folder of its own, and what runs in it.
# shellcheck source=tests/lint/lib/need.sh
. "$1/tests/lint/lib/need.sh"

fail() {
	printf '%s\n' "$*"
	exit 1
}

# make_root FOLDER: the smallest Debian 12 there is, with the archive that OTPEDIT_DEBIAN names.
make_root() {
	need debootstrap
	need unshare
	[ "$(id -u)" -eq 0 ] || fail 'this test makes a root file system: it has to be run as root'
	rm -rf "$1"
	mkdir -p "$1"
	debootstrap --variant=minbase bookworm "$1" \
		"${OTPEDIT_DEBIAN:-http://deb.debian.org/debian}" >"$1.log" 2>&1 || {
		tail -n 20 "$1.log"
		fail 'debootstrap failed'
	}
	cp /etc/resolv.conf "$1/etc/resolv.conf"
}

# in_root FOLDER COMMAND...: with a /proc and terminals of its own, which go when it ends.
in_root() {
	folder=$1
	shift
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --pid --fork sh -c '
		mount -t proc proc "$1/proc" &&
		mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts" &&
		{ [ -d "$1/dev/shm" ] || mkdir "$1/dev/shm"; } &&
		mount -t tmpfs tmpfs "$1/dev/shm" &&
		ln -sf pts/ptmx "$1/dev/ptmx" &&
		folder=$1 && shift &&
		exec chroot "$folder" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
			TERM=xterm-256color LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
	' sh "$folder" "$@"
}

# copy_tree SOURCE TARGET: the tree as it is in the folder, without what was built.
copy_tree() {
	rm -rf "$2"
	mkdir -p "$2"
	tar -C "$1" --exclude=./build --exclude=./.git -cf - . | tar -C "$2" -xf -
}
