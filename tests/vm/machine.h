/*
 * A virtual machine with Debian's kernel, its console in a terminal of ours: what a person would
 * see who sits before it. It runs under QEMU without the help of a processor (TCG), so anywhere, as
 * anybody.
 */
#ifndef OTPEDIT_TESTS_VM_MACHINE_H
#define OTPEDIT_TESTS_VM_MACHINE_H

#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "tests/vm/redir_board.h"

#include <sys/types.h>

#define MACHINE_USB_BOARDS    2
#define MACHINE_SERIAL_BOARDS 2

/* A served board at the end of a line, by the program itself, outside. */
struct machine_line {
	pid_t server;
	int orders; /* its standard input */
	char port[64];
	struct run_home home; /* its fuses */
};

struct machine {
	struct run_home home; /* sockets, the file system, logs */
	struct terminal *terminal;
	struct redir_board *usb[MACHINE_USB_BOARDS];
	struct machine_line lines[MACHINE_SERIAL_BOARDS]; /* /dev/ttyUSB0, /dev/ttyS1 */
	int monitor; /* where QEMU takes orders; 0: not yet asked */
	unsigned commands;
};

/*
 * Fetches the kernel where that was not done, packs the file system and starts the machine: an
 * STM32MP15 under U-Boot on its USB, an STM32MP25 under STM32PRGFW-UTIL that is not plugged in yet,
 * `sources` (as for 'otpedit serve') at its serial lines. Returns once a shell waits for commands.
 */
void machine_start(struct machine *machine, const char *const sources[MACHINE_SERIAL_BOARDS]);
void machine_stop(struct machine *machine);

/* Types a command on a screen that is cleared for it, and waits for its end; its exit status. */
int machine_run(struct machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, and fails the running test, the screen shown, for another exit status. */
#define machine_expect(machine, wanted, ...)                                                       \
	machine_expect_at((machine), (wanted), __FILE__, __LINE__, __VA_ARGS__)
void machine_expect_at(struct machine *machine, int wanted, const char *file, int line,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The adapter at /dev/ttyUSB0, pulled out and plugged in again with its board. */
void machine_unplug_adapter(struct machine *machine);
void machine_plug_adapter(struct machine *machine);

/* Types a command that takes the screen; waits until it has given it back. */
void machine_open(struct machine *machine, const char *command);
void machine_left(struct machine *machine);

#endif
