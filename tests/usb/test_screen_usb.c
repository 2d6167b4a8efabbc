/*
 * The screen over the real libusb, as a person at a terminal sees it: boards that come and go, one
 * chosen of several, the whole job on one, and one that is lost and plugged in again elsewhere.
 */
#include "tests/support/run_program.h"
#include "tests/support/sim_partition.h"
#include "tests/support/terminal.h"
#include "tests/support/typist.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 2

struct place {
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
};

static UMockdevTestbed *testbed;
static struct place places[PLACES];
static unsigned place_count;
static struct run_home home;
static struct terminal *terminal;
static const char *terminal_kind; /* NULL: many colours */

static int set_up(void **state)
{
	(void)state;
	testbed = umockdev_testbed_new();
	mock_usb_add_hubs(testbed);
	place_count = 0;
	terminal_kind = NULL;
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

/* --- plugging --- */

/* At 1-5.3, then at 1-5.4. */
static struct place *plug_in(enum sim_family family, enum sim_service service)
{
	struct errbuf err = {0};
	assert_true(place_count < PLACES);
	struct place *place = &places[place_count];
	assert_int_equal(sim_board_demo(&place->board, family, &err), OK);
	assert_true(sim_board_set_service(place->board, service));
	assert_int_equal(sim_usb_create(&place->usb, place->board, &err), OK);
	mock_usb_start(&place->mock, testbed, place->usb, 3 + place_count, 5 + place_count);
	place_count++;
	return place;
}

/* --- the program in a terminal --- */

static struct terminal *starts(const char *source, unsigned columns, unsigned rows)
{
	static char preload[4096], bed[4096];
	const char *const extra[] = {preload, bed, NULL};
	const struct terminal_options options = {.columns = columns,
		.rows = rows,
		.term = terminal_kind,
		.folder = home.folder,
		.extra = extra};
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	snprintf(preload, sizeof preload, "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
	snprintf(bed, sizeof bed, "UMOCKDEV_DIR=%s", getenv("UMOCKDEV_DIR"));
	terminal_free(terminal);
	terminal = terminal_start(&options, argv);
	return terminal;
}

static void burns_70(struct terminal *t)
{
	typist_ask_for_commit(t);
	terminal_expect(t, "burn 70 on 5445");
	typist_confirm(t, "burn 70 on 5445");
}

static void leaves(struct terminal *t, const char *keys)
{
	terminal_type(t, keys);
	assert_int_equal(terminal_wait_exit(t), 0);
}

static void finds_stages_and_burns(enum sim_service service, unsigned columns, unsigned rows)
{
	struct place *place = plug_in(SIM_MP15, service);
	struct terminal *t = starts(NULL, columns, rows);
	terminal_expect(t, "> usb 1-5.3");
	terminal_expect(t, "offers its OTP");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect_row(t, 0, "4C415445");
	terminal_expect_row(t, 0, "READ-ONLY");
	typist_stage(t, 70, "12345678");
	burns_70(t);
	terminal_expect(t, "as planned");
	assert_int_equal(sim_board_fuses(place->board, 70), 0x12345678);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_row(t, 0, "READ-ONLY");
	leaves(t, "q");
}

static void test_whole_job_uboot_80x24(void **state)
{
	(void)state;
	finds_stages_and_burns(SIM_SERVICE_UBOOT, 80, 24);
}

static void test_whole_job_prgfw_120x40(void **state)
{
	(void)state;
	finds_stages_and_burns(SIM_SERVICE_PRGFW, 120, 40);
}

/* --- which board --- */

static void test_comes_and_goes_in_the_list(void **state)
{
	(void)state;
	struct terminal *t = starts(NULL, 80, 24);
	terminal_expect(t, "None is in DFU mode");
	struct place *first = plug_in(SIM_MP15, SIM_SERVICE_UBOOT);
	terminal_expect(t, "  usb 1-5.3");
	struct place *second = plug_in(SIM_MP25, SIM_SERVICE_PRGFW);
	terminal_expect(t, "  usb 1-5.4");
	terminal_expect(t, "STM32PRGFW-UTIL, offers its OTP");
	mock_usb_unplug(&first->mock);
	terminal_expect_gone(t, "usb 1-5.3");
	terminal_expect(t, "usb 1-5.4");
	/* Listing is looking from afar. */
	assert_int_equal(first->mock.class_requests + second->mock.class_requests, 0);
	assert_int_equal(first->mock.claims + second->mock.claims, 0);
	leaves(t, "q");
}

static void test_asks_which_of_two(void **state)
{
	(void)state;
	struct place *first = plug_in(SIM_MP15, SIM_SERVICE_UBOOT);
	struct place *second = plug_in(SIM_MP25, SIM_SERVICE_UBOOT);
	struct terminal *t = starts("dfu", 80, 24);
	terminal_expect(t, "several boards are there: which one?");
	terminal_expect(t, "usb 1-5.3");
	terminal_expect(t, "usb 1-5.4");
	assert_false(terminal_shows(t, "Simulated boards"));
	while (!terminal_shows(t, "> usb 1-5.4"))
		terminal_key(
			t, terminal_shows(t, "> usb 1-5.3") && terminal_find(t, "usb 1-5.3") >
								       terminal_find(t, "usb 1-5.4")
				   ? TERMINAL_UP
				   : TERMINAL_DOWN);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect_row(t, 0, "STM32MP25");
	assert_int_equal(first->mock.class_requests, 0);
	assert_true(second->mock.class_requests > 0);
	leaves(t, "q");
}

/* --- lost, and back --- */

static struct place *opens(struct terminal **t, enum sim_service service)
{
	struct place *place = plug_in(SIM_MP15, service);
	*t = starts("dfu", 80, 24);
	terminal_expect_row(*t, 0, "4C415445");
	typist_stage(*t, 70, "12345678");
	return place;
}

static void test_back_at_another_address(void **state)
{
	struct terminal *t;
	(void)state;
	struct place *place = opens(&t, SIM_SERVICE_UBOOT);
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
	mock_usb_unplug(&place->mock);
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect(t, "the same board is taken up again when it is");
	terminal_expect_row(t, 0, "UID ..4C415445");
	terminal_expect_row(t, 0, "staged 1");
	terminal_type(t, "a");
	terminal_expect(t, "it can be armed when it is back");
	unsigned requests = place->mock.class_requests;
	mock_usb_replug(&place->mock, 4, 9);
	terminal_expect(t, "the same board is back at usb 1-5.4");
	terminal_expect_row(t, 0, "\xE2\x97\x8F");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect_row(t, 0, "staged 1");
	assert_true(place->mock.class_requests > requests);
	assert_int_equal(sim_board_fuses(place->board, 70), 0);
	burns_70(t);
	terminal_expect(t, "as planned");
	assert_int_equal(sim_board_fuses(place->board, 70), 0x12345678);
	terminal_key(t, TERMINAL_ESCAPE);
	leaves(t, "q");
}

static void test_another_board_is_not_taken(void **state)
{
	struct terminal *t;
	(void)state;
	struct place *place = opens(&t, SIM_SERVICE_UBOOT);
	mock_usb_unplug(&place->mock);
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	struct place *other = plug_in(SIM_MP13, SIM_SERVICE_UBOOT);
	terminal_type(t, "r");
	terminal_expect(t, "the board is not there");
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	assert_int_equal(other->mock.class_requests, 0);
	mock_usb_replug(&place->mock, 5, 9);
	terminal_expect(t, "the same board is back at usb 1-5.5");
	assert_int_equal(other->mock.class_requests, 0);
	leaves(t, "qy");
}

/* Shows a serial number that is not its own. */
struct impostor {
	struct sim_usb *usb;
	const char *serial;
	uint8_t serial_index;
};

static enum sim_usb_end answer_with_serial(
	void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	struct impostor *impostor = payload;
	enum sim_usb_end end = sim_usb_transfer(impostor->usb, setup, data, actual);
	bool is_descriptor = setup[0] == 0x80 && setup[1] == 0x06 && end == SIM_USB_DATA;
	unsigned room = setup[6] | (unsigned)setup[7] << 8;
	if (is_descriptor && setup[3] == 1 && *actual > 16)
		impostor->serial_index = data[16];
	if (!is_descriptor || setup[3] != 3 || setup[2] == 0 || setup[2] != impostor->serial_index)
		return end;
	unsigned length = (unsigned)(2 + 2 * strlen(impostor->serial));
	uint8_t text[64] = {(uint8_t)length, 3};
	for (unsigned i = 2; i < length; i += 2)
		text[i] = (uint8_t)impostor->serial[(i - 2) / 2];
	*actual = (uint16_t)(length < room ? length : room);
	memcpy(data, text, *actual);
	return end;
}

/* The serial number is the same, the unique id in the fuses is not. */
static void test_another_board_of_the_same_serial(void **state)
{
	struct terminal *t;
	struct errbuf err = {0};
	struct impostor impostor = {0};
	char serial[SIM_BOARD_SERIAL_SIZE];
	(void)state;
	struct place *place = opens(&t, SIM_SERVICE_UBOOT);
	sim_board_serial(place->board, serial);
	mock_usb_unplug(&place->mock);
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	struct place *other = &places[place_count];
	struct sim_partition fuses = sim_partition_empty(2);
	sim_partition_put(&fuses, 1, 0x8000, 0);
	for (unsigned word = 13; word <= 15; word++)
		sim_partition_put(&fuses, word, 0x00BADBAD + word, 0);
	assert_int_equal(sim_board_of_family(&other->board, SIM_MP15, fuses.bytes, 776, &err), OK);
	assert_int_equal(sim_usb_create(&other->usb, other->board, &err), OK);
	impostor = (struct impostor){.usb = other->usb, .serial = serial};
	const struct mock_usb_device device = {
		.transfer = answer_with_serial, .payload = &impostor};
	mock_usb_start_device(&other->mock, testbed, &device, 4, 8);
	place_count++;
	terminal_expect(t, "is another one: '00BADBBA-00BADBBB-00BADBBC' instead of");
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	mock_usb_replug(&place->mock, 3, 9);
	terminal_expect(t, "the same board is back at usb 1-5.3");
	assert_int_equal(sim_board_fuses(other->board, 70), 0);
	leaves(t, "qy");
}

/* The same fuses and serial number, behind the other service: the commit goes its way. */
static void test_back_behind_another_service(void **state)
{
	struct terminal *t;
	(void)state;
	struct place *before = opens(&t, SIM_SERVICE_UBOOT);
	mock_usb_unplug(&before->mock);
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	struct place *after = plug_in(SIM_MP15, SIM_SERVICE_PRGFW);
	terminal_expect(t, "is back at usb 1-5.4 (STM32PRGFW-UTIL answers now)");
	burns_70(t);
	terminal_expect(t, "as planned");
	assert_int_equal(sim_board_fuses(after->board, 70), 0x12345678);
	assert_int_equal(sim_board_fuses(before->board, 70), 0);
	terminal_key(t, TERMINAL_ESCAPE);
	leaves(t, "q");
}

/* Without colours, and with eight: what is lost and what is back is said in words. */
static void is_lost_and_back(const char *kind, unsigned columns, unsigned rows)
{
	terminal_kind = kind;
	struct place *place = plug_in(SIM_MP25, SIM_SERVICE_PRGFW);
	struct terminal *t = starts(NULL, columns, rows);
	terminal_expect(t, "> usb 1-5.3");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect_row(t, 0, "UID ..");
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
	mock_usb_unplug(&place->mock);
	terminal_expect_row(t, 0, "lost");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect_row(t, 0, "UID ..");
	mock_usb_replug(&place->mock, 5, 9);
	terminal_expect(t, "the same board is back at usb 1-5.5");
	for (unsigned column = 0; column < columns; column++) {
		struct terminal_cell cell = terminal_cell(t, 0, column);
		assert_in_range(cell.foreground + 1, 0, 8);
		assert_in_range(cell.background + 1, 0, 8);
		if (strcmp(kind, "vt100") == 0)
			assert_int_equal(cell.foreground, -1);
	}
	leaves(t, "q");
}

static void test_without_colours(void **state)
{
	(void)state;
	is_lost_and_back("vt100", 80, 24);
}

static void test_with_eight_colours(void **state)
{
	(void)state;
	is_lost_and_back("xterm", 120, 40);
}

static void test_in_a_small_window(void **state)
{
	(void)state;
	is_lost_and_back("xterm", 60, 16);
}

/* Another program looks at what comes first: it is waited for. */
static void test_back_and_busy(void **state)
{
	struct terminal *t;
	(void)state;
	struct place *place = opens(&t, SIM_SERVICE_UBOOT);
	mock_usb_unplug(&place->mock);
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	place->mock.is_claimed_elsewhere = true;
	mock_usb_replug(&place->mock, 3, 9);
	terminal_expect(t, "is in use");
	g_mutex_lock(&place->mock.mutex);
	place->mock.is_claimed_elsewhere = false;
	g_mutex_unlock(&place->mock.mutex);
	terminal_expect(t, "the same board is back at usb 1-5.3");
	terminal_expect_row(t, 0, "\xE2\x97\x8F");
	leaves(t, "qy");
}

/* Out and in again while a commit is at work, before anything burns: it is over, and a new one
 * wants all its steps. */
static void test_lost_in_a_commit(void **state)
{
	static const struct mock_usb_fault pulled = {
		.kind = MOCK_UNPLUG, .request = MOCK_ANY_CLASS, .at = 3};
	struct terminal *t;
	(void)state;
	struct place *place = opens(&t, SIM_SERVICE_UBOOT);
	typist_ask_for_commit(t);
	mock_usb_add_fault(&place->mock, &pulled);
	typist_confirm(t, "burn 70 on 5445");
	terminal_expect(t, "NOTHING WAS BURNT");
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	mock_usb_replug(&place->mock, 4, 9);
	terminal_expect(t, "the same board is back at usb 1-5.4");
	terminal_expect(t, "NOTHING WAS BURNT");
	assert_int_equal(sim_board_fuses(place->board, 70), 0);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "1 staged:  70=12345678");
	terminal_expect_row(t, 0, "READ-ONLY");
	burns_70(t);
	terminal_expect(t, "as planned");
	assert_int_equal(sim_board_fuses(place->board, 70), 0x12345678);
	terminal_key(t, TERMINAL_ESCAPE);
	leaves(t, "q");
}

/* What is left of a phrase when the board goes must mean nothing. */
static void test_lost_while_confirming(void **state)
{
	struct terminal *t;
	(void)state;
	struct place *place = opens(&t, SIM_SERVICE_PRGFW);
	typist_ask_for_commit(t);
	terminal_type(t, "burn 70 ");
	mock_usb_unplug(&place->mock);
	terminal_expect(t, "The board was lost before anything was confirmed.");
	terminal_type(t, "on 5445");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "Nothing was burnt. What is staged is kept.");
	mock_usb_replug(&place->mock, 3, 9);
	terminal_expect(t, "The same board is back, and was read again.");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "1 staged:  70=12345678");
	assert_int_equal(sim_board_fuses(place->board, 70), 0);
	leaves(t, "qy");
}

/* --- a burn whose end nobody saw --- */

#define DFU_DNLOAD    1
#define DFU_GETSTATUS 3

/* The number of the class request that made the board burn, counted from transfer `from`: the
 * GETSTATUS after the last download. */
static unsigned burning_request(const struct mock_usb *mock, unsigned from)
{
	unsigned number = 0, burning = 0;
	bool downloaded = false;
	for (unsigned i = from; i < mock->log->len; i++) {
		const uint8_t *setup = mock_usb_logged(mock, i)->setup;
		if ((setup[0] & 0x60) != 0x20)
			continue;
		number++;
		if (downloaded && setup[1] == DFU_GETSTATUS)
			burning = number;
		downloaded = setup[1] == DFU_DNLOAD;
	}
	assert_true(burning > 0);
	return burning;
}

static void stages(struct terminal *t, enum terminal_key way, const char *expected)
{
	terminal_key(t, way);
	terminal_type(t, "e");
	terminal_expect(t, "stage");
	terminal_type(t, "12345678");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, expected);
}

/* Word 70 is burnt, then word 71: the board is pulled out as it burns. */
static struct place *is_lost_at_the_burn(struct terminal **t, enum sim_service service)
{
	struct place *place = opens(t, service);
	typist_ask_for_commit(*t);
	unsigned from = place->mock.log->len;
	typist_confirm(*t, "burn 70 on 5445");
	terminal_expect(*t, "as planned");
	terminal_key(*t, TERMINAL_ESCAPE);
	/* The next commit sends the same requests, for another word. */
	const struct mock_usb_fault pulled = {.kind = MOCK_UNPLUG_AFTER,
		.request = MOCK_ANY_CLASS,
		.at = burning_request(&place->mock, from)};
	stages(*t, TERMINAL_RIGHT, "1 staged:  71=12345678");
	typist_ask_for_commit(*t);
	mock_usb_add_fault(&place->mock, &pulled);
	typist_confirm(*t, "burn 71 on 5445");
	terminal_expect(*t, "UNKNOWN");
	terminal_expect_row(*t, 0, "\xE2\x97\x8B lost");
	assert_int_equal(sim_board_fuses(place->board, 71), 0x12345678);
	return place;
}

static void test_lost_at_the_burn(void **state)
{
	struct terminal *t;
	(void)state;
	struct place *place = is_lost_at_the_burn(&t, SIM_SERVICE_UBOOT);
	mock_usb_replug(&place->mock, 4, 9);
	terminal_expect(t, "the same board is back at usb 1-5.4");
	/* The result stays to be read. */
	terminal_expect(t, "UNKNOWN");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_type(t, "i");
	terminal_expect(t, "a commit without a known end");
	terminal_expect(t, "power-cycle the board to be sure");
	terminal_expect(t, "word 71: as planned");
	terminal_key(t, TERMINAL_ESCAPE);
	/* It is not touched again until a power cycle. */
	terminal_type(t, "xl");
	terminal_expect(t, "not staged: word 71");
	leaves(t, "q");
}

/* STM32PRGFW-UTIL may hold the request still: nothing is sent to it, whatever port it comes to. */
static void test_lost_at_the_burn_of_prgfw(void **state)
{
	struct terminal *t;
	(void)state;
	struct place *place = is_lost_at_the_burn(&t, SIM_SERVICE_PRGFW);
	unsigned requests = place->mock.class_requests;
	mock_usb_replug(&place->mock, 4, 9);
	terminal_expect(t, "over STM32PRGFW-UTIL has no known end");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "UNKNOWN");
	terminal_type(t, "r");
	terminal_expect(t, "over STM32PRGFW-UTIL has no known end");
	terminal_expect_row(t, 0, "\xE2\x97\x8B lost");
	terminal_type(t, "B");
	terminal_expect(t, "Take away ALL of its supplies");
	assert_int_equal(place->mock.class_requests, requests);
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "Take away ALL of its supplies");
	leaves(t, "qy");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole_job_uboot_80x24, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole_job_prgfw_120x40, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_comes_and_goes_in_the_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_asks_which_of_two, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_back_at_another_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_board_is_not_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_another_board_of_the_same_serial, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_back_behind_another_service, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_without_colours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_with_eight_colours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_a_small_window, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_back_and_busy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_in_a_commit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_while_confirming, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_at_the_burn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_at_the_burn_of_prgfw, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("the screen over USB", tests, NULL, NULL);
}
