/* Words that are selected, and staging on all of them. */
#include "src/errbuf.h"
#include "tests/support/drawn.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE 27

static void row_text(char *out, int row, size_t cap)
{
	mvwinnstr(stdscr, row, 0, out, (int)cap - 1);
}

static unsigned staged_count(const struct drawn *f)
{
	return edits_count(draft_edits(f->app.draft));
}

/* --- choosing --- */

static void test_choosing_words(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 70);
	drawn_type(f, " ");
	drawn_expect("1 selected: 70");
	drawn_go(f, 75);
	drawn_type(f, "-");
	drawn_expect("6 selected: 70-75");
	drawn_go(f, 72);
	drawn_type(f, " ");
	drawn_expect("5 selected: 70-71, 73-75");
	drawn_go(f, 0);
	drawn_type(f, "-");
	drawn_expect("selected: 0-75");
	drawn_press(f, 0, ESCAPE);
	drawn_expect("no words are selected any more");
	drawn_expect_not("selected:");
	drawn_type(f, "/kind=mac\r*");
	drawn_expect("2 words are selected by kind=mac");
	drawn_expect("2 selected: 57-58");
}

static void test_chosen_words_are_marked(void **state)
{
	struct drawn *f = *state;
	char row[1200];
	drawn_go(f, 0);
	drawn_type(f, " ");
	drawn_go(f, 2);
	drawn_type(f, "-");
	row_text(row, 2, sizeof row);
	assert_non_null(strstr(row, "&00000017"));
	assert_non_null(strstr(row, "&00000000"));
	assert_non_null(strstr(row, ">00000000"));
	row_text(row, 3, sizeof row);
	assert_non_null(strstr(row, "&"));
}

/* --- staging on all that are chosen --- */

static const struct edit *edit_of(const struct drawn *f, unsigned word)
{
	return app_edit(&f->app, word);
}

static void chooses(struct drawn *f, unsigned first, unsigned last)
{
	drawn_go(f, first);
	drawn_type(f, " ");
	drawn_go(f, last);
	drawn_type(f, "-");
}

static void test_a_value_for_all(void **state)
{
	struct drawn *f = *state;
	chooses(f, 70, 73);
	drawn_go(f, 5);
	drawn_type(f, "e");
	drawn_expect("for 4 words 70-73");
	drawn_expect("word 70, ");
	drawn_type(f, "abcd1234\r");
	drawn_expect("words 70-73: 0xABCD1234 staged");
	assert_int_equal(staged_count(f), 4);
	for (unsigned word = 70; word <= 73; word++)
		assert_int_equal(edit_of(f, word)->value, 0xABCD1234);
	drawn_type(f, "u");
	assert_int_equal(staged_count(f), 0);
}

/* All of them or none: what the rules refuse for one is staged for no other. */
static void test_refused_for_one_is_refused_for_all(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.status[72] = WORD_STATUS_PERMANENT;
	chooses(f, 70, 73);
	drawn_type(f, "e1\r");
	drawn_expect("not staged: word 72: ");
	assert_int_equal(staged_count(f), 0);
	assert_int_equal(f->app.view, VIEW_EDIT);
}

static void test_locks_for_all(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.status[72] = WORD_STATUS_PERMANENT;
	chooses(f, 70, 73);
	drawn_type(f, "l");
	drawn_expect("words 70-73: permanent lock staged");
	assert_int_equal(staged_count(f), 3);
	assert_true(edit_is_empty(edit_of(f, 72)));
	assert_int_equal(edit_of(f, 70)->locks, WORD_STATUS_PERMANENT);
	drawn_type(f, "l");
	drawn_expect("words 70-73: permanent lock taken back");
	assert_int_equal(staged_count(f), 0);
	drawn_go(f, 73);
	drawn_type(f, "L");
	drawn_expect("for 4 words 70-73");
	drawn_type(f, " \r");
	assert_int_equal(staged_count(f), 3);
	/* One of them alone has it not yet: then all are to have it. */
	drawn_press(f, 0, ESCAPE);
	drawn_go(f, 71);
	drawn_type(f, "x");
	assert_int_equal(staged_count(f), 2);
	chooses(f, 70, 71);
	drawn_type(f, "l");
	assert_int_equal(staged_count(f), 3);
}

static void test_locked_already(void **state)
{
	struct drawn *f = *state;
	chooses(f, 13, 15);
	drawn_type(f, "l");
	drawn_expect("words 13-15 are locked for ever already");
	drawn_press(f, 0, ESCAPE);
	drawn_go(f, 13);
	drawn_type(f, "l");
	drawn_expect("word 13 is locked for ever already");
}

/* Words of the lower bank take single bits. */
static void test_bits_for_all_keep_what_each_has(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.value[22] = 0x1;
	f->app.session->image.value[21] = 0x2;
	chooses(f, 21, 22);
	drawn_type(f, "b");
	drawn_expect("for 2 words 21-22");
	drawn_type(f, " \r");
	assert_int_equal(edit_of(f, 21)->value, 0x80000002);
	assert_int_equal(edit_of(f, 22)->value, 0x80000001);
}

static void test_taking_back_for_all(void **state)
{
	struct drawn *f = *state;
	chooses(f, 70, 71);
	drawn_type(f, "x");
	drawn_expect("nothing is staged for words 70-71");
	drawn_type(f, "lx");
	drawn_expect("words 70-71: what was staged is taken back");
	assert_int_equal(staged_count(f), 0);
	drawn_type(f, "u");
	assert_int_equal(staged_count(f), 2);
}

static void test_one_secret_among_them(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.value[60] = 0xCAFEF00D;
	chooses(f, 59, 61);
	drawn_type(f, "e");
	drawn_expect("word 60 may hold a secret");
	assert_int_equal(f->app.view, VIEW_GRID);
}

/* Many words selected: what is staged is still told. */
static void test_the_footer_tells_both(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 70);
	drawn_type(f, "l");
	for (unsigned word = 0; word < 60; word += 2) {
		drawn_go(f, word);
		drawn_type(f, " ");
	}
	drawn_draw(f);
	drawn_expect("30 selected: 0, 2, 4, 6");
	drawn_expect(" 1 staged:  lock 70");
	drawn_resize(f, 16, 60);
	drawn_expect("30 selected  1 staged:  lock 70");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drawn_set_up, drawn_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_choosing_words),
		TEST(test_chosen_words_are_marked), TEST(test_a_value_for_all),
		TEST(test_refused_for_one_is_refused_for_all), TEST(test_locks_for_all),
		TEST(test_locked_already), TEST(test_bits_for_all_keep_what_each_has),
		TEST(test_taking_back_for_all), TEST(test_one_secret_among_them),
		TEST(test_the_footer_tells_both)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
