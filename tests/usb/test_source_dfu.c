/* Which board is meant, and the program on a board behind the real libusb. */
#include "tests/support/run_program.h"
#include "tests/support/sim_partition.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"
#include "transport/source_dfu.h"
#include "transport/usb_find.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LENGTH 64

struct place {
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
};

static UMockdevTestbed *testbed;
static struct place places[2];
static unsigned place_count;
static struct errbuf err;

static int set_up(void **state)
{
	(void)state;
	testbed = umockdev_testbed_new();
	mock_usb_add_hubs(testbed);
	place_count = 0;
	errbuf_clear(&err);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned i = 0; i < place_count; i++) {
		mock_usb_stop(&places[i].mock);
		sim_usb_free(places[i].usb);
		sim_board_free(places[i].board);
	}
	g_object_unref(testbed);
	return 0;
}

/* At 1-5.3, then at 1-5.4. */
static struct place *plug_in(enum sim_family family)
{
	struct place *place = &places[place_count];
	assert_int_equal(sim_board_demo(&place->board, family, &err), OK);
	assert_int_equal(sim_usb_create(&place->usb, place->board, &err), OK);
	mock_usb_start(&place->mock, testbed, place->usb, 3 + place_count, 5 + place_count);
	place_count++;
	return place;
}

static void name_by_serial(char out[NAME_MAX_LENGTH], const struct place *place)
{
	char serial[SIM_BOARD_SERIAL_SIZE];
	sim_board_serial(place->board, serial);
	snprintf(out, NAME_MAX_LENGTH, "dfu:serial=%s", serial);
}

static enum status open_source(struct device **out, const char *text)
{
	const struct source_options options = {.fresh = false};
	errbuf_clear(&err);
	assert_true(source_dfu.claims(text));
	return source_dfu.open(out, text, &options, &err);
}

static void assert_opens(const char *text, const struct place *place, const char *link)
{
	struct device *device;
	struct device_info info;
	char name[NAME_MAX_LENGTH];
	name_by_serial(name, place);
	assert_int_equal(open_source(&device, text), OK);
	assert_int_equal(device->ops->identify(device, &info, NULL, &err), OK);
	assert_string_equal(info.source, name);
	assert_string_equal(info.link, link);
	assert_int_equal(info.source_class, SOURCE_REAL);
	assert_false(info.fresh_power);
	device->ops->close(device);
}

static void test_texts(void **state)
{
	static const char *const wrong[] = {"dfu:", "dfu,", "dfu:serial=", "dfu:path=", "dfu:1-5.4",
		"dfu:path=1234567890123456789012345678901234567890"};
	struct device *device;
	const struct source_options fresh = {.fresh = true};
	(void)state;
	assert_false(source_dfu.claims("dfu.bin"));
	assert_false(source_dfu.claims("dfus"));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(open_source(&device, wrong[i]), ERR_USAGE);
	errbuf_clear(&err);
	assert_int_equal(source_dfu.open(&device, "dfu", &fresh, &err), ERR_USAGE);
}

static void test_no_board(void **state)
{
	struct device *device;
	(void)state;
	assert_int_equal(open_source(&device, "dfu"), ERR_GONE);
	assert_non_null(strstr(err.text, "no board is in DFU mode"));
	assert_int_equal(open_source(&device, "dfu:serial=0033"), ERR_GONE);
	assert_non_null(strstr(err.text, "'0033'"));
	assert_int_equal(open_source(&device, "dfu:path=1-5.4"), ERR_GONE);
	assert_non_null(strstr(err.text, "'1-5.4'"));
}

static void test_the_only_board(void **state)
{
	(void)state;
	const struct place *place = plug_in(SIM_MP15);
	assert_opens("dfu", place, "usb 1-5.3");
	assert_opens("dfu:path=1-5.3", place, "usb 1-5.3");
}

static void test_several_boards(void **state)
{
	struct device *device;
	char name[NAME_MAX_LENGTH];
	(void)state;
	const struct place *first = plug_in(SIM_MP15), *second = plug_in(SIM_MP25);
	assert_int_equal(open_source(&device, "dfu"), ERR_REFUSED);
	assert_non_null(strstr(err.text, "dfu:path=1-5.3"));
	assert_non_null(strstr(err.text, "dfu:path=1-5.4"));
	/* Looking sends nothing that a board could take for a step of DFU. */
	assert_int_equal(first->mock.class_requests + second->mock.class_requests, 0);
	assert_int_equal(first->mock.claims + second->mock.claims, 0);
	name_by_serial(name, first);
	assert_opens(name, first, "usb 1-5.3");
	name_by_serial(name, second);
	assert_opens(name, second, "usb 1-5.4");
	assert_opens("dfu:path=1-5.4", second, "usb 1-5.4");
	assert_int_equal(open_source(&device, "dfu:serial=0"), ERR_GONE);
}

static void test_two_boards_of_one_serial(void **state)
{
	struct device *device;
	char name[NAME_MAX_LENGTH];
	(void)state;
	const struct place *first = plug_in(SIM_MP15);
	plug_in(SIM_MP15);
	name_by_serial(name, first);
	assert_int_equal(open_source(&device, name), ERR_REFUSED);
}

/* A device that cannot be looked at might be the board that is meant. */
static void test_a_device_that_cannot_be_seen(void **state)
{
	struct device *device;
	char name[NAME_MAX_LENGTH];
	(void)state;
	const struct place *first = plug_in(SIM_MP15);
	struct place *second = plug_in(SIM_MP25);
	second->mock.is_silent = true;
	assert_int_equal(open_source(&device, "dfu"), ERR_TIMEOUT);
	assert_non_null(strstr(err.text, "1-5.4"));
	name_by_serial(name, first);
	assert_opens(name, first, "usb 1-5.3");
}

static void test_what_is_a_board(void **state)
{
	struct usb_description description = {.vendor = 0x0483,
		.product = 0xDF11,
		.dfu_version = 0x0110,
		.product_text = "DFU in HS Mode @Device ID /0x500, @Revision ID /0x0000"};
	(void)state;
	assert_true(usb_find_is_board(&description));
	/* ST's microcontrollers have the same numbers, and speak DfuSe. */
	description.dfu_version = 0x011A;
	assert_false(usb_find_is_board(&description));
	/* Whatever else speaks DFU 1.1. */
	description.dfu_version = 0x0110;
	snprintf(description.product_text, sizeof description.product_text, "Sound card");
	description.alternate_count = 1;
	snprintf(description.alternates[0].name, sizeof description.alternates[0].name, "OTP");
	assert_false(usb_find_is_board(&description));
	snprintf(description.alternates[0].name, sizeof description.alternates[0].name,
		"@OTP/0xf2/1*776Be");
	assert_true(usb_find_is_board(&description));
}

/* The program in a process of its own. */
static void test_read_by_the_program(void **state)
{
	struct run_home home;
	struct run_result result;
	size_t length;
	(void)state;
	const struct place *place = plug_in(SIM_MP15);
	struct sim_partition there = sim_partition_read(place->board);
	run_home_make(&home);
	run_words(&result, &home, "read", "dfu", "-o", "board.bin");
	assert_string_equal(result.err, "");
	assert_int_equal(result.exit_status, 0);
	run_free(&result);
	char *bytes = run_read_file(&length, &home, "board.bin");
	assert_int_equal(length, 776);
	assert_memory_equal(bytes, there.bytes, 776);
	free(bytes);
	run_words(&result, &home, "show", "dfu:path=1-5.4", "word=57");
	assert_int_equal(result.exit_status, 3);
	assert_non_null(strstr(result.err, "no USB device is at '1-5.4'"));
	run_free(&result);
	run_home_remove(&home);
	for (unsigned word = 0; word < 96; word++)
		assert_int_equal(sim_board_pulses(place->board, word), 0);
}

/* What the board of the MP15 demo keeps free: a customer word. */
static void preview(char fingerprint[17], const struct run_home *home)
{
	struct run_result result;
	run_write_text(home, "p.plan", "write word=70 value=0x12345678\n");
	run_words(&result, home, "preview", "p.plan", "--on", "dfu");
	assert_int_equal(result.exit_status, 0);
	const char *at = strstr(result.out, "Fingerprint");
	assert_non_null(at);
	at += strcspn(at, " ");
	at += strspn(at, " ");
	assert_int_equal(strspn(at, "0123456789abcdef"), 16);
	memcpy(fingerprint, at, 16);
	fingerprint[16] = '\0';
	run_free(&result);
}

static void test_burnt_by_the_program(void **state)
{
	struct run_home home;
	struct run_result result;
	char fingerprint[17];
	(void)state;
	const struct place *place = plug_in(SIM_MP15);
	run_home_make(&home);
	preview(fingerprint, &home);
	assert_int_equal(sim_board_pulses(place->board, 70), 0);
	run_words(&result, &home, "apply", "p.plan", "--on", "dfu", "--confirm", fingerprint);
	assert_int_equal(result.exit_status, 0);
	assert_non_null(strstr(result.out, "VERIFIED"));
	run_free(&result);
	assert_int_equal(sim_board_fuses(place->board, 70), 0x12345678);
	assert_int_equal(sim_board_pulses(place->board, 70), 1);
	run_home_remove(&home);
}

/* What was confirmed for one board is not burnt into another. */
static void test_another_board_after_the_preview(void **state)
{
	struct run_home home;
	struct run_result result;
	char fingerprint[17];
	(void)state;
	struct place *first = plug_in(SIM_MP15);
	run_home_make(&home);
	preview(fingerprint, &home);
	const struct place *second = plug_in(SIM_MP13);
	run_words(&result, &home, "apply", "p.plan", "--on", "dfu", "--confirm", fingerprint);
	assert_int_equal(result.exit_status, 4);
	assert_non_null(strstr(result.err, "several boards"));
	run_free(&result);
	run_words(&result, &home, "apply", "p.plan", "--on", "dfu:path=1-5.4", "--confirm",
		fingerprint);
	assert_int_equal(result.exit_status, 4);
	run_free(&result);
	for (unsigned word = 0; word < 96; word++) {
		assert_int_equal(sim_board_pulses(first->board, word), 0);
		assert_int_equal(sim_board_pulses(second->board, word), 0);
	}
	run_home_remove(&home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_board, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_only_board, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_several_boards, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_two_boards_of_one_serial, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_device_that_cannot_be_seen, set_up, tear_down),
		cmocka_unit_test(test_what_is_a_board),
		cmocka_unit_test_setup_teardown(test_read_by_the_program, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_burnt_by_the_program, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_another_board_after_the_preview, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("dfu sources", tests, NULL, NULL);
}
