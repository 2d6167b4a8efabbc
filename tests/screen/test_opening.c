/* While a board is opened that takes its time, or never answers. */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static struct run_home home;
static struct terminal *terminal;

static int set_up(void **state)
{
	(void)state;
	run_home_make(&home);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	terminal_free(terminal);
	terminal = NULL;
	run_home_remove(&home);
	return 0;
}

static struct terminal *starts(const char *source)
{
	const struct terminal_options options = {.folder = home.folder};
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	terminal = terminal_start(&options, argv);
	return terminal;
}

static void test_progress(void **state)
{
	(void)state;
	struct terminal *t = starts("demo,uart,baud=9600");
	terminal_expect(t, "reading ... 256 of 776 bytes");
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
}

/* All bytes would take 18 seconds; a person who leaves does not wait for them. */
static void test_leaves_silence(void **state)
{
	(void)state;
	struct terminal *t = starts("demo,face=silence,baud=115200");
	terminal_expect(t, "nobody answers yet, sending ... ");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
}

static void test_leaves_a_read(void **state)
{
	(void)state;
	struct terminal *t = starts("demo:stm32mp25,uart,baud=2400");
	terminal_expect(t, "reading ... 256 of 2952 bytes");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_progress, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leaves_silence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leaves_a_read, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
