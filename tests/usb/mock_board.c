/*
 * Simulated boards on a simulated USB, for any program that uses libusb: plugs them in, runs the
 * program so that it sees them, and ends as it ends.
 *
 *   usb_mock_board [--board SPEC]… [--order ORDER]… [--control FIFO] [--report FILE] -- PROGRAM …
 *
 * Boards and orders are those of mock_bench.h; without --board there is the demo STM32MP15. Orders
 * of --order are carried out before the program starts, those that come through the control FIFO,
 * a line each, at once. The report is written at the end.
 *
 *   usb_mock_board --board stm32mp25,peer=prgfw --order 'fault unplug@40' -- otpedit read dfu -o x
 */
#include "tests/usb/mock_bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#define PRELOAD    "libumockdev-preload.so.0"
#define RELEASE_MS 2000

struct run {
	struct mock_bench bench;
	int control; /* -1: none */
	char line[256];
	size_t used;
	const char *report; /* NULL: none */
	sigset_t before;    /* the signals that the program blocks */
};

static int complain(const char *what)
{
	fprintf(stderr, "usb_mock_board: %s\n", what);
	return 2;
}

/* The programs that use the boards inherit it; we need it ourselves for coming and going. */
static void preload(char **arguments)
{
	const char *before = getenv("LD_PRELOAD");
	char text[512], self[512];
	if (before && strstr(before, PRELOAD))
		return;
	snprintf(text, sizeof text, "%s%s" PRELOAD, before ? before : "", before ? ":" : "");
	setenv("LD_PRELOAD", text, 1);
	/* Its library then comes before the sanitizer's, which is what we mean. */
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	if (length <= 0)
		return;
	self[length] = '\0';
	execv(self, arguments);
}

static void carry_out(struct run *run, const char *line)
{
	struct errbuf err = {0};
	if (mock_bench_order(&run->bench, line, &err) != OK)
		complain(err.text);
}

static void take_orders(struct run *run)
{
	char byte;
	while (read(run->control, &byte, 1) == 1) {
		if (byte != '\n' && run->used + 1 < sizeof run->line) {
			run->line[run->used++] = byte;
			continue;
		}
		run->line[run->used] = '\0';
		run->used = 0;
		if (run->line[0] != '\0')
			carry_out(run, run->line);
	}
}

static void on_child(int number)
{
	(void)number;
}

/* Before there are other threads: the end of the program is to wake this one. */
static void keep_signal(struct run *run)
{
	sigset_t blocked;
	const struct sigaction action = {.sa_handler = on_child};
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaction(SIGCHLD, &action, NULL);
	sigprocmask(SIG_BLOCK, &blocked, &run->before);
}

/* The exit status of the program as a shell has it. */
static int run_program(struct run *run, char **words)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &run->before, NULL);
		execvp(words[0], words);
		perror(words[0]);
		_exit(127);
	}
	if (child < 0)
		return complain(strerror(errno));
	while (waitpid(child, &status, WNOHANG) == 0) {
		fd_set ready;
		FD_ZERO(&ready);
		if (run->control >= 0)
			FD_SET(run->control, &ready);
		if (pselect(run->control + 1, &ready, NULL, NULL, NULL, &run->before) > 0)
			take_orders(run);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Linux lets go of the interfaces of a program that has ended; here that takes a moment. */
static void await_release(struct run *run)
{
	bool is_held = true;
	for (unsigned i = 0; is_held && i < RELEASE_MS; i++) {
		is_held = false;
		for (unsigned j = 0; j < run->bench.count; j++)
			is_held |= mock_usb_is_claimed(&run->bench.boards[j].mock);
		if (is_held)
			g_usleep(1000);
	}
}

static int finish(struct run *run, int result)
{
	await_release(run);
	FILE *out = run->report ? fopen(run->report, "w") : NULL;
	if (run->report && !out)
		result = complain(strerror(errno));
	if (out) {
		mock_bench_report(&run->bench, out);
		if (fclose(out) != 0)
			result = complain(strerror(errno));
	}
	mock_bench_stop(&run->bench);
	return result;
}

/* False where an option is not known. */
static bool take_option(struct run *run, const char *name, const char *value, struct errbuf *err)
{
	if (strcmp(name, "--board") == 0)
		return mock_bench_plug_in(&run->bench, value, err) == OK;
	if (strcmp(name, "--order") == 0)
		return mock_bench_order(&run->bench, value, err) == OK;
	if (strcmp(name, "--report") == 0) {
		run->report = value;
		return true;
	}
	if (strcmp(name, "--control") == 0) {
		/* For writing, too: so that no writer means no end of it. */
		run->control = open(value, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		return run->control >= 0 ||
		       errbuf_set(err, ERR_FILE, "'%s': %s", value, strerror(errno)) == OK;
	}
	errbuf_set(err, ERR_USAGE, "option '%s' is not known", name);
	return false;
}

/* Boards first: orders are about them. */
static bool take_options(struct run *run, char **options, size_t count, struct errbuf *err)
{
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count; i += 2) {
			bool is_board = strcmp(options[i], "--board") == 0;
			if (is_board == (pass == 0) &&
				!take_option(run, options[i], options[i + 1], err))
				return false;
		}
		if (pass == 0 && run->bench.count == 0 &&
			mock_bench_plug_in(&run->bench, "stm32mp15", err) != OK)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct run *run = calloc(1, sizeof *run);
	struct errbuf err = {0};
	int end = 1;
	while (end < argc && strcmp(argv[end], "--") != 0)
		end += 2;
	if (!run || end + 1 >= argc) {
		free(run);
		return complain("usage: [--board SPEC]... [--order ORDER]... [--control FIFO] "
				"[--report FILE] -- PROGRAM ...");
	}
	preload(argv);
	run->control = -1;
	keep_signal(run);
	mock_bench_start(&run->bench);
	int result = take_options(run, argv + 1, (size_t)end - 1, &err)
			     ? run_program(run, argv + end + 1)
			     : complain(err.text);
	result = finish(run, result);
	free(run);
	return result;
}
