#include "transport/sim_usb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define PARTITION 776u
#define ALT_PHASE 1u
#define ALT_OTP   2u

enum { DETACH, DNLOAD, UPLOAD, GETSTATUS, CLRSTATUS, GETSTATE, ABORT };

struct rig {
	struct sim_board *board;
	struct sim_usb *usb;
	struct usb_link *link;
	struct errbuf err;
};

static void set_up(struct rig *rig)
{
	memset(rig, 0, sizeof *rig);
	assert_int_equal(sim_board_blank(&rig->board, &rig->err), OK);
	assert_int_equal(sim_usb_create(&rig->usb, rig->board, &rig->err), OK);
	assert_int_equal(sim_usb_open(&rig->link, rig->usb, &rig->err), OK);
}

static void tear_down(struct rig *rig)
{
	rig->link->ops->close(rig->link);
	sim_usb_free(rig->usb);
	sim_board_free(rig->board);
}

/* Another host program takes over. */
static void open_again(struct rig *rig)
{
	rig->link->ops->close(rig->link);
	assert_int_equal(sim_usb_open(&rig->link, rig->usb, &rig->err), OK);
}

static enum status control(struct rig *rig, uint8_t request, uint16_t value, uint8_t *data,
	uint16_t length, uint16_t *actual, enum usb_outcome *outcome)
{
	bool in = request == UPLOAD || request == GETSTATUS || request == GETSTATE;

	errbuf_clear(&rig->err);
	return rig->link->ops->control(rig->link, in ? 0xA1 : 0x21, request, value, data, length,
		1000, actual, outcome, &rig->err);
}

static void select_alternate(struct rig *rig, unsigned number)
{
	enum usb_outcome outcome;

	assert_int_equal(rig->link->ops->set_alternate(rig->link, number, &outcome, &rig->err), OK);
	assert_int_equal(outcome, USB_DONE);
}

static void assert_status(struct rig *rig, uint8_t dfu_status, uint8_t dfu_state)
{
	const uint8_t expected[6] = {dfu_status, 0, 0, 0, dfu_state, 0};
	uint8_t answer[6];
	uint16_t actual;
	enum usb_outcome outcome;

	assert_int_equal(control(rig, GETSTATUS, 0, answer, 6, &actual, &outcome), OK);
	assert_int_equal(outcome, USB_DONE);
	assert_int_equal(actual, 6);
	assert_memory_equal(answer, expected, 6);
}

static void assert_done(
	struct rig *rig, uint8_t request, uint16_t value, uint8_t *data, uint16_t length)
{
	uint16_t actual;
	enum usb_outcome outcome;

	assert_int_equal(control(rig, request, value, data, length, &actual, &outcome), OK);
	assert_int_equal(outcome, USB_DONE);
	assert_int_equal(actual, length);
}

static void assert_stalls(
	struct rig *rig, uint8_t request, uint16_t value, uint8_t *data, uint16_t length)
{
	uint16_t actual;
	enum usb_outcome outcome;

	assert_int_equal(control(rig, request, value, data, length, &actual, &outcome), OK);
	assert_int_equal(outcome, USB_STALLED);
	assert_int_equal(actual, 0);
}

static uint16_t upload(struct rig *rig, uint8_t out[4096])
{
	uint16_t actual;
	enum usb_outcome outcome;

	assert_int_equal(control(rig, UPLOAD, 0, out, 4096, &actual, &outcome), OK);
	assert_int_equal(outcome, USB_DONE);
	return actual;
}

static void assert_phase_text(struct rig *rig, const char *text)
{
	static const uint8_t failed[9] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0};
	uint8_t answer[4096];
	uint16_t length;

	select_alternate(rig, ALT_PHASE);
	length = upload(rig, answer);
	assert_memory_equal(answer, failed, sizeof failed);
	assert_int_equal(length, sizeof failed + strlen(text));
	assert_memory_equal(answer + sizeof failed, text, strlen(text));
	select_alternate(rig, ALT_OTP);
}

static void fill_request(uint8_t request[PARTITION], unsigned word, uint8_t value, bool lock)
{
	memset(request, 0, PARTITION);
	request[0] = 2;
	request[8 + 8 * (size_t)word] = value;
	request[15 + 8 * (size_t)word] = lock ? 0xC0 : 0x80;
}

static void stage(struct rig *rig, unsigned word, uint8_t value, bool lock)
{
	uint8_t request[PARTITION];

	fill_request(request, word, value, lock);
	assert_done(rig, DNLOAD, 0, request, PARTITION);
	assert_status(rig, 0, 5);
}

static void burn(struct rig *rig)
{
	assert_done(rig, DNLOAD, 1, NULL, 0);
	assert_status(rig, 0, 7);
}

static void test_descriptors(void **state)
{
	static const char *const names[] = {"@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be",
		"@OTP/0xf2/1*776Be", "@PMIC/0xf4/1*8Be"};
	struct rig rig;
	struct usb_description d;

	(void)state;
	set_up(&rig);
	assert_int_equal(rig.link->ops->describe(rig.link, &d, &rig.err), OK);
	assert_int_equal(d.vendor, 0x0483);
	assert_int_equal(d.product, 0xDF11);
	assert_int_equal(d.release, 0x0200);
	assert_int_equal(d.dfu_version, 0x0110);
	assert_int_equal(d.dfu_attributes, 0x0F);
	assert_int_equal(d.transfer_size, 4096);
	assert_int_equal(d.interface_number, 0);
	assert_string_equal(d.product_text,
		"USB download gadget@Device ID /0x500, @Revision ID /0x2001, "
		"@Name /STM32MP157CAC Rev.Z,");
	assert_string_equal(d.serial, "0051A00153494D554C415445");
	assert_int_equal(d.alternate_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(d.alternates[i].number, i);
		assert_string_equal(d.alternates[i].name, names[i]);
	}
	tear_down(&rig);
}

static void test_closed_board_offers_no_otp(void **state)
{
	struct rig rig;
	struct usb_description d;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 0, 0x40, false);
	burn(&rig);
	assert_status(&rig, 0, 2);
	sim_usb_board_reset(rig.usb);
	open_again(&rig);
	assert_int_equal(rig.link->ops->describe(rig.link, &d, &rig.err), OK);
	assert_string_equal(d.serial, "0051A00153494D554C415445");
	assert_int_equal(d.alternate_count, 3);
	assert_string_equal(d.alternates[2].name, "@PMIC/0xf4/1*8Be");
	tear_down(&rig);
}

static void test_write_and_read_back(void **state)
{
	struct rig rig;
	uint8_t answer[4096];

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, true);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	assert_done(&rig, DNLOAD, 1, NULL, 0);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	/* The burn needs this GETSTATUS and nothing after it. */
	assert_status(&rig, 0, 7);
	assert_int_equal(sim_board_fuses(rig.board, 60), 0x5A);
	assert_status(&rig, 0, 2);
	assert_int_equal(upload(&rig, answer), PARTITION);
	assert_int_equal(answer[8 + 8 * 60], 0x5A);
	assert_int_equal(answer[15 + 8 * 60], 0x40);
	assert_status(&rig, 0, 2);
	assert_int_equal(sim_usb_stray_count(rig.usb), 0);
	tear_down(&rig);
}

static void test_getstate_burns_nothing(void **state)
{
	struct rig rig;
	uint8_t dfu_state;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, false);
	assert_done(&rig, DNLOAD, 1, NULL, 0);
	assert_done(&rig, GETSTATE, 0, &dfu_state, 1);
	assert_int_equal(dfu_state, 6);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	tear_down(&rig);
}

static void test_other_program_continues_a_broken_off_write(void **state)
{
	struct rig rig;
	uint8_t zero[8] = {0};

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, false);
	open_again(&rig);
	select_alternate(&rig, ALT_OTP);
	assert_status(&rig, 0, 2);
	assert_done(&rig, DNLOAD, 1, zero, sizeof zero);
	assert_status(&rig, 0, 5);
	assert_done(&rig, DNLOAD, 2, NULL, 0);
	assert_status(&rig, 0, 7);
	assert_int_equal(sim_board_fuses(rig.board, 60), 0x5A);
	tear_down(&rig);
}

static void test_block_ffff_cleans_what_was_staged(void **state)
{
	struct rig rig;
	uint8_t byte = 0;
	uint8_t answer[4096];

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, false);
	assert_done(&rig, ABORT, 0, NULL, 0);
	assert_stalls(&rig, UPLOAD, 0, answer, 4096);
	assert_done(&rig, ABORT, 0, NULL, 0);
	assert_done(&rig, DNLOAD, 0xFFFF, &byte, 1);
	assert_status(&rig, 0x0E, 10);
	assert_done(&rig, CLRSTATUS, 0, NULL, 0);
	assert_status(&rig, 0, 2);
	assert_int_equal(upload(&rig, answer), PARTITION);
	/* A write now is a new one. */
	stage(&rig, 61, 0x7, false);
	burn(&rig);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	assert_int_equal(sim_board_fuses(rig.board, 61), 0x7);
	tear_down(&rig);
}

static void test_failed_read_wedges_until_cleaned(void **state)
{
	struct rig rig;
	uint8_t byte = 0;
	uint8_t answer[4096];

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	sim_board_set_faults(rig.board, (struct sim_faults){.read_fails = true});
	assert_stalls(&rig, UPLOAD, 0, answer, 4096);
	assert_status(&rig, 0, 9);
	sim_board_set_faults(rig.board, (struct sim_faults){0});
	assert_done(&rig, ABORT, 0, NULL, 0);
	select_alternate(&rig, ALT_OTP);
	assert_stalls(&rig, UPLOAD, 0, answer, 4096);
	assert_done(&rig, ABORT, 0, NULL, 0);
	assert_done(&rig, DNLOAD, 0xFFFF, &byte, 1);
	assert_status(&rig, 0x0E, 10);
	assert_done(&rig, CLRSTATUS, 0, NULL, 0);
	assert_int_equal(upload(&rig, answer), PARTITION);
	tear_down(&rig);
}

static void test_complaint_keeps_the_first_error_until_fetched(void **state)
{
	struct rig rig;
	uint8_t byte = 0;
	uint8_t answer[4096];

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	/* A refused burn, then a failed read: the first one is told. */
	sim_board_set_word_fault(rig.board, 60, SIM_WORD_FAILS);
	stage(&rig, 60, 0x1, false);
	burn(&rig);
	assert_status(&rig, 0, 2);
	sim_board_set_faults(rig.board, (struct sim_faults){.read_fails = true});
	assert_stalls(&rig, UPLOAD, 0, answer, 4096);
	assert_phase_text(&rig, "OTP write issue -5");
	/* Fetched: the next error takes its place. */
	assert_done(&rig, DNLOAD, 0xFFFF, &byte, 1);
	assert_status(&rig, 0x0E, 10);
	assert_done(&rig, CLRSTATUS, 0, NULL, 0);
	assert_stalls(&rig, UPLOAD, 0, answer, 4096);
	assert_phase_text(&rig, "OTP read issue -5");
	/* A success takes nothing away. */
	assert_done(&rig, DNLOAD, 0xFFFF, &byte, 1);
	assert_status(&rig, 0x0E, 10);
	assert_done(&rig, CLRSTATUS, 0, NULL, 0);
	stage(&rig, 61, 0x1, false);
	burn(&rig);
	assert_int_equal(sim_board_fuses(rig.board, 61), 0x1);
	assert_phase_text(&rig, "OTP read issue -5");
	tear_down(&rig);
}

static void test_refused_burn_looks_fine_on_dfu(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 13, 0x1, false); /* the unique id, locked */
	burn(&rig);
	assert_status(&rig, 0, 2);
	assert_int_equal(sim_board_fuses(rig.board, 13), 0x0051A001);
	assert_phase_text(&rig, "OTP write issue -5");
	tear_down(&rig);
}

static void test_broken_off_getstatus_burns_with_the_next_request(void **state)
{
	struct rig rig;
	uint8_t answer[6];
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, false);
	assert_done(&rig, DNLOAD, 1, NULL, 0);
	sim_usb_break_off_next(rig.usb);
	assert_int_equal(control(&rig, GETSTATUS, 0, answer, 6, &actual, &outcome), ERR_TIMEOUT);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	/* Of any kind, from whatever program. */
	open_again(&rig);
	select_alternate(&rig, ALT_PHASE);
	assert_int_equal(sim_board_fuses(rig.board, 60), 0x5A);
	tear_down(&rig);
}

static void test_cancelled_request_can_come_back(void **state)
{
	struct rig rig;
	uint8_t byte = 0;
	uint8_t answer[6];
	uint8_t request[PARTITION];
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, false);
	assert_done(&rig, DNLOAD, 1, NULL, 0);
	assert_stalls(&rig, ABORT, 0, NULL, 0);
	assert_done(&rig, CLRSTATUS, 0, NULL, 0);
	assert_done(&rig, DNLOAD, 0xFFFF, &byte, 1);
	assert_status(&rig, 0x0E, 10);
	assert_done(&rig, CLRSTATUS, 0, NULL, 0);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	/* The copy in RAM is still there: an empty block 0 lets it stand, and a flush burns it. */
	fill_request(request, 61, 0x1, false);
	sim_usb_break_off_next(rig.usb);
	assert_int_equal(
		control(&rig, DNLOAD, 0, request, PARTITION, &actual, &outcome), ERR_TIMEOUT);
	assert_done(&rig, GETSTATUS, 0, answer, 6);
	burn(&rig);
	assert_int_equal(sim_board_fuses(rig.board, 60), 0x5A);
	assert_int_equal(sim_board_pulses(rig.board, 61), 0);
	tear_down(&rig);
}

static void test_burnt_request_is_gone(void **state)
{
	struct rig rig;
	uint8_t request[PARTITION];
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, false);
	burn(&rig);
	assert_status(&rig, 0, 2);
	/* A new request that ends before word 60 holds nothing of the old one. */
	fill_request(request, 9, 0x1, false);
	assert_done(&rig, DNLOAD, 0, request, 88);
	assert_status(&rig, 0, 5);
	burn(&rig);
	assert_status(&rig, 0, 2);
	assert_int_equal(sim_board_fuses(rig.board, 9), 0x1);
	assert_int_equal(sim_board_pulses(rig.board, 60), 1);
	/* And after the burn a flush finds nothing. */
	sim_usb_break_off_next(rig.usb);
	assert_int_equal(
		control(&rig, DNLOAD, 0, request, PARTITION, &actual, &outcome), ERR_TIMEOUT);
	assert_status(&rig, 0, 5);
	burn(&rig);
	assert_int_equal(sim_board_pulses(rig.board, 9), 1);
	assert_phase_text(&rig, "start OTP without data");
	tear_down(&rig);
}

static void test_flush_without_data_is_an_error(void **state)
{
	struct rig rig;
	uint8_t request[PARTITION];
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	fill_request(request, 61, 0x1, false);
	sim_usb_break_off_next(rig.usb);
	assert_int_equal(
		control(&rig, DNLOAD, 0, request, PARTITION, &actual, &outcome), ERR_TIMEOUT);
	assert_status(&rig, 0, 5);
	burn(&rig);
	assert_status(&rig, 0, 2);
	assert_phase_text(&rig, "start OTP without data");
	tear_down(&rig);
}

static void test_unknown_alternate_crashes_the_board(void **state)
{
	struct rig rig;
	struct usb_description d;
	uint8_t answer[4096];
	uint16_t actual;
	enum usb_outcome outcome;
	struct usb_link *other = NULL;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, 9);
	assert_status(&rig, 0, 2);
	assert_int_equal(control(&rig, UPLOAD, 0, answer, 4096, &actual, &outcome), ERR_GONE);
	assert_int_equal(control(&rig, GETSTATUS, 0, answer, 6, &actual, &outcome), ERR_GONE);
	assert_int_equal(rig.link->ops->describe(rig.link, &d, &rig.err), ERR_GONE);
	assert_int_equal(sim_usb_open(&other, rig.usb, &rig.err), ERR_GONE);
	assert_null(other);
	assert_int_equal(sim_usb_stray_count(rig.usb), 1);
	sim_usb_board_reset(rig.usb);
	open_again(&rig);
	assert_status(&rig, 0, 2);
	tear_down(&rig);
}

static void test_links_end_with_a_reset(void **state)
{
	struct rig rig;
	uint8_t answer[4096];
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	stage(&rig, 60, 0x5A, false);
	/* Whoever resets the board. */
	sim_board_reset(rig.board);
	assert_int_equal(control(&rig, GETSTATUS, 0, answer, 6, &actual, &outcome), ERR_GONE);
	open_again(&rig);
	/* RAM is new: nothing staged, nothing wedged. */
	select_alternate(&rig, ALT_OTP);
	assert_int_equal(upload(&rig, answer), PARTITION);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	/* A bus reset is less: the link lives on, the request stays. */
	stage(&rig, 60, 0x5A, false);
	sim_usb_bus_reset(rig.usb);
	assert_status(&rig, 0, 2);
	select_alternate(&rig, ALT_OTP);
	assert_stalls(&rig, UPLOAD, 0, answer, 4096);
	tear_down(&rig);
}

static void test_power_cut_during_a_burn(void **state)
{
	struct rig rig;
	uint8_t answer[6];
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	select_alternate(&rig, ALT_OTP);
	sim_board_set_word_fault(rig.board, 60, SIM_WORD_CUTS_POWER);
	stage(&rig, 60, 0x5A, false);
	burn(&rig);
	assert_int_equal(control(&rig, GETSTATUS, 0, answer, 6, &actual, &outcome), ERR_GONE);
	assert_int_equal(sim_board_pulses(rig.board, 60), 0);
	sim_board_power_up(rig.board);
	open_again(&rig);
	assert_status(&rig, 0, 2);
	tear_down(&rig);
}

static void test_detached_board_stays_away(void **state)
{
	struct rig rig;
	uint8_t answer[6];
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	assert_done(&rig, DETACH, 0, NULL, 0);
	assert_int_equal(control(&rig, GETSTATUS, 0, answer, 6, &actual, &outcome), ERR_GONE);
	sim_usb_board_reset(rig.usb);
	open_again(&rig);
	assert_status(&rig, 0, 2);
	tear_down(&rig);
}

static void test_writes_to_other_alternates_are_counted(void **state)
{
	struct rig rig;
	uint8_t bytes[8] = {0};

	(void)state;
	set_up(&rig);
	for (unsigned alternate = 0; alternate < 4; alternate++) {
		if (alternate != ALT_OTP) {
			select_alternate(&rig, alternate);
			assert_stalls(&rig, DNLOAD, 0, bytes, sizeof bytes);
			assert_status(&rig, 0, 10);
		}
	}
	assert_int_equal(sim_usb_stray_count(rig.usb), 3);
	tear_down(&rig);
}

static void test_wrong_direction_is_refused(void **state)
{
	struct rig rig;
	uint8_t byte = 0;
	uint16_t actual;
	enum usb_outcome outcome;

	(void)state;
	set_up(&rig);
	assert_int_equal(rig.link->ops->control(rig.link, 0x21, UPLOAD, 0, &byte, 1, 1000, &actual,
				 &outcome, &rig.err),
		OK);
	assert_int_equal(outcome, USB_STALLED);
	assert_status(&rig, 0, 10);
	tear_down(&rig);
}

static void test_pause_only_moves_the_clock(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	rig.link->ops->pause(rig.link, 600000);
	rig.link->ops->pause(rig.link, 5);
	assert_int_equal(sim_usb_clock_ms(rig.usb), 600005);
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_closed_board_offers_no_otp),
		cmocka_unit_test(test_write_and_read_back),
		cmocka_unit_test(test_getstate_burns_nothing),
		cmocka_unit_test(test_other_program_continues_a_broken_off_write),
		cmocka_unit_test(test_block_ffff_cleans_what_was_staged),
		cmocka_unit_test(test_failed_read_wedges_until_cleaned),
		cmocka_unit_test(test_complaint_keeps_the_first_error_until_fetched),
		cmocka_unit_test(test_refused_burn_looks_fine_on_dfu),
		cmocka_unit_test(test_broken_off_getstatus_burns_with_the_next_request),
		cmocka_unit_test(test_cancelled_request_can_come_back),
		cmocka_unit_test(test_burnt_request_is_gone),
		cmocka_unit_test(test_flush_without_data_is_an_error),
		cmocka_unit_test(test_unknown_alternate_crashes_the_board),
		cmocka_unit_test(test_links_end_with_a_reset),
		cmocka_unit_test(test_power_cut_during_a_burn),
		cmocka_unit_test(test_detached_board_stays_away),
		cmocka_unit_test(test_writes_to_other_alternates_are_counted),
		cmocka_unit_test(test_wrong_direction_is_refused),
		cmocka_unit_test(test_pause_only_moves_the_clock),
	};

	return cmocka_run_group_tests_name("sim_usb", tests, NULL, NULL);
}
