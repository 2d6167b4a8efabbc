#include "transport/dfu.h"

#include "tests/support/dfu_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* --- the plain ways; orders written down from the protocol's description */

static void test_attach_asks_for_the_state_only(void **state)
{
	struct dfu_rig rig;
	(void)state;
	dfu_rig_open(&rig);
	assert_int_equal(rig.dfu.otp_alternate, ALT_OTP);
	assert_int_equal(rig.dfu.otp.size, PARTITION);
	assert_int_equal(rig.dfu.phase_alternate, ALT_PHASE);
	assert_int_equal(rig.dfu.peer->peer, PEER_UBOOT);
	assert_int_equal(fault_count(rig.link), 1);
	dfu_rig_free(&rig);
}

static void test_read(void **state)
{
	struct dfu_rig rig;
	uint8_t expected[PARTITION], partition[PARTITION];
	size_t length;
	(void)state;
	dfu_rig_open(&rig);
	assert_true(sim_board_otp_read(rig.board, expected));
	dfu_rig_assert_ok(&rig, dfu_rig_read(&rig, partition, &length));
	assert_int_equal(length, PARTITION);
	assert_memory_equal(partition, expected, PARTITION);
	assert_string_equal(rig.log, "state select2 status up0:4096 status");
	dfu_rig_free(&rig);
}

static void test_stage_and_burn(void **state)
{
	struct dfu_rig rig;
	(void)state;
	dfu_rig_open(&rig);
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	assert_string_equal(rig.log, "state select2 status down65535:1 status clear status "
				     "down0:776 status");
	assert_int_equal(dfu_rig_pulses(&rig), 0);
	dfu_rig_forget(&rig);
	unsigned long before = sim_usb_clock_ms(rig.usb);
	dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
	assert_string_equal(rig.log, "down1:0 status status");
	assert_true(sim_usb_clock_ms(rig.usb) - before >= 1000);
	assert_int_equal(dfu_rig_pulses(&rig), 1);
	assert_int_equal(sim_board_fuses(rig.board, OURS), VALUE);
	/* Once is once. */
	dfu_rig_forget(&rig);
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	assert_string_equal(rig.log, "");
	dfu_rig_assert_reads(&rig, VALUE, 0);
	assert_int_equal(dfu_rig_pulses(&rig), 1);
	assert_int_equal(sim_usb_stray_count(rig.usb), 0);
	dfu_rig_free(&rig);
}

static void test_unstage(void **state)
{
	struct dfu_rig rig;
	(void)state;
	dfu_rig_open(&rig);
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	dfu_rig_forget(&rig);
	dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
	assert_string_equal(
		rig.log, "state select2 status down65535:1 status clear status up0:4096 status");
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	/* Going on with the next block number, as another program might, finds nothing. */
	uint8_t rest[8] = {0};
	dfu_rig_raw_select(&rig, ALT_OTP);
	assert_int_equal(dfu_rig_raw(&rig, DNLOAD, 1, rest, sizeof rest), USB_DONE);
	dfu_rig_raw_status(&rig);
	assert_int_equal(dfu_rig_raw_state(&rig), 10);
	assert_int_equal(dfu_rig_pulses(&rig), 0);
	dfu_rig_free(&rig);
}

static void test_nothing_staged_nothing_burnt(void **state)
{
	struct dfu_rig rig;
	uint8_t partition[PARTITION];
	char text[32];
	size_t length;
	(void)state;
	dfu_rig_open(&rig);
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	dfu_rig_assert_ok(&rig, dfu_rig_read(&rig, partition, &length));
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	dfu_rig_assert_ok(&rig, dfu_complaint(&rig.dfu, text, sizeof text, &rig.err));
	assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	assert_int_equal(rig.empty_blocks, 0);
	assert_int_equal(dfu_rig_pulses(&rig), 0);
	dfu_rig_free(&rig);
}

static void test_requests_of_another_length(void **state)
{
	static const size_t lengths[] = {0, 1, 88, 775, 777, 1024};
	struct dfu_rig rig;
	uint8_t request[1024];
	(void)state;
	dfu_rig_open(&rig);
	memset(request, 0, sizeof request);
	dfu_rig_fill_request(request, OURS);
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		errbuf_clear(&rig.err);
		assert_int_equal(dfu_stage(&rig.dfu, request, lengths[i], &rig.err), ERR_REFUSED);
		assert_int_equal(dfu_rig_burn(&rig), ERR_REFUSED);
	}
	assert_string_equal(rig.log, "");
	dfu_rig_free(&rig);
}

static void test_complaint(void **state)
{
	struct dfu_rig rig;
	char text[64] = "old";
	(void)state;
	dfu_rig_open(&rig);
	dfu_rig_assert_ok(&rig, dfu_complaint(&rig.dfu, text, sizeof text, &rig.err));
	assert_string_equal(rig.log, "state select1 status up0:4096 status");
	assert_string_equal(text, "");
	sim_board_set_word_fault(rig.board, OURS, SIM_WORD_FAILS);
	dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
	/* The board says OK to a burn that failed. */
	dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
	dfu_rig_assert_ok(&rig, dfu_complaint(&rig.dfu, text, sizeof text, &rig.err));
	assert_string_equal(text, "OTP write issue -5");
	char tiny[4];
	dfu_rig_assert_ok(&rig, dfu_complaint(&rig.dfu, tiny, sizeof tiny, &rig.err));
	assert_string_equal(tiny, "OTP");
	dfu_rig_free(&rig);
}

static void test_too_small_for_what_comes(void **state)
{
	struct dfu_rig rig;
	uint8_t small[PARTITION - 1];
	size_t length;
	(void)state;
	dfu_rig_open(&rig);
	assert_int_equal(dfu_read(&rig.dfu, small, sizeof small, &length, &rig.err), ERR_LINK);
	dfu_rig_assert_reads(&rig, 0, 0);
	dfu_rig_free(&rig);
}

/* --- reads that fail */

static unsigned count_of(const char *log, const char *word)
{
	unsigned count = 0;
	for (const char *at = log; (at = strstr(at, word)); at += strlen(word))
		count++;
	return count;
}

static void test_failed_read_and_wedge(void **state)
{
	struct dfu_rig rig;
	uint8_t partition[PARTITION];
	size_t length;
	(void)state;
	dfu_rig_open(&rig);
	sim_board_set_faults(rig.board, (struct sim_faults){.read_fails = true});
	assert_int_equal(dfu_rig_read(&rig, partition, &length), ERR_LINK);
	assert_non_null(strstr(rig.err.text, "OTP read issue -5"));
	/* Two tries, one clean-up, then the question why. */
	assert_int_equal(count_of(rig.log, "select2"), 2);
	assert_int_equal(count_of(rig.log, "down65535:1"), 1);
	assert_int_equal(count_of(rig.log, "up0:4096"), 3);
	assert_int_equal(count_of(rig.log, "down"), 1);
	/* The board recovers; the wedge is cleaned away without a reset. */
	sim_board_set_faults(rig.board, (struct sim_faults){0});
	dfu_rig_assert_reads(&rig, 0, 0);
	assert_int_equal(dfu_rig_pulses(&rig), 0);
	dfu_rig_free(&rig);
}

/* --- what other programs left */

enum leftover {
	LEFT_IN_DNLOAD_IDLE,
	LEFT_AFTER_ABORT,
	LEFT_AFTER_SELECT,
	LEFT_AFTER_BUS_RESET,
	LEFT_AFTER_ERROR,
	LEFT_HALF_A_BLOCK,
	LEFTOVERS
};

static void leave_behind(struct dfu_rig *rig, enum leftover what)
{
	uint8_t byte = 0;
	if (what == LEFT_HALF_A_BLOCK) {
		uint8_t request[PARTITION];
		uint16_t actual;
		enum usb_outcome outcome;
		dfu_rig_fill_request(request, THEIRS);
		dfu_rig_raw_select(rig, ALT_OTP);
		sim_usb_break_off_next(rig->usb);
		assert_int_equal(rig->link->ops->control(rig->link, 0x21, DNLOAD, 0, request,
					 PARTITION, 1000, &actual, &outcome, &rig->err),
			ERR_TIMEOUT);
		dfu_rig_raw_status(rig);
		return;
	}
	dfu_rig_raw_stage(rig);
	dfu_rig_raw_status(rig);
	switch (what) {
	case LEFT_AFTER_ABORT:
		assert_int_equal(dfu_rig_raw(rig, ABORT, 0, NULL, 0), USB_DONE);
		break;
	case LEFT_AFTER_SELECT: dfu_rig_raw_select(rig, ALT_OTP); break;
	case LEFT_AFTER_BUS_RESET: sim_usb_bus_reset(rig->usb); break;
	case LEFT_AFTER_ERROR:
		assert_int_equal(dfu_rig_raw(rig, CLRSTATUS, 0, &byte, 0), USB_STALLED);
		assert_int_equal(dfu_rig_raw_state(rig), 10);
		break;
	default: break;
	}
}

static void test_leftovers_are_never_burnt(void **state)
{
	(void)state;
	for (unsigned what = 0; what < LEFTOVERS; what++) {
		struct dfu_rig rig;
		dfu_rig_open(&rig);
		leave_behind(&rig, (enum leftover)what);
		dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
		assert_string_equal(rig.log, "state");
		dfu_rig_assert_reads(&rig, 0, 0);
		dfu_rig_free(&rig);

		dfu_rig_open(&rig);
		leave_behind(&rig, (enum leftover)what);
		dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
		dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
		dfu_rig_assert_reads(&rig, 0, 0);
		dfu_rig_free(&rig);

		dfu_rig_open(&rig);
		leave_behind(&rig, (enum leftover)what);
		dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
		dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
		dfu_rig_assert_ok(&rig, dfu_rig_unstage(&rig));
		dfu_rig_assert_ok(&rig, dfu_rig_stage(&rig, OURS));
		dfu_rig_assert_ok(&rig, dfu_rig_burn(&rig));
		dfu_rig_assert_reads(&rig, VALUE, 0);
		assert_int_equal(sim_board_pulses(rig.board, OURS), 1);
		assert_int_equal(dfu_rig_pulses(&rig), 1);
		dfu_rig_free(&rig);
	}
}

static void test_armed_by_somebody_else(void **state)
{
	struct dfu_rig rig;
	(void)state;
	dfu_rig_open(&rig);
	dfu_rig_raw_stage(&rig);
	dfu_rig_assert_attach_refuses(&rig, 3);
	dfu_rig_raw_status(&rig);
	assert_int_equal(dfu_rig_raw(&rig, DNLOAD, 1, NULL, 0), USB_DONE);
	dfu_rig_assert_attach_refuses(&rig, 6);
	assert_int_equal(dfu_rig_pulses(&rig), 0);
	/* Powered up anew, it is a board like any other. */
	sim_usb_board_reset(rig.usb);
	dfu_rig_assert_ok(&rig, dfu_rig_open_again(&rig));
	dfu_rig_assert_reads(&rig, 0, 0);
	assert_int_equal(dfu_rig_pulses(&rig), 0);
	dfu_rig_free(&rig);
}

static void test_burning_for_somebody_else(void **state)
{
	struct dfu_rig rig;
	(void)state;
	dfu_rig_open(&rig);
	dfu_rig_raw_stage(&rig);
	dfu_rig_raw_status(&rig);
	assert_int_equal(dfu_rig_raw(&rig, DNLOAD, 1, NULL, 0), USB_DONE);
	dfu_rig_raw_status(&rig);
	dfu_rig_assert_attach_refuses(&rig, 7);
	dfu_rig_free(&rig);
}

/* Somebody arms the board while we hold it: our session is not the one that did it. */
static void test_armed_behind_our_back(void **state)
{
	struct dfu_rig rig;
	uint8_t partition[PARTITION];
	size_t length;
	(void)state;
	dfu_rig_open(&rig);
	dfu_rig_raw_stage(&rig);
	dfu_rig_raw_status(&rig);
	assert_int_equal(dfu_rig_raw(&rig, DNLOAD, 1, NULL, 0), USB_DONE);
	dfu_rig_forget(&rig);
	assert_int_equal(dfu_rig_read(&rig, partition, &length), ERR_LINK);
	assert_int_equal(dfu_rig_stage(&rig, OURS), ERR_LINK);
	assert_int_equal(dfu_rig_unstage(&rig), ERR_LINK);
	assert_string_equal(rig.log, "state state state");
	assert_int_equal(dfu_rig_pulses(&rig), 0);
	dfu_rig_free(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attach_asks_for_the_state_only),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_stage_and_burn),
		cmocka_unit_test(test_unstage),
		cmocka_unit_test(test_nothing_staged_nothing_burnt),
		cmocka_unit_test(test_requests_of_another_length),
		cmocka_unit_test(test_complaint),
		cmocka_unit_test(test_too_small_for_what_comes),
		cmocka_unit_test(test_failed_read_and_wedge),
		cmocka_unit_test(test_leftovers_are_never_burnt),
		cmocka_unit_test(test_armed_by_somebody_else),
		cmocka_unit_test(test_burning_for_somebody_else),
		cmocka_unit_test(test_armed_behind_our_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
