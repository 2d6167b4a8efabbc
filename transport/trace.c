#include "transport/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The longest data, in hex, with room for words around it. */
#define LINE_CAPACITY (2 * 65536 + 256)

struct trace {
	struct usb_link link;
	struct usb_link *inner;
	int file;
	struct timespec start;
	size_t used;
	char line[LINE_CAPACITY];
};

static struct trace *as_trace(struct usb_link *link)
{
	return (struct trace *)link;
}

/* --- lines */

static void add(struct trace *trace, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct trace *trace, const char *format, ...)
{
	size_t room = sizeof trace->line - trace->used;
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(trace->line + trace->used, room, format, arguments);
	va_end(arguments);
	if (length > 0)
		trace->used += (size_t)length < room ? (size_t)length : room - 1;
}

static void add_hex(struct trace *trace, const uint8_t *bytes, size_t length)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < length && trace->used + 2 < sizeof trace->line; i++) {
		trace->line[trace->used++] = digits[bytes[i] >> 4];
		trace->line[trace->used++] = digits[bytes[i] & 0xF];
	}
	trace->line[trace->used] = '\0';
}

static void flush(struct trace *trace)
{
	const char *at = trace->line;
	while (trace->used > 0) {
		ssize_t done = write(trace->file, at, trace->used);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			break;
		at += done;
		trace->used -= (size_t)done;
	}
	trace->used = 0;
}

static void begin(struct trace *trace)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	long ms = (now.tv_nsec - trace->start.tv_nsec) / 1000000;
	long seconds = (long)(now.tv_sec - trace->start.tv_sec);
	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	add(trace, "%ld.%03ld ", seconds, ms);
}

static const char *request_name(uint8_t request)
{
	static const char *const names[] = {
		"DETACH", "DNLOAD", "UPLOAD", "GETSTATUS", "CLRSTATUS", "GETSTATE", "ABORT"};
	return request < sizeof names / sizeof names[0] ? names[request] : "request";
}

/* --- the link */

static enum status trace_describe(
	struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	struct usb_link *inner = as_trace(link)->inner;
	return inner->ops->describe(inner, out, err);
}

static enum status trace_set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct trace *trace = as_trace(link);
	begin(trace);
	add(trace, "SET_INTERFACE %u -> ", number);
	flush(trace);
	enum status status = trace->inner->ops->set_alternate(trace->inner, number, outcome, err);
	if (status != OK)
		add(trace, "%s: %s\n", status_name(status), err->text);
	else
		add(trace, "%s\n", *outcome == USB_STALLED ? "stall" : "ok");
	flush(trace);
	return status;
}

static enum status trace_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct trace *trace = as_trace(link);
	bool is_in = (request_type & 0x80) != 0;
	bool is_block = request == 1 || request == 2;
	begin(trace);
	add(trace, "%s", request_name(request));
	if (is_block)
		add(trace, " block %u,", value);
	if (is_block || length > 0)
		add(trace, " %u", length);
	if (!is_in && length > 0) {
		add(trace, ": ");
		add_hex(trace, data, length);
	}
	add(trace, " -> ");
	flush(trace);
	enum status status = trace->inner->ops->control(trace->inner, request_type, request, value,
		data, length, timeout_ms, actual, outcome, err);
	if (status != OK) {
		add(trace, "%s: %s", status_name(status), err->text);
	} else if (*outcome == USB_STALLED) {
		add(trace, "stall");
	} else if (!is_in) {
		add(trace, *actual == length ? "ok" : "incomplete");
	} else {
		add(trace, "%u: ", *actual);
		add_hex(trace, data, *actual < length ? *actual : length);
	}
	add(trace, "\n");
	flush(trace);
	return status;
}

static void trace_pause(struct usb_link *link, unsigned milliseconds)
{
	struct usb_link *inner = as_trace(link)->inner;
	inner->ops->pause(inner, milliseconds);
}

static void trace_close(struct usb_link *link)
{
	struct trace *trace = as_trace(link);
	begin(trace);
	add(trace, "closed\n");
	flush(trace);
	trace->inner->ops->close(trace->inner);
	close(trace->file);
	free(trace);
}

static const struct usb_ops trace_ops = {
	.describe = trace_describe,
	.set_alternate = trace_set_alternate,
	.control = trace_control,
	.pause = trace_pause,
	.close = trace_close,
};

static enum status open_file(int *out, const char *path, struct errbuf *err)
{
	struct stat about;
	/* Without O_NONBLOCK a pipe that nobody reads would hold the program here. */
	int file = open(path,
		O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC,
		0600);
	if (file < 0)
		return errbuf_set(
			err, ERR_FILE, "cannot write the trace to '%s': %s", path, strerror(errno));
	if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
		close(file);
		return errbuf_set(err, ERR_FILE,
			"cannot write the trace to '%s': it is not a plain file", path);
	}
	*out = file;
	return OK;
}

enum status trace_open(
	struct usb_link **out, struct usb_link *inner, const char *path, struct errbuf *err)
{
	struct trace *trace = calloc(1, sizeof *trace);
	if (!trace)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a trace");
	enum status status = open_file(&trace->file, path, err);
	if (status != OK) {
		free(trace);
		return status;
	}
	trace->link.ops = &trace_ops;
	trace->inner = inner;
	clock_gettime(CLOCK_MONOTONIC, &trace->start);
	begin(trace);
	add(trace, "opened\n");
	flush(trace);
	*out = &trace->link;
	return OK;
}
