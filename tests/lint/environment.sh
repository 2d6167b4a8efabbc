#!/bin/sh
# Which variables of the environment the program asks for: those below, there, for what stands behind
# them. tests/commands/test_environment.c shows that no check hangs on one.
set -u
program=$3
cd "$1" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0
cat >"$work/table" <<'end'
HOME            src/store.c               where the folders below are, unless the two say it
XDG_STATE_HOME  src/store.c               where the journal and locks are: without them nothing burns
XDG_CONFIG_HOME src/store.c               where the user's names of words, keys and themes are
NO_COLOR        ui/commands/config.c      the same as below, for who asks what is in force
NO_COLOR        ui/commands/print_page.c  no colours in what is printed
TERM            ui/commands/print_page.c  no colours in what is printed on a dumb terminal
NO_COLOR        ui/screen/term.c          no colours on the screen
TERM            ui/screen/term.c          named where curses does not know that terminal
end
sed 's/  *\([^ ]*\) .*/ \1/' "$work/table" | sort >"$work/allowed"

# "NAME FILE" a line; a call that names no variable shows as it is.
grep -rEo --include='*.[ch]' '\bgetenv *\([^)]*\)|= *xdg_folder\([^;]*;|return xdg_folder\([^;]*;' \
	src transport ui |
	sed -e 's/^\([^:]*\):[^"]*"\([A-Z_]*\)".*/\2 \1/' -e 's/^src\/store.c:getenv(variable)$//' |
	grep . | sort >"$work/asked"
diff "$work/allowed" "$work/asked" >"$work/diff" || {
	echo "the table in $0 and the calls of getenv() differ (< table, > program):"
	grep '^[<>]' "$work/diff"
	failed=1
}

# No other way to ask, and none to change what other libraries are told.
nm -D -u "$program" | sed 's/.* U \([^@]*\).*/\1/' >"$work/calls"
grep -x -e secure_getenv -e '_*environ' -e setenv -e putenv -e unsetenv -e wordexp -e system \
	-e popen -e 'exec[a-z]*' -e 'posix_spawn.*' "$work/calls" && {
	echo 'the program calls this, by which variables could matter unseen'
	failed=1
}
grep -q -x getenv "$work/calls" || {
	echo "'$program' does not say what it calls"
	failed=1
}
exit "$failed"
