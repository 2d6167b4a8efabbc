/* The simulated boards before a program of somebody else's: mock_board as it is used by hand. */
#include "tests/support/run_program.h"
#include "tests/usb/mock_bench.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct run_home home;

static int set_up(void **state)
{
	(void)state;
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_home_remove(&home);
	return 0;
}

#define run_mock(result, ...)                                                                      \
	run_program((result), &home, MOCK_BOARD_PROGRAM, NULL,                                     \
		(const char *const[]){__VA_ARGS__, NULL})

static void expect_report(const char *text, bool present)
{
	size_t length;
	char *report = run_read_file(&length, &home, "report");
	if ((strstr(report, text) != NULL) != present)
		fail_msg("'%s' is %s in:\n%s", text, present ? "not" : "there", report);
	free(report);
}

static void test_boards_as_described(void **state)
{
	struct run_result result;
	uint8_t bytes[776] = {2};
	(void)state;
	bytes[8 + 8 * 70] = 0x5A;
	run_write_file(&home, "board.bin", bytes, sizeof bytes);
	run_mock(&result, "--board", "stm32mp15,fuses=board.bin,port=7,serial=ONE", "--board",
		"stm32mp25,peer=prgfw", "--report", "report", "--", OTPEDIT_PROGRAM, "list");
	run_expect_exit(&result, 0);
	run_expect_out(&result, "usb 1-5.7: U-Boot stm32prog");
	run_expect_out(&result, "open     otpedit dfu:serial=ONE\n");
	run_expect_out(&result, "usb 1-5.4: STM32PRGFW-UTIL");
	run_free(&result);
	expect_report("board 1 word 70 0000005A pulses 0\n", true);
	expect_report("board 2 transfers", true);
	expect_report("board 3", false);
}

static void test_exit_status(void **state)
{
	struct run_result result;
	(void)state;
	run_mock(&result, "--", "/bin/sh", "-c", "exit 7");
	run_expect_exit(&result, 7);
	run_free(&result);
	run_mock(&result, "--", "/bin/sh", "-c", "kill -KILL $$");
	run_expect_exit(&result, 128 + 9);
	run_free(&result);
}

static void test_what_is_not_understood(void **state)
{
	static const char *const wrong[][2] = {
		{"--board", "stm32mp99"},
		{"--board", "stm32mp15,peer=rom"},
		{"--board", "stm32mp15,port=0"},
		{"--order", "fault stall"},
		{"--order", "fault stall@0"},
		{"--order", "fault stall@1 nonsense"},
		{"--order", "fault nonsense@1"},
		{"--order", "2:unplug"},
		{"--order", "late soon"},
		{"--order", "word 96 fails"},
		{"--order", "word 70 nonsense"},
		{"--order", "dance"},
		{"--nonsense", "x"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct run_result result;
		run_mock(&result, wrong[i][0], wrong[i][1], "--", "/bin/echo", "started");
		run_expect_exit(&result, 2);
		run_expect_no_out(&result, "started");
		assert_int_equal(run_error_lines(&result), 1);
		run_free(&result);
	}
}

static const char one_of_two[] = OTPEDIT_PROGRAM
	" show dfu:path=1-5.3 word=57 && ! " OTPEDIT_PROGRAM " show dfu:path=1-5.4 word=57";

static void test_faults(void **state)
{
	struct run_result result;
	(void)state;
	/* Silence is waited for, and said. */
	run_mock(
		&result, "--order", "fault silence@1 string", "--", OTPEDIT_PROGRAM, "show", "dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "did not answer in time");
	run_free(&result);
	run_mock(&result, "--order", "fault unplug-after@1 upload", "--", OTPEDIT_PROGRAM, "show",
		"dfu");
	run_expect_exit(&result, 3);
	run_expect_err(&result, "is gone");
	run_free(&result);
	/* The second of two boards alone. */
	run_mock(&result, "--board", "stm32mp15", "--board", "stm32mp25", "--order",
		"2:fault stall@1x9 upload", "--", "/bin/sh", "-c", one_of_two);
	run_expect_exit(&result, 0);
	run_expect_err(&result, "refuses to read its fuses");
	run_free(&result);
}

static const char comes_and_goes[] =
	"await() { n=0; until " OTPEDIT_PROGRAM " list | grep -q \"$1\"; do "
	"n=$((n + 1)); [ $n -lt 500 ] || exit 9; done; }\n"
	"await 'usb 1-5.3:'\n"
	"echo unplug >control; await 'No board'\n"
	"echo 'replug 4' >control; await 'usb 1-5.4:'\n"
	"printf 'dance\\ncycle 6\\n' >control; await 'usb 1-5.6:'\n";

/* Told while the program runs: the board comes back elsewhere, and the next program finds it. */
static void test_orders_later(void **state)
{
	struct run_result result;
	(void)state;
	assert_int_equal(mkfifo(run_path(&home, "control"), 0600), 0);
	run_mock(&result, "--control", "control", "--report", "report", "--", "/bin/sh", "-c",
		comes_and_goes);
	run_expect_exit(&result, 0);
	run_expect_err(&result, "'dance' is not understood");
	assert_int_equal(run_error_lines(&result), 1);
	run_free(&result);
	expect_report("board 1 transfers", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_boards_as_described, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_exit_status, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_not_understood, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_orders_later, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("boards before any program", tests, NULL, NULL);
}
