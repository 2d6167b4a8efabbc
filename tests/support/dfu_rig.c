#include "tests/support/dfu_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

void dfu_rig_look(const struct fault_exchange *exchange, void *payload)
{
	static const char *const names[] = {
		"detach", "down", "up", "status", "clear", "state", "abort"};
	struct dfu_rig *rig = payload;
	size_t used = strlen(rig->log);
	char *at = rig->log + used;
	size_t room = sizeof rig->log - used;
	bool is_empty =
		!exchange->is_select && exchange->request == DNLOAD && exchange->length == 0;
	const char *gap = used > 0 ? " " : "";
	if (exchange->is_select)
		snprintf(at, room, "%sselect%u", gap, exchange->value);
	else if (exchange->request == DNLOAD || exchange->request == UPLOAD)
		snprintf(at, room, "%s%s%u:%u", gap, names[exchange->request], exchange->value,
			exchange->length);
	else
		snprintf(at, room, "%s%s", gap, names[exchange->request]);
	rig->triggers += rig->after_empty && !exchange->is_select && exchange->request == GETSTATUS;
	rig->empty_blocks += is_empty;
	rig->after_empty = is_empty;
}

void dfu_rig_take(struct dfu_rig *rig, struct sim_board *board)
{
	struct usb_link *inner;
	struct fault_options options = {.look = dfu_rig_look, .payload = rig};
	memset(rig, 0, sizeof *rig);
	rig->board = board;
	assert_int_equal(sim_usb_create(&rig->usb, rig->board, &rig->err), OK);
	assert_int_equal(sim_usb_open(&inner, rig->usb, &rig->err), OK);
	assert_int_equal(fault_open(&rig->link, inner, &options, &rig->err), OK);
}

void dfu_rig_make(struct dfu_rig *rig)
{
	struct sim_board *board;
	struct errbuf err = {0};
	assert_int_equal(sim_board_blank(&board, &err), OK);
	dfu_rig_take(rig, board);
}

void dfu_rig_forget(struct dfu_rig *rig)
{
	rig->log[0] = '\0';
	errbuf_clear(&rig->err);
}

void dfu_rig_assert_ok(struct dfu_rig *rig, enum status status)
{
	if (status != OK)
		fail_msg("failed with '%s': %s (after: %s)", status_name(status), rig->err.text,
			rig->log);
}

void dfu_rig_open(struct dfu_rig *rig)
{
	dfu_rig_make(rig);
	dfu_rig_assert_ok(rig, dfu_attach(&rig->dfu, rig->link, &rig->err));
	assert_string_equal(rig->log, "state");
	dfu_rig_forget(rig);
}

void dfu_rig_free(struct dfu_rig *rig)
{
	rig->link->ops->close(rig->link);
	sim_usb_free(rig->usb);
	sim_board_free(rig->board);
}

/* The program ended, and another one opens the same board. */
enum status dfu_rig_open_again(struct dfu_rig *rig)
{
	struct usb_link *inner;
	struct fault_options options = {.look = dfu_rig_look, .payload = rig};
	rig->link->ops->close(rig->link);
	dfu_rig_forget(rig);
	assert_int_equal(sim_usb_open(&inner, rig->usb, &rig->err), OK);
	assert_int_equal(fault_open(&rig->link, inner, &options, &rig->err), OK);
	return dfu_attach(&rig->dfu, rig->link, &rig->err);
}

void dfu_rig_fill_request(uint8_t request[PARTITION], unsigned word)
{
	memset(request, 0, PARTITION);
	request[0] = 2;
	request[8 + 8 * (size_t)word] = VALUE;
	request[15 + 8 * (size_t)word] = 0x80;
}

enum status dfu_rig_stage(struct dfu_rig *rig, unsigned word)
{
	uint8_t request[PARTITION];
	errbuf_clear(&rig->err);
	dfu_rig_fill_request(request, word);
	return dfu_stage(&rig->dfu, request, PARTITION, &rig->err);
}

enum status dfu_rig_burn(struct dfu_rig *rig)
{
	errbuf_clear(&rig->err);
	return dfu_burn(&rig->dfu, &rig->err);
}

enum status dfu_rig_unstage(struct dfu_rig *rig)
{
	errbuf_clear(&rig->err);
	return dfu_unstage(&rig->dfu, &rig->err);
}

enum status dfu_rig_read(struct dfu_rig *rig, uint8_t out[PARTITION], size_t *length)
{
	errbuf_clear(&rig->err);
	return dfu_read(&rig->dfu, out, PARTITION, length, &rig->err);
}

/* A read that works, and shows these fuses in our word and the other. */
void dfu_rig_assert_reads(struct dfu_rig *rig, unsigned ours, unsigned theirs)
{
	uint8_t partition[PARTITION];
	size_t length = 0;
	dfu_rig_assert_ok(rig, dfu_rig_read(rig, partition, &length));
	assert_int_equal(length, PARTITION);
	assert_int_equal(partition[0], 2);
	assert_int_equal(partition[8 + 8 * OURS], ours);
	assert_int_equal(partition[8 + 8 * THEIRS], theirs);
}

unsigned dfu_rig_pulses(const struct dfu_rig *rig)
{
	unsigned sum = 0;
	for (unsigned word = 0; word < sim_board_word_count(rig->board); word++)
		sum += sim_board_pulses(rig->board, word);
	return sum;
}

/* --- raw requests, as other programs send them */

enum usb_outcome dfu_rig_raw(
	struct dfu_rig *rig, uint8_t request, uint16_t value, uint8_t *data, uint16_t length)
{
	bool in = request == UPLOAD || request == GETSTATUS || request == GETSTATE;
	uint16_t actual;
	enum usb_outcome outcome = USB_STALLED;
	errbuf_clear(&rig->err);
	dfu_rig_assert_ok(rig, rig->link->ops->control(rig->link, in ? 0xA1 : 0x21, request, value,
				       data, length, 1000, &actual, &outcome, &rig->err));
	return outcome;
}

void dfu_rig_raw_select(struct dfu_rig *rig, unsigned number)
{
	enum usb_outcome outcome;
	dfu_rig_assert_ok(
		rig, rig->link->ops->set_alternate(rig->link, number, &outcome, &rig->err));
	assert_int_equal(outcome, USB_DONE);
}

uint8_t dfu_rig_raw_state(struct dfu_rig *rig)
{
	uint8_t state = 0xFF;
	assert_int_equal(dfu_rig_raw(rig, GETSTATE, 0, &state, 1), USB_DONE);
	return state;
}

void dfu_rig_raw_status(struct dfu_rig *rig)
{
	uint8_t answer[6];
	assert_int_equal(dfu_rig_raw(rig, GETSTATUS, 0, answer, 6), USB_DONE);
}

/* Sends a request for the other word, in one block. */
void dfu_rig_raw_stage(struct dfu_rig *rig)
{
	uint8_t request[PARTITION];
	dfu_rig_fill_request(request, THEIRS);
	dfu_rig_raw_select(rig, ALT_OTP);
	assert_int_equal(dfu_rig_raw(rig, DNLOAD, 0, request, PARTITION), USB_DONE);
}

void dfu_rig_assert_attach_refuses(struct dfu_rig *rig, uint8_t state)
{
	assert_int_equal(dfu_rig_open_again(rig), ERR_LINK);
	assert_non_null(strstr(rig->err.text, "power-cycle"));
	/* Nothing but GETSTATE was sent, and nothing moved. */
	assert_string_equal(rig->log, "state");
	assert_int_equal(dfu_rig_raw_state(rig), state);
}
