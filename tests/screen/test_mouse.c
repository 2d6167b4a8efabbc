/* The mouse: it goes to words and scrolls, and can do nothing else. */
#include "src/errbuf.h"
#include "tests/support/drawn.h"
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>

/* The emulator takes one mode at a time; xterm's description sets two in one sequence. */
#define TERM_OF_ONE_MODE "screen-256color"

static void does(struct drawn *f, int code, int row, int column)
{
	struct key key = {.code = code, .row = row, .column = column, .now_ms = f->now += 100};
	app_key(&f->app, &key);
	drawn_draw(f);
}

/* Where the text begins. */
static void clicks(struct drawn *f, const char *text, int right)
{
	drawn_expect(text);
	does(f, KEY_CLICK, drawn_row(text), drawn_column(text) + right);
}

static void test_a_click_goes_to_the_word(void **state)
{
	struct drawn *f = *state;
	clicks(f, " 004 ", 6);
	assert_int_equal(f->app.selected, 4);
	clicks(f, " 012 ", 6 + 3 * 10);
	assert_int_equal(f->app.selected, 15);
	/* The row of the locks belongs to the word above. */
	does(f, KEY_CLICK, drawn_row(" 008 ") + 1, 18);
	assert_int_equal(f->app.selected, 9);
	/* Numbers, frames, the detail beside, header and footer are no words. */
	clicks(f, " 004 ", 1);
	does(f, KEY_CLICK, 0, 10);
	does(f, KEY_CLICK, 1, 10);
	does(f, KEY_CLICK, 5, 60);
	does(f, KEY_CLICK, 22, 10);
	does(f, KEY_CLICK, 23, 3);
	does(f, KEY_CLICK, 500, 500);
	does(f, KEY_CLICK, -1, -1);
	assert_int_equal(f->app.selected, 9);
}

static void test_in_the_list_and_the_map(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "\t");
	clicks(f, " 007 ", 6);
	assert_int_equal(f->app.selected, 7);
	drawn_type(f, "\tm");
	for (unsigned word = 0; word < 96; word++) {
		struct point at = {-1, -1};
		drawn_go(f, word);
		getyx(stdscr, at.row, at.column);
		drawn_go(f, 95 - word);
		does(f, KEY_CLICK, at.row, at.column);
		assert_int_equal(f->app.selected, word);
	}
	/* The legend below is none. */
	clicks(f, "reads as 0", 0);
	assert_int_equal(f->app.selected, 95);
}

static void test_with_control_it_selects(void **state)
{
	struct drawn *f = *state;
	does(f, KEY_CLICK_MORE, 2, 8);
	does(f, KEY_CLICK_MORE, 4, 8);
	assert_int_equal(f->app.selection.count, 2);
	does(f, KEY_CLICK_MORE, 4, 8);
	drawn_expect("1 selected: 0");
}

static void test_the_wheel_moves(void **state)
{
	struct drawn *f = *state;
	does(f, KEY_WHEEL_DOWN, 5, 5);
	assert_int_equal(f->app.selected, 4);
	does(f, KEY_WHEEL_UP, 5, 5);
	assert_int_equal(f->app.selected, 0);
	drawn_type(f, "?");
	does(f, KEY_WHEEL_DOWN, 5, 5);
	assert_int_equal(f->app.scroll.top, 3);
}

/* In no view, with whatever it is done, it stages, arms or begins a burn. */
static void test_it_changes_nothing(void **state)
{
	struct drawn *f = *state;
	static const enum view_id views[] = {VIEW_GRID, VIEW_PREVIEW, VIEW_CONFIRM, VIEW_QUIT,
		VIEW_EDIT, VIEW_BITS, VIEW_LOCKS, VIEW_STAGED, VIEW_PROMPT, VIEW_HELP, VIEW_DETAIL};
	drawn_go(f, 70);
	drawn_type(f, "lp");
	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
		if (views[i] == VIEW_CONFIRM)
			continue; /* opens only behind an armed session */
		f->app.view = views[i];
		drawn_draw(f);
		for (int code = KEY_CLICK; code <= KEY_WHEEL_DOWN; code++)
			for (int row = 0; row < 24; row += 3)
				does(f, code, row, (row * 7) % 80);
		assert_int_equal(f->app.view, views[i]);
		assert_int_equal(edits_count(draft_edits(f->app.draft)), 1);
		assert_false(f->app.session->arming.armed);
		assert_false(f->app.quit);
	}
}

/* Only the cursor moves: what is opened is opened by Enter. */
static void test_in_the_list_of_boards(void **state)
{
	struct drawn *f = *state;
	free(f->app.session);
	f->app.session = NULL;
	app_pick(&f->app);
	drawn_draw(f);
	clicks(f, "demo:stm32mp25", 3);
	assert_string_equal(picker_source(&f->app.picker), "demo:stm32mp25");
	clicks(f, "demo:blank", 3);
	assert_string_equal(picker_source(&f->app.picker), "demo:blank");
	/* Headings and frames are nothing to be opened. */
	does(f, KEY_CLICK, 1, 5);
	does(f, KEY_CLICK, 0, 5);
	does(f, KEY_CLICK, 22, 5);
	clicks(f, "Simulated", 3);
	assert_string_equal(picker_source(&f->app.picker), "demo:blank");
	assert_int_equal(f->app.view, VIEW_PICKER);
}

static void test_before_anything_is_open(void **state)
{
	struct drawn *f = *state;
	free(f->app.session);
	f->app.session = NULL;
	does(f, KEY_CLICK, 5, 5);
	does(f, KEY_WHEEL_DOWN, 5, 5);
	assert_false(f->app.quit);
}

static void test_at_a_terminal(void **state)
{
	(void)state;
	struct run_home home;
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	run_home_make(&home);
	struct terminal_options options = {.term = TERM_OF_ONE_MODE, .folder = home.folder};
	struct terminal *t = terminal_start(&options, argv);
	terminal_expect_row(t, 0, "READ-ONLY");
	assert_true(terminal_state(t).mouse);
	terminal_click(t, 4, 8);
	terminal_expect(t, " 004 >");
	terminal_type(t, "M");
	terminal_expect(t, "the mouse is the terminal's");
	assert_false(terminal_state(t).mouse);
	terminal_type(t, "M");
	terminal_expect(t, "a click goes to a word");
	assert_true(terminal_state(t).mouse);
	terminal_click(t, 2, 8);
	terminal_expect(t, " 000 >");
	terminal_type(t, "q");
	assert_int_equal(terminal_wait_exit(t), 0);
	assert_false(terminal_state(t).mouse);
	terminal_free(t);
	run_home_remove(&home);
}

/* Killed in the middle, it leaves the mouse to the shell. */
static void test_after_a_crash(void **state)
{
	(void)state;
	struct run_home home;
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	run_home_make(&home);
	struct terminal_options options = {.term = TERM_OF_ONE_MODE, .folder = home.folder};
	struct terminal *t = terminal_start(&options, argv);
	terminal_expect_row(t, 0, "READ-ONLY");
	assert_true(terminal_state(t).mouse);
	terminal_signal(t, SIGABRT);
	terminal_wait_exit(t);
	assert_false(terminal_state(t).mouse);
	terminal_free(t);
	run_home_remove(&home);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drawn_set_up, drawn_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_a_click_goes_to_the_word),
		TEST(test_in_the_list_and_the_map), TEST(test_with_control_it_selects),
		TEST(test_the_wheel_moves), TEST(test_it_changes_nothing),
		TEST(test_in_the_list_of_boards), TEST(test_before_anything_is_open),
		cmocka_unit_test(test_at_a_terminal), cmocka_unit_test(test_after_a_crash)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
