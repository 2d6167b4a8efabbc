/* STM32PRGFW-UTIL over DFU: the orders, what others left behind, and faults at every exchange. */
#include "transport/dfu.h"

#include "tests/support/dfu_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define OTP_ALT   4u
#define LARGEST   3080u
#define BLOCK     1024u
#define UPPER     300u /* a word of the third block, where there is one */
#define EXCHANGES 20u

/* One kind of board, with the orders as its recordings have them. */
struct kind {
	size_t size; /* of its partition */
	const char *read, *stage, *burn;
};

static const struct kind mp15 = {
	.size = 776,
	.read = "state select4 up0:776 abort state",
	.stage = "state select4 up0:776 abort state",
	.burn = "down0:776 status status abort state",
};

static const struct kind mp25 = {
	.size = 3080,
	.read = "state select4 up0:1024 up1:1024 up2:1024 up3:8 abort state",
	.stage = "state select4 up0:1024 abort state down0:1024 status status "
		 "down1:1024 status status down2:1024 status status",
	.burn = "down3:8 status status abort state",
};

/* An open board whose only fuses are those that say so. */
static struct sim_board *make_board(const struct kind *kind)
{
	uint8_t image[LARGEST] = {0};
	struct sim_board *board;
	struct errbuf err = {0};
	image[0] = kind->size == LARGEST ? 3 : 2;
	image[8] = 0x17;
	assert_int_equal(sim_board_from_partition(&board, image, kind->size, &err), OK);
	assert_true(sim_board_set_service(board, SIM_SERVICE_PRGFW));
	return board;
}

static void set_up(struct dfu_rig *rig, const struct kind *kind)
{
	dfu_rig_take(rig, make_board(kind));
	dfu_rig_assert_ok(rig, dfu_attach(&rig->dfu, rig->link, &rig->err));
	assert_string_equal(rig->log, "state");
	assert_int_equal(rig->dfu.peer->peer, PEER_PRGFW);
	assert_int_equal(rig->dfu.otp_alternate, OTP_ALT);
	assert_int_equal(rig->dfu.otp.size, kind->size);
	dfu_rig_forget(rig);
}

static void fill(uint8_t request[LARGEST], const struct kind *kind, unsigned word)
{
	memset(request, 0, LARGEST);
	request[0] = kind->size == LARGEST ? 3 : 2;
	request[8 + 8 * (size_t)word] = VALUE;
	request[15 + 8 * (size_t)word] = 0x80;
}

static enum status stage(struct dfu_rig *rig, const struct kind *kind)
{
	uint8_t request[LARGEST];
	errbuf_clear(&rig->err);
	fill(request, kind, OURS);
	return dfu_stage(&rig->dfu, request, kind->size, &rig->err);
}

static enum status read_all(struct dfu_rig *rig, uint8_t out[LARGEST], size_t *length)
{
	errbuf_clear(&rig->err);
	return dfu_read(&rig->dfu, out, LARGEST, length, &rig->err);
}

static void assert_reads(struct dfu_rig *rig, const struct kind *kind, unsigned ours)
{
	uint8_t partition[LARGEST];
	size_t length = 0;
	dfu_rig_assert_ok(rig, read_all(rig, partition, &length));
	assert_int_equal(length, kind->size);
	assert_int_equal(partition[8 + 8 * OURS], ours);
	assert_int_equal(partition[8 + 8 * THEIRS], 0);
	assert_int_equal(sim_board_fuses(rig->board, OURS), ours);
	assert_int_equal(sim_board_fuses(rig->board, THEIRS), 0);
}

/* What a careless program does that takes the board over: a download of what it has, which is
 * the last block with no request in it, worked off. Whatever was left staged burns by it. */
static void provoke(struct dfu_rig *rig, const struct kind *kind)
{
	uint8_t nothing[BLOCK] = {0};
	size_t last = (kind->size - 1) / BLOCK;
	dfu_rig_raw_select(rig, OTP_ALT);
	assert_int_equal(dfu_rig_raw(rig, DNLOAD, (uint16_t)last, nothing,
				 (uint16_t)(kind->size - last * BLOCK)),
		USB_DONE);
	dfu_rig_raw_status(rig);
	dfu_rig_raw_status(rig);
	assert_int_equal(dfu_rig_raw_state(rig), 5);
}

/* --- the plain ways */

static void test_read(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	uint8_t expected[LARGEST], partition[LARGEST];
	size_t length;
	set_up(&rig, kind);
	assert_true(sim_board_otp_read(rig.board, expected));
	dfu_rig_assert_ok(&rig, read_all(&rig, partition, &length));
	assert_int_equal(length, kind->size);
	assert_memory_equal(partition, expected, kind->size);
	assert_string_equal(rig.log, kind->read);
	assert_int_equal(sim_usb_stray_count(rig.usb), 0);
	dfu_rig_free(&rig);
}

static void test_stage_and_burn(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	set_up(&rig, kind);
	dfu_rig_assert_ok(&rig, stage(&rig, kind));
	assert_string_equal(rig.log, kind->stage);
	assert_int_equal(sim_board_fuses(rig.board, OURS), 0);
	dfu_rig_forget(&rig);
	dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
	assert_string_equal(rig.log, kind->burn);
	assert_reads(&rig, kind, VALUE);
	/* Once is once. */
	dfu_rig_forget(&rig);
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	assert_string_equal(rig.log, "");
	assert_int_equal(sim_usb_stray_count(rig.usb), 0);
	dfu_rig_free(&rig);
}

static void test_words_of_every_block(void **state)
{
	const struct kind *kind = *state;
	static const unsigned words[] = {0, 95, 126, 127, 128, 254, 255, UPPER, 367};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct dfu_rig rig;
		uint8_t request[LARGEST];
		if (8 + 8 * (size_t)words[i] >= kind->size)
			continue;
		set_up(&rig, kind);
		uint32_t before = sim_board_fuses(rig.board, words[i]);
		fill(request, kind, words[i]);
		request[8 + 8 * (size_t)words[i]] |= (uint8_t)before;
		dfu_rig_assert_ok(&rig, dfu_stage(&rig.dfu, request, kind->size, &rig.err));
		dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
		assert_int_equal(sim_board_fuses(rig.board, words[i]), VALUE | before);
		dfu_rig_free(&rig);
	}
}

static void test_unstage(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	set_up(&rig, kind);
	dfu_rig_assert_ok(&rig, stage(&rig, kind));
	dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	provoke(&rig, kind);
	assert_reads(&rig, kind, 0);
	dfu_rig_free(&rig);
}

static void test_no_complaint(void **state)
{
	struct dfu_rig rig;
	char text[32] = "before";
	set_up(&rig, *state);
	assert_false(dfu_complains(&rig.dfu));
	assert_int_equal(dfu_complaint(&rig.dfu, text, sizeof text, &rig.err), ERR_UNSUPPORTED);
	assert_string_equal(text, "");
	assert_string_equal(rig.log, "");
	dfu_rig_free(&rig);
}

static void test_size_must_fit(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	uint8_t request[LARGEST + 8] = {0};
	set_up(&rig, kind);
	assert_int_equal(dfu_stage(&rig.dfu, request, kind->size - 8, &rig.err), ERR_REFUSED);
	assert_int_equal(dfu_stage(&rig.dfu, request, kind->size + 8, &rig.err), ERR_REFUSED);
	assert_string_equal(rig.log, "");
	dfu_rig_free(&rig);
}

/* --- what others left behind */

/* A request for another word, whole but for the trigger, then given up in this state. */
static void leave_request(struct dfu_rig *rig, const struct kind *kind, bool whole)
{
	uint8_t request[LARGEST], ignored[BLOCK];
	fill(request, kind, THEIRS);
	dfu_rig_raw_select(rig, OTP_ALT);
	assert_int_equal(dfu_rig_raw(rig, UPLOAD, 0, ignored, BLOCK), USB_DONE);
	assert_int_equal(dfu_rig_raw(rig, ABORT, 0, NULL, 0), USB_DONE);
	for (size_t at = 0; at < kind->size; at += BLOCK) {
		size_t left = kind->size - at;
		bool is_last = left <= BLOCK;
		if (is_last && !whole)
			return;
		assert_int_equal(dfu_rig_raw(rig, DNLOAD, (uint16_t)(at / BLOCK), request + at,
					 (uint16_t)(is_last ? left : BLOCK)),
			USB_DONE);
		if (is_last)
			return;
		dfu_rig_raw_status(rig);
		dfu_rig_raw_status(rig);
	}
}

static void burn_ours(struct dfu_rig *rig, const struct kind *kind)
{
	dfu_rig_assert_ok(rig, stage(rig, kind));
	dfu_rig_assert_ok(rig, dfu_rig_burn(rig));
	assert_reads(rig, kind, VALUE);
}

static void test_what_others_staged_is_wiped(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	set_up(&rig, kind);
	leave_request(&rig, kind, false);
	dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
	burn_ours(&rig, kind);
	dfu_rig_free(&rig);
}

/* A GETSTATUS away from their burn: nothing is sent, and it does not become ours. */
static void test_what_others_armed_is_left_alone(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	set_up(&rig, kind);
	leave_request(&rig, kind, true);
	dfu_rig_assert_attach_refuses(&rig, 3);
	assert_int_equal(sim_board_fuses(rig.board, THEIRS), 0);
	dfu_rig_free(&rig);
}

/* Also where they did so behind our back. */
static void test_armed_behind_our_back(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	uint8_t partition[LARGEST];
	size_t length;
	set_up(&rig, kind);
	leave_request(&rig, kind, true);
	dfu_rig_forget(&rig);
	assert_int_equal(read_all(&rig, partition, &length), ERR_LINK);
	assert_non_null(strstr(rig.err.text, "power-cycle"));
	assert_int_equal(stage(&rig, kind), ERR_LINK);
	assert_int_equal(dfu_rig_unstage(&rig), ERR_LINK);
	assert_string_equal(rig.log, "state state state");
	assert_int_equal(sim_board_fuses(rig.board, THEIRS), 0);
	dfu_rig_free(&rig);
}

/* The virtual alternate was read last: a download would count as a FlashLayout. */
static void test_another_phase(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	uint8_t phase[9];
	set_up(&rig, kind);
	dfu_rig_raw_select(&rig, 3);
	assert_int_equal(dfu_rig_raw(&rig, UPLOAD, 0, phase, sizeof phase), USB_DONE);
	/* And in the middle of it. */
	assert_int_equal(dfu_rig_raw_state(&rig), 9);
	dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
	burn_ours(&rig, kind);
	dfu_rig_free(&rig);
}

/* SET_INTERFACE does not leave dfuERROR here, and a CLRSTATUS too many leads there. */
static void test_error_is_cleared(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	set_up(&rig, kind);
	assert_int_equal(dfu_rig_raw(&rig, CLRSTATUS, 0, NULL, 0), USB_DONE);
	assert_int_equal(dfu_rig_raw_state(&rig), 10);
	dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
	burn_ours(&rig, kind);
	dfu_rig_free(&rig);
}

/* --- faults */

static bool is_gone(enum fault_kind fault)
{
	return fault == FAULT_GONE || fault == FAULT_GONE_AFTER;
}

static void test_faults_in_read(void **state)
{
	const struct kind *kind = *state;
	for (unsigned fault = 0; fault < FAULT_KINDS; fault++)
		for (unsigned at = 1; at <= EXCHANGES; at++) {
			struct dfu_rig rig;
			uint8_t partition[LARGEST];
			size_t length = 0;
			set_up(&rig, kind);
			fault_plan(rig.link, at, (enum fault_kind)fault);
			enum status status = read_all(&rig, partition, &length);
			assert_int_not_equal(status, ERR_UNCERTAIN);
			/* Changed bytes are found by reading twice. */
			if (fault_hits(rig.link) == 0 || fault != FAULT_GARBAGE)
				assert_int_equal(status == OK, fault_hits(rig.link) == 0);
			fault_plan(rig.link, 0, FAULT_LOST);
			if (!is_gone((enum fault_kind)fault))
				assert_reads(&rig, kind, 0);
			dfu_rig_free(&rig);
		}
}

static void test_faults_in_stage(void **state)
{
	const struct kind *kind = *state;
	for (unsigned fault = 0; fault < FAULT_KINDS; fault++)
		for (unsigned at = 1; at <= EXCHANGES; at++) {
			struct dfu_rig rig;
			set_up(&rig, kind);
			fault_plan(rig.link, at, (enum fault_kind)fault);
			enum status status = stage(&rig, kind);
			unsigned hits = fault_hits(rig.link);
			fault_plan(rig.link, 0, FAULT_LOST);
			assert_int_not_equal(status, ERR_UNCERTAIN);
			if (hits == 0)
				assert_int_equal(status, OK);
			if (status != OK)
				assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
			assert_int_equal(sim_board_fuses(rig.board, OURS), 0);
			if (!is_gone((enum fault_kind)fault) && status != OK) {
				dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
				provoke(&rig, kind);
				assert_reads(&rig, kind, 0);
				burn_ours(&rig, kind);
			}
			dfu_rig_free(&rig);
		}
}

/* The last block fails: certain, as long as nothing asks for the status, and it can be taken
 * back. */
static void test_faults_before_the_trigger(void **state)
{
	const struct kind *kind = *state;
	for (unsigned fault = 0; fault < FAULT_KINDS; fault++) {
		struct dfu_rig rig;
		set_up(&rig, kind);
		dfu_rig_assert_ok(&rig, stage(&rig, kind));
		dfu_rig_forget(&rig);
		fault_plan(rig.link, 1, (enum fault_kind)fault);
		enum status status = dfu_rig_burn(&rig);
		if (fault_hits(rig.link) == 0) {
			assert_int_equal(status, OK); /* what is sent has no answer to change */
			dfu_rig_free(&rig);
			continue;
		}
		assert_int_not_equal(status, OK);
		assert_int_not_equal(status, ERR_UNCERTAIN);
		assert_non_null(strstr(rig.err.text, "not triggered"));
		assert_null(strchr(rig.log, ' '));
		assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
		if (!is_gone((enum fault_kind)fault)) {
			dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
			provoke(&rig, kind);
			assert_reads(&rig, kind, 0);
		}
		assert_int_equal(sim_board_fuses(rig.board, OURS), 0);
		dfu_rig_free(&rig);
	}
}

/* From the trigger on: uncertain, sent once, and the re-read tells. */
static void fault_after_trigger(const struct kind *kind, enum fault_kind fault, unsigned at)
{
	bool is_unseen =
		at == 2 && (fault == FAULT_LOST || fault == FAULT_STALL || fault == FAULT_GONE);
	unsigned burnt = is_unseen ? 0 : VALUE;
	struct dfu_rig rig;
	set_up(&rig, kind);
	dfu_rig_assert_ok(&rig, stage(&rig, kind));
	fault_plan(rig.link, at, fault);
	enum status status = dfu_rig_burn(&rig);
	if (fault_hits(rig.link) == 0) {
		assert_int_equal(status, OK); /* an ABORT has no data to change */
		dfu_rig_free(&rig);
		return;
	}
	assert_int_equal(status, ERR_UNCERTAIN);
	assert_non_null(strstr(rig.err.text, "may have been triggered"));
	assert_int_equal(sim_board_fuses(rig.board, OURS), burnt);
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	if (!is_gone(fault)) {
		assert_reads(&rig, kind, burnt);
		provoke(&rig, kind);
		assert_reads(&rig, kind, burnt);
	}
	dfu_rig_free(&rig);
}

static void test_faults_from_the_trigger_on(void **state)
{
	for (unsigned fault = 0; fault < FAULT_KINDS; fault++)
		for (unsigned at = 2; at <= 5; at++)
			fault_after_trigger(*state, (enum fault_kind)fault, at);
}

/* The answer to the trigger was never fetched: the burn waits for the next request with data. */
static void test_trigger_is_broken_off(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	uint8_t answer[6];
	uint16_t actual;
	enum usb_outcome outcome;
	set_up(&rig, kind);
	leave_request(&rig, kind, true);
	sim_usb_break_off_next(rig.usb);
	assert_int_equal(rig.link->ops->control(rig.link, 0xA1, GETSTATUS, 0, answer, sizeof answer,
				 1000, &actual, &outcome, &rig.err),
		ERR_TIMEOUT);
	assert_int_equal(sim_board_fuses(rig.board, THEIRS), 0);
	assert_int_equal(dfu_rig_open_again(&rig), ERR_LINK);
	assert_non_null(strstr(rig.err.text, "power-cycle"));
	dfu_rig_free(&rig);
}

static void test_board_dies_while_burning(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	set_up(&rig, kind);
	sim_board_set_word_fault(rig.board, OURS, SIM_WORD_CUTS_POWER);
	dfu_rig_assert_ok(&rig, stage(&rig, kind));
	assert_int_equal(dfu_rig_burn(&rig), ERR_UNCERTAIN);
	assert_int_equal(sim_board_fuses(rig.board, OURS), 0);
	dfu_rig_free(&rig);
}

static void test_board_is_reset_before_the_burn(void **state)
{
	const struct kind *kind = *state;
	struct dfu_rig rig;
	set_up(&rig, kind);
	dfu_rig_assert_ok(&rig, stage(&rig, kind));
	sim_usb_board_reset(rig.usb);
	assert_int_equal(dfu_rig_burn(&rig), ERR_GONE);
	assert_int_equal(dfu_rig_unstage(&rig), ERR_GONE);
	dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
	assert_reads(&rig, kind, 0);
	dfu_rig_free(&rig);
}

#define FOR_EVERY_KIND(test)                                                                       \
	{#test " (MP15)", test, NULL, NULL, (void *)(uintptr_t)&mp15},                             \
	{                                                                                          \
#test " (MP25)", test, NULL, NULL, (void *)(uintptr_t)&mp25                        \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOR_EVERY_KIND(test_read),
		FOR_EVERY_KIND(test_stage_and_burn),
		FOR_EVERY_KIND(test_words_of_every_block),
		FOR_EVERY_KIND(test_unstage),
		FOR_EVERY_KIND(test_no_complaint),
		FOR_EVERY_KIND(test_size_must_fit),
		FOR_EVERY_KIND(test_what_others_staged_is_wiped),
		FOR_EVERY_KIND(test_what_others_armed_is_left_alone),
		FOR_EVERY_KIND(test_armed_behind_our_back),
		FOR_EVERY_KIND(test_another_phase),
		FOR_EVERY_KIND(test_error_is_cleared),
		FOR_EVERY_KIND(test_faults_in_read),
		FOR_EVERY_KIND(test_faults_in_stage),
		FOR_EVERY_KIND(test_faults_before_the_trigger),
		FOR_EVERY_KIND(test_faults_from_the_trigger_on),
		FOR_EVERY_KIND(test_trigger_is_broken_off),
		FOR_EVERY_KIND(test_board_dies_while_burning),
		FOR_EVERY_KIND(test_board_is_reset_before_the_burn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
