/* Any bytes from a serial line: a probe ends within so long a wait, sends nothing unasked, and
 * tells what it heard in texts that are fit to show. */
#include "src/clean_text.h"
#include "transport/link.h"
#include "transport/probe_line.h"
#include "transport/probe_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_WAIT_MS 600000u

struct line {
	struct stream stream;
	const uint8_t *data;
	size_t size;
	bool may_send;
	uint64_t waited;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct line *as_line(struct stream *stream)
{
	return (struct line *)stream;
}

static void wait_for(struct line *line, unsigned milliseconds)
{
	line->waited += milliseconds;
	require(line->waited < MAX_WAIT_MS);
}

static enum status line_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	(void)stream;
	(void)err;
	*out = (struct stream_description){
		.port = "/dev/ttyUSB0", .description = "adapter", .baud = 115200, .parity = 'E'};
	return OK;
}

static enum status line_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	(void)bytes;
	(void)err;
	require(as_line(stream)->may_send && length > 0);
	return OK;
}

/* A byte of the input says how many come before a silence, or that the port is gone. */
static enum status line_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct line *line = as_line(stream);
	*actual = 0;
	wait_for(line, timeout_ms > 0 ? timeout_ms : 1);
	if (line->size == 0)
		return OK;
	uint8_t say = *line->data++;
	line->size--;
	if (say == 0xFF)
		return errbuf_set(err, ERR_GONE, "unplugged");
	size_t most = say < length ? say : length;
	*actual = most < line->size ? most : line->size;
	memcpy(out, line->data, *actual);
	line->data += *actual;
	line->size -= *actual;
	return OK;
}

static void line_pause(struct stream *stream, unsigned milliseconds)
{
	wait_for(as_line(stream), milliseconds);
}

static enum status line_set(struct stream *stream, unsigned baud, char parity, struct errbuf *err)
{
	(void)stream;
	(void)err;
	require(baud > 0 && (parity == 'E' || parity == 'N' || parity == 'O'));
	return OK;
}

static void line_close(struct stream *stream)
{
	(void)stream;
}

static const struct stream_ops line_ops = {
	.describe = line_describe,
	.write = line_write,
	.read = line_read,
	.pause = line_pause,
	.set = line_set,
	.close = line_close,
};

static void tell(const char *text, void *payload)
{
	(void)payload;
	require(text && text[0]);
}

static bool stop(void *payload)
{
	(void)payload;
	return false;
}

static void require_clean(const char *text, size_t capacity)
{
	require(memchr(text, '\0', capacity) != NULL);
	require(clean_text_is_clean(text, strlen(text)));
}

static void look_at(const struct probe_report *report, bool may_send)
{
	require(report->end < PROBE_ENDS && probe_rows[report->end].name);
	require(!report->has_sent || may_send);
	require(report->step_count <= PROBE_STEPS_MAX);
	require_clean(report->said, sizeof report->said);
	require_clean(report->detail, sizeof report->detail);
	for (size_t i = 0; i < report->step_count; i++) {
		require_clean(report->steps[i].did, sizeof report->steps[i].did);
		require_clean(report->steps[i].heard, sizeof report->steps[i].heard);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct probe_report report;
	struct errbuf err = {0};
	char text[200];
	if (size < 1)
		return 0;
	bool may_send = data[0] & 1;
	struct line line = {
		.stream = {&line_ops}, .data = data + 1, .size = size - 1, .may_send = may_send};
	const struct probe_host host = {.may_send = may_send, .tell = tell, .stop = stop};
	memset(&report, 0, sizeof report);
	if (probe_line(&report, &line.stream, 115200, &host, &err) == OK)
		look_at(&report, may_send);
	else
		require(err.text[0] != '\0');
	require(probe_text_tell(data, size) < PROBE_ENDS);
	probe_text_tell_smp(text, sizeof text, data, size);
	require_clean(text, sizeof text);
	probe_text_show(text, sizeof text, data, size);
	require_clean(text, sizeof text);
	return 0;
}
