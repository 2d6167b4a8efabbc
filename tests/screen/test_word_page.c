/* All about one word: its value in several writings, its bits with the fields they belong to. */
#include "tests/support/drawn.h"
#include "ui/screen/word_page.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#define LINE 400

/* The first line of the word's page that begins with the text; the test fails without one. */
static void finds(
	char out[LINE], const struct app *app, unsigned word, unsigned width, const char *begin)
{
	struct page page;
	bool found = false;
	page_init(&page, width);
	word_page(&page, app, word);
	for (size_t i = 0; !found && i < page.line_count; i++) {
		page_line_text(out, LINE, &page, i);
		found = strncmp(out, begin, strlen(begin)) == 0;
	}
	page_free(&page);
	if (!found)
		fail_msg("no line of word %u begins with '%s'", word, begin);
}

static bool has(const struct app *app, unsigned word, unsigned width, const char *begin)
{
	struct page page;
	char line[LINE];
	bool found = false;
	page_init(&page, width);
	word_page(&page, app, word);
	for (size_t i = 0; !found && i < page.line_count; i++) {
		page_line_text(line, sizeof line, &page, i);
		found = strncmp(line, begin, strlen(begin)) == 0;
	}
	page_free(&page);
	return found;
}

/* Word 9, NAND, has eight fields: 31, 30:29, 28:27, 26:19, 18, 17:15, 14 and 13:0. */
static void test_ruler(void **state)
{
	struct drawn *f = *state;
	char line[LINE];
	finds(line, &f->app, 9, 78, "  bit ");
	assert_string_equal(line, "  bit    31   27   23   19   15   11   7    3    ");
	finds(line, &f->app, 9, 78, "  field");
	assert_string_equal(line, "  field  abbc cddd dddd deff fghh hhhh hhhh hhhh ");
	finds(line, &f->app, 9, 78, "a 31 ");
	assert_non_null(strstr(line, "nand_param_in_otp = "));
	finds(line, &f->app, 9, 78, "d 26:19");
	assert_non_null(strstr(line, "nand_block_nb = "));
}

/* Word 1: fdis_tk in bit 15, feature_disable 14:8, RPN 7:0; nobody names the upper half. */
static void test_bits_without_a_field_are_blank(void **state)
{
	struct drawn *f = *state;
	char line[LINE];
	finds(line, &f->app, 1, 78, "  field");
	assert_string_equal(line, "  field                      abbb bbbb cccc cccc ");
	assert_false(has(&f->app, 70, 78, "  field"));
}

/* The narrowest field has the bit: what is inside another one is seen. */
static void test_fields_inside_fields(void **state)
{
	struct drawn *f = *state;
	char ruler[WORD_PAGE_RULER];
	struct chip_field *wide = NULL;
	for (size_t i = 0; i < f->chip->field_count; i++)
		if (f->chip->fields[i].first_word == 9 && f->chip->fields[i].low == 0)
			wide = &f->chip->fields[i];
	assert_non_null(wide);
	unsigned high = wide->high;
	wide->high = 31;
	word_page_ruler(ruler, f->chip, 9);
	wide->high = high;
	assert_int_equal(ruler[31], 'a');
	assert_int_equal(ruler[14], 'g');
	assert_int_equal(ruler[13], 'h');
}

static void test_letters(void **state)
{
	(void)state;
	assert_int_equal(word_page_letter(0), 'a');
	assert_int_equal(word_page_letter(25), 'z');
	assert_int_equal(word_page_letter(26), 'A');
	assert_int_equal(word_page_letter(51), 'Z');
	assert_int_equal(word_page_letter(52), '+');
}

/* Where the panel is narrow the lines are wanted for more. */
static void test_narrow_panels_have_no_ruler(void **state)
{
	struct drawn *f = *state;
	char line[LINE];
	f->app.session->image.value[9] = 1;
	assert_false(has(&f->app, 9, 31, "  field"));
	assert_false(has(&f->app, 9, 31, "bytes"));
	finds(line, &f->app, 9, 31, " 31 ");
	assert_non_null(strstr(line, "nand_param_in_otp"));
}

/* No bit is cut off, however narrow the panel beside the grid is. */
static void test_all_bits_at_all_widths(void **state)
{
	struct drawn *f = *state;
	for (unsigned width = 22; width <= 100; width++) {
		struct page page;
		unsigned bits = 0;
		page_init(&page, width);
		word_page_bits(&page, 0, UINT32_MAX, "new", -1);
		for (size_t i = 0; i < page.line_count; i++) {
			char line[LINE];
			page_line_text(line, sizeof line, &page, i);
			size_t length = strlen(line);
			while (length > 0 && line[length - 1] == ' ')
				length--;
			assert_true(length <= width);
			for (size_t at = 9; strncmp(line, "  new", 5) == 0 && at < length; at++)
				bits += line[at] == '1' ? 1 : 0;
		}
		assert_int_equal(bits, 32);
		page_free(&page);
	}
	drawn_resize(f, 24, 71);
	drawn_expect("  board  0000 0000 ");
}

/* 00:80:e1:42 lies in word 57, the lowest byte first; a key's hash is written highest byte first.
 */
static void test_bytes_in_both_orders(void **state)
{
	struct drawn *f = *state;
	char line[LINE];
	f->app.session->image.value[57] = 0x42E18000;
	finds(line, &f->app, 57, 78, "bytes");
	assert_string_equal(line, "bytes   00 80 E1 42 in files, lowest first");
	f->app.session->image.value[24] = 0x4E31BBCD;
	finds(line, &f->app, 24, 78, "bytes");
	assert_string_equal(line, "bytes   4E 31 BB CD in files, highest first, text \"N1..\"");
	f->app.session->image.value[70] = 0x32343041;
	finds(line, &f->app, 70, 78, "value");
	assert_string_equal(line, "value   0x32343041, decimal 842281025, text \"240A\"");
	finds(line, &f->app, 70, 78, "bytes");
	assert_string_equal(line, "bytes   41 30 34 32 in files, lowest first, text \"A042\"");
	f->app.session->image.value[70] = 0;
	assert_false(has(&f->app, 70, 78, "bytes"));
}

static void test_what_staging_does_to_a_field(void **state)
{
	struct drawn *f = *state;
	char line[LINE];
	struct edit edit = {.sets_value = true, .value = 0x80000000};
	struct errbuf err = {0};
	assert_int_equal(draft_set(f->app.draft, 9, &edit, &err), OK);
	finds(line, &f->app, 9, 120, "a 31");
	assert_non_null(
		strstr(line, "nand_param_in_otp = asked from the memory -> taken from this word"));
	finds(line, &f->app, 9, 120, "b 30:29");
	assert_null(strstr(line, "->"));
	/* Both rows of bits, the mark, then the ruler. */
	finds(line, &f->app, 9, 120, "  staged 1000");
	finds(line, &f->app, 9, 120, "  field  abbc");
}

static void test_secrets_have_no_writing(void **state)
{
	struct drawn *f = *state;
	assert_true(chip_word_is_secret(f->chip, 60));
	f->app.session->image.value[60] = 0x41424344;
	assert_false(has(&f->app, 60, 120, "bytes"));
	assert_false(has(&f->app, 60, 120, "  bit    31"));
	f->app.reveal = true;
	assert_true(has(&f->app, 60, 120, "bytes   44 43 42 41"));
}

static void test_from_word_to_word(void **state)
{
	struct drawn *f = *state;
	drawn_go(f, 94);
	drawn_type(f, "\r");
	drawn_expect("word 94, USER");
	drawn_press(f, KEY_RIGHT, 0);
	drawn_expect("word 95, USER");
	drawn_press(f, KEY_RIGHT, 0);
	drawn_expect("word 95, USER");
	drawn_press(f, KEY_LEFT, 0);
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 94);
	drawn_go(f, 0);
	drawn_type(f, "\r");
	drawn_press(f, KEY_LEFT, 0);
	drawn_expect("word 0, CFG0");
	/* In other texts they do nothing. */
	drawn_press(f, 0, 27);
	drawn_type(f, "?");
	drawn_press(f, KEY_RIGHT, 0);
	assert_int_equal(f->app.selected, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, drawn_set_up, drawn_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_ruler),
		TEST(test_bits_without_a_field_are_blank), TEST(test_fields_inside_fields),
		TEST(test_letters), TEST(test_narrow_panels_have_no_ruler),
		TEST(test_all_bits_at_all_widths), TEST(test_bytes_in_both_orders),
		TEST(test_what_staging_does_to_a_field), TEST(test_secrets_have_no_writing),
		TEST(test_from_word_to_word)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
