#include "transport/sim_pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS 1 /* how often the board's clock is set while somebody talks to it */
#define LONGEST_US                                                                                 \
	60000000 /* after a longer sleep of the computer the board has seen that much              \
		  */

struct sim_pty {
	struct sim_uart *uart;
	int master, slave; /* the slave stays open, so that nobody's leaving hangs the line up */
	bool paced;
	int64_t then; /* the board's time, in microseconds */
	char path[64];
};

static enum status fail(const char *what, struct errbuf *err)
{
	return errbuf_set(
		err, ERR_FILE, "a pseudo-terminal cannot be %s: %s", what, strerror(errno));
}

static void set_raw(int file)
{
	struct termios settings;

	if (tcgetattr(file, &settings) != 0) {
		return;
	}
	settings.c_iflag = 0;
	settings.c_oflag = 0;
	settings.c_lflag = 0;
	settings.c_cc[VMIN] = 1;
	settings.c_cc[VTIME] = 0;
	(void)tcsetattr(file, TCSANOW, &settings);
}

static enum status open_both(struct sim_pty *pty, struct errbuf *err)
{
	const char *path;

	pty->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (pty->master < 0 || grantpt(pty->master) != 0 || unlockpt(pty->master) != 0) {
		return fail("made", err);
	}
	path = ptsname(pty->master);
	if (path == NULL) {
		return fail("named", err);
	}
	snprintf(pty->path, sizeof pty->path, "%s", path);
	pty->slave = open(pty->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->slave < 0 || fcntl(pty->master, F_SETFL, O_NONBLOCK) != 0 ||
		fcntl(pty->master, F_SETFD, FD_CLOEXEC) != 0) {
		return fail("opened", err);
	}
	set_raw(pty->slave);
	return OK;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

enum status sim_pty_open(
	struct sim_pty **out, struct sim_uart *uart, bool paced, struct errbuf *err)
{
	struct sim_pty *pty = calloc(1, sizeof *pty);
	enum status status;

	if (pty == NULL) {
		return errbuf_set(err, ERR_MEMORY, "out of memory for a pseudo-terminal");
	}
	pty->uart = uart;
	pty->paced = paced;
	pty->master = -1;
	pty->slave = -1;
	status = open_both(pty, err);
	if (status != OK) {
		sim_pty_close(pty);
		return status;
	}
	pty->then = now_us();
	*out = pty;
	return OK;
}

void sim_pty_close(struct sim_pty *pty)
{
	if (pty == NULL) {
		return;
	}
	if (pty->slave >= 0) {
		close(pty->slave);
	}
	if (pty->master >= 0) {
		close(pty->master);
	}
	free(pty);
}

const char *sim_pty_path(const struct sim_pty *pty)
{
	return pty->path;
}

static void wait_us(uint32_t microseconds)
{
	struct timespec left = {0, (long)microseconds * 1000};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
	}
}

/* The board's clock catches up with the world's. */
static void catch_up(struct sim_pty *pty)
{
	int64_t now = now_us(), passed = now - pty->then;

	pty->then = now;
	sim_uart_pass(pty->uart, passed > LONGEST_US ? LONGEST_US : (uint32_t)passed);
}

static bool send_out(struct sim_pty *pty)
{
	uint8_t bytes[256];
	size_t count = sim_uart_take(pty->uart, bytes, pty->paced ? 1 : sizeof bytes);
	size_t sent = 0;

	while (sent < count) {
		ssize_t done = write(pty->master, bytes + sent, count - sent);

		if (done > 0) {
			sent += (size_t)done;
		} else if (errno == EAGAIN || errno == EINTR) {
			wait_us(1000); /* nobody reads: the line is full */
		} else {
			break;
		}
	}
	if (pty->paced && count > 0) {
		wait_us(SIM_UART_BYTE_US);
	}
	return count > 0;
}

/* One byte at a time, so that the board may answer between two, as it would. */
static bool take_in(struct sim_pty *pty)
{
	uint8_t byte;

	if (read(pty->master, &byte, 1) != 1) {
		return false;
	}
	if (pty->paced) {
		wait_us(SIM_UART_BYTE_US);
		catch_up(pty);
	} else {
		sim_uart_pass(pty->uart, SIM_UART_BYTE_US);
	}
	sim_uart_receive(pty->uart, byte, false);
	return true;
}

enum status sim_pty_serve(struct sim_pty *pty, unsigned milliseconds, struct errbuf *err)
{
	int64_t end = now_us() + (int64_t)milliseconds * 1000;

	while (now_us() < end) {
		struct pollfd wait = {.fd = pty->master, .events = POLLIN};

		if (poll(&wait, 1, STEP_MS) < 0 && errno != EINTR) {
			return fail("listened to", err);
		}
		catch_up(pty);
		while (now_us() < end && (take_in(pty) || send_out(pty))) {
		}
	}
	return OK;
}
