/* Two programs and one board on USB: with one state folder, and each with its own. */
#include "tests/support/run_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The first is stopped in the middle of a read that the board makes long, once it has the device.
 */
static void run_beside(struct run_result *result, const char *second)
{
	char script[1024];
	snprintf(script, sizeof script,
		"rm -f first.trace; \"$0\" show dfu --trace first.trace >/dev/null & p=$!\n"
		"until grep -q -s SET_INTERFACE first.trace || grep -q -s ') Z' /proc/$p/stat; do "
		":; done\n"
		"echo \"process $p\"\n"
		"%s; end=$?\n"
		"kill -KILL $p; wait $p; exit $end",
		second);
	run_program(result, &home, MOCK_BOARD_PROGRAM, NULL,
		(const char *const[]){"--order", "fault delay@1=40000 upload", "--", "/bin/sh",
			"-c", script, OTPEDIT_PROGRAM, NULL});
}

static void expect_told(const struct run_result *result, const char *text)
{
	char holder[32];
	run_expect_exit(result, 3);
	assert_int_equal(sscanf(result->out, "%31[^\n]", holder), 1);
	run_expect_err(result, holder);
	run_expect_err(result, text);
}

static void test_one_state_folder(void **state)
{
	struct run_result result;
	(void)state;
	run_beside(&result, "\"$0\" write dfu word=70 value=1");
	expect_told(&result, "is using this board: end it first, then try again");
	run_free(&result);
}

/* Locks are of a state folder; the claim of the device is the system's, and everybody's. */
static void test_two_state_folders(void **state)
{
	struct run_result result;
	(void)state;
	run_beside(&result, "XDG_STATE_HOME=$PWD/other \"$0\" write dfu word=70 value=1");
	expect_told(&result, "is in use, and open in ");
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_state_folder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_two_state_folders, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("two_programs", tests, NULL, NULL);
}
