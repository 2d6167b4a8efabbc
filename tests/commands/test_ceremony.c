/*
 * The confirmation at a terminal, as a person does it. The demo board's unique id ends in 34383330,
 * so a plan for word 70 is confirmed by "burn 70 on 3330".
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	run_home_make(&world->home);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	terminal_free(world->terminal);
	run_home_remove(&world->home);
	free(world);
	return 0;
}

#define start(world, ...)                                                                          \
	start_words((world), (const char *const[]){OTPEDIT_PROGRAM, __VA_ARGS__, NULL})

static void start_words(struct world *world, const char *const words[])
{
	struct terminal_options options = {
		.columns = 100, .rows = 50, .folder = world->home.folder};
	world->terminal = terminal_start(&options, words);
}

static void expect_end(struct world *world, int exit_status)
{
	assert_int_equal(terminal_wait_exit(world->terminal), exit_status);
	struct terminal_state state = terminal_state(world->terminal);
	assert_true(state.canonical);
	assert_true(state.echo);
	assert_false(state.bracketed_paste);
}

static void expect_status(struct world *world, const char *plan, int exit_status)
{
	struct run_result result;
	run_write_text(&world->home, "v.plan", plan);
	run_words(&result, &world->home, "verify", "v.plan", "--on", "demo");
	run_expect_exit(&result, exit_status);
	run_free(&result);
}

static void test_typed(void **state)
{
	struct world *world = *state;
	start(world, "write", "demo", "word=70", "value=0x12345678", "lock");
	terminal_expect(world->terminal, "burn 70 on 3330");
	/* Enter does nothing until the phrase stands. */
	terminal_type(world->terminal, "burn 71 on 3330");
	terminal_expect(world->terminal, "> burn 71 on 3330");
	terminal_key(world->terminal, TERMINAL_ENTER);
	for (int i = 0; i < 9; i++)
		terminal_key(world->terminal, TERMINAL_BACKSPACE);
	terminal_expect_gone(world->terminal, "> burn 71");
	terminal_type(world->terminal, "0 on 3330");
	terminal_expect(world->terminal, "> burn 70 on 3330");
	terminal_key(world->terminal, TERMINAL_ENTER);
	terminal_expect(world->terminal, "VERIFIED");
	expect_end(world, 0);
	expect_status(world, "write word=70 value=0x12345678 lock\n", 0);
}

static void test_pasted(void **state)
{
	struct world *world = *state;
	start(world, "write", "demo", "word=70", "value=0x12345678");
	terminal_expect(world->terminal, "burn 70 on 3330");
	terminal_paste(world->terminal, "burn 70 on 3330");
	terminal_expect(world->terminal, "pasted text is not taken");
	terminal_key(world->terminal, TERMINAL_ENTER);
	terminal_send(world->terminal, "burn 70 on 3330\r"); /* as without the markers */
	terminal_key(world->terminal, TERMINAL_ESCAPE);
	terminal_expect(world->terminal, "nothing was burnt");
	expect_end(world, 4);
	expect_status(world, "write word=70 value=0x12345678\n", 1);
}

/* --confirm does not stand in for the phrase where a person sits. */
static void test_fingerprint_at_a_terminal(void **state)
{
	struct world *world = *state;
	struct run_result result;
	run_words(&result, &world->home, "write", "demo", "word=70", "value=0x12345678");
	const char *at = strstr(result.err, "--confirm ");
	assert_non_null(at);
	char fingerprint[17] = "";
	memcpy(fingerprint, at + strlen("--confirm "), 16);
	run_free(&result);
	start(world, "write", "demo", "word=70", "value=0x12345678", "--confirm", fingerprint);
	terminal_expect(world->terminal, "type the following by hand");
	terminal_control(world->terminal, 'c');
	expect_end(world, 4);
	expect_status(world, "write word=70 value=0x12345678\n", 1);
}

static void test_warnings(void **state)
{
	struct world *world = *state;
	start(world, "write", "demo", "word=9", "value=0x00080000");
	terminal_expect(world->terminal, "Press 1");
	terminal_type(world->terminal, "2y");
	terminal_key(world->terminal, TERMINAL_ENTER);
	assert_false(terminal_shows(world->terminal, "type the following by hand"));
	terminal_type(world->terminal, "1");
	terminal_expect(world->terminal, "burn 9 on 3330");
	terminal_type(world->terminal, "burn 9 on 3330");
	terminal_key(world->terminal, TERMINAL_ENTER);
	terminal_expect(world->terminal, "VERIFIED");
	expect_end(world, 0);
	expect_status(world, "write word=9 value=0x00080000\n", 0);
}

static void test_signals(void **state)
{
	struct world *world = *state;
	start(world, "lock", "demo", "word=59"); /* locked already: refused, nobody is asked */
	terminal_expect(world->terminal, "nothing-to-do");
	expect_end(world, 4);
	terminal_free(world->terminal);
	start(world, "write", "demo", "word=70", "value=1");
	terminal_expect(world->terminal, "type the following by hand");
	terminal_signal(world->terminal, SIGTERM);
	expect_end(world, 4);
	expect_status(world, "write word=70 value=1\n", 1);
}

/* The fixture with the rest of its key hash, all of it locked: fit to be closed. */
static void write_closable(struct world *world)
{
	char bytes[1024];
	FILE *file = fopen(TEST_DATA "/stm32mp157c-read.bin", "rb");
	assert_non_null(file);
	assert_int_equal(fread(bytes, 1, sizeof bytes, file), 776);
	fclose(file);
	for (size_t word = 24; word <= 31; word++) {
		bytes[8 + 8 * word] |= 0x01;
		bytes[8 + 8 * word + 7] = 0x50; /* bits 28 and 30 */
	}
	run_write_file(&world->home, "closable.bin", bytes, 776);
}

static void test_close(void **state)
{
	struct world *world = *state;
	struct run_result result;
	char source[256];
	write_closable(world);
	snprintf(source, sizeof source, "sim:%s", run_path(&world->home, "closable.bin"));
	run_words(&result, &world->home, "close", source);
	run_expect_exit(&result, 4);
	run_expect_out(&result, "[yes] every word of the public key hash is locked");
	run_expect_err(&result, "terminal");
	run_free(&result);
	start(world, "close", source);
	terminal_expect(world->terminal, "Press 1");
	terminal_type(world->terminal, "1");
	terminal_expect(world->terminal, "for ever 34383330");
	terminal_type(world->terminal, "for ever 34383330");
	terminal_key(world->terminal, TERMINAL_ENTER);
	/* Word 0 is read-locked at every boot: what it shows proves nothing before the reset. */
	terminal_expect(world->terminal, "UNPROVED");
	expect_end(world, 0);
	/* Powered up anew it is closed, and offers no OTP any more. */
	run_words(&result, &world->home, "show", source);
	run_expect_exit(&result, 3);
	run_expect_err(&result, "offers no OTP");
	run_expect_err(&result, "word 0: cannot be proved over this link");
	run_free(&result);
}

static void test_read_only(void **state)
{
	struct world *world = *state;
	start(world, "write", "demo", "word=70", "value=1", "--read-only");
	terminal_expect(world->terminal, "read-only");
	expect_end(world, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_typed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pasted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fingerprint_at_a_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_warnings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_close, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_only, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
