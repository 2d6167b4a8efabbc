/* How far a command is with a slow board: at a terminal, and nowhere else. */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* 776 bytes take half a second, a chunk of 256 a third of it. */
#define SLOW "demo,uart,baud=19200"

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

static struct terminal *starts(const char *const argv[])
{
	const struct terminal_options options = {.folder = home.folder};
	terminal = terminal_start(&options, argv);
	return terminal;
}

static void test_reading(void **state)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "read", SLOW, "-o", "slow.bin", NULL};
	(void)state;
	struct terminal *t = starts(argv);
	terminal_expect(t, "reading: 256 of 776 bytes");
	terminal_expect(t, "reading: 512 of 776 bytes");
	terminal_expect(t, "saved 'slow.bin'");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_false(terminal_shows(t, "reading"));
}

static void test_silence(void **state)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "show", "demo,face=silence,baud=115200", NULL};
	(void)state;
	struct terminal *t = starts(argv);
	terminal_expect(t, "nobody answers yet, sending: ");
	terminal_control(t, 'c');
	terminal_expect(t, "otpedit: stopped");
	assert_int_equal(terminal_wait_exit(t), 4);
	assert_false(terminal_shows(t, "nobody answers yet"));
}

/* Steps stay, bytes are written over. */
static void test_burning(void **state)
{
	const char *const argv[] = {
		OTPEDIT_PROGRAM, "write", SLOW, "word=70", "value=0x12345678", NULL};
	(void)state;
	struct terminal *t = starts(argv);
	terminal_expect(t, "burn 70 on 3330");
	terminal_type(t, "burn 70 on 3330");
	terminal_expect(t, "> burn 70 on 3330");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "pass 1 of 1: reading the board twice");
	terminal_expect(t, "reading: 512 of 776 bytes");
	terminal_expect(t, "pass 1 of 1: staging the request");
	terminal_expect(t, "sending: ");
	terminal_expect(t, "pass 1 of 1: reading back");
	terminal_expect(t, "VERIFIED");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_false(terminal_shows(t, " of 776"));
	assert_false(terminal_shows(t, "sending"));
}

static void test_elsewhere(void **state)
{
	struct run_result result;
	(void)state;
	run_words(&result, &home, "read", "demo,uart,baud=115200", "-o", "a.bin");
	run_expect_exit(&result, 0);
	assert_null(strstr(result.err, "of 776"));
	assert_null(strstr(result.out, "of 776"));
	run_free(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reading, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_burning, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_elsewhere, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("how far it is", tests, NULL, NULL);
}
