/*
 * The whole job by keys alone, as a person at a terminal does it, on the built-in demo board; and
 * all the ways in which nothing must burn.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"
#include "tests/support/typist.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct run_home home;
	struct terminal *terminal;
	unsigned columns, rows;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){.columns = 80, .rows = 24};
	run_home_make(&fixture.home);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	terminal_free(fixture->terminal);
	run_home_remove(&fixture->home);
	return 0;
}

/* --- steps ----------------------------------------------------------------------------------- */

static struct terminal *opens(struct fixture *f, const char *const argv[])
{
	struct terminal_options options = {
		.columns = f->columns, .rows = f->rows, .folder = f->home.folder};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, argv);
	return f->terminal;
}

static struct terminal *opens_demo(struct fixture *f)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	struct terminal *t = opens(f, argv);
	terminal_expect_row(t, 0, "READ-ONLY");
	return t;
}

/* The grid has four words a row below 140 columns; the selection starts at word 0. */
static void goes_to(struct terminal *t, unsigned word)
{
	terminal_key(t, TERMINAL_HOME);
	for (unsigned row = 0; row < word / 4; row++)
		terminal_key(t, TERMINAL_DOWN);
	for (unsigned column = 0; column < word % 4; column++)
		terminal_key(t, TERMINAL_RIGHT);
}

static void writes(struct terminal *t, unsigned word, const char *value)
{
	goes_to(t, word);
	terminal_type(t, "e");
	terminal_expect(t, "stage");
	terminal_type(t, value);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect_row(t, 0, "staged");
}

static void write_and_lock_70(struct terminal *t)
{
	writes(t, 70, "12345678");
	terminal_type(t, "l");
	terminal_expect(t, "lock 70");
}

/* Opens the preview and looks at all of it, page by page, until the bottom is there. */
static void previews(struct terminal *t)
{
	terminal_type(t, "p");
	terminal_expect(t, "Fingerprint");
	for (int page = 0; page < 40 && !terminal_shows(t, "Afterwards"); page++)
		terminal_key(t, TERMINAL_PAGE_DOWN);
	for (int page = 0; page < 40 && terminal_shows(t, "below"); page++)
		terminal_key(t, TERMINAL_PAGE_DOWN);
}

static void arms(struct terminal *t)
{
	terminal_type(t, "a");
	terminal_expect_row(t, 0, "ARMED");
}

static void goes_to_confirmation(struct terminal *t)
{
	previews(t);
	arms(t);
	terminal_expect(t, "c goes on to the confirmation");
	terminal_type(t, "c");
	terminal_expect(t, "nothing is burnt yet");
}

static int quits(struct terminal *t)
{
	terminal_type(t, "q");
	return terminal_wait_exit(t);
}

static void assert_terminal_whole(struct terminal *t)
{
	struct terminal_state now = terminal_state(t);
	assert_false(now.alternate_screen);
	assert_true(now.cursor_visible);
	assert_false(now.bracketed_paste);
	assert_true(now.canonical);
	assert_true(now.echo);
}

/* --- what is on the board, by the command line ------------------------------------------------ */

static json_t *word_on_board(struct fixture *f, json_t **root, unsigned word)
{
	struct run_result result;
	json_error_t error;
	run_words(&result, &f->home, "show", "demo", "--json");
	run_expect_exit(&result, 0);
	*root = json_loads(result.out, 0, &error);
	run_free(&result);
	assert_non_null(*root);
	json_t *words = json_object_get(*root, "words"), *entry;
	size_t i;
	json_array_foreach(words, i,
		entry) if (json_integer_value(json_object_get(entry, "id")) == word) return entry;
	fail_msg("no word %u", word);
	return NULL;
}

static void assert_word(struct fixture *f, unsigned word, const char *value, bool locked)
{
	json_t *root, *lock;
	json_t *entry = word_on_board(f, &root, word);
	bool found = false;
	size_t i;
	assert_string_equal(json_string_value(json_object_get(entry, "value")), value);
	json_array_foreach(json_object_get(entry, "locks"), i, lock) found |=
		strcmp(json_string_value(lock), "permanent") == 0;
	assert_int_equal(found, locked);
	json_decref(root);
}

static void leaves_everything(struct fixture *f)
{
	terminal_signal(f->terminal, SIGTERM);
	terminal_wait_exit(f->terminal);
}

/* --- the whole job --------------------------------------------------------------------------- */

static void whole_job(struct fixture *f)
{
	struct terminal *t = opens_demo(f);
	write_and_lock_70(t);
	terminal_type(t, "p");
	terminal_expect(t, "Fingerprint");
	terminal_expect(t, "2: values, then locks");
	terminal_expect(t, "IRREVERSIBLE");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "Fingerprint");
	goes_to_confirmation(t);
	terminal_expect(t, "burn 70 on 3330");
	typist_confirm(t, "burn 70 on 3330");
	terminal_expect(t, "read back, every");
	terminal_expect(t, "as planned");
	terminal_key(t, TERMINAL_ESCAPE);
	/* Armed for one commit only, and nothing is left to do. */
	terminal_expect_row(t, 0, "READ-ONLY");
	assert_int_equal(quits(t), 0);
	assert_terminal_whole(t);
	/* Another run powers the board up anew: the lock shows by then. */
	assert_word(f, 70, "0x12345678", true);
}

static void test_whole_job_80x24(void **state)
{
	whole_job(*state);
}

static void test_whole_job_120x40(void **state)
{
	struct fixture *f = *state;
	f->columns = 120;
	f->rows = 40;
	whole_job(f);
}

static void test_dangerous_plan_wants_its_warning_acknowledged(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	writes(t, 9, "10");
	previews(t);
	arms(t);
	terminal_type(t, "c");
	terminal_expect(t, "Acknowledge each warning");
	terminal_type(t, "burn 9 on 3330");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "Acknowledge each warning");
	terminal_type(t, "1");
	terminal_expect(t, "To burn, type exactly");
	typist_confirm(t, "burn 9 on 3330");
	terminal_expect(t, "VERIFIED");
	leaves_everything(f);
	assert_word(f, 9, "0x00000010", false);
}

/* A board whose locks show only after its reset: the result says so, and offers one. */
static void test_lock_that_waits_for_the_reset(void **state)
{
	struct fixture *f = *state;
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo,locks=reset", NULL};
	struct terminal *t = opens(f, argv);
	terminal_expect_row(t, 0, "READ-ONLY");
	write_and_lock_70(t);
	goes_to_confirmation(t);
	typist_confirm(t, "burn 70 on 3330");
	terminal_expect(t, "LOCKS UNPROVED");
	terminal_expect(t, "lock unproved until reset");
	terminal_expect(t, "B resets the simulated board");
	/* Pressed twice, the key that confirmed does not take the result away. */
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "LOCKS UNPROVED");
	terminal_type(t, "B");
	terminal_expect(t, "what earlier runs left");
	terminal_expect(t, "as planned");
	leaves_everything(f);
	assert_word(f, 70, "0x12345678", true);
}

/* --- nothing burns --------------------------------------------------------------------------- */

static void test_wrong_phrase(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	write_and_lock_70(t);
	goes_to_confirmation(t);
	terminal_type(t, "burn 71 on 3330");
	terminal_expect(t, "That is not the phrase");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "> burn 71 on 3330");
	terminal_expect(t, "nothing is burnt yet");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "nothing was burnt");
	leaves_everything(f);
	assert_word(f, 70, "0x00000000", false);
}

static void test_pasted_phrase(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	write_and_lock_70(t);
	goes_to_confirmation(t);
	assert_true(terminal_state(t).bracketed_paste);
	terminal_paste(t, "burn 70 on 3330\r");
	terminal_expect(t, "Pasted text is not taken");
	terminal_key(t, TERMINAL_ENTER);
	/* As a terminal without paste markers sends it: in one piece. */
	terminal_send(t, "burn 70 on 3330\r");
	terminal_expect(t, "Pasted text is not taken");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "nothing is burnt yet");
	leaves_everything(f);
	assert_word(f, 70, "0x00000000", false);
}

static void test_pasted_keys_stage_nothing(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	goes_to(t, 70);
	terminal_paste(t, "e12345678\rlpac");
	terminal_type(t, "j");
	terminal_expect(t, "nothing staged");
	terminal_expect_row(t, 0, "READ-ONLY");
	assert_int_equal(quits(t), 0);
}

static void test_resize_clears_the_phrase(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	write_and_lock_70(t);
	goes_to_confirmation(t);
	typist_type_phrase(t, "burn 70 on 3330");
	terminal_resize(t, 100, 30);
	terminal_expect_gone(t, "Enter burns now");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "To burn, type exactly");
	/* Too small for anything: keys pressed there do not count either. */
	terminal_resize(t, 50, 12);
	terminal_expect_gone(t, "To burn, type exactly");
	terminal_type(t, "burn 70 on 3330");
	terminal_key(t, TERMINAL_ENTER);
	terminal_resize(t, 80, 24);
	terminal_expect(t, "To burn, type exactly");
	terminal_expect_gone(t, "> b");
	leaves_everything(f);
	assert_word(f, 70, "0x00000000", false);
}

static void test_unarmed_goes_no_further(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	write_and_lock_70(t);
	previews(t);
	terminal_expect(t, "a arms it");
	terminal_type(t, "c");
	terminal_type(t, "burn 70 on 3330");
	terminal_key(t, TERMINAL_ENTER);
	assert_false(terminal_shows(t, "type exactly"));
	leaves_everything(f);
	assert_word(f, 70, "0x00000000", false);
}

static void test_read_only_run_cannot_be_armed(void **state)
{
	struct fixture *f = *state;
	const char *const argv[] = {OTPEDIT_PROGRAM, "--read-only", "demo", NULL};
	struct terminal *t = opens(f, argv);
	terminal_expect_row(t, 0, "READ-ONLY");
	write_and_lock_70(t);
	terminal_type(t, "a");
	terminal_expect(t, "read-only");
	assert_null(strstr(terminal_row(t, 0), "ARMED"));
	leaves_everything(f);
}

static void test_refused_edit_says_the_rule(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	goes_to(t, 59); /* the board id: burnt and locked */
	terminal_type(t, "e");
	terminal_type(t, "1");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "not staged");
	leaves_everything(f);
}

/* --- ways in and out ------------------------------------------------------------------------- */

static void test_quit(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	assert_true(terminal_state(t).alternate_screen);
	assert_int_equal(quits(t), 0);
	assert_terminal_whole(t);
}

static void test_quit_asks_when_something_is_staged(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	write_and_lock_70(t);
	terminal_type(t, "q");
	terminal_expect(t, "quit and drop");
	terminal_type(t, "n");
	terminal_expect_gone(t, "quit and drop");
	terminal_type(t, "q");
	terminal_expect(t, "quit and drop");
	terminal_type(t, "y");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_terminal_whole(t);
}

static void test_control_c(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	terminal_control(t, 'c');
	assert_int_equal(terminal_wait_exit(t), 128 + SIGINT);
	assert_terminal_whole(t);
}

static void test_signals(void **state)
{
	struct fixture *f = *state;
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		struct terminal *t = opens_demo(f);
		terminal_signal(t, signals[i]);
		assert_int_equal(terminal_wait_exit(t), 128 + signals[i]);
		assert_terminal_whole(t);
	}
}

static void test_abort_leaves_the_terminal_whole(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	terminal_signal(t, SIGABRT);
	assert_int_equal(terminal_wait_exit(t), 128 + SIGABRT);
	assert_terminal_whole(t);
}

static void test_too_small_and_back(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	terminal_expect(t, "quit");
	terminal_resize(t, 40, 10);
	terminal_expect(t, "60");
	terminal_expect_gone(t, "READ-ONLY");
	terminal_resize(t, 100, 30);
	terminal_expect_row(t, 0, "READ-ONLY");
	terminal_expect_row(t, 29, "quit");
	terminal_resize(t, 1, 1);
	terminal_resize(t, 80, 24);
	terminal_expect_row(t, 23, "quit");
	assert_int_equal(quits(t), 0);
}

static void test_help(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens_demo(f);
	terminal_type(t, "?");
	terminal_expect(t, "edit the word as a hex value");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "edit the word as a hex value");
	assert_int_equal(quits(t), 0);
}

static void test_offline_file(void **state)
{
	struct fixture *f = *state;
	const char *const argv[] = {OTPEDIT_PROGRAM, TEST_DATA "/stm32mp157c-read.bin", NULL};
	struct terminal *t = opens(f, argv);
	terminal_expect(t, "STM32MP15");
	terminal_expect(t, "edit");
	write_and_lock_70(t);
	previews(t);
	terminal_expect(t, "An image file is never burnt");
	terminal_type(t, "a");
	terminal_type(t, "c");
	assert_false(terminal_shows(t, "type exactly"));
	leaves_everything(f);
}

static void test_no_such_file(void **state)
{
	struct fixture *f = *state;
	const char *const argv[] = {OTPEDIT_PROGRAM, "/nonexistent/otp.bin", NULL};
	struct terminal *t = opens(f, argv);
	assert_int_equal(terminal_wait_exit(t), 6);
	terminal_expect(t, "/nonexistent/otp.bin");
	assert_terminal_whole(t);
}

static void test_not_a_terminal(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	run_words(&result, &f->home, "demo");
	run_expect_exit(&result, 2);
	run_expect_err(&result, "terminal");
	assert_int_equal(run_error_lines(&result), 1);
	run_free(&result);
}

static void test_unknown_terminal(void **state)
{
	struct fixture *f = *state;
	/* Curses does not give back all it took when it fails to start: no leak of ours. */
	static const char *const extra[] = {"ASAN_OPTIONS=detect_leaks=0", NULL};
	struct terminal_options options = {
		.folder = f->home.folder, .term = "no-such-terminal", .extra = extra};
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	f->terminal = terminal_start(&options, argv);
	assert_int_equal(terminal_wait_exit(f->terminal), 2);
	terminal_expect(f->terminal, "no-such-terminal");
}

/* A screen that stays blank would still take keys. */
static void test_terminal_without_a_cursor(void **state)
{
	struct fixture *f = *state;
	static const char *const extra[] = {"ASAN_OPTIONS=detect_leaks=0", NULL};
	struct terminal_options options = {
		.folder = f->home.folder, .term = "dumb", .extra = extra};
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	f->terminal = terminal_start(&options, argv);
	assert_int_equal(terminal_wait_exit(f->terminal), 2);
	terminal_expect(f->terminal, "cannot move its cursor");
	assert_terminal_whole(f->terminal);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole_job_80x24),
		TEST(test_whole_job_120x40),
		TEST(test_dangerous_plan_wants_its_warning_acknowledged),
		TEST(test_lock_that_waits_for_the_reset),
		TEST(test_wrong_phrase),
		TEST(test_pasted_phrase),
		TEST(test_pasted_keys_stage_nothing),
		TEST(test_resize_clears_the_phrase),
		TEST(test_unarmed_goes_no_further),
		TEST(test_read_only_run_cannot_be_armed),
		TEST(test_refused_edit_says_the_rule),
		TEST(test_quit),
		TEST(test_quit_asks_when_something_is_staged),
		TEST(test_control_c),
		TEST(test_signals),
		TEST(test_abort_leaves_the_terminal_whole),
		TEST(test_too_small_and_back),
		TEST(test_help),
		TEST(test_offline_file),
		TEST(test_no_such_file),
		TEST(test_not_a_terminal),
		TEST(test_unknown_terminal),
		TEST(test_terminal_without_a_cursor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
