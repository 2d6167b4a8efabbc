/* The board on one page: every line, in any width, of what was read last. */
#include "tests/support/drawn.h"
#include "ui/screen/status_page.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void test_what_it_says(void **state)
{
	struct drawn *f = *state;
	drawn_resize(f, 40, 80);
	drawn_type(f, "s");
	drawn_expect("Unique id     confirmed      serial 004100323338511634383330");
	drawn_expect("State         confirmed      secured-open (00000000), version 2, 96 words");
	drawn_expect("Anti-rollback confirmed      MONOTONIC: 0");
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
}

/* Where there is no column for it, only doubt is told: nothing is sure by being narrow. */
static void test_narrow(void **state)
{
	struct drawn *f = *state;
	drawn_resize(f, 60, LAYOUT_MIN_COLUMNS);
	drawn_type(f, "s");
	drawn_expect("Unique id     serial 004100323338511634383330");
	drawn_expect("Debug         the map of this family has no word about it");
	drawn_expect("(cannot be told)");
	drawn_expect_not("confirmed ");
}

/* Words 24 and 25 of the hash of eight words: the page follows what is read. */
static void test_follows_the_board(void **state)
{
	struct drawn *f = *state;
	drawn_resize(f, 40, 100);
	drawn_type(f, "s");
	drawn_expect_not("2 of 8 words set");
	f->app.session->image.value[24] = 0x4E31BBCD;
	f->app.session->image.value[25] = 0x51E827DD;
	f->app.page_stale = true;
	drawn_draw(f);
	drawn_expect("PKH: 2 of 8 words set");
	drawn_expect("Stands out");
	drawn_expect_not("4E31BBCD");
}

/* No line is cut, at any width. */
static void test_all_widths(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.value[24] = 1;
	for (unsigned width = LAYOUT_MIN_COLUMNS - 2; width <= 220; width++) {
		struct page page;
		page_init(&page, width);
		status_page(&page, f->app.session);
		assert_false(page.incomplete);
		assert_true(page.line_count > 10);
		for (size_t i = 0; i < page.line_count; i++) {
			char line[600];
			page_line_text(line, sizeof line, &page, i);
			assert_true(page_columns(line, strlen(line)) <= width);
		}
		page_free(&page);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, drawn_set_up, drawn_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_what_it_says), TEST(test_narrow),
		TEST(test_follows_the_board), TEST(test_all_widths)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
