/*
 * screen COLUMNS ROWS FIRST KEY AGAIN COUNT COMMAND…: what a program sends to a terminal of that
 * size for each press of a key, and how long that takes. KEY and AGAIN are pressed in turns, so
 * that the cursor can go to and fro, after FIRST; "\e" is Esc, "^L" is Control-L. Prints bytes for
 * each press as median and most, and microseconds from the press to the last byte of what it
 * brought as median, 99 of 100 and most. A press is over when nothing has come for a while.
 */
#include <fcntl.h>
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

#define MAX_PRESSES 4001
#define START_MS    700 /* nothing for so long: it has started */
#define QUIET_MS    40  /* nothing for so long: the press is over */

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Counts what comes until nothing has come for so long; *last is when the last of it did. */
static size_t drain(int master, int quiet_ms, double *last)
{
	static char bytes[65536];
	size_t count = 0;
	struct pollfd ready = {.fd = master, .events = POLLIN};
	while (poll(&ready, 1, quiet_ms) > 0) {
		ssize_t n = read(master, bytes, sizeof bytes);
		if (n <= 0)
			break;
		*last = now();
		count += (size_t)n;
	}
	return count;
}

static size_t unescape(char *out, size_t cap, const char *text)
{
	size_t length = 0;
	for (; *text && length < cap; text++) {
		if (text[0] == '\\' && text[1] == 'e') {
			out[length++] = 27;
			text++;
		} else if (text[0] == '^' && text[1]) {
			out[length++] = (char)(text[1] & 0x1F);
			text++;
		} else {
			out[length++] = *text;
		}
	}
	return length;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double at(const double *sorted, size_t count, double part)
{
	size_t index = (size_t)((double)(count - 1) * part + 0.5);
	return sorted[index];
}

int main(int argc, char *argv[])
{
	static double bytes[MAX_PRESSES], times[MAX_PRESSES];
	char keys[3][16];
	size_t lengths[3];
	int master, slave;
	if (argc < 8)
		return 2;
	struct winsize size = {.ws_col = (unsigned short)strtol(argv[1], NULL, 10),
		.ws_row = (unsigned short)strtol(argv[2], NULL, 10)};
	size_t presses = (size_t)strtol(argv[6], NULL, 10);
	for (int i = 0; i < 3; i++)
		lengths[i] = unescape(keys[i], sizeof keys[i], argv[3 + i]);
	if (presses < 1 || presses > MAX_PRESSES ||
		openpty(&master, &slave, NULL, NULL, &size) != 0)
		return 2;
	pid_t child = fork();
	if (child == 0) {
		close(master);
		if (login_tty(slave) == 0)
			execvp(argv[7], argv + 7);
		_exit(127);
	}
	close(slave);
	double last = now();
	struct pollfd begins = {.fd = master, .events = POLLIN};
	poll(&begins, 1, 10000);
	if (drain(master, START_MS, &last) == 0) {
		fprintf(stderr, "%s shows nothing\n", argv[7]);
		kill(child, SIGKILL);
		return 1;
	}
	if (write(master, keys[0], lengths[0]) != (ssize_t)lengths[0])
		return 1;
	(void)drain(master, START_MS, &last);
	for (size_t i = 0; i < presses; i++) {
		const char *key = keys[1 + i % 2];
		size_t length = lengths[1 + i % 2];
		double begin = now();
		last = begin;
		if (write(master, key, length) != (ssize_t)length)
			return 1;
		bytes[i] = (double)drain(master, QUIET_MS, &last);
		times[i] = last - begin;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	qsort(bytes, presses, sizeof bytes[0], compare);
	qsort(times, presses, sizeof times[0], compare);
	printf("%.0f %.0f %.0f %.0f %.0f\n", at(bytes, presses, 0.5), bytes[presses - 1],
		at(times, presses, 0.5), at(times, presses, 0.99), times[presses - 1]);
	return 0;
}
