/* The words as a grid, a list and a map: the same words, signs and keys. */
#include "tests/support/drawn.h"

#include "src/word_status.h"
#include "ui/screen/map_text.h"
#include "ui/screen/shape.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define TAB '\t'

static void stages(struct drawn *f, unsigned word, struct edit edit)
{
	struct errbuf err = {0};
	assert_int_equal(draft_set(f->app.draft, word, &edit, &err), OK);
	drawn_draw(f);
}

static void test_keys_lead_there_and_back(void **state)
{
	struct drawn *f = *state;
	drawn_press(f, 0, TAB);
	drawn_expect("words, one a line");
	drawn_type(f, "m");
	drawn_expect("all words");
	drawn_press(f, 0, TAB);
	drawn_expect("words, one a line");
	drawn_press(f, 0, TAB);
	drawn_expect(" +3 ");
	drawn_type(f, "m");
	drawn_type(f, "m");
	drawn_expect(" +3 ");
	/* A step back from a shape is the grid; what is selected is let go before. */
	drawn_type(f, "m ");
	drawn_press(f, 0, 27);
	drawn_expect("all words");
	assert_int_equal(f->app.selection.count, 0);
	drawn_press(f, 0, 27);
	drawn_expect(" +3 ");
}

static void test_list_says_what_a_word_is(void **state)
{
	struct drawn *f = *state;
	drawn_press(f, 0, TAB);
	drawn_expect(">000 00000017");
	drawn_expect("013 00410032  P");
	drawn_expect("serial 004100323338511634383330");
	assert_int_equal(drawn_row("013 00410032"), drawn_row("UID[0]"));
	/* One row a word, below the frame. */
	assert_int_equal(drawn_row("016 "), drawn_row("013 ") + 3);
	drawn_expect("78 more lines below");
}

static void test_list_moves_by_one_word(void **state)
{
	struct drawn *f = *state;
	drawn_press(f, 0, TAB);
	drawn_type(f, "jjj");
	assert_int_equal(f->app.selected, 3);
	drawn_press(f, KEY_DOWN, 0);
	drawn_press(f, KEY_UP, 0);
	drawn_press(f, KEY_RIGHT, 0);
	assert_int_equal(f->app.selected, 4);
	drawn_press(f, KEY_END, 0);
	assert_int_equal(f->app.selected, 95);
	drawn_expect(">095");
	drawn_expect_not(" below ");
	drawn_press(f, KEY_DOWN, 0);
	assert_int_equal(f->app.selected, 95);
	/* A page leaves a line in common. */
	drawn_press(f, KEY_PPAGE, 0);
	assert_int_equal(f->app.selected, 78);
	drawn_press(f, KEY_HOME, 0);
	drawn_press(f, KEY_PPAGE, 0);
	assert_int_equal(f->app.selected, 0);
}

static void test_list_shows_what_is_staged(void **state)
{
	struct drawn *f = *state;
	drawn_press(f, 0, TAB);
	drawn_go(f, 57);
	/* 00:80:e1:42:48:e4, the lowest byte of word 57 first. */
	stages(f, 57, (struct edit){.sets_value = true, .value = 0x42E18000});
	stages(f, 58,
		(struct edit){
			.sets_value = true, .value = 0x0000E448, .locks = WORD_STATUS_PERMANENT});
	drawn_expect(">057 42E18000*");
	drawn_expect("MAC 00:80:e1:42:48:e4");
	drawn_go(f, 58);
	drawn_expect(">058 0000E448* ");
	drawn_expect("+P");
	drawn_go(f, 0);
	drawn_type(f, "Z");
	drawn_expect("CLOSES THE DEVICE FOR EVER");
}

static void test_list_keeps_secrets(void **state)
{
	struct drawn *f = *state;
	drawn_press(f, 0, TAB);
	unsigned secret = 0;
	while (secret < 96 && !chip_word_is_secret(f->chip, secret))
		secret++;
	assert_true(secret < 96);
	f->app.session->image.value[secret] = 0x5EC2E7A0;
	drawn_go(f, secret);
	drawn_expect("********");
	drawn_expect("may be secret");
	drawn_expect_not("5EC2E7A0");
}

static void test_editing_begins_in_any_shape(void **state)
{
	struct drawn *f = *state;
	static const char *const ways[] = {"", "\t", "m"};
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		f->app.shape = SHAPE_GRID;
		drawn_type(f, ways[i]);
		drawn_go(f, 70);
		drawn_type(f, "e12\r");
		assert_int_equal(app_edit(&f->app, 70)->value, 0x12);
		assert_int_equal(f->app.shape, i);
		drawn_type(f, "x");
		assert_true(edit_is_empty(app_edit(&f->app, 70)));
	}
}

/* What stands out most wins; the order is the header's. */
static void test_signs_of_the_map(void **state)
{
	struct drawn *f = *state;
	struct image *image = &f->app.session->image;
	static const struct {
		uint32_t value, status;
		struct edit edit;
		char sign;
	} rows[] = {
		{0, 0, {0}, '.'},
		{1, 0, {0}, '#'},
		{0, WORD_STATUS_STICKY_PROGRAM, {0}, 's'},
		{0, WORD_STATUS_STICKY_WRITE, {0}, 's'},
		{1, WORD_STATUS_PERMANENT | WORD_STATUS_STICKY_WRITE, {0}, 'P'},
		{1, WORD_STATUS_PERMANENT | WORD_STATUS_STICKY_READ, {0}, '?'},
		{1, 0, {.locks = WORD_STATUS_PERMANENT}, '+'},
		{1, 0, {.sets_value = true, .value = 3, .locks = WORD_STATUS_PERMANENT}, '*'},
		{1, WORD_STATUS_READ_ERROR, {.sets_value = true, .value = 3}, '!'},
		{1, WORD_STATUS_LOCK_ERROR, {0}, '!'},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		image->value[70] = rows[i].value;
		image->status[70] = rows[i].status;
		stages(f, 70, rows[i].edit);
		assert_int_equal(map_sign(map_state_of(&f->app, 70)).sign, rows[i].sign);
	}
	stages(f, 70, (struct edit){0});
	image->status[70] = 0;
	f->app.before = *image;
	f->app.has_before = true;
	image->value[70] = 3;
	assert_int_equal(map_sign(map_state_of(&f->app, 70)).sign, '~');
}

/* Words 13 to 15 of the plain board are locked, 0 and 16 hold something, 91 are empty. */
static void test_map_counts(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "m");
	drawn_expect("P    3  locked for ever");
	drawn_expect("#    2  burnt, not locked");
	drawn_expect("91  reads as 0, not locked");
	drawn_expect_not("not valid");
	drawn_expect(" 000 ");
	drawn_expect(" 080 ");
	drawn_expect_not(" 096 ");
}

static bool is_underlined(int row, int column)
{
	return (mvwinch(stdscr, row, column) & A_UNDERLINE) != 0;
}

/* A sign of its own where there is room; a line under the others. */
static void test_map_shows_what_is_selected(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "m");
	drawn_press(f, KEY_RIGHT, 0);
	drawn_type(f, " ");
	drawn_press(f, KEY_RIGHT, 0);
	drawn_expect(" 000 #&\xC2\xB7");
	f->app.session->image.word_count = 384;
	drawn_draw(f);
	int row = getcury(stdscr), column = getcurx(stdscr);
	assert_true(is_underlined(row, column - 1));
	assert_false(is_underlined(row, column - 2));
	assert_false(is_underlined(row, column));
}

/* Every word is on the map of every family on the smallest common screen, and is moved to. */
static void test_map_shows_all_words(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.word_count = 384;
	drawn_type(f, "m");
	drawn_expect(" 000 ");
	drawn_expect(" 352 ");
	drawn_press(f, KEY_DOWN, 0);
	assert_int_equal(f->app.selected, 32);
	drawn_press(f, KEY_END, 0);
	assert_int_equal(f->app.selected, 383);
	assert_int_equal(getcury(stdscr), drawn_row(" 352 "));
	drawn_press(f, KEY_UP, 0);
	assert_int_equal(f->app.selected, 351);
	/* The smallest screen scrolls. */
	drawn_resize(f, LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	drawn_press(f, KEY_HOME, 0);
	drawn_expect(" 000 ");
	drawn_press(f, KEY_END, 0);
	drawn_expect(" 352 ");
}

static void test_cursor_stands_on_the_word(void **state)
{
	struct drawn *f = *state;
	char value[9];
	drawn_press(f, 0, TAB);
	drawn_go(f, 13);
	assert_int_equal(mvinnstr(getcury(stdscr), getcurx(stdscr), value, 8), 8);
	assert_string_equal(value, "00410032");
	drawn_type(f, "m");
	assert_int_equal(mvinnstr(getcury(stdscr), getcurx(stdscr), value, 1), 1);
	assert_string_equal(value, "P");
}

/* Nothing beside the words' frame is overwritten, at any size and in any shape. */
static void test_every_size(void **state)
{
	struct drawn *f = *state;
	static const int sizes[][2] = {
		{16, 60}, {24, 80}, {40, 120}, {30, 139}, {30, 140}, {60, 220}};
	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
		for (int shape = 0; shape < SHAPE_COUNT; shape++) {
			char edge[16];
			f->app.shape = (enum shape_id)shape;
			drawn_resize(f, sizes[s][0], sizes[s][1]);
			drawn_expect(shape_of(&f->app)->title);
			const struct rect *grid = &f->app.layout.grid;
			for (int row = grid->row + 1; row < grid->row + grid->rows - 1; row++) {
				mvwinnstr(stdscr, row, grid->column + grid->columns - 1, edge, 3);
				assert_memory_equal(edge, "\xE2\x94\x82", 3);
			}
			assert_int_equal(grid->columns + f->app.layout.detail.columns, COLS);
		}
}

static void test_without_otp(void **state)
{
	struct drawn *f = *state;
	f->app.session->image.word_count = 0;
	for (int shape = 0; shape < SHAPE_COUNT; shape++) {
		f->app.shape = (enum shape_id)shape;
		drawn_press(f, KEY_DOWN, 0);
		drawn_expect("No OTP is offered here");
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, drawn_set_up, drawn_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_keys_lead_there_and_back),
		TEST(test_list_says_what_a_word_is), TEST(test_list_moves_by_one_word),
		TEST(test_list_shows_what_is_staged), TEST(test_list_keeps_secrets),
		TEST(test_editing_begins_in_any_shape), TEST(test_signs_of_the_map),
		TEST(test_map_counts), TEST(test_map_shows_what_is_selected),
		TEST(test_map_shows_all_words), TEST(test_cursor_stands_on_the_word),
		TEST(test_every_size), TEST(test_without_otp)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
