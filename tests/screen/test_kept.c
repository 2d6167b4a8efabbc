/* A crash loses nothing that is staged: it is offered again, and only by a person's key staged. */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){0};
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

static struct terminal *opens(struct fixture *f, const char *source)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	struct terminal_options options = {.folder = f->home.folder};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, argv);
	terminal_expect_row(f->terminal, 0, "READ-ONLY");
	return f->terminal;
}

/* A value for word 70 and the lock of word 71; the grid has four words a row. */
static struct terminal *stages_two_words(struct fixture *f)
{
	struct terminal *t = opens(f, "demo:blank");
	terminal_type(t, "G");
	for (int i = 0; i < 6; i++)
		terminal_key(t, TERMINAL_UP);
	terminal_key(t, TERMINAL_LEFT); /* 95 - 24 - 1 = 70 */
	terminal_type(t, "e");
	terminal_expect(t, "stage");
	terminal_type(t, "ab");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "70=000000AB");
	terminal_key(t, TERMINAL_RIGHT);
	terminal_type(t, "l");
	terminal_expect(t, "lock 71");
	return t;
}

static void crashes(struct terminal *t)
{
	terminal_signal(t, SIGKILL);
	assert_int_equal(terminal_wait_exit(t), 128 + SIGKILL);
}

static void test_a_crash_loses_nothing(void **state)
{
	struct fixture *f = *state;
	crashes(stages_two_words(f));
	struct terminal *t = opens(f, "demo:blank");
	terminal_expect(t, "2 words were staged here when otpedit ended last");
	terminal_expect(t, "00000000 -> 000000AB");
	terminal_expect(t, "071");
	terminal_expect_row(t, 0, "staged 0");
	/* No key but the one it names stages anything. */
	terminal_key(t, TERMINAL_ENTER);
	terminal_type(t, "c");
	terminal_expect_row(t, 0, "staged 0");
	terminal_type(t, "y");
	terminal_expect(t, "2 words are staged again");
	terminal_expect_row(t, 0, "staged 2");
	terminal_expect_row(t, 0, "READ-ONLY");
	/* And a second crash loses nothing, either. */
	crashes(t);
	t = opens(f, "demo:blank");
	terminal_expect(t, "2 words were staged here");
	/* Another board has nothing to do with it. */
	t = opens(f, "demo");
	assert_false(terminal_shows(t, "staged here"));
}

static void test_what_is_dropped_is_gone(void **state)
{
	struct fixture *f = *state;
	crashes(stages_two_words(f));
	struct terminal *t = opens(f, "demo:blank");
	terminal_expect(t, "2 words were staged here");
	terminal_type(t, "n");
	terminal_expect(t, "nothing staged");
	crashes(t);
	t = opens(f, "demo:blank");
	terminal_expect(t, "nothing staged");
	assert_false(terminal_shows(t, "staged here"));
}

/* Left for later, it is kept beside what is staged meanwhile. */
static void test_what_is_left_for_later_stays(void **state)
{
	struct fixture *f = *state;
	crashes(stages_two_words(f));
	struct terminal *t = opens(f, "demo:blank");
	terminal_expect(t, "2 words were staged here");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect(t, "offered again at the next start");
	terminal_type(t, "G");
	terminal_type(t, "l");
	terminal_expect(t, "lock 95");
	crashes(t);
	t = opens(f, "demo:blank");
	terminal_expect(t, "3 words were staged here");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	t = opens(f, "demo:blank");
	terminal_expect(t, "3 words were staged here");
}

/* Who leaves by the program's own question has decided. */
static void test_quitting_decides(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = stages_two_words(f);
	terminal_type(t, "q");
	terminal_expect(t, "staged and not burnt");
	terminal_type(t, "y");
	assert_int_equal(terminal_wait_exit(t), 0);
	t = opens(f, "demo:blank");
	terminal_expect(t, "nothing staged");
	assert_false(terminal_shows(t, "staged here"));
}

static void test_a_signal_decides_nothing(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = stages_two_words(f);
	terminal_signal(t, SIGTERM);
	assert_int_equal(terminal_wait_exit(t), 128 + SIGTERM);
	terminal_expect(t, "2 words stay staged: it is offered again");
	t = opens(f, "demo:blank");
	terminal_expect(t, "2 words were staged here");
}

/* What the board has taken meanwhile is not asked for again, and what it refuses is named. */
static void test_it_is_checked_against_the_board(void **state)
{
	struct fixture *f = *state;
	struct run_result result;
	crashes(stages_two_words(f));
	/* Word 70 gets another value, by a plan that is confirmed. */
	run_write_text(&f->home, "other.plan", "write word=70 value=0x100\n");
	run_words(&result, &f->home, "preview", "other.plan", "--on", "demo:blank", "--json");
	run_expect_exit(&result, 0);
	char fingerprint[17] = "";
	const char *at = strstr(result.out, "\"fingerprint\"");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "\"fingerprint\" : \"%16[0-9a-f]", fingerprint) == 1 ||
				 sscanf(at, "\"fingerprint\": \"%16[0-9a-f]", fingerprint) == 1,
		1);
	run_free(&result);
	run_words(&result, &f->home, "apply", "other.plan", "--on", "demo:blank", "--confirm",
		fingerprint);
	run_expect_exit(&result, 0);
	run_free(&result);
	struct terminal *t = opens(f, "demo:blank");
	terminal_expect(t, "2 words were staged here");
	terminal_type(t, "y");
	terminal_expect(t, "1 word is staged; 1 of what was left cannot be: word 70:");
	terminal_expect_row(t, 0, "staged 1");
}

/* The screen begins as it was left; a file that says nothing sensible is as good as none. */
static void test_the_last_view_is_remembered(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens(f, "demo:blank");
	terminal_expect(t, " +1 ");
	terminal_type(t, "D");
	terminal_type(t, "m");
	terminal_expect_gone(t, " +1 ");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	size_t length;
	char *view = run_read_file(&length, &f->home, "state/otpedit/view");
	assert_string_equal(view, "map alone\n");
	free(view);
	t = opens(f, "demo");
	terminal_expect(t, "nothing staged");
	assert_false(terminal_shows(t, " +1 "));
	terminal_type(t, "m");
	terminal_expect(t, " +1 ");
	terminal_type(t, "D");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	/* As from the start: nothing is left behind. */
	run_write_text(&f->home, "state/otpedit/view", "map alone map\n");
	t = opens(f, "demo");
	terminal_expect(t, " +1 ");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_int_not_equal(access(run_path(&f->home, "state/otpedit/view"), F_OK), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_crash_loses_nothing),
		TEST(test_what_is_dropped_is_gone),
		TEST(test_what_is_left_for_later_stays),
		TEST(test_quitting_decides),
		TEST(test_a_signal_decides_nothing),
		TEST(test_it_is_checked_against_the_board),
		TEST(test_the_last_view_is_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
