#include "transport/trace.h"

#include "transport/trace_file.h"

#include <stdbool.h>
#include <stdlib.h>

struct trace {
	struct usb_link link;
	struct usb_link *inner;
	struct trace_file file;
};

static struct trace *as_trace(struct usb_link *link)
{
	return (struct trace *)link;
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
	trace_file_begin(&trace->file);
	trace_file_add(&trace->file, "SET_INTERFACE %u -> ", number);
	trace_file_flush(&trace->file);
	enum status status = trace->inner->ops->set_alternate(trace->inner, number, outcome, err);
	if (status != OK)
		trace_file_add(&trace->file, "%s: %s\n", status_name(status), err->text);
	else
		trace_file_add(&trace->file, "%s\n", *outcome == USB_STALLED ? "stall" : "ok");
	trace_file_flush(&trace->file);
	return status;
}

static enum status trace_control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct trace *trace = as_trace(link);
	bool is_in = (request_type & 0x80) != 0;
	bool is_block = request == 1 || request == 2;
	trace_file_begin(&trace->file);
	trace_file_add(&trace->file, "%s", request_name(request));
	if (is_block)
		trace_file_add(&trace->file, " block %u,", value);
	if (is_block || length > 0)
		trace_file_add(&trace->file, " %u", length);
	if (!is_in && length > 0) {
		trace_file_add(&trace->file, ": ");
		trace_file_add_hex(&trace->file, data, length);
	}
	trace_file_add(&trace->file, " -> ");
	trace_file_flush(&trace->file);
	enum status status = trace->inner->ops->control(trace->inner, request_type, request, value,
		data, length, timeout_ms, actual, outcome, err);
	if (status != OK) {
		trace_file_add(&trace->file, "%s: %s", status_name(status), err->text);
	} else if (*outcome == USB_STALLED) {
		trace_file_add(&trace->file, "stall");
	} else if (!is_in) {
		trace_file_add(&trace->file, *actual == length ? "ok" : "incomplete");
	} else {
		trace_file_add(&trace->file, "%u: ", *actual);
		trace_file_add_hex(&trace->file, data, *actual < length ? *actual : length);
	}
	trace_file_add(&trace->file, "\n");
	trace_file_flush(&trace->file);
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
	trace->inner->ops->close(trace->inner);
	trace_file_close(&trace->file);
	free(trace);
}

static const struct usb_ops trace_ops = {
	.describe = trace_describe,
	.set_alternate = trace_set_alternate,
	.control = trace_control,
	.pause = trace_pause,
	.close = trace_close,
};

enum status trace_open(
	struct usb_link **out, struct usb_link *inner, const char *path, struct errbuf *err)
{
	struct trace *trace = calloc(1, sizeof *trace);
	if (!trace)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a trace");
	enum status status = trace_file_open(&trace->file, path, err);
	if (status != OK) {
		free(trace);
		return status;
	}
	trace->link.ops = &trace_ops;
	trace->inner = inner;
	*out = &trace->link;
	return OK;
}
