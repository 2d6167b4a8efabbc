#include "tests/support/uart_line.h"

#include "transport/sim_stream.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define TEXT "\r\n[   12.345678] usb 1-1: new device y1\r\n"

struct uart_line {
	struct stream stream;
	struct stream *inner;
	struct uart_traffic *traffic;
	struct sim_board *board;
	uint8_t ahead[512]; /* of what the board sends */
	size_t ahead_count;
	bool is_muted; /* what the board sends is lost */
	bool babbles, is_gone, echoes;
};

static struct uart_line *as_line(struct stream *stream)
{
	return (struct uart_line *)stream;
}

static enum status gone(struct errbuf *err)
{
	return errbuf_set(err, ERR_GONE, "the serial port is gone");
}

static void put_ahead(struct uart_line *line, const void *bytes, size_t length)
{
	assert_true(length <= sizeof line->ahead - line->ahead_count);
	memcpy(line->ahead + line->ahead_count, bytes, length);
	line->ahead_count += length;
}

static void answer_instead(struct uart_line *line, uint8_t byte)
{
	put_ahead(line, &byte, 1);
	line->is_muted = true;
}

static void spoil(
	struct uart_line *line, enum uart_fault_kind kind, const uint8_t *bytes, size_t length)
{
	switch (kind) {
	case UART_NACK: answer_instead(line, 0x1F); break;
	case UART_ABORT: answer_instead(line, 0x5F); break;
	case UART_BUSY: answer_instead(line, 0x76); break;
	case UART_GARBAGE: answer_instead(line, 0xA5); break;
	case UART_SILENCE: line->is_muted = true; break;
	case UART_ECHO: put_ahead(line, bytes, length); break;
	case UART_TEXT: put_ahead(line, TEXT, strlen(TEXT)); break;
	case UART_RESET: sim_board_reset(line->board); break;
	case UART_ECHOES: line->echoes = true; break;
	case UART_BABBLE: line->babbles = true; break;
	case UART_GONE: line->is_gone = true; break;
	case UART_SOUND:
	case UART_FAULTS: break;
	}
}

static enum status line_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct uart_line *line = as_line(stream);
	const struct uart_fault *fault = &line->traffic->fault;
	enum status status = OK;
	if (line->is_gone)
		return gone(err);
	uart_watch_sent(&line->traffic->watch, bytes, length);
	line->is_muted = false;
	bool is_due = ++line->traffic->exchanges == fault->at && fault->kind != UART_SOUND;
	if (!is_due || fault->is_late)
		status = line->inner->ops->write(line->inner, bytes, length, err);
	if (is_due)
		spoil(line, fault->kind, bytes, length);
	if (line->echoes)
		put_ahead(line, bytes, length);
	return line->is_gone ? gone(err) : status;
}

static size_t take_ahead(struct uart_line *line, uint8_t *out, size_t length)
{
	size_t count = line->ahead_count < length ? line->ahead_count : length;
	memcpy(out, line->ahead, count);
	line->ahead_count -= count;
	memmove(line->ahead, line->ahead + count, line->ahead_count);
	return count;
}

static enum status read_board(struct uart_line *line, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	uint8_t lost[4096];
	if (!line->is_muted)
		return line->inner->ops->read(line->inner, out, length, timeout_ms, actual, err);
	enum status status =
		line->inner->ops->read(line->inner, lost, sizeof lost, timeout_ms, actual, err);
	*actual = 0;
	return status;
}

static enum status line_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct uart_line *line = as_line(stream);
	enum status status = OK;
	size_t more = 0;
	*actual = 0;
	if (line->is_gone)
		return gone(err);
	if (line->babbles) {
		memset(out, 'U', length);
		*actual = length;
		return OK;
	}
	*actual = take_ahead(line, out, length);
	if (*actual < length)
		status = read_board(line, out + *actual, length - *actual, timeout_ms, &more, err);
	*actual += more;
	if (*actual > 0)
		uart_watch_answered(&line->traffic->watch, out, *actual);
	if (*actual < length)
		line->traffic->waited_ms += timeout_ms;
	return status;
}

static enum status line_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	struct stream *inner = as_line(stream)->inner;
	return inner->ops->describe(inner, out, err);
}

static void line_pause(struct stream *stream, unsigned milliseconds)
{
	struct stream *inner = as_line(stream)->inner;
	inner->ops->pause(inner, milliseconds);
}

static void line_close(struct stream *stream)
{
	struct stream *inner = as_line(stream)->inner;
	inner->ops->close(inner);
	free(stream);
}

static const struct stream_ops line_ops = {
	.describe = line_describe,
	.write = line_write,
	.read = line_read,
	.pause = line_pause,
	.close = line_close,
};

enum status uart_line_open(struct stream **out, struct uart_traffic *traffic,
	struct sim_board *board, struct sim_uart *uart, struct errbuf *err)
{
	struct uart_line *line = calloc(1, sizeof *line);
	assert_non_null(line);
	line->stream.ops = &line_ops;
	line->traffic = traffic;
	line->board = board;
	*out = &line->stream;
	return sim_stream_open(&line->inner, uart, err);
}

void uart_traffic_begin(struct uart_traffic *traffic, struct uart_fault fault)
{
	uart_traffic_free(traffic);
	traffic->fault = fault;
}

void uart_traffic_free(struct uart_traffic *traffic)
{
	uart_watch_free(&traffic->watch);
	*traffic = (struct uart_traffic){0};
}
