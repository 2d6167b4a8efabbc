/*
 * Whole commits over the real libusb, with the board pulled out at every transfer, and boards that
 * do not do what they say: what is told of it must be true of the silicon, at once and when the
 * board is back at another place.
 */
#include "tests/support/demo_session.h"
#include "tests/support/run_program.h"
#include "tests/support/sim_partition.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"
#include "transport/source.h"
#include "transport/source_dfu.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VALUE          UINT32_C(0x12345678)
#define MORE_THAN_EVER 400

struct kind {
	enum sim_family family;
	enum sim_service service;
	unsigned word;
};

static UMockdevTestbed *testbed;
static struct sim_board *board;
static struct sim_usb *usb;
static struct mock_usb mock;
static struct run_home home;
static struct errbuf err;

static void plug_in(const struct kind *kind)
{
	errbuf_clear(&err);
	testbed = umockdev_testbed_new();
	run_home_make(&home);
	assert_int_equal(sim_board_demo(&board, kind->family, &err), OK);
	assert_true(sim_board_set_service(board, kind->service));
	assert_int_equal(sim_usb_create(&usb, board, &err), OK);
	mock_usb_add_hubs(testbed);
	mock_usb_start(&mock, testbed, usb, 4, 5);
}

static void clean_up(void)
{
	mock_usb_stop(&mock);
	g_object_unref(testbed);
	sim_usb_free(usb);
	sim_board_free(board);
	run_home_remove(&home);
}

/* --- pulled out */

/*
 * In place of the C library's: after each burn a second is waited on the board's behalf, which the
 * simulated one does not need, and the loops below burn often.
 */
static bool skips_waiting;

int clock_nanosleep(
	clockid_t clock, int flags, const struct timespec *wanted, struct timespec *left)
{
	struct timespec rest = *wanted;
	(void)clock;
	(void)left;
	if (!skips_waiting || flags != 0)
		while (nanosleep(&rest, &rest) != 0)
			;
	return 0;
}

struct tally {
	unsigned unburnt, unknown;
};

static void commit(struct commit_result *result, enum status *status, const struct kind *kind,
	unsigned unplug_at)
{
	struct session *session = demo_session_open(home.folder, "dfu", false);
	struct edits *edits = calloc(1, sizeof *edits);
	struct plan *plan;
	assert_non_null(edits);
	edits->word[kind->word] = (struct edit){.sets_value = true, .value = VALUE};
	assert_int_equal(session_plan(&plan, session, edits, &err), OK);
	mock.unplug_at = unplug_at;
	errbuf_clear(&err);
	*status = demo_session_try(result, session, plan, &err);
	plan_free(plan);
	free(edits);
	session_close(session);
}

/* Nothing may be sent to it before a person has power-cycled it, and said so. */
static struct session *opens_after_power_cycle(void)
{
	struct session_options options = {
		.sources = source_table, .source = {.state_folder = home.folder}};
	struct session *session = NULL;
	struct power_cycle *cycle;
	struct errbuf why = {0};
	unsigned requests = mock.class_requests;
	assert_int_equal(session_open(&session, "dfu", &options, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "before its power was off"));
	assert_int_equal(power_cycle_begin(&cycle, &source_dfu, "dfu", home.folder, &why), OK);
	mock_usb_unplug(&mock);
	assert_int_equal(power_cycle_look(cycle, &why), OK);
	sim_board_power_down(board);
	sim_board_power_up(board);
	mock_usb_replug(&mock, 3, 12);
	assert_int_equal(power_cycle_look(cycle, &why), OK);
	assert_int_equal(mock.class_requests, requests);
	assert_int_equal(power_cycle_confirm(cycle, power_cycle_words(cycle), &why), OK);
	options.powered = cycle;
	assert_int_equal(session_open(&session, "dfu", &options, &why), OK);
	power_cycle_free(cycle);
	assert_int_equal(session->recovered[0].end, JOURNAL_CLOSED);
	return session;
}

static void assert_told_later(const struct kind *kind, const struct commit_result *result)
{
	/* What the commit said is in err.text. */
	uint32_t fuses = sim_board_fuses(board, kind->word);
	char line[64];
	bool told = false;
	/* Where nothing was burnt it is open only if the request may still lie in the board. */
	bool is_open = result->triggered ? result->verdict == COMMIT_UNKNOWN
					 : strstr(err.text, "may still lie") != NULL;
	bool is_shut = is_open && kind->service == SIM_SERVICE_PRGFW;
	struct session *session =
		is_shut ? opens_after_power_cycle() : demo_session_open(home.folder, "dfu", false);
	assert_string_equal(session->info.link, "usb 1-5.3");
	assert_int_equal(session->image.value[kind->word], fuses);
	assert_int_equal(session->recovered_count, is_open);
	assert_int_equal(session->untouchable[kind->word], is_open && !is_shut);
	if (is_open) {
		const struct word_result *word = &session->recovered[0].results[0];
		assert_int_equal(word->word, kind->word);
		assert_true(word->found);
		assert_int_equal(word->found_value, fuses);
		assert_int_equal(
			word->verdict, fuses == VALUE ? VERDICT_AS_PLANNED : VERDICT_NOT_BURNT);
		snprintf(line, sizeof line, "word %u: %s (holds %08X", kind->word,
			word_verdict_text(word->verdict), (unsigned)fuses);
		for (size_t i = 0; i < session->news_count; i++)
			told |= strstr(session->news[i].text, line) != NULL;
		assert_true(told);
	}
	session_close(session);
}

/* False once the whole commit took fewer transfers than that. */
static bool pull_at(const struct kind *kind, unsigned number, struct tally *tally)
{
	struct commit_result *result = calloc(1, sizeof *result);
	enum status status;
	assert_non_null(result);
	plug_in(kind);
	commit(result, &status, kind, number);
	bool was_pulled = mock.is_gone;
	uint32_t fuses = sim_board_fuses(board, kind->word);
	assert_true(sim_board_pulses(board, kind->word) <= 1);
	if (!result->triggered) {
		assert_true(was_pulled);
		assert_true(status != OK && status != ERR_UNCERTAIN);
		assert_int_equal(fuses, 0);
		tally->unburnt++;
	} else if (result->verdict == COMMIT_VERIFIED) {
		assert_int_equal(fuses, VALUE);
	} else {
		/* The end is not known, and nothing else is claimed. */
		assert_true(was_pulled);
		assert_int_equal(result->verdict, COMMIT_UNKNOWN);
		tally->unknown++;
	}
	if (was_pulled) {
		mock_usb_replug(&mock, 3, 11);
		assert_told_later(kind, result);
	}
	free(result);
	clean_up();
	return was_pulled;
}

static void pull_everywhere(const struct kind *kind)
{
	struct tally tally = {0};
	unsigned number = 1;
	skips_waiting = true;
	while (pull_at(kind, number, &tally)) {
		number++;
		assert_true(number < MORE_THAN_EVER);
	}
	skips_waiting = false;
	/* The loop saw every part of it: before the point of no return, and behind it. */
	assert_true(tally.unburnt > 15);
	assert_true(tally.unknown > 2);
}

static const struct kind uboot = {SIM_MP15, SIM_SERVICE_UBOOT, 70};
static const struct kind prgfw = {SIM_MP25, SIM_SERVICE_PRGFW, 300};

static void test_pulled_uboot(void **state)
{
	(void)state;
	pull_everywhere(&uboot);
}

static void test_pulled_prgfw(void **state)
{
	(void)state;
	pull_everywhere(&prgfw);
}

/* --- as the program tells it */

static void preview(char fingerprint[17])
{
	struct run_result result;
	run_write_text(&home, "p.plan", "write word=70 value=0x12345678\n");
	run_words(&result, &home, "preview", "p.plan", "--on", "dfu");
	run_expect_exit(&result, 0);
	const char *at = strstr(result.out, "Fingerprint ");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "Fingerprint %16[0-9a-f]", fingerprint), 1);
	run_free(&result);
}

static void apply(struct run_result *result, const char *fingerprint)
{
	run_words(result, &home, "apply", "p.plan", "--on", "dfu", "--confirm", fingerprint);
}

/* DFU says OK; the board's own text tells, and the fuses do. */
static void test_refused_behind_an_ok(void **state)
{
	struct run_result result;
	char fingerprint[17];
	(void)state;
	plug_in(&uboot);
	sim_board_set_word_fault(board, 70, SIM_WORD_FAILS);
	preview(fingerprint);
	apply(&result, fingerprint);
	run_expect_exit(&result, 5);
	run_expect_out(&result, "REFUSED");
	run_expect_out(&result, "not burnt");
	run_expect_out(&result, "OTP write issue -5");
	run_free(&result);
	assert_int_equal(sim_board_pulses(board, 70), 0);
	clean_up();
}

/* It says OK, and burns while the read after it waits two seconds; or even behind that read. */
static void test_burns_late(void **state)
{
	static const struct mock_usb_fault slow = {
		.kind = MOCK_DELAY, .request = 2, .at = 5, .amount = 2000};
	(void)state;
	for (unsigned late = 1; late <= 2; late++) {
		struct run_result result;
		char fingerprint[17];
		plug_in(&uboot);
		preview(fingerprint);
		sim_board_set_faults(board, (struct sim_faults){.late = late});
		/* Four UPLOADs before the burn, the fifth is the first one after it. */
		if (late == 1)
			mock_usb_add_fault(&mock, &slow);
		apply(&result, fingerprint);
		assert_int_equal(sim_board_fuses(board, 70), VALUE);
		run_expect_exit(&result, 0);
		run_expect_out(&result, "VERIFIED");
		run_free(&result);
		clean_up();
	}
}

static void test_burns_half(void **state)
{
	struct run_result result;
	char fingerprint[17];
	(void)state;
	plug_in(&uboot);
	sim_board_set_word_fault(board, 70, SIM_WORD_TAKES_HALF);
	preview(fingerprint);
	apply(&result, fingerprint);
	run_expect_exit(&result, 5);
	run_expect_out(&result, "PARTIAL");
	run_expect_no_out(&result, "word 70   as planned");
	run_free(&result);
	assert_int_equal(sim_board_pulses(board, 70), 1);
	clean_up();
}

static void test_lies(void **state)
{
	struct run_result result;
	char fingerprint[17];
	(void)state;
	plug_in(&uboot);
	preview(fingerprint);
	sim_board_set_faults(board, (struct sim_faults){.lies = true});
	apply(&result, fingerprint);
	run_expect_exit(&result, 5);
	run_expect_out(&result, "not burnt");
	run_free(&result);
	assert_int_equal(sim_board_pulses(board, 70), 0);
	clean_up();
}

static void send(uint8_t type, uint8_t request, uint16_t value, uint8_t *data, uint16_t length)
{
	const uint8_t setup[8] = {type, request, (uint8_t)value, (uint8_t)(value >> 8), 0, 0,
		(uint8_t)length, (uint8_t)(length >> 8)};
	uint8_t bytes[4096] = {0};
	uint16_t actual;
	if (data)
		memcpy(bytes, data, length);
	assert_int_equal(sim_usb_transfer(usb, setup, bytes, &actual), SIM_USB_DATA);
}

/* Somebody else's request is one GETSTATUS away from the fuses. */
static void test_left_armed_by_others(void **state)
{
	struct run_result result;
	uint8_t request[776] = {2};
	(void)state;
	plug_in(&uboot);
	request[8 + 8 * 70] = 0x55;
	request[8 + 8 * 70 + 7] = 0x80;
	send(0x01, 0x0B, 2, NULL, 0);              /* SET_INTERFACE */
	send(0x21, 1, 0, request, sizeof request); /* DNLOAD */
	send(0xA1, 3, 0, NULL, 6);                 /* GETSTATUS */
	send(0x21, 1, 1, NULL, 0);                 /* DNLOAD without data */
	run_words(&result, &home, "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "offers its OTP");
	run_free(&result);
	run_words(&result, &home, "show", "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "power-cycle");
	run_free(&result);
	run_words(&result, &home, "write", "dfu", "word=70", "value=1");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	assert_int_equal(sim_board_pulses(board, 70), 0);
	/* Still armed: nothing of ours was taken for a step of it. */
	uint8_t state_setup[8] = {0xA1, 5, 0, 0, 0, 0, 1, 0}, number;
	uint16_t actual;
	assert_int_equal(sim_usb_transfer(usb, state_setup, &number, &actual), SIM_USB_DATA);
	assert_int_equal(number, 6);
	clean_up();
}

/* --- other boards */

static void plug_other(struct sim_board **other, struct sim_usb **other_usb,
	struct mock_usb *other_mock, unsigned port)
{
	/* The same but for its unique id. */
	struct sim_partition fuses = sim_partition_read(board);
	sim_partition_put(&fuses, 13, 0x00770077, sim_partition_status(&fuses, 13));
	assert_int_equal(sim_board_of_family(other, SIM_MP15, fuses.bytes, 776, &err), OK);
	assert_int_equal(sim_usb_create(other_usb, *other, &err), OK);
	mock_usb_start(other_mock, testbed, *other_usb, port, 9);
}

/* Another board of the same kind, at the same place, after the preview. */
static void test_another_board_in_its_place(void **state)
{
	struct run_result result;
	struct sim_board *other;
	struct sim_usb *other_usb;
	struct mock_usb other_mock;
	char fingerprint[17];
	(void)state;
	plug_in(&uboot);
	preview(fingerprint);
	mock_usb_unplug(&mock);
	plug_other(&other, &other_usb, &other_mock, 4);
	apply(&result, fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "nothing was burnt");
	run_free(&result);
	for (unsigned word = 0; word < 96; word++) {
		assert_int_equal(sim_board_pulses(board, word), 0);
		assert_int_equal(sim_board_pulses(other, word), 0);
	}
	mock_usb_stop(&other_mock);
	sim_usb_free(other_usb);
	sim_board_free(other);
	clean_up();
}

/* A second board beside it: 'dfu' no longer says which one is meant. */
static void test_a_second_board_after_the_preview(void **state)
{
	struct run_result result;
	struct sim_board *other;
	struct sim_usb *other_usb;
	struct mock_usb other_mock;
	char fingerprint[17], serial[SIM_BOARD_SERIAL_SIZE], source[64];
	(void)state;
	plug_in(&uboot);
	preview(fingerprint);
	plug_other(&other, &other_usb, &other_mock, 3);
	apply(&result, fingerprint);
	run_expect_exit(&result, 4);
	run_expect_err(&result, "several boards fit");
	run_free(&result);
	sim_board_serial(other, serial);
	snprintf(source, sizeof source, "dfu:serial=%s", serial);
	run_words(&result, &home, "apply", "p.plan", "--on", source, "--confirm", fingerprint);
	run_expect_exit(&result, 4);
	run_free(&result);
	for (unsigned word = 0; word < 96; word++) {
		assert_int_equal(sim_board_pulses(board, word), 0);
		assert_int_equal(sim_board_pulses(other, word), 0);
	}
	/* The one that was confirmed can still be named. */
	sim_board_serial(board, serial);
	snprintf(source, sizeof source, "dfu:serial=%s", serial);
	run_words(&result, &home, "apply", "p.plan", "--on", source, "--confirm", fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	assert_int_equal(sim_board_fuses(board, 70), VALUE);
	mock_usb_stop(&other_mock);
	sim_usb_free(other_usb);
	sim_board_free(other);
	clean_up();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pulled_uboot),
		cmocka_unit_test(test_pulled_prgfw),
		cmocka_unit_test(test_refused_behind_an_ok),
		cmocka_unit_test(test_burns_late),
		cmocka_unit_test(test_burns_half),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_left_armed_by_others),
		cmocka_unit_test(test_another_board_in_its_place),
		cmocka_unit_test(test_a_second_board_after_the_preview),
	};
	return cmocka_run_group_tests_name("commits over USB", tests, NULL, NULL);
}
