#include "transport/sim_stream.h"

#include "transport/sim_wire.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BAUD       115200u
#define STEP_NS    100000u               /* how often a waiting host looks */
#define LONGEST_NS UINT64_C(60000000000) /* a longer sleep of the computer is this much */

struct sim_stream {
	struct stream stream;
	struct sim_wire wire;
	unsigned baud;
	bool is_paced;
	uint64_t start; /* of the board's time, in the world's */
};

static struct sim_stream *as_sim(struct stream *stream)
{
	return (struct sim_stream *)stream;
}

/* --- the world's time */

static uint64_t world_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* What the host did between two calls took time on the board, too. */
static void catch_up(struct sim_stream *stream)
{
	uint64_t passed;

	if (!stream->is_paced) {
		return;
	}
	passed = world_ns() - stream->start;
	if (passed > stream->wire.now + LONGEST_NS) {
		stream->start += passed - stream->wire.now - LONGEST_NS;
		passed = stream->wire.now + LONGEST_NS;
	}
	if (passed > stream->wire.now) {
		sim_wire_pass(&stream->wire, passed - stream->wire.now);
	}
}

/* A call returns when it would in the world. */
static void sleep_off(const struct sim_stream *stream)
{
	uint64_t due = stream->start + stream->wire.now;
	const struct timespec until = {
		.tv_sec = (time_t)(due / 1000000000), .tv_nsec = (long)(due % 1000000000)};

	while (stream->is_paced &&
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
	}
}

/* --- the stream */

static enum status sim_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	(void)err;
	memset(out, 0, sizeof *out);
	snprintf(out->port, sizeof out->port, "built in");
	out->baud = as_sim(stream)->baud;
	out->parity = as_sim(stream)->wire.parity;
	return OK;
}

static enum status sim_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct sim_wire *wire = &as_sim(stream)->wire;

	(void)err;
	catch_up(as_sim(stream));
	for (size_t i = 0; i < length; i++) {
		sim_wire_send(wire, bytes[i]);
		while (sim_wire_room(wire) < SIM_WIRE_ROOM) {
			sim_wire_pass(wire, wire->sent_done - wire->now);
		}
	}
	sleep_off(as_sim(stream));
	return OK;
}

static enum status sim_read(struct stream *stream, uint8_t *out, size_t length, unsigned timeout_ms,
	size_t *actual, struct errbuf *err)
{
	struct sim_wire *wire = &as_sim(stream)->wire;
	uint64_t left = (uint64_t)timeout_ms * 1000000;

	(void)err;
	catch_up(as_sim(stream));
	*actual = sim_wire_take(wire, out, length);
	while (*actual < length && left > 0) {
		uint64_t step = left < STEP_NS ? left : STEP_NS, next = sim_wire_next(wire);

		step = next < step ? next : step;
		sim_wire_pass(wire, step);
		left -= step;
		*actual += sim_wire_take(wire, out + *actual, length - *actual);
	}
	sleep_off(as_sim(stream));
	return OK;
}

static void sim_pause(struct stream *stream, unsigned milliseconds)
{
	catch_up(as_sim(stream));
	sim_wire_pass(&as_sim(stream)->wire, (uint64_t)milliseconds * 1000000);
	sleep_off(as_sim(stream));
}

/* The speed is that of the line, whatever is asked for: nothing here hears a wrong one. */
static enum status sim_set(struct stream *stream, unsigned baud, char parity, struct errbuf *err)
{
	(void)baud;
	(void)err;
	as_sim(stream)->wire.parity = parity;
	return OK;
}

static void sim_close(struct stream *stream)
{
	free(stream);
}

static const struct stream_ops sim_ops = {
	.describe = sim_describe,
	.write = sim_write,
	.read = sim_read,
	.pause = sim_pause,
	.set = sim_set,
	.close = sim_close,
};

static enum status open_line(struct stream **out, struct sim_uart *uart, unsigned baud,
	bool is_paced, struct errbuf *err)
{
	struct sim_stream *stream = calloc(1, sizeof *stream);

	if (stream == NULL) {
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated serial line");
	}
	stream->stream.ops = &sim_ops;
	stream->baud = baud;
	stream->is_paced = is_paced;
	stream->start = is_paced ? world_ns() : 0;
	sim_wire_begin(&stream->wire, uart, baud);
	stream->wire.parity = 'E';
	*out = &stream->stream;
	return OK;
}

enum status sim_stream_open(struct stream **out, struct sim_uart *uart, struct errbuf *err)
{
	return open_line(out, uart, BAUD, false, err);
}

enum status sim_stream_open_at(
	struct stream **out, struct sim_uart *uart, unsigned baud, struct errbuf *err)
{
	assert(baud > 0);
	return open_line(out, uart, baud, false, err);
}

enum status sim_stream_open_paced(
	struct stream **out, struct sim_uart *uart, unsigned baud, struct errbuf *err)
{
	assert(baud > 0);
	return open_line(out, uart, baud, true, err);
}

uint64_t sim_stream_time(const struct stream *stream)
{
	assert(stream->ops == &sim_ops);
	return ((const struct sim_stream *)stream)->wire.now / 1000;
}
