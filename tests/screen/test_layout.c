/* Rectangles for every size a terminal may have. */
#include "ui/screen/layout.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void test_smaller_than_needed(void **state)
{
	(void)state;
	assert_true(layout_make(15, 200).too_small);
	assert_true(layout_make(100, 59).too_small);
	assert_true(layout_make(1, 1).too_small);
	assert_false(layout_make(16, 60).too_small);
}

static void assert_on_screen(const struct rect *rect, int rows, int columns)
{
	assert_true(rect->row >= 0 && rect->column >= 0);
	assert_true(rect->rows >= 0 && rect->columns >= 0);
	assert_true(rect->row + rect->rows <= rows);
	assert_true(rect->column + rect->columns <= columns);
}

/* From top to bottom without a gap: header, body, three rows of footer. */
static void test_every_size_is_filled(void **state)
{
	(void)state;
	for (int rows = LAYOUT_MIN_ROWS; rows <= 70; rows++)
		for (int columns = LAYOUT_MIN_COLUMNS; columns <= 260; columns++) {
			struct layout layout = layout_make(rows, columns);
			const struct rect *all[] = {&layout.header, &layout.body, &layout.grid,
				&layout.detail, &layout.staged, &layout.message, &layout.keys};
			for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
				assert_on_screen(all[i], rows, columns);
			assert_int_equal(layout.header.row, 0);
			assert_int_equal(layout.body.row, 1);
			assert_int_equal(layout.body.row + layout.body.rows, layout.staged.row);
			assert_int_equal(layout.staged.row + 1, layout.message.row);
			assert_int_equal(layout.message.row + 1, layout.keys.row);
			assert_int_equal(layout.keys.row, rows - 1);
			assert_int_equal(layout.grid.columns + layout.detail.columns, columns);
			assert_int_equal(layout.detail.column, layout.grid.columns);
		}
}

/* Number, words and frame fit into the grid at every width: no value is ever cut. */
static void test_words_fit_the_grid(void **state)
{
	(void)state;
	for (int columns = LAYOUT_MIN_COLUMNS; columns <= 260; columns++) {
		struct layout layout = layout_make(24, columns);
		int needed = LAYOUT_NUMBER + LAYOUT_CELL * (int)layout.words_per_row + 2;
		assert_true(layout.words_per_row == 4 || layout.words_per_row == 8);
		assert_true(layout.grid.columns >= needed);
	}
}

static void test_common_sizes(void **state)
{
	(void)state;
	struct layout narrow = layout_make(16, 60), usual = layout_make(24, 80),
		      wide = layout_make(50, 200);
	assert_int_equal(narrow.detail.columns, 0);
	assert_int_equal(usual.words_per_row, 4);
	assert_true(usual.detail.columns >= 30);
	assert_int_equal(usual.body.rows, 20);
	assert_int_equal(wide.words_per_row, 8);
	assert_true(wide.detail.columns >= 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_smaller_than_needed),
		cmocka_unit_test(test_every_size_is_filled),
		cmocka_unit_test(test_words_fit_the_grid), cmocka_unit_test(test_common_sizes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
