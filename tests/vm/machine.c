#include "tests/vm/machine.h"

#include "tests/support/scratch.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define COLUMNS 100
#define ROWS    40
/* An emulated processor on a busy computer; nothing waits longer than it has to. */
#define DEADLINE_MS 60000

/* Runs a program of the host to its end; fails the test unless it succeeds. */
static void run_outside(const char *const words[])
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		execvp(words[0], (char *const *)(uintptr_t)words);
		_exit(127);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("'%s' failed", words[0]);
}

/* --- boards */

static void plug_in_usb(struct machine *machine)
{
	static const enum sim_family families[MACHINE_USB_BOARDS] = {SIM_MP15, SIM_MP25};
	static const enum sim_service services[] = {SIM_SERVICE_UBOOT, SIM_SERVICE_PRGFW};
	for (unsigned i = 0; i < MACHINE_USB_BOARDS; i++) {
		struct sim_board *board = NULL;
		struct errbuf err = {0};
		char name[8];
		assert_int_equal(sim_board_demo(&board, families[i], &err), OK);
		assert_true(sim_board_set_service(board, services[i]));
		snprintf(name, sizeof name, "usb%u", i);
		machine->usb[i] = redir_board_start(run_path(&machine->home, name), board, i == 0);
	}
}

/* The first line of what the server says: where its board is. */
static void read_port(struct machine_line *line, int out)
{
	size_t used = 0;
	struct pollfd ready = {.fd = out, .events = POLLIN};
	while (used + 1 < sizeof line->port && poll(&ready, 1, DEADLINE_MS) == 1 &&
		read(out, line->port + used, 1) == 1 && line->port[used] != '\n')
		used++;
	line->port[used] = '\0';
	if (line->port[0] != '/')
		fail_msg("no port is served, but '%s'", line->port);
}

static void serve(struct machine_line *line, const char *source)
{
	int orders[2], out[2];
	run_home_make(&line->home);
	assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	line->server = fork();
	assert_true(line->server >= 0);
	if (line->server == 0) {
		/* A test that is killed leaves no server behind. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(orders[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		setenv("XDG_STATE_HOME", line->home.folder, 1);
		setenv("XDG_CONFIG_HOME", line->home.folder, 1);
		execl(OTPEDIT_PROGRAM, "otpedit", "serve", source, "--uart", (char *)NULL);
		_exit(127);
	}
	close(orders[0]);
	close(out[1]);
	line->orders = orders[1];
	read_port(line, out[0]);
	close(out[0]);
}

/* --- the machine */

static void make_file_system(const struct machine *machine)
{
	static const char *const fetch[] = {VM_FOLDER "/fetch.sh", FETCHED_FOLDER, NULL};
	const char *output = run_path(&machine->home, "initramfs");
	const char *const pack[] = {VM_FOLDER "/pack.sh", FETCHED_FOLDER, output, VM_FOLDER "/init",
		OTPEDIT_PROGRAM, DFU_UTIL_PROGRAM, "install",
		SOURCE_FOLDER "/udev/60-otpedit.rules:/60-otpedit.rules",
		"/lib/terminfo/x/xterm-256color:/lib/terminfo/x/xterm-256color",
		"/usr/lib/locale/C.utf8/LC_CTYPE:/usr/lib/locale/C.utf8/LC_CTYPE", NULL};
	run_outside(fetch);
	run_outside(pack);
}

/* Where QEMU lies, as a terminal runs paths only. */
static void find_emulator(char *out, size_t cap)
{
	static const char *const places[] = {"/usr/bin", "/usr/local/bin", "/bin"};
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(out, cap, "%s/qemu-system-x86_64", places[i]);
		if (access(out, X_OK) == 0)
			return;
	}
	fail_msg("there is no qemu-system-x86_64 (Debian: qemu-system-x86)");
}

#define USB_BOARD(number)                                                                          \
	"-chardev", "socket,id=redir" number ",path=usb" number, "-device",                        \
		"usb-redir,bus=usb.0,chardev=redir" number

#define ADAPTER "usb-serial,id=plug,bus=usb.0,chardev=adapter,always-plugged=on"

static void boot(struct machine *machine)
{
	char emulator[64], lines[MACHINE_SERIAL_BOARDS][128];
	static const char *const ids[MACHINE_SERIAL_BOARDS] = {"adapter", "line"};
	find_emulator(emulator, sizeof emulator);
	for (unsigned i = 0; i < MACHINE_SERIAL_BOARDS; i++)
		snprintf(lines[i], sizeof lines[i], "serial,id=%s,path=%s", ids[i],
			machine->lines[i].port);
	const char *const words[] = {emulator, "-M", "q35,accel=tcg", "-cpu", "qemu64,+rdrand",
		"-m", "384", "-nodefaults", "-no-reboot", "-display", "none", "-kernel",
		FETCHED_FOLDER "/vmlinux", "-initrd", "initramfs", "-append",
		"console=ttyS0 quiet panic=-1 mitigations=off", "-serial", "file:kernel.log",
		"-chardev", "stdio,id=screen,signal=off", "-device", "virtio-serial-pci", "-device",
		"virtconsole,chardev=screen", "-device", "qemu-xhci,id=usb", USB_BOARD("0"),
		USB_BOARD("1"), "-chardev", lines[0], "-device", ADAPTER, "-monitor",
		"unix:monitor,server=on,wait=off", "-chardev", lines[1], "-serial", "chardev:line",
		NULL};
	const struct terminal_options options = {.columns = COLUMNS,
		.rows = ROWS,
		.folder = machine->home.folder,
		.deadline_ms = DEADLINE_MS};
	machine->terminal = terminal_start(&options, words);
	terminal_expect(machine->terminal, "$");
}

void machine_start(struct machine *machine, const char *const sources[MACHINE_SERIAL_BOARDS])
{
	memset(machine, 0, sizeof *machine);
	run_home_make(&machine->home);
	plug_in_usb(machine);
	for (unsigned i = 0; i < MACHINE_SERIAL_BOARDS; i++)
		serve(&machine->lines[i], sources[i]);
	make_file_system(machine);
	boot(machine);
}

void machine_stop(struct machine *machine)
{
	terminal_free(machine->terminal);
	if (machine->monitor > 0)
		close(machine->monitor);
	for (unsigned i = 0; i < MACHINE_USB_BOARDS; i++)
		redir_board_stop(machine->usb[i]);
	for (unsigned i = 0; i < MACHINE_SERIAL_BOARDS; i++) {
		struct machine_line *line = &machine->lines[i];
		if (line->server <= 0)
			continue;
		kill(line->server, SIGTERM);
		waitpid(line->server, NULL, 0);
		close(line->orders);
		run_home_remove(&line->home);
	}
	run_home_remove(&machine->home);
}

/* --- at its console */

/* What is typed does not hold the text that is waited for: its echo is none. */
static int run_in(struct machine *machine, const char *format, va_list arguments)
{
	char command[800], typed[900], mark[48];
	unsigned number = ++machine->commands;
	assert_in_range(
		vsnprintf(command, sizeof command, format, arguments), 1, sizeof command - 1);
	snprintf(typed, sizeof typed, "clear; %s; echo \"exit $? of $((%u+1))\"\r", command,
		number - 1);
	snprintf(mark, sizeof mark, " of %u", number);
	terminal_send(machine->terminal, typed);
	terminal_expect(machine->terminal, mark);
	for (unsigned row = 0; row < ROWS; row++) {
		const char *text = terminal_row(machine->terminal, row);
		int status;
		if (strncmp(text, "exit ", 5) == 0 && strstr(text, mark) &&
			sscanf(text, "exit %d", &status) == 1)
			return status;
	}
	return -1;
}

int machine_run(struct machine *machine, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int status = run_in(machine, format, arguments);
	va_end(arguments);
	return status;
}

void machine_expect_at(
	struct machine *machine, int wanted, const char *file, int line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int status = run_in(machine, format, arguments);
	va_end(arguments);
	if (status != wanted) {
		fprintf(stderr, "it ended with %d and not with %d\n", status, wanted);
		terminal_dump(machine->terminal);
		_fail(file, line);
	}
}

static void order(struct machine *machine, const char *line)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = run_path(&machine->home, "monitor");
	if (machine->monitor == 0) {
		machine->monitor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_true(strlen(path) < sizeof address.sun_path);
		memcpy(address.sun_path, path, strlen(path) + 1);
		assert_int_equal(
			connect(machine->monitor, (struct sockaddr *)&address, sizeof address), 0);
	}
	size_t length = strlen(line);
	assert_int_equal(write(machine->monitor, line, length), length);
}

void machine_unplug_adapter(struct machine *machine)
{
	order(machine, "device_del plug\n");
}

void machine_plug_adapter(struct machine *machine)
{
	order(machine, "device_add " ADAPTER "\n");
}

void machine_open(struct machine *machine, const char *command)
{
	char typed[300];
	snprintf(typed, sizeof typed, "clear; %s; echo \"left $? of $((%u+1))\"\r", command,
		machine->commands++);
	terminal_send(machine->terminal, typed);
}

void machine_left(struct machine *machine)
{
	char mark[48];
	snprintf(mark, sizeof mark, "left 0 of %u", machine->commands);
	terminal_expect(machine->terminal, mark);
}
