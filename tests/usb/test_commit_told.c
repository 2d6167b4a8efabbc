/*
 * What the program itself tells of commits over USB that do not end as they should: pulled out in
 * the burn and back at another address, another serial number at the same place, boards that do
 * not do what they say.
 */
#include "tests/support/sim_partition.h"
#include "tests/usb/commit_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define GETSTATUS 3 /* DFU 1.1, table 3.2 */

static const struct commit_kind uboot = {SIM_MP15, SIM_SERVICE_UBOOT, 70, 0x12345678, false};
static const struct commit_kind prgfw = {SIM_MP25, SIM_SERVICE_PRGFW, 300, 0x12345678, false};

static struct commit_rig rig;

static int tear_down(void **state)
{
	(void)state;
	commit_rig_remove(&rig);
	return 0;
}

static void plug_in(const struct commit_kind *kind)
{
	commit_rig_make(&rig, kind);
}

static void preview(char fingerprint[17], const char *source)
{
	struct run_result result;
	char plan[64];
	snprintf(plan, sizeof plan, "write word=%u value=0x%08X\n", rig.kind.word,
		(unsigned)rig.kind.value);
	run_write_text(&rig.home, "p.plan", plan);
	run_words(&result, &rig.home, "preview", "p.plan", "--on", source);
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Fingerprint %16[0-9a-f]", fingerprint), 1);
	run_free(&result);
}

static void apply(struct run_result *result, const char *source, const char *fingerprint)
{
	/* Of no word there is it known for certain that it is the customer's. */
	bool accepts = rig.kind.family == SIM_MP25;
	run_words(result, &rig.home, "apply", "p.plan", "--on", source, "--confirm", fingerprint,
		accepts ? "--accept" : NULL, "customer-unconfirmed");
}

/* --- pulled out in the burn */

/*
 * Which GETSTATUS of an `apply` sets the burn off. U-Boot: two reads to open and two to prepare,
 * each with one when the alternate is selected and one at its end; the board's words with the same
 * two; for staging one when it is selected, two for the cleaning, one for the block: 8 + 2 + 4, and
 * then it is the next.
 */
#define BURNING_STATUS 13

static void pull_in_the_burn(struct run_result *result, enum mock_usb_fault_kind how)
{
	const struct mock_usb_fault fault = {
		.kind = how, .request = GETSTATUS, .at = BURNING_STATUS};
	char fingerprint[17];
	preview(fingerprint, "dfu");
	mock_usb_add_fault(&rig.mock, &fault);
	apply(result, "dfu", fingerprint);
	assert_true(rig.mock.is_gone);
}

static void expect_at_next_start(const char *line)
{
	struct run_result result;
	mock_usb_replug(&rig.mock, 3, 11);
	run_words(&result, &rig.home, "journal", "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "UNKNOWN");
	run_free(&result);
	run_words(&result, &rig.home, "show", "dfu", "word=70");
	run_expect_exit(&result, 0);
	run_expect_err(&result, "a commit without a known end");
	run_expect_err(&result, line);
	run_expect_err(&result, "power-cycle");
	run_free(&result);
	/* And the word is left alone until that was done. */
	unsigned pulses = sim_board_pulses(rig.board, 70);
	char fingerprint[17] = "";
	run_words(&result, &rig.home, "write", "dfu", "word=70", "value=0x12345679");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "nothing was burnt");
	const char *at = strstr(result.err, "--confirm ");
	if (at)
		(void)sscanf(at, "--confirm %16[0-9a-f]", fingerprint);
	assert_string_equal(fingerprint, "");
	run_free(&result);
	assert_int_equal(sim_board_pulses(rig.board, 70), pulses);
}

static void test_pulled_before_it_burns(void **state)
{
	struct run_result result;
	(void)state;
	plug_in(&uboot);
	pull_in_the_burn(&result, MOCK_UNPLUG);
	assert_int_equal(sim_board_fuses(rig.board, 70), 0);
	run_expect_exit(&result, 5);
	run_expect_out(&result, "UNKNOWN");
	run_expect_out(&result, "power-cycle");
	run_free(&result);
	expect_at_next_start("word 70: not burnt (holds 00000000");
}

static void test_pulled_after_it_burnt(void **state)
{
	struct run_result result;
	(void)state;
	plug_in(&uboot);
	pull_in_the_burn(&result, MOCK_UNPLUG_AFTER);
	assert_int_equal(sim_board_fuses(rig.board, 70), 0x12345678);
	run_expect_exit(&result, 5);
	run_expect_out(&result, "UNKNOWN");
	run_expect_out(&result, "power-cycle");
	run_free(&result);
	expect_at_next_start("word 70: as planned (holds 12345678");
}

/* One GETSTATUS earlier the request lies in the board, and nothing has set it off. */
static void test_pulled_while_it_is_staged(void **state)
{
	const struct mock_usb_fault fault = {
		.kind = MOCK_UNPLUG_AFTER, .request = GETSTATUS, .at = BURNING_STATUS - 1};
	struct run_result result;
	char fingerprint[17];
	(void)state;
	plug_in(&uboot);
	preview(fingerprint, "dfu");
	mock_usb_add_fault(&rig.mock, &fault);
	apply(&result, "dfu", fingerprint);
	run_expect_exit(&result, 3);
	run_expect_err(&result, "may still lie in the board's memory");
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	commit_rig_assert_untouched(rig.board);
}

/* --- STM32PRGFW-UTIL, which calls everything OK */

static void expect_told(const char *verdict, const char *word)
{
	struct run_result result;
	char fingerprint[17];
	preview(fingerprint, "dfu");
	apply(&result, "dfu", fingerprint);
	run_expect_exit(&result, 5);
	run_expect_out(&result, verdict);
	run_expect_out(&result, word);
	run_expect_no_out(&result, "word 300  as planned");
	run_free(&result);
}

static void test_prgfw_refuses(void **state)
{
	(void)state;
	plug_in(&prgfw);
	sim_board_set_word_fault(rig.board, 300, SIM_WORD_FAILS);
	expect_told("does not say why", "not burnt");
	commit_rig_assert_untouched(rig.board);
}

static void test_prgfw_ignores(void **state)
{
	(void)state;
	plug_in(&prgfw);
	sim_board_set_word_fault(rig.board, 300, SIM_WORD_IGNORES);
	expect_told("REFUSED", "not burnt");
}

/* Half of a word of the upper part leaves it with an error code that does not fit. */
static void test_prgfw_spoils(void **state)
{
	(void)state;
	plug_in(&prgfw);
	sim_board_set_word_fault(rig.board, 300, SIM_WORD_TAKES_HALF);
	expect_told("PARTIAL", "invalid");
	assert_true(sim_board_is_spoilt(rig.board, 300));
	assert_int_equal(sim_board_pulses(rig.board, 300), 1);
}

/* Its supply breaks down in the burn: it is gone from the bus, and comes back unburnt. */
static void test_prgfw_loses_power(void **state)
{
	struct run_result result;
	char fingerprint[17];
	(void)state;
	plug_in(&prgfw);
	preview(fingerprint, "dfu");
	sim_board_set_word_fault(rig.board, 300, SIM_WORD_CUTS_POWER);
	apply(&result, "dfu", fingerprint);
	run_expect_exit(&result, 5);
	run_expect_out(&result, "UNKNOWN");
	run_free(&result);
	commit_rig_assert_untouched(rig.board);
	assert_int_equal(sim_board_fuses(rig.board, 300), 0);
	sim_board_power_up(rig.board);
	mock_usb_replug(&rig.mock, 3, 11);
	unsigned requests = rig.mock.class_requests;
	run_words(&result, &rig.home, "show", "dfu");
	run_expect_exit(&result, 4);
	run_expect_err(&result, "otpedit reset dfu");
	run_free(&result);
	assert_int_equal(rig.mock.class_requests, requests);
}

/* --- another serial number at the same place */

static void test_other_serial_at_the_same_place(void **state)
{
	struct run_result result;
	struct sim_board *other;
	struct sim_usb *usb;
	struct mock_usb mock;
	char fingerprint[17];
	(void)state;
	plug_in(&uboot);
	preview(fingerprint, "dfu:path=1-5.4");
	struct sim_partition fuses = sim_partition_read(rig.board);
	sim_partition_put(&fuses, 13, 0x00770077, sim_partition_status(&fuses, 13));
	assert_int_equal(sim_board_of_family(&other, SIM_MP15, fuses.bytes, 776, &rig.err), OK);
	assert_int_equal(sim_usb_create(&usb, other, &rig.err), OK);
	mock_usb_unplug(&rig.mock);
	mock_usb_start(&mock, rig.testbed, usb, 4, 9);
	apply(&result, "dfu:path=1-5.4", fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	commit_rig_assert_untouched(other);
	/* By its serial number the first one is not there at all. */
	char serial[SIM_BOARD_SERIAL_SIZE], source[64];
	sim_board_serial(rig.board, serial);
	snprintf(source, sizeof source, "dfu:serial=%s", serial);
	apply(&result, source, fingerprint);
	run_expect_exit(&result, 3);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	commit_rig_assert_untouched(other);
	commit_rig_assert_untouched(rig.board);
	mock_usb_unplug(&mock);
	mock_usb_stop(&mock);
	sim_usb_free(usb);
	sim_board_free(other);
}

#define told_test(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		told_test(test_pulled_before_it_burns),
		told_test(test_pulled_after_it_burnt),
		told_test(test_pulled_while_it_is_staged),
		told_test(test_prgfw_refuses),
		told_test(test_prgfw_ignores),
		told_test(test_prgfw_spoils),
		told_test(test_prgfw_loses_power),
		told_test(test_other_serial_at_the_same_place),
	};
	return cmocka_run_group_tests_name("commits told over USB", tests, NULL, NULL);
}
