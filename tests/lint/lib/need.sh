# shellcheck shell=sh
# For the scripts in this folder: need TOOL ends with a failure when the tool is missing.
need() {
	command -v "$1" >/dev/null && return
	printf "'%s' is missing: install the package of that name\n" "$1"
	exit 1
}
