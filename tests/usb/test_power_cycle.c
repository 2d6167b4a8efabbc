/*
 * A commit over USB whose end is not known, and how a person who power-cycles the board settles it:
 * what is sent to the board before (nothing, where that could burn), and what is taken for a proof.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "tests/usb/mock_usb.h"
#include "src/journal.h"
#include "transport/sim_board.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* DFU 1.1, table 3.2 */
#define DNLOAD    1
#define GETSTATUS 3

/* The MP15 demo board's serial number ends so. */
#define WORDS "had no power 5445"

struct place {
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
};

static UMockdevTestbed *testbed;
static struct place places[2];
static unsigned place_count;
static struct run_home home;
static struct terminal *terminal;

static int set_up(void **state)
{
	(void)state;
	testbed = umockdev_testbed_new();
	mock_usb_add_hubs(testbed);
	place_count = 0;
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	terminal_free(terminal);
	terminal = NULL;
	for (unsigned i = 0; i < place_count; i++) {
		mock_usb_stop(&places[i].mock);
		sim_usb_free(places[i].usb);
		sim_board_free(places[i].board);
	}
	g_object_unref(testbed);
	run_home_remove(&home);
	return 0;
}

static struct place *plug_in(
	enum sim_family family, enum sim_service service, unsigned port, unsigned number)
{
	struct errbuf err = {0};
	struct place *place = &places[place_count];
	assert_int_equal(sim_board_demo(&place->board, family, &err), OK);
	assert_true(sim_board_set_service(place->board, service));
	assert_int_equal(sim_usb_create(&place->usb, place->board, &err), OK);
	mock_usb_start(&place->mock, testbed, place->usb, port, number);
	place_count++;
	return place;
}

/* --- a commit without a known end */

static int burn(const char *word)
{
	struct run_result result;
	char fingerprint[17] = "";
	run_words(&result, &home, "write", "dfu", word, "value=0x12345678");
	const char *at = strstr(result.err, "--confirm ");
	assert_non_null(at);
	memcpy(fingerprint, at + strlen("--confirm "), 16);
	run_free(&result);
	run_words(
		&result, &home, "write", "dfu", word, "value=0x12345678", "--confirm", fingerprint);
	int exit_status = result.exit_status;
	run_free(&result);
	return exit_status;
}

/* Which GETSTATUS, counted from the transfer `first` on, came after the last download: the one in
 * which the burn runs. */
static unsigned burning_status(const struct mock_usb *mock, unsigned first)
{
	unsigned count = 0, found = 0;
	bool downloaded = false;
	for (unsigned i = first; i < mock->log->len; i++) {
		const uint8_t *setup = mock_usb_logged(mock, i)->setup;
		downloaded |= setup[0] == 0x21 && setup[1] == DNLOAD;
		if (setup[0] != 0xA1 || setup[1] != GETSTATUS)
			continue;
		count++;
		found = downloaded ? count : found;
		downloaded = false;
	}
	assert_true(found > 0);
	return found;
}

/* Pulled out while it burns, before it can answer. A first commit, of another word, shows when that
 * is. */
static struct place *leave_unknown(enum sim_service service)
{
	struct place *place = plug_in(SIM_MP15, service, 3, 5);
	unsigned first = place->mock.log->len;
	assert_int_equal(burn("word=71"), 0);
	const struct mock_usb_fault fault = {.kind = MOCK_UNPLUG_AFTER,
		.request = GETSTATUS,
		.at = burning_status(&place->mock, first)};
	mock_usb_add_fault(&place->mock, &fault);
	assert_int_equal(burn("word=70"), 5);
	assert_true(place->mock.is_gone);
	mock_usb_clear_faults(&place->mock);
	assert_int_equal(sim_board_fuses(place->board, 70), 0x12345678);
	return place;
}

/* Entries of the journal that have not come to their end. */
static size_t open_entries(void)
{
	struct journal journal;
	struct journal_entry *entries;
	size_t count, damaged;
	struct errbuf err = {0};
	assert_int_equal(
		journal_open(&journal, run_path(&home, "state/otpedit"), SOURCE_REAL, &err), OK);
	assert_int_equal(
		journal_read(&entries, &count, &damaged, JOURNAL_OPEN_ONLY, &journal, &err), OK);
	free(entries);
	return count;
}

static void expect(int exit_status, const char *text, const char *command)
{
	struct run_result result;
	if (strcmp(command, "lock") == 0)
		run_words(&result, &home, "lock", "dfu", "word=70");
	else
		run_words(&result, &home, command, "dfu");
	run_expect_exit(&result, exit_status);
	run_expect_err(&result, text);
	run_free(&result);
}

/* --- the program in a terminal */

static struct terminal *starts(const char *const argv[])
{
	static char preload[4096], bed[4096];
	const char *const extra[] = {preload, bed, NULL};
	const struct terminal_options options = {
		.columns = 100, .rows = 40, .folder = home.folder, .extra = extra};
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
	snprintf(bed, sizeof bed, "UMOCKDEV_DIR=%s", getenv("UMOCKDEV_DIR"));
	terminal_free(terminal);
	terminal = terminal_start(&options, argv);
	return terminal;
}

static struct terminal *starts_reset(const char *source)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "reset", source, NULL};
	struct terminal *t = starts(argv);
	terminal_expect(t, "waiting until it is gone");
	return t;
}

static void power_cycles(struct terminal *t, struct place *place, unsigned port, unsigned number)
{
	mock_usb_unplug(&place->mock);
	terminal_expect(t, "it is gone; waiting");
	sim_board_power_down(place->board);
	sim_board_power_up(place->board);
	mock_usb_replug(&place->mock, port, number);
	terminal_expect(t, "it is back");
	terminal_expect(t, WORDS);
}

/* --- tests */

/* U-Boot may be looked at meanwhile; the word stays untouched until the end is settled. */
static void test_settled_with_uboot(void **state)
{
	(void)state;
	struct place *place = leave_unknown(SIM_SERVICE_UBOOT);
	sim_board_power_down(place->board);
	sim_board_power_up(place->board);
	mock_usb_replug(&place->mock, 3, 6);
	expect(0, "power-cycle the board to be sure", "show");
	expect(4, "an earlier commit ended without a known result", "lock");
	assert_int_equal(open_entries(), 1);
	struct terminal *t = starts_reset("dfu");
	power_cycles(t, place, 4, 7);
	terminal_type(t, WORDS);
	terminal_expect(t, "> " WORDS);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "word 70: as planned");
	terminal_expect(t, "is powered up anew");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_int_equal(open_entries(), 0);
	expect(4, "--confirm", "lock");
}

/* Nothing at all is sent to STM32PRGFW-UTIL before. */
static void test_shut_with_prgfw(void **state)
{
	(void)state;
	struct place *place = leave_unknown(SIM_SERVICE_PRGFW);
	mock_usb_replug(&place->mock, 4, 6);
	unsigned requests = place->mock.class_requests;
	unsigned claims = place->mock.claims;
	expect(4, "nothing is sent to it before its power was off", "show");
	expect(4, "nothing is sent to it before its power was off", "lock");
	struct terminal *t = starts_reset("dfu");
	mock_usb_unplug(&place->mock);
	terminal_expect(t, "it is gone; waiting");
	sim_board_power_down(place->board);
	sim_board_power_up(place->board);
	mock_usb_replug(&place->mock, 4, 7);
	terminal_expect(t, WORDS);
	assert_int_equal(place->mock.class_requests, requests);
	assert_int_equal(place->mock.claims, claims);
	terminal_type(t, WORDS);
	terminal_expect(t, "> " WORDS);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "word 70: as planned");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_int_equal(open_entries(), 0);
	struct run_result result;
	run_words(&result, &home, "show", "dfu");
	run_expect_exit(&result, 0);
	run_free(&result);
}

/* Another board at that port is another board. */
static void test_another_board_at_the_port(void **state)
{
	(void)state;
	leave_unknown(SIM_SERVICE_PRGFW);
	plug_in(SIM_MP25, SIM_SERVICE_PRGFW, 3, 9);
	struct run_result result;
	run_words(&result, &home, "show", "dfu");
	run_expect_exit(&result, 0);
	run_free(&result);
	assert_int_equal(open_entries(), 1);
}

/* A person's word is asked for after the board was seen to go and come back, not before; and it is
 * typed, or nothing is settled. */
static void test_not_confirmed(void **state)
{
	(void)state;
	struct place *place = leave_unknown(SIM_SERVICE_UBOOT);
	mock_usb_replug(&place->mock, 3, 6);
	expect(4, "at a terminal", "reset");
	struct terminal *t = starts_reset("dfu");
	assert_false(terminal_shows(t, WORDS));
	terminal_signal(t, SIGINT);
	terminal_expect(t, "stopped: nothing was settled");
	assert_int_equal(terminal_wait_exit(t), 4);

	t = starts_reset("dfu:path=1-5.3");
	power_cycles(t, place, 3, 7);
	terminal_paste(t, WORDS);
	terminal_expect(t, "pasted text is not taken");
	terminal_key(t, TERMINAL_ENTER);
	terminal_type(t, "had no power");
	terminal_expect(t, "> had no power");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "> had no power");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "not confirmed: nothing was settled");
	assert_int_equal(terminal_wait_exit(t), 4);
	assert_int_equal(open_entries(), 1);

	/* It goes again while the words are typed. */
	t = starts_reset("dfu");
	power_cycles(t, place, 3, 8);
	terminal_type(t, WORDS);
	terminal_expect(t, "> " WORDS);
	mock_usb_unplug(&place->mock);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "nothing was settled");
	assert_int_equal(terminal_wait_exit(t), 4);
	assert_int_equal(open_entries(), 1);
}

/* Who comes instead is not asked about. */
static void test_another_board_comes_back(void **state)
{
	(void)state;
	struct place *place = leave_unknown(SIM_SERVICE_UBOOT);
	mock_usb_replug(&place->mock, 3, 6);
	struct terminal *t = starts_reset("dfu");
	mock_usb_unplug(&place->mock);
	terminal_expect(t, "it is gone; waiting");
	struct place *other = plug_in(SIM_MP13, SIM_SERVICE_UBOOT, 3, 7);
	mock_usb_replug(&place->mock, 4, 8);
	terminal_expect(t, "it is back: U-Boot stm32prog at usb 1-5.4");
	terminal_expect(t, WORDS);
	assert_int_equal(other->mock.class_requests, 0);
	terminal_key(t, TERMINAL_ESCAPE);
	assert_int_equal(terminal_wait_exit(t), 4);
}

/* One otpedit at a time on each way in, whoever is there. */
static void test_one_at_a_time(void **state)
{
	(void)state;
	struct place *place = plug_in(SIM_MP15, SIM_SERVICE_UBOOT, 3, 5);
	starts_reset("dfu");
	expect(3, "is using this board", "show");
	assert_int_equal(place->mock.class_requests, 0);
}

/* --- in the screen */

static struct terminal *starts_screen(void)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "dfu", NULL};
	struct terminal *t = starts(argv);
	terminal_expect(t, "a commit without a known end");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "a commit without a known end");
	return t;
}

static void goes_and_comes(struct terminal *t, struct place *place, unsigned port, unsigned number)
{
	terminal_expect(t, "Waiting until U-Boot stm32prog at usb 1-5.3 is gone");
	assert_false(terminal_shows(t, WORDS));
	mock_usb_unplug(&place->mock);
	terminal_expect(t, "It is gone. Waiting");
	sim_board_power_down(place->board);
	sim_board_power_up(place->board);
	mock_usb_replug(&place->mock, port, number);
	terminal_expect(t, WORDS);
}

static void test_settled_in_the_screen(void **state)
{
	(void)state;
	struct place *place = leave_unknown(SIM_SERVICE_UBOOT);
	mock_usb_replug(&place->mock, 3, 6);
	struct terminal *t = starts_screen();
	unsigned requests = place->mock.class_requests;
	terminal_type(t, "B");
	goes_and_comes(t, place, 4, 7);
	assert_int_equal(place->mock.class_requests, requests);
	terminal_paste(t, WORDS);
	terminal_expect(t, "pasted text is not taken");
	terminal_type(t, "had no powr");
	terminal_expect(t, "> had no powr");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "nothing was settled");
	terminal_key(t, TERMINAL_BACKSPACE);
	terminal_type(t, "er 5445");
	terminal_expect(t, "> " WORDS);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "word 70: as planned");
	terminal_expect_row(t, 0, "READ-ONLY");
	assert_int_equal(open_entries(), 0);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
}

/* Who leaves has settled nothing; the board is taken up again as one that was lost. */
static void test_left_in_the_screen(void **state)
{
	(void)state;
	struct place *place = leave_unknown(SIM_SERVICE_UBOOT);
	mock_usb_replug(&place->mock, 3, 6);
	struct terminal *t = starts_screen();
	terminal_type(t, "B");
	goes_and_comes(t, place, 3, 7);
	terminal_type(t, WORDS);
	terminal_expect(t, "> " WORDS);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "the same board is back");
	assert_int_equal(open_entries(), 1);
	terminal_type(t, "q");
	terminal_expect_gone(t, "the same board is back");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
}

/* Four words a row. */
static void burns_70(struct terminal *t)
{
	for (unsigned row = 0; row < 70 / 4; row++)
		terminal_key(t, TERMINAL_DOWN);
	for (unsigned column = 0; column < 70 % 4; column++)
		terminal_key(t, TERMINAL_RIGHT);
	terminal_type(t, "e");
	terminal_expect(t, "stage");
	terminal_type(t, "12345678");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "1 staged:  70=12345678");
	terminal_type(t, "p");
	terminal_expect(t, "Fingerprint");
	for (int page = 0; page < 40 && !terminal_shows(t, "Afterwards"); page++)
		terminal_key(t, TERMINAL_PAGE_DOWN);
	for (int page = 0; page < 40 && terminal_shows(t, "below"); page++)
		terminal_key(t, TERMINAL_PAGE_DOWN);
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
	terminal_type(t, "c");
	terminal_expect(t, "burn 70 on 5445");
	terminal_type(t, "burn 70 on 5445");
	terminal_expect(t, "Enter burns now");
	terminal_key(t, TERMINAL_ENTER);
}

/* Lost while it burns, and back with its power: it is not taken up again, and not spoken to. */
static void test_shut_in_the_screen(void **state)
{
	(void)state;
	struct place *place = plug_in(SIM_MP15, SIM_SERVICE_PRGFW, 3, 5);
	unsigned first = place->mock.log->len;
	assert_int_equal(burn("word=71"), 0);
	const struct mock_usb_fault fault = {.kind = MOCK_UNPLUG_AFTER,
		.request = GETSTATUS,
		.at = burning_status(&place->mock, first)};
	const char *const argv[] = {OTPEDIT_PROGRAM, "dfu", NULL};
	struct terminal *t = starts(argv);
	terminal_expect_row(t, 0, "5445");
	mock_usb_add_fault(&place->mock, &fault);
	burns_70(t);
	terminal_expect(t, "UNKNOWN");
	terminal_expect_row(t, 0, "lost");
	mock_usb_clear_faults(&place->mock);
	unsigned requests = place->mock.class_requests;
	mock_usb_replug(&place->mock, 3, 6);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_type(t, "r");
	terminal_expect(t, "nothing is sent to it before its power was off");
	terminal_type(t, "B");
	terminal_expect(t, "Waiting until STM32PRGFW-UTIL at usb 1-5.3 is gone");
	mock_usb_unplug(&place->mock);
	terminal_expect(t, "It is gone. Waiting");
	sim_board_power_down(place->board);
	sim_board_power_up(place->board);
	mock_usb_replug(&place->mock, 4, 7);
	terminal_expect(t, WORDS);
	assert_int_equal(place->mock.class_requests, requests);
	terminal_type(t, WORDS);
	terminal_expect(t, "> " WORDS);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "word 70: as planned");
	assert_int_equal(open_entries(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_settled_with_uboot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_shut_with_prgfw, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_board_at_the_port, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_confirmed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_board_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_settled_in_the_screen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_left_in_the_screen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_shut_in_the_screen, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("power cycles", tests, NULL, NULL);
}
