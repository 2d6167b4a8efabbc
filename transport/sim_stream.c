#include "transport/sim_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_US 100u /* how often a waiting host looks */

struct sim_stream {
	struct stream stream;
	struct sim_uart *uart;
};

static struct sim_uart *uart_of(struct stream *stream)
{
	return ((struct sim_stream *)stream)->uart;
}

static enum status sim_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	(void)stream;
	(void)err;
	memset(out, 0, sizeof *out);
	snprintf(out->port, sizeof out->port, "built in");
	out->baud = 115200;
	out->parity = 'E';
	return OK;
}

static enum status sim_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	(void)err;
	for (size_t i = 0; i < length; i++) {
		sim_uart_pass(uart_of(stream), SIM_UART_BYTE_US);
		sim_uart_receive(uart_of(stream), bytes[i], false);
	}
	return OK;
}

static enum status sim_read(struct stream *stream, uint8_t *out, size_t length, unsigned timeout_ms,
	size_t *actual, struct errbuf *err)
{
	uint64_t left = (uint64_t)timeout_ms * 1000;

	(void)err;
	*actual = sim_uart_take(uart_of(stream), out, length);
	while (*actual < length && left > 0) {
		uint32_t step = left < STEP_US ? (uint32_t)left : STEP_US;

		sim_uart_pass(uart_of(stream), step);
		left -= step;
		*actual += sim_uart_take(uart_of(stream), out + *actual, length - *actual);
	}
	return OK;
}

static void sim_pause(struct stream *stream, unsigned milliseconds)
{
	sim_uart_pass(uart_of(stream), milliseconds * 1000u);
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
	.close = sim_close,
};

enum status sim_stream_open(struct stream **out, struct sim_uart *uart, struct errbuf *err)
{
	struct sim_stream *stream = calloc(1, sizeof *stream);

	if (stream == NULL) {
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated serial line");
	}
	stream->stream.ops = &sim_ops;
	stream->uart = uart;
	*out = &stream->stream;
	return OK;
}
