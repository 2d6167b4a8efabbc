/* A simulated board over its serial line. */
#include "transport/device_uart.h"
#include "transport/loader_uart.h"
#include "transport/probe_line.h"
#include "transport/source_bench.h"
#include "transport/sim_orders.h"
#include "transport/sim_pty.h"
#include "transport/sim_stream.h"
#include "transport/trace.h"

#include <stdio.h>
#include <stdlib.h>

/* --- a line that ends where saving fails */

struct bench_stream {
	struct stream stream;
	struct stream *inner;
	struct source_bench *bench;
};

static struct bench_stream *as_bench_stream(struct stream *stream)
{
	return (struct bench_stream *)stream;
}

static enum status stream_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	struct stream *inner = as_bench_stream(stream)->inner;
	return inner->ops->describe(inner, out, err);
}

static enum status stream_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct stream *inner = as_bench_stream(stream)->inner;
	return source_bench_check(
		as_bench_stream(stream)->bench, inner->ops->write(inner, bytes, length, err), err);
}

static enum status stream_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct stream *inner = as_bench_stream(stream)->inner;
	return source_bench_check(as_bench_stream(stream)->bench,
		inner->ops->read(inner, out, length, timeout_ms, actual, err), err);
}

static void stream_pause(struct stream *stream, unsigned milliseconds)
{
	struct stream *inner = as_bench_stream(stream)->inner;
	inner->ops->pause(inner, milliseconds);
}

static enum status stream_set(struct stream *stream, unsigned baud, char parity, struct errbuf *err)
{
	struct stream *inner = as_bench_stream(stream)->inner;
	return inner->ops->set(inner, baud, parity, err);
}

static void stream_close(struct stream *stream)
{
	struct stream *inner = as_bench_stream(stream)->inner;
	inner->ops->close(inner);
	free(as_bench_stream(stream));
}

static const struct stream_ops stream_ops = {
	.describe = stream_describe,
	.write = stream_write,
	.read = stream_read,
	.pause = stream_pause,
	.set = stream_set,
	.close = stream_close,
};

static enum status open_stream(struct stream **out, struct source_bench *bench, struct errbuf *err)
{
	struct bench_stream *stream = calloc(1, sizeof *stream);
	if (!stream)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated board");
	stream->stream.ops = &stream_ops;
	stream->bench = bench;
	enum status status = bench->baud == 0 ? sim_stream_open(&stream->inner, bench->uart, err)
					      : sim_stream_open_paced(&stream->inner, bench->uart,
							bench->baud, err);
	if (status != OK) {
		free(stream);
		return status;
	}
	*out = &stream->stream;
	if (!bench->trace_path)
		return OK;
	status = trace_stream_open(out, &stream->stream, bench->trace_path, err);
	if (status != OK)
		stream_close(&stream->stream);
	return status;
}

/* --- the board */

#define USUAL_BAUD 115200u

static enum status reset_board(struct stream **out, void *payload, struct errbuf *err)
{
	struct source_bench *bench = payload;
	if (bench->save_status != OK)
		return source_bench_check(bench, OK, err);
	sim_board_reset(bench->board);
	return open_stream(out, bench, err);
}

enum status source_sim_open_uart(struct device **out, struct source_bench *bench, const char *text,
	const char *link, const struct job *job, struct errbuf *err)
{
	struct stream *stream;
	const struct device_uart_about about = {
		.source = text,
		.link = link,
		.port = bench->name,
		.source_class = SOURCE_SIMULATED,
		.fresh_power = true,
		.restart = reset_board,
		.closed = source_bench_free,
		.payload = bench,
		.job = job,
	};
	enum status status = open_stream(&stream, bench, err);
	if (status == OK)
		status = device_uart_open(out, stream, &about, err);
	if (status != OK)
		source_bench_free(bench);
	return status;
}

enum status source_sim_open_uart_loader(
	struct loader **out, struct source_bench *bench, const char *text, struct errbuf *err)
{
	struct stream *stream;
	const struct loader_uart_about about = {
		.source_class = SOURCE_SIMULATED,
		.source = text,
		.link = "simulated serial line",
		.port = bench->name,
		.closed = source_bench_free,
		.payload = bench,
	};
	enum status status = open_stream(&stream, bench, err);
	if (status != OK) {
		source_bench_free(bench);
		return status;
	}
	return loader_uart_open(out, stream, &about, err);
}

enum status source_sim_probe(struct probe_report *out, const char *text,
	const struct source_options *options, const struct probe_host *host, struct errbuf *err)
{
	struct source_request request;
	struct source_bench *bench = NULL;
	struct stream *stream;
	enum status status = source_request_parse(&request, text, err);
	if (status == OK && !request.over_uart)
		status = errbuf_set(err, ERR_USAGE,
			"'%.200s' is on USB: add ',uart' for its serial line", text);
	if (status == OK)
		status = source_bench_make(&bench, &request, options, err);
	if (status != OK)
		return status;
	snprintf(out->port, sizeof out->port, "%s", bench->name);
	status = open_stream(&stream, bench, err);
	if (status == OK) {
		status = probe_line(out, stream, bench->baud ? bench->baud : USUAL_BAUD, host, err);
		stream->ops->close(stream);
	}
	source_bench_free(bench);
	return status;
}

/* --- for other programs */

#define ROUND_MS 100u

static void take_orders(const struct source_bench *bench, const struct serve_host *host)
{
	char line[128];
	while (host->order && host->order(line, sizeof line, host->payload)) {
		struct errbuf err = {0};
		bool is_done = sim_order(bench->board, bench->uart, line, &err) == OK;
		host->ordered(is_done ? NULL : err.text, host->payload);
	}
}

enum status source_sim_serve(const char *text, const struct source_options *options,
	const struct serve_host *host, struct errbuf *err)
{
	struct source_request request;
	struct source_bench *bench = NULL;
	struct sim_pty *pty = NULL;
	enum status status = source_request_parse(&request, text, err);
	request.over_uart = true;
	request.gets_power = true;
	if (request.baud == 0)
		request.baud = USUAL_BAUD;
	if (status == OK)
		status = source_bench_make(&bench, &request, options, err);
	if (status != OK)
		return status;
	status = sim_pty_open(&pty, bench->uart, bench->baud, err);
	if (status == OK)
		host->ready(sim_pty_path(pty), host->payload);
	while (status == OK && !host->stop(host->payload)) {
		take_orders(bench, host);
		status = sim_pty_serve(pty, ROUND_MS, err);
		status = source_bench_check(bench, status, err);
	}
	sim_pty_close(pty);
	source_bench_free(bench);
	return status;
}
