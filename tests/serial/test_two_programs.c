/* Two programs and one serial port: with one state folder, and each with its own. */
#include "tests/serial/line_rig.h"
#include "tests/serial/serving.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct run_home home, board_home;

/* The board is silent while the first asks for it, and `second` runs. */
static void run_beside(struct run_result *result, pid_t board, const char *second)
{
	char script[1024];
	snprintf(script, sizeof script,
		"rm -f first.trace\n"
		"\"$0\" show uart:/dev/ttyUSB0 --trace first.trace >/dev/null 2>&1 & p=$!\n"
		"until grep -q -s '[<>]' first.trace || ! kill -0 $p || grep -q -s ') Z' "
		"/proc/$p/stat; do :; "
		"done\n"
		"echo \"process $p\"; %s; end=$?\n"
		"kill -KILL $p; wait $p; exit $end",
		second);
	assert_int_equal(kill(board, SIGSTOP), 0);
	run_program(result, &home, "/bin/sh", NULL,
		(const char *const[]){"-c", script, OTPEDIT_PROGRAM, NULL});
	assert_int_equal(kill(board, SIGCONT), 0);
}

static void expect_told(const struct run_result *result, const char *text)
{
	char holder[32];
	run_expect_exit(result, 3);
	assert_int_equal(sscanf(result->out, "%31[^\n]", holder), 1);
	run_expect_err(result, holder);
	run_expect_err(result, text);
	/* Nothing is sent by who has not got the port. */
	run_expect_no_err(result, "sends");
}

/* A board for each: what was killed leaves its line shut to all but root, as long as somebody, here
 * the board itself, has it open. */
static void expect_shut(const char *second, const char *text)
{
	struct run_result result;
	char path[SERVING_PATH_MAX];
	run_home_make(&home);
	run_home_make(&board_home);
	pid_t child = serving_start(path, &board_home, "demo");
	UMockdevTestbed *testbed = umockdev_testbed_new();
	mock_tty_plug(testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4", path);
	run_beside(&result, child, second);
	expect_told(&result, text);
	run_free(&result);
	serving_stop(child);
	g_object_unref(testbed);
	run_home_remove(&board_home);
	run_home_remove(&home);
}

static void test_two_programs(void **state)
{
	(void)state;
	expect_shut("\"$0\" write uart:/dev/ttyUSB0 word=70 value=1",
		"is using this board: end it first, then try again");
	expect_shut("\"$0\" probe uart:/dev/ttyUSB0 --send",
		"is using this board: end it first, then try again");
	expect_shut("XDG_STATE_HOME=$PWD/other \"$0\" show uart:/dev/ttyUSB0",
		"is in use, and open in ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_programs)};
	return cmocka_run_group_tests_name("two_programs", tests, NULL, NULL);
}
