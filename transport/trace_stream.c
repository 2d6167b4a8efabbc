#include "transport/trace.h"
#include "transport/trace_file.h"

#include <stdlib.h>

struct trace {
	struct stream stream;
	struct stream *inner;
	struct trace_file file;
};

static struct trace *as_trace(struct stream *stream)
{
	return (struct trace *)stream;
}

static enum status trace_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	struct stream *inner = as_trace(stream)->inner;
	return inner->ops->describe(inner, out, err);
}

static void end_line(struct trace *trace, enum status status, const struct errbuf *err)
{
	if (status == OK)
		trace_file_add(&trace->file, "\n");
	else
		trace_file_add(&trace->file, "%s: %s\n", status_name(status), err->text);
	trace_file_flush(&trace->file);
}

static enum status trace_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct trace *trace = as_trace(stream);
	trace_file_begin(&trace->file);
	trace_file_add(&trace->file, "> ");
	trace_file_add_hex(&trace->file, bytes, length);
	trace_file_add(&trace->file, " -> ");
	trace_file_flush(&trace->file);
	enum status status = trace->inner->ops->write(trace->inner, bytes, length, err);
	if (status == OK)
		trace_file_add(&trace->file, "ok");
	end_line(trace, status, err);
	return status;
}

static enum status trace_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct trace *trace = as_trace(stream);
	enum status status =
		trace->inner->ops->read(trace->inner, out, length, timeout_ms, actual, err);
	trace_file_begin(&trace->file);
	trace_file_add(&trace->file, "< %zu of %zu within %u ms: ", *actual, length, timeout_ms);
	trace_file_add_hex(&trace->file, out, *actual);
	end_line(trace, status, err);
	return status;
}

static void trace_pause(struct stream *stream, unsigned milliseconds)
{
	struct stream *inner = as_trace(stream)->inner;
	inner->ops->pause(inner, milliseconds);
}

static enum status trace_set(struct stream *stream, unsigned baud, char parity, struct errbuf *err)
{
	struct trace *trace = as_trace(stream);
	enum status status = trace->inner->ops->set(trace->inner, baud, parity, err);
	trace_file_begin(&trace->file);
	trace_file_add(&trace->file, "line %u baud, parity %c -> ", baud, parity);
	if (status == OK)
		trace_file_add(&trace->file, "ok");
	end_line(trace, status, err);
	return status;
}

static void trace_close(struct stream *stream)
{
	struct trace *trace = as_trace(stream);
	trace->inner->ops->close(trace->inner);
	trace_file_close(&trace->file);
	free(trace);
}

static const struct stream_ops trace_ops = {
	.describe = trace_describe,
	.write = trace_write,
	.read = trace_read,
	.pause = trace_pause,
	.set = trace_set,
	.close = trace_close,
};

enum status trace_stream_open(
	struct stream **out, struct stream *inner, const char *path, struct errbuf *err)
{
	struct trace *trace = calloc(1, sizeof *trace);
	if (!trace)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a trace");
	enum status status = trace_file_open(&trace->file, path, err);
	if (status != OK) {
		free(trace);
		return status;
	}
	trace->stream.ops = &trace_ops;
	trace->inner = inner;
	*out = &trace->stream;
	return OK;
}
