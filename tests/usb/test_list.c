/* `otpedit list`: what is there, told without disturbing it; and why a board cannot be worked with.
 */
#include "tests/support/run_program.h"
#include "tests/support/sim_partition.h"
#include "tests/usb/mock_usb.h"
#include "transport/sim_board.h"
#include "transport/source_dfu.h"
#include "transport/usb_access.h"
#include "transport/usb_libusb.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSING_BIT UINT32_C(0x40) /* STM32MP15: word 0, the device is closed */

struct place {
	struct sim_board *board;
	struct sim_usb *usb;
	struct mock_usb mock;
	char serial[SIM_BOARD_SERIAL_SIZE];
};

static UMockdevTestbed *testbed;
static struct place places[2];
static unsigned place_count;
static struct run_home home;
static struct errbuf err;

static int set_up(void **state)
{
	(void)state;
	testbed = umockdev_testbed_new();
	mock_usb_add_hubs(testbed);
	place_count = 0;
	errbuf_clear(&err);
	run_home_make(&home);
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
	run_home_remove(&home);
	return 0;
}

/* At 1-5.3, then at 1-5.4. */
static struct place *plug_board(struct sim_board *board)
{
	struct place *place = &places[place_count];
	place->board = board;
	sim_board_serial(board, place->serial);
	assert_int_equal(sim_usb_create(&place->usb, board, &err), OK);
	mock_usb_start(&place->mock, testbed, place->usb, 3 + place_count, 5 + place_count);
	place_count++;
	return place;
}

static struct place *plug_in(enum sim_family family)
{
	struct sim_board *board;
	assert_int_equal(sim_board_demo(&board, family, &err), OK);
	return plug_board(board);
}

static json_t *list_json(json_t **whole)
{
	struct run_result result;
	run_words(&result, &home, "list", "--json");
	run_expect_exit(&result, 0);
	assert_string_equal(result.err, "");
	*whole = json_loads(result.out, 0, NULL);
	assert_non_null(*whole);
	run_free(&result);
	return json_object_get(*whole, "boards");
}

static void expect_text(json_t *board, const char *key, const char *wanted)
{
	const char *text = json_string_value(json_object_get(board, key));
	assert_non_null(text);
	assert_string_equal(text, wanted);
}

static void test_nothing(void **state)
{
	struct run_result result;
	json_t *whole;
	(void)state;
	run_words(&result, &home, "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "No board is in DFU mode on USB");
	run_free(&result);
	assert_int_equal(json_array_size(list_json(&whole)), 0);
	json_decref(whole);
}

static void test_two_boards(void **state)
{
	struct run_result result;
	char source[64], line[80];
	json_t *whole;
	(void)state;
	const struct place *first = plug_in(SIM_MP15), *second = plug_in(SIM_MP25);
	json_t *boards = list_json(&whole);
	assert_int_equal(json_array_size(boards), 2);
	for (size_t i = 0; i < 2; i++) {
		json_t *board = json_array_get(boards, i);
		const char *path = json_string_value(json_object_get(board, "path"));
		const struct place *place = strcmp(path, "1-5.3") == 0 ? first : second;
		snprintf(source, sizeof source, "dfu:serial=%s", place->serial);
		expect_text(board, "source", source);
		expect_text(board, "link", "usb");
		expect_text(board, "serial", place->serial);
		expect_text(board, "peer", "U-Boot stm32prog");
		assert_true(json_is_true(json_object_get(board, "otp")));
		assert_true(json_is_null(json_object_get(board, "remark")));
		assert_non_null(strstr(json_string_value(json_object_get(board, "product")),
			place == first ? "@Device ID /0x500" : "@Device ID /0x505"));
	}
	json_decref(whole);
	run_words(&result, &home, "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "usb 1-5.3: U-Boot stm32prog, offers its OTP\n");
	run_expect_out(&result, "usb 1-5.4: U-Boot stm32prog, offers its OTP\n");
	snprintf(line, sizeof line, "open     otpedit dfu:serial=%s\n", second->serial);
	run_expect_out(&result, line);
	run_free(&result);
	/* Nothing that a board could take for a step of DFU, and no interface taken. */
	assert_int_equal(first->mock.class_requests + second->mock.class_requests, 0);
	assert_int_equal(first->mock.claims + second->mock.claims, 0);
	assert_int_equal(first->mock.resets + second->mock.resets, 0);
}

/* A Tab in a shell is no reason to ask a board anything: its place is known without. */
static void test_completion_asks_nothing(void **state)
{
	struct run_result result;
	(void)state;
	struct place *place = plug_in(SIM_MP15);
	place->mock.transfers = 0; /* it was asked for its descriptors when it appeared */
	run_words(&result, &home, "complete", "--", "show", "dfu:");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "dfu:path=1-5.3\t");
	assert_string_equal(result.err, "");
	run_free(&result);
	assert_int_equal(place->mock.transfers + place->mock.claims + place->mock.resets, 0);
	run_words(&result, &home, "list");
	run_free(&result);
	assert_true(place->mock.transfers > 0);
}

/* Each is then named by its place. */
static void test_boards_of_one_serial(void **state)
{
	json_t *whole;
	(void)state;
	plug_in(SIM_MP15);
	plug_in(SIM_MP15);
	json_t *boards = list_json(&whole);
	assert_int_equal(json_array_size(boards), 2);
	for (size_t i = 0; i < 2; i++) {
		json_t *board = json_array_get(boards, i);
		char source[64];
		snprintf(source, sizeof source, "dfu:path=%s",
			json_string_value(json_object_get(board, "path")));
		expect_text(board, "source", source);
	}
	json_decref(whole);
}

static void test_a_closed_board(void **state)
{
	struct run_result result;
	struct sim_board *board;
	(void)state;
	struct sim_partition fuses = sim_partition_empty(2);
	sim_partition_put(&fuses, 0, CLOSING_BIT, 0);
	assert_int_equal(sim_board_of_family(&board, SIM_MP15, fuses.bytes, 776, &err), OK);
	const struct place *place = plug_board(board);
	run_words(&result, &home, "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "usb 1-5.3: U-Boot stm32prog, no OTP\n");
	run_expect_out(&result, "either the device is closed, or OP-TEE");
	run_expect_no_out(&result, "open  ");
	run_free(&result);
	run_words(&result, &home, "show", "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "either the device is closed, or OP-TEE");
	run_free(&result);
	assert_true(sim_board_is_closed(place->board));
}

/* What cannot be looked at is listed all the same, and does not hide the others. */
static void test_a_silent_board(void **state)
{
	json_t *whole;
	(void)state;
	plug_in(SIM_MP15);
	plug_in(SIM_MP25)->mock.is_silent = true;
	json_t *boards = list_json(&whole);
	assert_int_equal(json_array_size(boards), 2);
	unsigned silent = 0;
	for (size_t i = 0; i < 2; i++) {
		json_t *board = json_array_get(boards, i);
		if (!json_is_null(json_object_get(board, "peer")))
			continue;
		silent++;
		expect_text(board, "path", "1-5.4");
		expect_text(board, "product", "DFU device 0483:df11");
		assert_false(json_is_true(json_object_get(board, "otp")));
		assert_non_null(strstr(json_string_value(json_object_get(board, "remark")),
			"did not answer in time"));
	}
	assert_int_equal(silent, 1);
	json_decref(whole);
}

/* The rule that gives it can be copied from the message. */
static void test_no_permission(void **state)
{
	struct found_boards *found = calloc(1, sizeof *found);
	char rule[USB_ACCESS_RULE_MAX];
	(void)state;
	assert_non_null(found);
	struct place *place = plug_in(SIM_MP15);
	mock_usb_forbid(&place->mock);
	enum status status = source_dfu.list(found, &err);
	mock_usb_permit(&place->mock);
	assert_int_equal(status, OK);
	assert_int_equal(found->count, 1);
	usb_access_rule(rule);
	assert_int_equal(strncmp(rule, "SUBSYSTEM==\"usb\", ", 18), 0);
	assert_non_null(strstr(rule, "TAG+=\"uaccess\""));
	assert_non_null(strstr(found->boards[0].remark, "this user has no permission"));
	assert_non_null(strstr(found->boards[0].remark, rule));
	assert_non_null(strstr(found->boards[0].remark, USB_ACCESS_RULE_FILE));
	assert_non_null(strstr(found->boards[0].remark, "plug the board in anew"));
	free(found);
}

/* Another process that has the device open, as dfu-util does while it works. */
static pid_t hold(const struct mock_usb *mock)
{
	int ready[2];
	char byte;
	char *root = umockdev_testbed_get_root_dir(testbed);
	char *path = g_strconcat(root, mock->node, NULL);
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		int file = open(path, O_RDONLY);
		_exit(file < 0 || write(ready[1], "r", 1) != 1 ? 1 : (pause(), 0));
	}
	assert_true(child > 0);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	g_free(path);
	g_free(root);
	return child;
}

static void test_who_holds_it(void **state)
{
	struct run_result result;
	char who[32];
	(void)state;
	struct place *place = plug_in(SIM_MP15);
	place->mock.is_claimed_elsewhere = true;
	run_words(&result, &home, "show", "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "in use by another program");
	run_free(&result);
	pid_t holder = hold(&place->mock);
	snprintf(who, sizeof who, "(process %ld)", (long)holder);
	run_words(&result, &home, "show", "dfu");
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	run_expect_exit(&result, 3);
	run_expect_err(&result, "at 1-5.3 is in use, and open in usb_test_list ");
	run_expect_err(&result, who);
	run_free(&result);
	assert_int_equal(place->mock.class_requests, 0);
}

static void expect_change(struct source_watch *watch)
{
	for (unsigned i = 0; i < 2000; i++) {
		if (watch->ops->changed(watch))
			return;
		g_usleep(1000);
	}
	fail_msg("nothing was noticed");
}

static void test_coming_and_going(void **state)
{
	struct source_watch *watch;
	(void)state;
	assert_int_equal(source_dfu.watch(&watch, &err), OK);
	assert_false(watch->ops->changed(watch));
	const struct place *place = plug_in(SIM_MP15);
	expect_change(watch);
	umockdev_testbed_uevent(testbed, "/sys/devices/usb1/1-5/1-5.3", "remove");
	expect_change(watch);
	assert_false(watch->ops->changed(watch));
	assert_int_equal(place->mock.transfers, 0);
	watch->ops->close(watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_two_boards, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_completion_asks_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_boards_of_one_serial, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_closed_board, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_silent_board, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_permission, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_holds_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_coming_and_going, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("boards on USB", tests, NULL, NULL);
}
