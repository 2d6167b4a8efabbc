#!/bin/sh
# Who may know whom: what each folder includes, and who may call what.
set -u
cd "$1" || exit 2

# complain TEXT < lines "file:number:text"; says nothing when there are none.
complain() {
	lines=$(cat)
	[ -z "$lines" ] || printf '%s:\n%s\n' "$1" "$lines"
}

# The own headers that the files named on standard input include: "file:number:header".
own_includes() {
	xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' /dev/null |
		sed -E 's/#[[:space:]]*include[[:space:]]*"([^"]*)".*/\1/'
}

sources() {
	find "$@" -name '*.[ch]' | sort
}

all() {
	sources src | own_includes | grep -vE ':src/' | complain 'src/ includes nothing but src/'
	sources transport | own_includes | grep -vE ':(src|transport)/' |
		complain 'transport/ includes nothing but src/ and transport/'
	sources ui | grep -v '^ui/main\.c$' | own_includes | grep -vE ':(src|ui)/' |
		complain 'ui/ includes nothing but src/ and ui/; only ui/main.c knows transport/'
	sources transport | grep -E '/sim_[^/]*$' | own_includes | grep -E ':src/' |
		grep -vE ':src/errbuf\.h$' |
		complain 'the simulated board is a witness of its own: it takes src/errbuf.h and no more'

	includes='^[[:space:]]*#[[:space:]]*include[[:space:]]*<'
	sources src transport ui | xargs grep -nE "$includes(n?curses|ncursesw/.*|panel|term|form|menu)\.h" |
		grep -v '^ui/screen/' | complain 'curses is known to ui/screen/ only'
	sources src transport ui | xargs grep -nE "${includes}pthread" |
		grep -v '^ui/screen/worker' | complain 'threads are known to ui/screen/worker only'
	sources src transport ui | xargs grep -nE "${includes}(libusb|libserialport)" |
		grep -vE '^transport/(usb_libusb|port_serial|port_serial_list)\.c:' |
		complain 'libusb is known to transport/usb_libusb only, libserialport to transport/port_serial and its list'
	sources src transport | xargs grep -nE '(^|[^a-z_])(printf|puts|putchar|exit)\(' |
		complain 'nothing below ui/ prints to standard output or ends the program'

	# What stages and burns. Decorators of devices pass calls on; src/ has commit.c alone.
	sources src ui transport | xargs grep -nE '(->|\.)(stage|burn)\(' |
		grep -vE '^(src/commit\.c|transport/[a-z0-9_]*\.c):' |
		complain 'src/commit.c alone stages and burns'
	sources ui src | xargs grep -nE '(->|\.)ops->unstage\(' | grep -vE '^src/(commit|recovery)\.c:' |
		complain 'src/commit.c alone takes back what was staged'
	sources ui src transport | xargs grep -nE '(->|\.)(ops->)?load\(' | grep -vE '^src/bringup\.c:' |
		complain 'src/bringup.c alone loads firmware into a board'
}

found=$(all)
[ -z "$found" ] || {
	printf '%s\n' "$found"
	exit 1
}
