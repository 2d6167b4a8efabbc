#include "tests/support/replay_link.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE     2
#define MANIFEST 7

#define ITEMS_MAX     128
#define BAD_BLOCK     0xFFFF /* what cleans: no part of a request */
#define SHORTEST_MS   5000u  /* dfu-util's timeout for any control request */
#define SHORTEST_WORK 10000u /* for UPLOAD, and GETSTATUS: the board may burn meanwhile */
#define BURN_PAUSE_MS 1000u

struct replay_item {
	const struct recording *recording;
	const struct recorded *request;
	bool by_others, is_lost;
};

static struct replay_link *as_replay(struct usb_link *link)
{
	return (struct replay_link *)link;
}

/* --- legs */

static bool begins_anywhere(const struct replay_item *item)
{
	return !item->recording->is_prgfw && recorded_is_set_interface(item->request);
}

static void check_joint(const struct replay_link *replay, const struct replay_item *item)
{
	const struct replay_item *before = item - 1;
	if (item == replay->items || begins_anywhere(item) ||
		item->request == item->recording->requests)
		return;
	assert_int_equal(before->recording->is_prgfw, item->recording->is_prgfw);
	assert_int_not_equal(before->request->state, STATE_UNKNOWN);
	assert_int_equal(before->request->state, item->request[-1].state);
	assert_int_equal(before->request->alternate, item->request[-1].alternate);
}

static void add_leg(struct replay_link *replay, const struct replay_leg *leg)
{
	struct recording *recording = &replay->recordings[replay->recording_count++];
	recording_load(recording, leg->recording);
	size_t first = leg->first ? leg->first : 1, last = leg->last ? leg->last : recording->count;
	assert_true(first <= last && last <= recording->count);
	for (size_t number = first; number <= last; number++) {
		assert_true(replay->count < ITEMS_MAX);
		struct replay_item *item = &replay->items[replay->count++];
		item->recording = recording;
		item->request = &recording->requests[number - 1];
		item->by_others = leg->by_others;
		item->is_lost = leg->lost == number;
		if (number == first)
			check_joint(replay, item);
	}
}

/* --- going on */

static const struct replay_item *next_item(const struct replay_link *replay)
{
	return replay->position < replay->count ? &replay->items[replay->position] : NULL;
}

static void go_on(struct replay_link *replay)
{
	const struct recorded *request = replay->items[replay->position++].request;
	replay->state = request->state;
	replay->alternate = request->alternate;
}

/* What the operating system does before any program. */
static bool is_start(const struct recorded *request)
{
	return request->setup[0] == 0x00 && (request->setup[1] == 5 || request->setup[1] == 9);
}

static bool moves_nothing(const struct replay_link *replay, const struct replay_item *item)
{
	return recorded_moves_nothing(
		item->recording, item->request, replay->state, replay->alternate);
}

/* Steps over one request that moves nothing. False: it does, or is another program's. */
static bool pass_over(struct replay_link *replay)
{
	const struct replay_item *item = next_item(replay);
	if (!item || item->by_others || !(is_start(item->request) || moves_nothing(replay, item)))
		return false;
	replay->passed_over +=
		recorded_is_class(item->request) || recorded_is_set_interface(item->request);
	go_on(replay);
	return true;
}

void replay_link_others(struct replay_link *replay)
{
	size_t at = replay->position;
	while (at < replay->count && !replay->items[at].by_others &&
		(is_start(replay->items[at].request) || moves_nothing(replay, &replay->items[at])))
		at++;
	if (at >= replay->count || !replay->items[at].by_others)
		return;
	while (replay->position < at)
		pass_over(replay);
	while (next_item(replay) && next_item(replay)->by_others)
		go_on(replay);
}

unsigned replay_link_number(const struct replay_link *replay)
{
	const struct replay_item *item = next_item(replay);
	return item ? (unsigned)(item->request - item->recording->requests) + 1 : 0;
}

bool replay_link_is_at_end(struct replay_link *replay)
{
	while (pass_over(replay))
		;
	return replay->position == replay->count;
}

void replay_link_request(const struct replay_link *replay, uint8_t *out, size_t size)
{
	size_t used = 0;
	memset(out, 0, size);
	for (size_t i = replay->position; i < replay->count; i++) {
		const struct recorded *request = replay->items[i].request;
		size_t length = recorded_length(request);
		if (replay->items[i].by_others || !recorded_is_class(request) ||
			request->setup[1] != DFU_DNLOAD || recorded_value(request) == BAD_BLOCK)
			continue;
		if (length > size - used)
			length = size - used;
		memcpy(out + used, request->data, length);
		used += length;
	}
}

/* --- one exchange */

static void print_request(char *out, size_t capacity, const struct recorded *request)
{
	static const char *const names[] = {
		"detach", "down", "up", "status", "clear", "state", "abort"};
	unsigned code = request->setup[1];
	if (recorded_is_set_interface(request))
		snprintf(out, capacity, "select%u", recorded_value(request));
	else if (code == DFU_DNLOAD || code == DFU_UPLOAD)
		snprintf(out, capacity, "%s%u:%u", names[code], recorded_value(request),
			recorded_length(request));
	else
		snprintf(out, capacity, "%s", names[code]);
}

static bool is_same(const struct replay_item *item, const struct recorded *sent)
{
	bool is_out = (sent->setup[0] & 0x80) == 0;
	return item && !item->by_others && memcmp(item->request->setup, sent->setup, 8) == 0 &&
	       (!is_out || memcmp(item->request->data, sent->data, recorded_length(sent)) == 0);
}

/* An answer that is in no recording of this place, but certain. */
static void answer_besides(struct replay_link *replay, struct recorded *sent)
{
	assert_true(replay->state != STATE_UNKNOWN);
	if (recorded_is_set_interface(sent)) {
		sent->end = RECORDED_OK;
		return;
	}
	bool is_status = sent->setup[1] == DFU_GETSTATUS;
	sent->end = RECORDED_DATA;
	sent->answer_length = is_status ? 6 : 1;
	sent->answer[is_status ? 4 : 0] = (uint8_t)replay->state;
}

/* The recording that the host is in now. */
static const struct recording *current(const struct replay_link *replay)
{
	size_t at = replay->position < replay->count ? replay->position : replay->count - 1;
	return replay->items[at].recording;
}

static bool may_ask_besides(const struct replay_link *replay, const struct recorded *sent)
{
	bool is_abort = recorded_is_class(sent) && sent->setup[1] == DFU_ABORT;
	return replay->state != STATE_UNKNOWN && !is_abort &&
	       recorded_moves_nothing(current(replay), sent, replay->state, replay->alternate);
}

static void note_upload(struct replay_link *replay, const struct recorded *request)
{
	if (!recorded_is_class(request) || request->setup[1] != DFU_UPLOAD ||
		request->end != RECORDED_DATA)
		return;
	if (recorded_value(request) == 0)
		replay->uploaded_length = 0;
	assert_true(request->answer_length <= RECORDED_MAX - replay->uploaded_length);
	memcpy(replay->uploaded + replay->uploaded_length, request->answer, request->answer_length);
	replay->uploaded_length += request->answer_length;
}

static void check_pause(struct replay_link *replay, const struct recorded *request)
{
	bool is_status = recorded_is_class(request) && request->setup[1] == DFU_GETSTATUS;
	if (replay->was_trigger && is_status)
		assert_true(replay->paused_ms >= BURN_PAUSE_MS);
	replay->was_trigger =
		is_status && request->answer_length == 6 && request->answer[4] == MANIFEST;
	replay->paused_ms = 0;
}

/* Whether the recorder sent that next, too, after questions at most, which are stepped over then.
 */
static bool follow(struct replay_link *replay, const struct recorded *sent)
{
	struct replay_link ahead = *replay;
	while (!is_same(next_item(&ahead), sent))
		if (!pass_over(&ahead))
			return false;
	replay->position = ahead.position;
	replay->state = ahead.state;
	replay->alternate = ahead.alternate;
	replay->passed_over = ahead.passed_over;
	return true;
}

static enum replay_end depart(struct replay_link *replay, const struct recorded *sent)
{
	while (pass_over(replay))
		;
	print_request(replay->departed, sizeof replay->departed, sent);
	return REPLAY_GONE;
}

enum replay_end replay_link_transfer(struct replay_link *replay, struct recorded *sent)
{
	if (replay->departed[0] != '\0')
		return REPLAY_GONE;
	if (!follow(replay, sent)) {
		if (!may_ask_besides(replay, sent))
			return depart(replay, sent);
		answer_besides(replay, sent);
		return REPLAY_ANSWERED;
	}
	const struct replay_item *item = next_item(replay);
	*sent = *item->request;
	go_on(replay);
	if (item->is_lost || sent->is_withheld || sent->end == RECORDED_SILENCE)
		return REPLAY_SILENT;
	note_upload(replay, sent);
	return REPLAY_ANSWERED;
}

/* --- usb_ops */

static enum status exchange(struct replay_link *replay, struct recorded *sent, struct errbuf *err)
{
	size_t before = replay->position;
	enum replay_end end = replay_link_transfer(replay, sent);
	if (replay->position != before && end != REPLAY_GONE)
		check_pause(replay, sent);
	if (end == REPLAY_SILENT)
		return errbuf_set(err, ERR_TIMEOUT, "no answer");
	return end == REPLAY_ANSWERED
		       ? OK
		       : errbuf_set(err, ERR_GONE, "the recording does not go on like this");
}

static enum status describe(struct usb_link *link, struct usb_description *out, struct errbuf *err)
{
	(void)err;
	*out = as_replay(link)->description;
	return OK;
}

static enum status set_alternate(
	struct usb_link *link, unsigned number, enum usb_outcome *outcome, struct errbuf *err)
{
	struct recorded sent = {.setup = {0x01, 11, (uint8_t)number}};
	enum status status = exchange(as_replay(link), &sent, err);
	*outcome = sent.end == RECORDED_STALL ? USB_STALLED : USB_DONE;
	return status;
}

static enum status control(struct usb_link *link, uint8_t request_type, uint8_t request,
	uint16_t value, uint8_t *data, uint16_t length, unsigned timeout_ms, uint16_t *actual,
	enum usb_outcome *outcome, struct errbuf *err)
{
	struct recorded sent = {
		.setup = {request_type, request, (uint8_t)value, (uint8_t)(value >> 8), 0, 0,
			(uint8_t)length, (uint8_t)(length >> 8)}};
	bool is_out = (request_type & 0x80) == 0;
	bool takes_long = request == DFU_UPLOAD || request == DFU_GETSTATUS;
	assert_true(timeout_ms >= (takes_long ? SHORTEST_WORK : SHORTEST_MS));
	if (is_out && length > 0)
		memcpy(sent.data, data, length);
	enum status status = exchange(as_replay(link), &sent, err);
	*outcome = sent.end == RECORDED_STALL ? USB_STALLED : USB_DONE;
	*actual = is_out ? length : sent.answer_length;
	assert_true(sent.answer_length <= length);
	if (!is_out)
		memcpy(data, sent.answer, sent.answer_length);
	return status;
}

static void pause_for(struct usb_link *link, unsigned milliseconds)
{
	as_replay(link)->paused_ms += milliseconds;
}

static void close_link(struct usb_link *link)
{
	(void)link;
}

static const struct usb_ops ops = {describe, set_alternate, control, pause_for, close_link};

void replay_link_open(
	struct replay_link *out, const struct replay_leg *legs, const char *enumeration)
{
	struct recording base;
	memset(out, 0, sizeof *out);
	out->link.ops = &ops;
	out->items = calloc(ITEMS_MAX, sizeof *out->items);
	assert_non_null(out->items);
	for (const struct replay_leg *leg = legs; leg->recording; leg++) {
		assert_true(
			out->recording_count < sizeof out->recordings / sizeof out->recordings[0]);
		add_leg(out, leg);
	}
	out->state = IDLE;
	recording_load(&base, enumeration);
	recording_describe(&out->description, &base);
	recording_free(&base);
	recording_describe(&out->description, &out->recordings[0]);
}

void replay_link_close(struct replay_link *replay)
{
	for (size_t i = 0; i < replay->recording_count; i++)
		recording_free(&replay->recordings[i]);
	free(replay->items);
}
