/*
 * first COLUMNS ROWS RUNS COMMAND… [-- COMMAND…]…: how long each takes to show its first screen in
 * a terminal of that size, in turns, after one turn that does not count. A screen is there when
 * nothing more has come for a while; its time is that of its last byte. Prints a line for each: the
 * median in microseconds; the median of what it took beside the first one in the same turn; the
 * most resident memory, in kB, that one had then (VmRSS, see proc(5)).
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#define MAX_RUNS     1001
#define MAX_COMMANDS 8
#define BEGIN_MS     30000
#define QUIET_MS     400 /* nothing for so long: the screen is there; htop looks around between two */

struct result {
	char **words;
	double times[MAX_RUNS], ratios[MAX_RUNS];
	long most_kb;
};

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static long resident_kb(pid_t process)
{
	char path[64], line[256];
	long kb = 0;
	snprintf(path, sizeof path, "/proc/%ld/status", (long)process);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb;
}

/* When the last byte came; 0: none did. */
static double drain(int master)
{
	static char bytes[65536];
	double last = 0;
	struct pollfd ready = {.fd = master, .events = POLLIN};
	while (poll(&ready, 1, last > 0 ? QUIET_MS : BEGIN_MS) > 0) {
		if (read(master, bytes, sizeof bytes) <= 0)
			break;
		last = now();
	}
	return last;
}

/* Microseconds; negative when it showed nothing. */
static double run(struct result *result, struct winsize *size)
{
	int master, slave;
	if (openpty(&master, &slave, NULL, NULL, size) != 0)
		return -1;
	double begin = now();
	pid_t child = fork();
	if (child == 0) {
		close(master);
		if (login_tty(slave) == 0)
			execvp(result->words[0], result->words);
		_exit(127);
	}
	close(slave);
	double last = drain(master);
	long kb = resident_kb(child);
	if (kb > result->most_kb)
		result->most_kb = kb;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(master);
	if (last == 0 || kb == 0) {
		fprintf(stderr, "'%s' shows nothing\n", result->words[0]);
		return -1;
	}
	return last - begin;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double *values, long count)
{
	qsort(values, (size_t)count, sizeof *values, compare);
	return values[count / 2];
}

int main(int argc, char *argv[])
{
	static struct result results[MAX_COMMANDS];
	size_t commands = 0;
	if (argc < 5)
		return 2;
	struct winsize size = {.ws_col = (unsigned short)strtol(argv[1], NULL, 10),
		.ws_row = (unsigned short)strtol(argv[2], NULL, 10)};
	long runs = strtol(argv[3], NULL, 10);
	if (runs < 1 || runs > MAX_RUNS)
		return 2;
	for (int i = 4; i < argc; i++) {
		int is_end = strcmp(argv[i], "--") == 0;
		if (i > 4 && !is_end)
			continue;
		if (commands == MAX_COMMANDS || i + is_end >= argc)
			return 2;
		results[commands++].words = argv + i + is_end;
		if (is_end)
			argv[i] = NULL;
	}
	for (long turn = -1; turn < runs; turn++)
		for (size_t i = 0; i < commands; i++) {
			double taken = run(&results[i], &size);
			if (taken < 0)
				return 1;
			if (turn < 0)
				continue;
			results[i].times[turn] = taken;
			results[i].ratios[turn] = taken / results[0].times[turn];
		}
	for (size_t i = 0; i < commands; i++)
		printf("%.0f %.3f %ld\n", median(results[i].times, runs),
			median(results[i].ratios, runs), results[i].most_kb);
	return 0;
}
