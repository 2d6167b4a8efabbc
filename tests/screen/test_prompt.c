/* Finding words and choosing them, drawn without a terminal: what a person reads after these keys.
 */
#include "src/errbuf.h"
#include "tests/support/drawn.h"
#include "tests/support/scratch.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE 27

static char folder[SCRATCH_MAX];

static int set_up(void **state)
{
	drawn_set_up(state);
	struct drawn *f = *state;
	scratch_make(folder);
	f->environment.session.source.state_folder = folder;
	return 0;
}

static int tear_down(void **state)
{
	drawn_tear_down(state);
	scratch_remove(folder);
	return 0;
}

/* The same state folder, another run. */
static void begins_again(void **state)
{
	struct drawn *f = *state;
	prompt_save(&f->app);
	drawn_tear_down(state);
	drawn_set_up(state);
	f->environment.session.source.state_folder = folder;
}

static void row_text(char *out, int row, size_t cap)
{
	mvwinnstr(stdscr, row, 0, out, (int)cap - 1);
}

static void expect_line(const char *text)
{
	char row[1200];
	row_text(row, LINES - 2, sizeof row);
	size_t length = strlen(row);
	while (length > 0 && row[length - 1] == ' ')
		row[--length] = '\0';
	assert_string_equal(row + 1, text);
}

static void pastes(struct drawn *f, const char *text)
{
	drawn_press(f, KEY_PASTE_BEGIN, 0);
	drawn_type(f, text);
	drawn_press(f, KEY_PASTE_END, 0);
}

static unsigned staged_count(const struct drawn *f)
{
	return edits_count(draft_edits(f->app.draft));
}

/* --- finding --- */

/* The row that begins with this number, from there on. */
static void expect_words(const char *number, const char *words)
{
	char row[1200];
	int found = drawn_row(number);
	assert_true(found > 0);
	row_text(row, found, sizeof row);
	if (!strstr(row, words))
		fail_msg("'%s' is not in: %s", words, row);
}

/* By a sign, whatever colours there are; while it is typed, and until Esc. */
static void test_what_is_found_is_marked(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 84);
	drawn_type(f, "/70-72");
	expect_words(" 068 ", "068  00000000  00000000 >00000000 /00000000 ");
	expect_words(" 072 ", "072 /00000000  00000000 ");
	drawn_type(f, "\r");
	expect_words(" 068 ", ">00000000 /00000000 ");
	drawn_type(f, "n");
	expect_words(" 068 ", "/00000000 >00000000 ");
	drawn_type(f, " ");
	drawn_type(f, "j");
	/* What is selected is told first. */
	expect_words(" 068 ", "/00000000 &00000000 ");
	drawn_type(f, "\t");
	expect_words(" 072", " 072/00000000");
	expect_words(" 071", " 071&00000000");
	drawn_type(f, "m");
	expect_words(" 064 ", "/");
	drawn_type(f, "m");
	drawn_press(f, 0, ESCAPE);
	expect_words(" 068 ", "/00000000 /00000000 ");
	drawn_press(f, 0, ESCAPE);
	expect_words(" 068 ", " 00000000  00000000 ");
	expect_words(" 072 ", " 00000000  00000000 ");
	/* The question itself stays. */
	drawn_type(f, "n");
	expect_words(" 068 ", "/00000000 ");
}

static void test_the_cursor_goes_along_while_it_is_typed(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "/");
	drawn_expect("part of what a word says");
	expect_line("/");
	drawn_type(f, "board");
	expect_line("/board");
	drawn_expect("1 of 1 found");
	assert_int_equal(f->app.selected, 59);
	drawn_expect("BOARD_ID");
	drawn_type(f, "x");
	drawn_expect("no word is found");
	assert_int_equal(f->app.selected, 0);
	drawn_press(f, KEY_BACKSPACE, 0);
	assert_int_equal(f->app.selected, 59);
	drawn_type(f, "\r");
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 59);
	drawn_expect("1 of 1 found; n the next, N the one before, * selects all");
}

static void test_leaving_goes_back_to_where_it_was(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 70);
	drawn_type(f, "/board");
	assert_int_equal(f->app.selected, 59);
	drawn_press(f, 0, ESCAPE);
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 70);
	drawn_type(f, "/");
	drawn_press(f, KEY_BACKSPACE, 0);
	assert_int_equal(f->app.view, VIEW_GRID);
}

static void test_interrupt_ends_the_line_alone(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 70);
	drawn_type(f, "/board\003");
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 70);
	assert_false(f->app.quit);
	drawn_type(f, "\003");
	assert_true(f->app.quit);
}

/* The board is read again while a question is typed, and shows fewer words, or none. */
static void test_what_is_searched_may_shrink(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 90);
	drawn_type(f, "/lock=p");
	f->app.session->image.word_count = 32;
	f->app.selected = 0;
	drawn_type(f, "ermanent");
	assert_int_equal(f->app.selected, 13);
	drawn_type(f, "x");
	assert_int_equal(f->app.selected, 0);
	drawn_press(f, 0, ESCAPE);
	assert_int_equal(f->app.selected, 0);
	drawn_type(f, "/lock=p");
	f->app.session->image.word_count = 0;
	f->app.selected = 0;
	drawn_type(f, "ermanent\r");
	drawn_expect("no word is found");
}

static void test_next_and_before(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "n");
	drawn_expect("nothing was asked for yet: '/' asks");
	drawn_type(f, "N*");
	drawn_expect("nothing was asked for yet: '/' asks");
	drawn_type(f, "/lock=permanent\r");
	assert_int_equal(f->app.selected, 13);
	drawn_type(f, "n");
	assert_int_equal(f->app.selected, 14);
	drawn_expect("2 of 3 found by lock=permanent");
	drawn_type(f, "nn");
	assert_int_equal(f->app.selected, 13);
	drawn_expect("round from the last word to the first");
	drawn_type(f, "N");
	assert_int_equal(f->app.selected, 15);
	drawn_expect("round from the first word to the last");
}

static void test_what_is_no_question_stays_to_be_mended(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "/lock=both\r");
	drawn_expect("'lock=both' is no lock");
	expect_line("/lock=both");
	assert_int_equal(f->app.view, VIEW_PROMPT);
	drawn_type(f, "\r");
	drawn_type(f, "\025"
		      "no_such_word\r");
	drawn_expect("no word is found by no_such_word");
	assert_int_equal(f->app.view, VIEW_PROMPT);
}

static void test_masked_values_are_not_found(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.value[60] = 0xCAFEF00D;
	drawn_type(f, "/=cafef00d");
	drawn_expect("no word is found");
	drawn_press(f, 0, ESCAPE);
	f->app.reveal = true;
	drawn_type(f, "/=cafef00d\r");
	assert_int_equal(f->app.selected, 60);
}

/* --- the line --- */

static void test_editing_the_line(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "/abc def");
	drawn_press(f, KEY_LEFT, 0);
	drawn_type(f, "X");
	expect_line("/abc deXf");
	drawn_press(f, KEY_HOME, 0);
	drawn_press(f, KEY_DC, 0);
	expect_line("/bc deXf");
	drawn_press(f, KEY_END, 0);
	drawn_type(f, "\027");
	expect_line("/bc");
	drawn_type(f, "\025");
	expect_line("/");
	drawn_press(f, 0, 0xE9);
	drawn_press(f, 0, 0x20AC);
	expect_line("/\xC3\xA9\xE2\x82\xAC");
	drawn_press(f, KEY_BACKSPACE, 0);
	expect_line("/\xC3\xA9");
	/* What turns writing round, and controls of the upper set, are no text. */
	drawn_press(f, 0, 0x202E);
	drawn_press(f, 0, 0x9B);
	expect_line("/\xC3\xA9");
}

static void test_a_long_line_shows_where_the_cursor_is(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "/");
	for (int i = 0; i < 30; i++)
		drawn_type(f, "abcdefgh ");
	drawn_type(f, "END");
	drawn_expect("END");
	drawn_press(f, KEY_HOME, 0);
	drawn_expect("/abcdefgh ");
	drawn_expect_not("END");
	for (int i = 0; i < 200; i++)
		drawn_type(f, "12345678");
	drawn_expect("the line is full");
}

static void test_lines_of_before_come_back(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "/70\r/mac\r/half");
	drawn_press(f, KEY_UP, 0);
	expect_line("/mac");
	drawn_press(f, KEY_UP, 0);
	expect_line("/70");
	drawn_press(f, KEY_UP, 0);
	expect_line("/70");
	drawn_press(f, KEY_DOWN, 0);
	drawn_press(f, KEY_DOWN, 0);
	expect_line("/half");
	drawn_press(f, 0, ESCAPE);
	begins_again(state);
	drawn_type(f, "/");
	drawn_press(f, KEY_UP, 0);
	expect_line("/mac");
}

static void test_revealed_values_reach_no_disk(void **state)
{
	struct drawn *f = *state;
	f->app.reveal = true;
	drawn_type(f, "/=17\r/mac\r");
	begins_again(state);
	drawn_type(f, "/");
	drawn_press(f, KEY_UP, 0);
	drawn_press(f, KEY_UP, 0);
	expect_line("/mac");
}

static void test_a_paste_does_nothing_by_itself(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "/");
	pastes(f, "board\r70\rl");
	expect_line("/board");
	drawn_expect("only its first line is taken");
	assert_int_equal(f->app.view, VIEW_PROMPT);
	assert_int_equal(staged_count(f), 0);
	drawn_type(f, "\r");
	assert_int_equal(f->app.selected, 59);
}

/* As a terminal without marks around a paste sends it: all of it at once. */
static void test_nor_does_a_burst(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "/");
	for (const char *at = "board\rl\rl"; *at; at++) {
		f->now -= 99;
		drawn_press(f, 0, (unsigned char)*at);
	}
	expect_line("/board");
	drawn_expect("only its first line is taken");
	assert_int_equal(staged_count(f), 0);
	drawn_type(f, "\r");
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 59);
}

static void test_the_smallest_screen(void **state)
{
	struct drawn *f = *state;
	drawn_resize(f, 16, 60);
	drawn_type(f, "/board");
	expect_line("/board");
	drawn_expect("1 of 1 found");
	drawn_expect("Enter do it");
	drawn_resize(f, 10, 30);
	drawn_type(f, "\r");
	drawn_resize(f, 24, 80);
	expect_line("/board");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_the_cursor_goes_along_while_it_is_typed),
		TEST(test_what_is_found_is_marked), TEST(test_leaving_goes_back_to_where_it_was),
		TEST(test_interrupt_ends_the_line_alone), TEST(test_what_is_searched_may_shrink),
		TEST(test_next_and_before), TEST(test_what_is_no_question_stays_to_be_mended),
		TEST(test_masked_values_are_not_found), TEST(test_editing_the_line),
		TEST(test_a_long_line_shows_where_the_cursor_is),
		TEST(test_lines_of_before_come_back), TEST(test_revealed_values_reach_no_disk),
		TEST(test_a_paste_does_nothing_by_itself), TEST(test_nor_does_a_burst),
		TEST(test_the_smallest_screen)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
