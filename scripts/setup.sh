# shellcheck shell=sh
# For scripts/run and scripts/test, which set `root` to the folder of the tree and source this.
# Says what it does on standard error, so that the program's own output stays clean.
: "${root:?}"

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# The column of scripts/packages that names this system's packages; 2 is Debian's.
column_of_system() {
	# shellcheck disable=SC1091 # of the system
	like=$(. /etc/os-release 2>/dev/null && printf ' %s %s ' "${ID:-}" "${ID_LIKE:-}") || like=
	case $like in
	*' fedora '* | *' rhel '*) echo 3 ;;
	*' arch '*) echo 4 ;;
	*' alpine '*) echo 5 ;;
	*) echo 2 ;;
	esac
}

# The packages of the groups named, one a line.
packages_of() {
	awk -v groups=" $* " -v column="$(column_of_system)" \
		'index(groups, " " $1 " ") && !seen[$column]++ { print $column }' "$root/scripts/packages"
}

# What installs packages here.
installer() {
	case $(column_of_system) in
	3) echo 'dnf install' ;;
	4) echo 'pacman -S --needed' ;;
	5) echo 'apk add' ;;
	*) echo 'whatever installs packages here, with what Debian calls' ;;
	esac
}

# Those of them that are not installed.
packages_missing() {
	packages_of "$@" | while read -r package; do
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
		?i*) ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

# Ends the script: the person has to install something.
give_up() {
	say "$1; as root, run:"
	printf '  apt-get update && apt-get install -y --no-install-recommends %s\n' "$2" >&2
	exit 2
}

# Runs a command as root, asking for a password only where somebody can type one.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

tools_are_there() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null || return 1
	done
}

# Those that building takes, as far as pkg-config knows.
libraries_are_there() {
	pkg-config --exists libcrypto libmd jansson inih ncursesw libusb-1.0 libserialport cmocka vterm \
		umockdev-1.0
}

# Installs what is missing of the groups named. Nothing is done when nothing is missing.
install_packages() {
	if ! command -v dpkg-query >/dev/null; then
		tools_are_there cmake ninja cc pkg-config && libraries_are_there && return 0
		say "this is no Debian, so install by hand what is missing; as root:"
		printf '  %s %s\n' "$(installer)" "$(packages_of "$@" | tr '\n' ' ')" >&2
		exit 2
	fi
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		give_up "packages are missing, and there is no sudo" "$missing"
	fi
	say "installing: $missing"
	as_root apt-get update >&2 || give_up "'apt-get update' failed" "$missing"
	# shellcheck disable=SC2086 # a list
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $missing >&2 ||
		give_up "'apt-get install' failed" "$missing"
}

# Runs a command and shows what it printed only when it fails; that ends the script.
quietly() {
	output=$("$@" 2>&1) || {
		printf '%s\n' "$output" >&2
		say "'$1' failed"
		exit 2
	}
}

# build PRESET [TARGET...]: configures only where that was not done for this very folder.
build() {
	preset=$1
	shift
	folder=$root/build/$preset
	if [ ! -f "$folder/build.ninja" ] ||
		! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
		say "building into 'build/$preset' (a minute or two, once)"
		quietly cmake --fresh -S "$root" --preset "$preset"
	fi
	quietly ninja -C "$folder" "$@"
}
