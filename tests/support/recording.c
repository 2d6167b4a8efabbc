#include "tests/support/recording.h"

#include "tests/support/transcript.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER TEST_DATA "/transcripts/"

#define IDLE          2
#define DNLOAD_SYNC   3
#define DNBUSY        4
#define DNLOAD_IDLE   5
#define MANIFEST_SYNC 6
#define MANIFEST      7
#define UPLOAD_IDLE   9
#define ERROR         10

#define GET_DESCRIPTOR    6
#define SET_ADDRESS       5
#define SET_CONFIGURATION 9
#define GET_INTERFACE     10
#define SET_INTERFACE     11

/* --- single requests */

uint16_t recorded_value(const struct recorded *request)
{
	return (uint16_t)(request->setup[2] | request->setup[3] << 8);
}

uint16_t recorded_length(const struct recorded *request)
{
	return (uint16_t)(request->setup[6] | request->setup[7] << 8);
}

bool recorded_is_class(const struct recorded *request)
{
	return (request->setup[0] & 0x60) == 0x20;
}

static bool is_standard(const struct recorded *request, uint8_t code)
{
	return !recorded_is_class(request) && request->setup[1] == code;
}

bool recorded_is_set_interface(const struct recorded *request)
{
	return is_standard(request, SET_INTERFACE);
}

static bool is_in(const struct recorded *request)
{
	return (request->setup[0] & 0x80) != 0;
}

bool recorded_moves_nothing(const struct recording *recording, const struct recorded *request,
	int state, unsigned alternate)
{
	if (recorded_is_set_interface(request))
		return recorded_value(request) == alternate &&
		       (recording->is_prgfw || state == IDLE);
	if (!recorded_is_class(request))
		return is_standard(request, GET_DESCRIPTOR) || is_standard(request, GET_INTERFACE);
	switch (request->setup[1]) {
	case DFU_GETSTATE: return true;
	case DFU_GETSTATUS:
		return state == IDLE || state == DNLOAD_IDLE || state == UPLOAD_IDLE ||
		       state == ERROR;
	case DFU_ABORT: return state == IDLE;
	default: return false;
	}
}

/* --- where the board stands behind a request */

/* What an answer to GETSTATUS or GETSTATE says; behind some states the board goes on by itself. */
static int told_state(const struct recorded *request)
{
	bool is_status = request->setup[1] == DFU_GETSTATUS;
	if (request->end != RECORDED_DATA || request->is_withheld)
		return STATE_UNKNOWN;
	assert_int_equal(request->answer_length, is_status ? 6 : 1);
	int state = request->answer[is_status ? 4 : 0];
	return is_status && (state == DNBUSY || state == MANIFEST) ? STATE_UNKNOWN : state;
}

static bool is_question(const struct recorded *request)
{
	return recorded_is_class(request) &&
	       (request->setup[1] == DFU_GETSTATE || request->setup[1] == DFU_GETSTATUS);
}

static int state_behind_dfu(
	const struct recording *recording, const struct recorded *request, int before)
{
	bool is_short = request->answer_length < recorded_length(request);
	switch (request->setup[1]) {
	case DFU_DNLOAD: return recorded_length(request) > 0 ? DNLOAD_SYNC : MANIFEST_SYNC;
	case DFU_UPLOAD: return !recording->is_prgfw && is_short ? IDLE : UPLOAD_IDLE;
	case DFU_GETSTATUS:
	case DFU_GETSTATE: return told_state(request);
	case DFU_ABORT: return IDLE;
	case DFU_CLRSTATUS: /* STM32PRGFW-UTIL takes it anywhere, and it makes an error of it */
		return before == STATE_UNKNOWN ? STATE_UNKNOWN : before == ERROR ? IDLE : ERROR;
	default: return STATE_UNKNOWN;
	}
}

static int state_behind(const struct recording *recording, const struct recorded *request,
	const struct recorded *next, int before)
{
	if (is_standard(request, SET_CONFIGURATION))
		return IDLE;
	if (recorded_is_set_interface(request) && request->end == RECORDED_OK)
		return recording->is_prgfw ? before : IDLE;
	if (!recorded_is_class(request))
		return before;
	if (request->end == RECORDED_STALL && recording->is_prgfw)
		return before;
	if (request->end == RECORDED_STALL)
		return next && is_question(next) ? told_state(next) : STATE_UNKNOWN;
	if (request->end == RECORDED_SILENCE)
		return STATE_UNKNOWN;
	return state_behind_dfu(recording, request, before);
}

static void follow_states(struct recording *recording)
{
	int state = STATE_UNKNOWN;
	unsigned alternate = 0;
	for (size_t i = 0; i < recording->count; i++) {
		struct recorded *request = &recording->requests[i];
		const struct recorded *next = i + 1 < recording->count ? request + 1 : NULL;
		state = state_behind(recording, request, next, state);
		if (is_standard(request, SET_CONFIGURATION))
			alternate = 0;
		if (recorded_is_set_interface(request) && request->end == RECORDED_OK)
			alternate = recorded_value(request);
		request->state = state;
		request->alternate = alternate;
	}
}

/* --- the text */

/* Lines, taken one after the other. Answers come in the order of their SETUPs. */
struct reader {
	struct recording *out;
	size_t answered;
	bool wants_data;
	bool skips_answer; /* of a bus reset, which is no request */
};

static void take_sent(struct reader *reader, const char *bytes)
{
	struct recording *out = reader->out;
	struct recorded *request = &out->requests[out->count];
	if (reader->wants_data) {
		request--;
		size_t count = transcript_parse_hex(request->data, RECORDED_MAX, bytes);
		assert_int_equal(count, recorded_length(request));
		reader->wants_data = false;
		return;
	}
	memset(request, 0, sizeof *request);
	assert_int_equal(transcript_parse_hex(request->setup, 8, bytes), 8);
	out->count++;
	reader->wants_data = !is_in(request) && recorded_length(request) > 0;
}

static void take_answer(struct reader *reader, const char *line)
{
	struct recorded *request = &reader->out->requests[reader->answered];
	if (reader->skips_answer) {
		reader->skips_answer = false;
		return;
	}
	assert_true(reader->answered < reader->out->count);
	reader->answered++;
	line += strlen("< ");
	if (transcript_starts(line, "STALL")) {
		request->end = RECORDED_STALL;
	} else if (transcript_starts(line, "OK") || transcript_starts(line, "ACK")) {
		assert_false(is_in(request));
		request->end = RECORDED_OK;
	} else if (!transcript_starts(line, "(no data")) {
		assert_true(is_in(request));
		request->end = RECORDED_DATA;
		if (transcript_starts(line, "DATA "))
			line += strlen("DATA ");
		request->answer_length =
			(uint16_t)transcript_parse_hex(request->answer, RECORDED_MAX, line);
	}
}

static void take_line(struct reader *reader, const char *line, const char *end)
{
	const char *said = strstr(line, "data stage withheld");
	if (transcript_starts(line, "> BUSRESET")) {
		reader->skips_answer = true;
	} else if (transcript_starts(line, "> SETUP ")) {
		take_sent(reader, line + strlen("> SETUP "));
	} else if (transcript_starts(line, "> DATA ")) {
		take_sent(reader, line + strlen("> DATA "));
	} else if (transcript_starts(line, "> ")) {
		take_sent(reader, line + strlen("> "));
	} else if (transcript_starts(line, "< ")) {
		take_answer(reader, line);
	} else if (transcript_starts(line, "# device:") && said && said < end) {
		assert_true(reader->answered > 0);
		reader->out->requests[reader->answered - 1].is_withheld = true;
	} else if (transcript_starts(line, "# (no answer")) {
		reader->answered++;
	}
}

void recording_load(struct recording *out, const char *name)
{
	char path[512];
	size_t length;
	struct reader reader = {.out = out};
	snprintf(path, sizeof path, FOLDER "%s.txt", name);
	char *text = transcript_read(&length, path);
	memset(out, 0, sizeof *out);
	out->is_prgfw = transcript_starts(name, "prgfw/");
	size_t lines = 0;
	for (const char *at = text; *at != '\0'; at++)
		lines += *at == '\n';
	out->requests = calloc(lines + 1, sizeof *out->requests);
	assert_non_null(out->requests);
	for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		take_line(&reader, line, end);
	assert_true(out->count > 0);
	follow_states(out);
	free(text);
}

void recording_free(struct recording *recording)
{
	free(recording->requests);
	recording->requests = NULL;
}

/* --- descriptors */

static void copy_string(char *out, size_t capacity, const struct recorded *request)
{
	size_t count = (request->answer_length - 2u) / 2u;
	assert_true(count < capacity);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(request->answer[3 + 2 * i], 0);
		out[i] = (char)request->answer[2 + 2 * i];
	}
	out[count] = '\0';
}

static void take_string(
	struct usb_description *out, const struct recorded *request, bool *has_alternates)
{
	uint8_t number = request->setup[2];
	char text[128];
	copy_string(text, sizeof text, request);
	if (number == 2)
		snprintf(out->product_text, sizeof out->product_text, "%s", text);
	if (number == 3)
		snprintf(out->serial, sizeof out->serial, "%.60s", text);
	if (text[0] != '@')
		return;
	/* Both services number the strings of their alternates in the order of these. */
	if (!*has_alternates)
		out->alternate_count = 0;
	*has_alternates = true;
	struct usb_alternate *alternate = &out->alternates[out->alternate_count];
	alternate->number = (unsigned)out->alternate_count++;
	snprintf(alternate->name, sizeof alternate->name, "%s", text);
}

void recording_describe(struct usb_description *out, const struct recording *recording)
{
	bool has_alternates = false;
	for (size_t i = 0; i < recording->count; i++) {
		const struct recorded *request = &recording->requests[i];
		const uint8_t *answer = request->answer;
		if (!is_standard(request, GET_DESCRIPTOR) || request->end != RECORDED_DATA)
			continue;
		if (request->setup[3] == 1) {
			out->vendor = (uint16_t)(answer[8] | answer[9] << 8);
			out->product = (uint16_t)(answer[10] | answer[11] << 8);
			out->release = (uint16_t)(answer[12] | answer[13] << 8);
		} else if (request->setup[3] == 3 && request->setup[2] > 0) {
			take_string(out, request, &has_alternates);
		} else if (request->setup[3] == 0x21) {
			out->dfu_attributes = answer[2];
			out->transfer_size = (uint16_t)(answer[5] | answer[6] << 8);
			out->dfu_version = (uint16_t)(answer[7] | answer[8] << 8);
		}
	}
}
