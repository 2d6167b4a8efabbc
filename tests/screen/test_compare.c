/* What is open against another image: what can be chosen, what differs, and what stays secret. */
#include "tests/support/drawn.h"
#include "tests/support/scratch.h"

#include "src/diff.h"
#include "src/partition.h"
#include "src/recent.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define P WORD_STATUS_PERMANENT
#define R WORD_STATUS_STICKY_READ
#define W WORD_STATUS_STICKY_WRITE

/* --- what it takes to get there --- */

static void test_ways(void **state)
{
	(void)state;
	static const struct {
		uint32_t value_a, status_a, value_b, status_b;
		const char *way;
	} rows[] = {
		{0, 0, 1, 0, "burn 1 bit"},
		{0, 0, 0x80000003, 0, "burn 3 bits"},
		{0, 0, 7, P, "burn 3 bits, lock"},
		{5, P, 7, P, "no: locked here"},
		{5, P, 5, 0, "no: locked here"},
		{5, 0, 5, P, "lock"},
		{5, P, 5, P | W, "only until reset"},
		{5, W, 5, 0, "only until reset"},
		{7, 0, 1, 0, "no: 2 burnt here"},
		{7, 0, 8, P, "no: 3 burnt here"},
		{7, R, 8, 0, "unknown here"},
		{7, 0, 8, R, "unknown there"},
		{7, R, 8, WORD_STATUS_READ_ERROR, "unknown both here and there"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char way[COMPARISON_WAY_MAX];
		struct diff_word word = {.in_a = true,
			.in_b = true,
			.value_a = rows[i].value_a,
			.value_b = rows[i].value_b,
			.status_a = rows[i].status_a,
			.status_b = rows[i].status_b,
			.known_a = !(rows[i].status_a & WORD_STATUS_UNTRUSTED),
			.known_b = !(rows[i].status_b & WORD_STATUS_UNTRUSTED)};
		comparison_way(way, &word);
		assert_string_equal(way, rows[i].way);
	}
	char way[COMPARISON_WAY_MAX];
	struct diff_word shorter = {.in_a = true, .known_a = true}, longer = {.in_b = true};
	comparison_way(way, &shorter);
	assert_string_equal(way, "no such word there");
	comparison_way(way, &longer);
	assert_string_equal(way, "no such word here");
}

/* --- the screen --- */

static char folder[SCRATCH_MAX], home[4096];

static int set_up(void **state)
{
	int status = drawn_set_up(state);
	scratch_make(folder);
	assert_non_null(getcwd(home, sizeof home));
	assert_int_equal(chdir(folder), 0);
	return status;
}

static int tear_down(void **state)
{
	assert_int_equal(chdir(home), 0);
	scratch_remove(folder);
	return drawn_tear_down(state);
}

static void saves(const char *path, const struct image *image)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, image, &err), OK);
	assert_int_equal(store_save(path, bytes, length, &err), OK);
}

static void test_nothing_to_compare_with(void **state)
{
	struct drawn *f = *state;
	drawn_type(f, "d");
	drawn_expect("There is nothing to compare with");
	drawn_type(f, "\r");
	assert_int_equal(f->app.view, VIEW_COMPARE_WITH);
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
}

static void test_choices(void **state)
{
	struct drawn *f = *state;
	struct image image;
	char board[64], path[256];
	struct errbuf err = {0};
	fixture_plain(&image);
	saves("zebra.bin", &image);
	saves("notes.txt", &image);
	saves("odd\x1b[31m.bin", &image);
	f->app.has_before = true;
	f->app.before = image;
	snprintf(f->app.session->journal.folder, sizeof f->app.session->journal.folder, "%s/state",
		folder);
	journal_board_folder(board, sizeof board, &f->app.session->journal, DRAWN_BOARD);
	snprintf(path, sizeof path, "%s/state/%s", folder, board);
	assert_int_equal(store_make_folder(path, &err), OK);
	snprintf(path, sizeof path, "%s/state/%s/20261121T135412Z-1a2b3c4d-before.bin", folder,
		board);
	saves(path, &image);
	snprintf(path, sizeof path, "%s/state/%s/20261122T080910Z-1a2b3c4d-after.bin", folder,
		board);
	saves(path, &image);
	snprintf(path, sizeof path, "%s/state/%s/last.bin", folder, board);
	saves(path, &image);
	drawn_type(f, "d");
	drawn_expect("> as it was one read before the last");
	/* The newest first. */
	int after = drawn_row("  after the commit of 2026-11-22 08:09:10 UTC");
	assert_true(after > 0);
	assert_int_equal(drawn_row("  before the commit of 2026-11-21 13:54:12 UTC"), after + 1);
	drawn_expect_not("last.bin");
	drawn_expect("  zebra.bin");
	drawn_expect_not("notes.txt");
	drawn_expect("odd?[31m.bin");
	drawn_press(f, KEY_END, 0);
	drawn_expect("> zebra.bin");
	drawn_press(f, KEY_DOWN, 0);
	drawn_expect("> zebra.bin");
	drawn_type(f, "\r");
	drawn_expect("No word differs");
}

/* A file that was used last and lies here is one choice, not two. */
static void test_no_image_twice(void **state)
{
	struct drawn *f = *state;
	struct image image;
	struct errbuf err = {0};
	fixture_plain(&image);
	saves("used.bin", &image);
	saves("other.bin", &image);
	f->environment.session.source.state_folder = folder;
	assert_int_equal(recent_add(folder, "used.bin", &err), OK);
	drawn_type(f, "d");
	drawn_expect("/used.bin");
	drawn_expect("  other.bin");
	assert_int_equal(f->app.choices.count, 2);
}

/* Word 57 differs by a bit only there, 70 by its lock, 13 by bits only here. */
static void compares(struct drawn *f)
{
	struct image image;
	fixture_plain(&image);
	image.value[57] |= 0x10;
	image.status[70] |= P;
	image.value[13] = 0;
	saves("other.bin", &image);
	drawn_type(f, "d\r");
	assert_int_equal(f->app.view, VIEW_COMPARE);
}

static void test_differences_only(void **state)
{
	struct drawn *f = *state;
	compares(f);
	drawn_expect("here   demo, secured-open");
	drawn_expect("there  other.bin, secured-open");
	drawn_expect("3 of 96 words differ.");
	drawn_expect(">013 UID[0]");
	drawn_expect("no: 5 burnt here"); /* 00410032 has five bits */
	drawn_expect("bits only here 22, 16, 5-4, 1");
	drawn_expect(" 057 MAC[0]");
	drawn_expect("burn 1 bit");
	drawn_expect(" 070 USER");
	drawn_expect_not("014");
}

static void test_from_difference_to_difference(void **state)
{
	struct drawn *f = *state;
	compares(f);
	drawn_type(f, "n");
	drawn_expect(">057");
	drawn_expect("bits only there 4");
	drawn_expect_not("bits only here");
	drawn_type(f, "nn");
	drawn_expect(">070");
	drawn_expect("only there [30] permanent write lock");
	drawn_type(f, "N");
	drawn_expect(">057");
	drawn_type(f, "\r");
	assert_int_equal(f->app.view, VIEW_GRID);
	assert_int_equal(f->app.selected, 57);
	/* The other image is kept, and so is the place. */
	drawn_type(f, "d");
	drawn_expect(">057");
	drawn_type(f, "d");
	drawn_expect("compare with what?");
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_COMPARE);
	drawn_press(f, 0, 27);
	assert_int_equal(f->app.view, VIEW_GRID);
}

/* What is read anew is compared anew; the cursor stays on its word, or goes to the next. */
static void test_follows_the_board(void **state)
{
	struct drawn *f = *state;
	compares(f);
	drawn_type(f, "n");
	f->app.session->image.value[57] |= 0x10;
	drawn_draw(f);
	drawn_expect("2 of 96 words differ.");
	drawn_expect(">070");
	f->app.session->image.status[70] |= P;
	f->app.session->image.value[13] = 0;
	drawn_draw(f);
	drawn_expect("No word differs");
	drawn_type(f, "nN");
	drawn_press(f, KEY_END, 0);
	drawn_expect("No word differs");
}

static void test_secrets_stay_secret(void **state)
{
	struct drawn *f = *state;
	struct image image;
	assert_true(chip_word_is_secret(f->chip, 60));
	fixture_plain(&image);
	image.value[60] = 0x5EC2E700;
	f->app.session->image.value[60] = 0x000000A5;
	saves("other.bin", &image);
	drawn_type(f, "d\r");
	drawn_expect(">060");
	drawn_expect("******** ");
	drawn_expect("differs, masked");
	drawn_expect("--reveal");
	drawn_expect_not("5EC2E700");
	drawn_expect_not("000000A5");
	drawn_expect_not("bits only");
	f->app.reveal = true;
	drawn_draw(f);
	drawn_expect("5EC2E700");
	drawn_expect("bits only here 7, 5, 2, 0");
}

static void test_another_family(void **state)
{
	struct drawn *f = *state;
	struct image image;
	fixture_plain(&image);
	image.version = 3;
	image.word_count = 384;
	saves("other.bin", &image);
	drawn_type(f, "d\r");
	drawn_expect("288 of 384 words differ.");
	drawn_expect("another family");
	drawn_press(f, KEY_END, 0);
	drawn_expect(">383");
	drawn_expect("no such word here");
	drawn_type(f, "\r");
	drawn_expect("there is no word 383 here");
	assert_int_equal(f->app.view, VIEW_COMPARE);
}

/* Names of files and of words are whatever somebody called them. */
static void test_strange_names(void **state)
{
	struct drawn *f = *state;
	snprintf(f->app.session->source_text, sizeof f->app.session->source_text, "a\033[2Jb.bin");
	for (size_t i = 0; i < f->chip->entry_count; i++)
		if (f->chip->entries[i].last == 95) {
			free(f->chip->entries[i].name);
			f->chip->entries[i].name =
				strdup("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC"
				       "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC"
				       "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC"
				       "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC");
		}
	compares(f);
	drawn_expect("here   a?[2Jb.bin");
	/* The columns stay where they are. */
	assert_int_equal(drawn_column("burn 1 bit"), drawn_column("no: 5 burnt here"));
	assert_int_equal(drawn_column("lock   "), drawn_column("burn 1 bit"));
}

/* What is a secret there is masked, though the same word is none here. */
static void test_secrets_of_another_family(void **state)
{
	struct drawn *f = *state;
	struct image image;
	unsigned word = 0;
	fixture_plain(&image);
	image.version = 3;
	image.word_count = 384;
	saves("other.bin", &image);
	drawn_type(f, "d\r");
	drawn_expect("another family");
	while (word < 384 &&
		(!f->app.comparison.secret[word] || chip_word_is_secret(f->chip, word)))
		word++;
	assert_true(word < 384);
	f->app.comparison.there.value[word] = 0x5EC2E700;
	f->app.comparison.word = word;
	drawn_draw(f);
	drawn_expect("******** ");
	drawn_expect_not("5EC2E700");
}

static void test_what_is_no_image(void **state)
{
	struct drawn *f = *state;
	struct errbuf err = {0};
	assert_int_equal(store_save("broken.bin", "no image", 8, &err), OK);
	drawn_type(f, "d\r");
	assert_int_equal(f->app.view, VIEW_COMPARE_WITH);
	drawn_expect("broken.bin");
	assert_false(f->app.comparison.is_set);
	assert_int_equal(f->app.message_tone, TONE_ERROR);
	assert_true(f->app.message[0] != '\0');
	/* Gone since the list was made. */
	assert_int_equal(unlink("broken.bin"), 0);
	drawn_type(f, "\r");
	assert_int_equal(f->app.view, VIEW_COMPARE_WITH);
	assert_true(f->app.message[0] != '\0');
}

static void test_the_read_before(void **state)
{
	struct drawn *f = *state;
	f->app.has_before = true;
	f->app.before = f->app.session->image;
	f->app.session->image.value[70] = 3;
	drawn_type(f, "d\r");
	drawn_expect("there  as it was one read before the last");
	drawn_expect(">070");
	drawn_expect("no: 2 burnt here");
}

/* --- staging what is there --- */

static const struct edit *edit_of(const struct drawn *f, unsigned word)
{
	return app_edit(&f->app, word);
}

static unsigned staged_count(const struct drawn *f)
{
	return edits_count(draft_edits(f->app.draft));
}

static void test_a_word_is_staged_as_it_is_there(void **state)
{
	struct drawn *f = *state;
	compares(f);
	/* 13 is the chip's own. */
	drawn_type(f, "s");
	drawn_expect("nothing is staged: word 13:");
	assert_int_equal(staged_count(f), 0);
	drawn_press(f, KEY_END, 0);
	drawn_type(f, "s");
	drawn_expect("1 word is staged as there, permanent locks too");
	assert_int_equal(f->app.view, VIEW_COMPARE);
	assert_int_equal(staged_count(f), 1);
	assert_false(edit_of(f, 70)->sets_value);
	assert_int_equal(edit_of(f, 70)->locks, P);
	drawn_type(f, "u");
	assert_int_equal(staged_count(f), 0);
}

/* Addresses are a board's own: taken when asked for by name, not among all. */
static void test_all_words_are_staged_as_they_are_there(void **state)
{
	struct drawn *f = *state;
	compares(f);
	drawn_type(f, "S");
	assert_int_equal(staged_count(f), 1);
	assert_int_equal(edit_of(f, 70)->locks, P);
	drawn_type(f, "ns");
	assert_int_equal(staged_count(f), 2);
	assert_true(edit_of(f, 57)->sets_value);
	assert_int_equal(edit_of(f, 57)->value, f->app.comparison.there.value[57]);
}

static void test_nothing_is_staged_from_another_family(void **state)
{
	struct drawn *f = *state;
	compares(f);
	snprintf(f->app.comparison.chip, sizeof f->app.comparison.chip, "STM32MP25x");
	drawn_type(f, "nnsS");
	drawn_expect("of another family");
	assert_int_equal(staged_count(f), 0);
}

static void test_smallest_screen(void **state)
{
	struct drawn *f = *state;
	compares(f);
	drawn_resize(f, LAYOUT_MIN_ROWS, LAYOUT_MIN_COLUMNS);
	drawn_expect(">013");
	drawn_expect("no: 5 burnt here");
	drawn_press(f, KEY_END, 0);
	drawn_expect(">070");
	drawn_expect("permanent write lock");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_ways),
		TEST(test_nothing_to_compare_with), TEST(test_choices), TEST(test_no_image_twice),
		TEST(test_differences_only), TEST(test_from_difference_to_difference),
		TEST(test_follows_the_board), TEST(test_secrets_stay_secret),
		TEST(test_another_family), TEST(test_strange_names),
		TEST(test_secrets_of_another_family), TEST(test_what_is_no_image),
		TEST(test_the_read_before), TEST(test_a_word_is_staged_as_it_is_there),
		TEST(test_all_words_are_staged_as_they_are_there),
		TEST(test_nothing_is_staged_from_another_family), TEST(test_smallest_screen)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
