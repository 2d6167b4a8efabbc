/* The test terminal itself, with a shell in it: what other tests rely on. */
#include "tests/support/scratch.h"
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

struct fixture {
	char folder[SCRATCH_MAX];
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){0};
	scratch_make(fixture.folder);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	terminal_free(fixture->terminal);
	scratch_remove(fixture->folder);
	return 0;
}

static struct terminal *run(
	struct fixture *fixture, unsigned columns, unsigned rows, const char *script)
{
	struct terminal_options options = {
		.columns = columns, .rows = rows, .folder = fixture->folder};
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	fixture->terminal = terminal_start(&options, argv);
	return fixture->terminal;
}

static void test_text_colours_and_cursor(void **state)
{
	struct terminal *t = run(*state, 40, 10,
		"printf '\\033[2;3H\\033[1;31mred\\033[0m \\033[7mrev\\033[0m \\303\\251'; read x");
	terminal_expect_row(t, 1, "red rev é");
	assert_string_equal(terminal_row(t, 1), "  red rev é");
	struct terminal_cell cell = terminal_cell(t, 1, 2);
	assert_int_equal(cell.character, 'r');
	assert_true(cell.bold);
	assert_int_equal(cell.foreground, 1);
	assert_int_equal(cell.background, -1);
	assert_true(terminal_cell(t, 1, 6).reverse);
	assert_false(terminal_cell(t, 1, 6).bold);
	struct terminal_state now = terminal_state(t);
	assert_int_equal(now.cursor_row, 1);
	assert_int_equal(now.cursor_column, 11);
}

static void test_environment_and_exit_status(void **state)
{
	struct fixture *fixture = *state;
	struct terminal *t = run(fixture, 80, 5, "echo \"$XDG_STATE_HOME|$TERM|$LINES\"; exit 3");
	char expected[SCRATCH_MAX + 64];
	snprintf(expected, sizeof expected, "%s/state|xterm-256color|", fixture->folder);
	terminal_expect(t, expected);
	assert_int_equal(terminal_wait_exit(t), 3);
}

static void test_signals_end_it(void **state)
{
	struct terminal *t = run(*state, 80, 5, "echo ready; read x");
	terminal_expect(t, "ready");
	terminal_signal(t, SIGTERM);
	assert_int_equal(terminal_wait_exit(t), 128 + SIGTERM);
}

static void test_modes_are_seen(void **state)
{
	struct terminal *t = run(*state, 80, 5,
		"printf '\\033[?1049h\\033[?25l\\033[?2004h'; stty raw -echo; printf on; "
		"dd bs=1 count=1 2>/dev/null; stty sane; printf "
		"'\\033[?1049l\\033[?25h\\033[?2004loff'");
	terminal_expect(t, "on");
	struct terminal_state now = terminal_state(t);
	assert_true(now.alternate_screen);
	assert_false(now.cursor_visible);
	assert_true(now.bracketed_paste);
	assert_false(now.canonical);
	assert_false(now.echo);
	terminal_type(t, "x");
	assert_int_equal(terminal_wait_exit(t), 0);
	terminal_expect(t, "off");
	now = terminal_state(t);
	assert_false(now.alternate_screen);
	assert_true(now.cursor_visible);
	assert_false(now.bracketed_paste);
	assert_true(now.canonical);
	assert_true(now.echo);
}

static void test_keys_and_pastes(void **state)
{
	struct terminal *t = run(*state, 80, 12,
		"stty raw -echo; printf '\\033[?1h\\033[?2004hready'; "
		"dd bs=1 count=19 2>/dev/null | od -An -c; stty sane");
	terminal_expect(t, "ready");
	terminal_type(t, "a");
	terminal_control(t, 'c');
	terminal_key(t, TERMINAL_UP);
	terminal_paste(t, "hi");
	assert_int_equal(terminal_wait_exit(t), 0);
	/* ^C is 003; Up is ESC O A in application mode; a paste stands between its markers. */
	terminal_expect(t, "a 003 033   O   A 033   [   2   0   0   ~   h   i 033   [");
}

static void test_resize_is_told(void **state)
{
	struct terminal *t = run(*state, 80, 24,
		"trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.01; done");
	terminal_expect(t, "ready");
	terminal_resize(t, 100, 40);
	assert_int_equal(terminal_wait_exit(t), 0);
	terminal_expect(t, "40 100");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_text_colours_and_cursor, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_environment_and_exit_status, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signals_end_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_modes_are_seen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys_and_pastes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resize_is_told, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
