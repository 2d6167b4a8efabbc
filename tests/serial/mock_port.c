/*
 * Serial ports for any program that uses libserialport: plugs in adapters with pseudo-terminals
 * behind them, runs the program so that it sees them, and ends as it ends.
 *
 *   serial_mock_port NAME=TERMINAL … -- PROGRAM …
 *
 *   otpedit serve demo --uart        (says /dev/pts/7)
 *   serial_mock_port ttyUSB0=/dev/pts/7 -- otpedit show uart:/dev/ttyUSB0
 */
#include "tests/serial/mock_tty.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PRELOAD TTY_SHIM ":libumockdev-preload.so.0"

static int complain(const char *what)
{
	fprintf(stderr, "serial_mock_port: %s\n", what);
	return 2;
}

/* The program that uses the ports inherits it. */
static void preload(char **arguments)
{
	const char *before = getenv("LD_PRELOAD");
	char self[512];
	if (before && strcmp(before, PRELOAD) == 0)
		return;
	setenv("LD_PRELOAD", PRELOAD, 1);
	/* These libraries then come before the sanitizer's, which is what we mean. */
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	if (length <= 0)
		return;
	self[length] = '\0';
	execv(self, arguments);
}

static int plug_in(UMockdevTestbed *testbed, unsigned number, char *port)
{
	char path[16], serial[24];
	char *terminal = strchr(port, '=');
	if (!terminal)
		return complain("a port is NAME=TERMINAL, 'ttyUSB0=/dev/pts/7'");
	*terminal++ = '\0';
	snprintf(path, sizeof path, "1-%u", number);
	snprintf(serial, sizeof serial, "A%07u", number);
	mock_tty_plug(testbed, port, path, "FT232R USB UART", serial, terminal);
	return 0;
}

static int run(char **command)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	signal(SIGINT, SIG_IGN); /* the program's to answer */
	if (child < 0 || waitpid(child, &status, 0) != child)
		return complain("the program cannot be run");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	int first = 1, result = 0;
	preload(argv);
	while (first < argc && strcmp(argv[first], "--") != 0)
		first++;
	if (first < 2 || first + 1 >= argc)
		return complain("serial_mock_port NAME=TERMINAL … -- PROGRAM …");
	UMockdevTestbed *testbed = umockdev_testbed_new();
	for (int i = 1; result == 0 && i < first; i++)
		result = plug_in(testbed, (unsigned)i, argv[i]);
	if (result == 0)
		result = run(argv + first + 1);
	g_object_unref(testbed);
	return result;
}
