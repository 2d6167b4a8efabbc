#include "transport/sim_pty.h"

#include "transport/sim_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define STEP_MS    1 /* how often the board's clock is set while nothing is on the wire */
#define LONGEST_NS UINT64_C(60000000000) /* a longer sleep of the computer is this much */

struct sim_pty {
	struct sim_wire wire;
	int master, slave; /* the slave stays open, so that nobody's leaving hangs the line up */
	uint64_t then;     /* when the board's clock was set, in nanoseconds of the world */
	char path[64];
	size_t out_count;
	uint8_t out[256]; /* what could not be written yet */
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

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

enum status sim_pty_open(
	struct sim_pty **out, struct sim_uart *uart, unsigned baud, struct errbuf *err)
{
	struct sim_pty *pty = calloc(1, sizeof *pty);
	enum status status;

	if (pty == NULL) {
		return errbuf_set(err, ERR_MEMORY, "out of memory for a pseudo-terminal");
	}
	pty->master = -1;
	pty->slave = -1;
	status = open_both(pty, err);
	if (status != OK) {
		sim_pty_close(pty);
		return status;
	}
	sim_wire_begin(&pty->wire, uart, baud);
	pty->then = now_ns();
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

/* The board's clock catches up with the world's. */
static void catch_up(struct sim_pty *pty)
{
	uint64_t now = now_ns(), passed = now - pty->then;

	pty->then = now;
	sim_wire_pass(&pty->wire, passed > LONGEST_NS ? LONGEST_NS : passed);
}

/* Where nobody reads, the line is full, and what comes next stays on the wire until it is lost. */
static bool send_out(struct sim_pty *pty)
{
	ssize_t done;

	pty->out_count += sim_wire_take(
		&pty->wire, pty->out + pty->out_count, sizeof pty->out - pty->out_count);
	if (pty->out_count == 0) {
		return false;
	}
	done = write(pty->master, pty->out, pty->out_count);
	if (done <= 0) {
		return false;
	}
	pty->out_count -= (size_t)done;
	memmove(pty->out, pty->out + done, pty->out_count);
	return true;
}

static bool take_in(struct sim_pty *pty)
{
	uint8_t bytes[SIM_WIRE_ROOM];
	ssize_t count = read(pty->master, bytes, sim_wire_room(&pty->wire));

	for (ssize_t i = 0; i < count; i++) {
		sim_wire_send(&pty->wire, bytes[i]);
	}
	return count > 0;
}

/* Until a byte is through, or comes in. */
static enum status wait_for_more(struct sim_pty *pty, struct errbuf *err)
{
	struct pollfd wait = {.fd = pty->master, .events = POLLIN};
	uint64_t next = sim_wire_next(&pty->wire);

	if (next < STEP_MS * UINT64_C(1000000)) {
		const struct timespec time = {.tv_sec = 0, .tv_nsec = (long)next};

		(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
	} else if (poll(&wait, 1, STEP_MS) < 0 && errno != EINTR) {
		return fail("listened to", err);
	}
	return OK;
}

enum status sim_pty_serve(struct sim_pty *pty, unsigned milliseconds, struct errbuf *err)
{
	uint64_t end = now_ns() + milliseconds * UINT64_C(1000000);
	enum status status = OK;

	while (status == OK && now_ns() < end) {
		bool has_come, has_gone;

		catch_up(pty);
		has_come = take_in(pty);
		has_gone = send_out(pty);
		if (!has_come && !has_gone) {
			status = wait_for_more(pty, err);
		}
	}
	return status;
}
