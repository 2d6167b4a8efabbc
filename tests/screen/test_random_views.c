/*
 * Random keys, sizes and boards that change under the views: nothing that may be secret is ever
 * shown, the cursor stays on the screen, and no value is staged for a word that is locked.
 */
#include "tests/support/drawn.h"
#include "tests/support/scratch.h"

#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STEPS 1200

/* What stands in every word that may hold a secret, and all the ways in which it could show. */
#define SECRET 0x5EC2E7A5u
static const char *const writings[] = {"5EC2E7A5", "5ec2e7a5", "1589831589", "A5 E7 C2 5E",
	"5E C2 E7 A5", "A5E7C25E", "0101 1110 1100 0010", "1110 0111 1010 0101"};

static uint32_t seed;
static char folder[SCRATCH_MAX], home[4096];

static uint32_t next_random(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

static void hide(const struct chip *chip, struct image *image)
{
	for (unsigned word = 0; word < 96; word++)
		if (chip_word_is_secret(chip, word))
			image->value[word] = SECRET;
}

static void burns_a_secret(const struct drawn *f)
{
	struct journal journal;
	struct journal_intent intent = {.pass_count = 1, .word_count = 1};
	struct errbuf err = {0};
	intent.words[0] = (struct journal_word){
		.word = 60, .request_value = SECRET, .before_value = SECRET, .before_known = true};
	snprintf(intent.board, sizeof intent.board, DRAWN_BOARD);
	snprintf(intent.chip, sizeof intent.chip, "stm32mp15");
	assert_int_equal(journal_open(&journal, folder, SOURCE_SIMULATED, &err), OK);
	assert_int_equal(journal_write_intent(&journal, &intent, &f->app.session->image, &err), OK);
}

static int set_up(void **state)
{
	int status = drawn_set_up(state);
	struct drawn *f = *state;
	struct image image;
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	scratch_make(folder);
	assert_non_null(getcwd(home, sizeof home));
	assert_int_equal(chdir(folder), 0);
	f->environment.session.source.state_folder = folder;
	hide(f->chip, &f->app.session->image);
	image = f->app.session->image;
	for (unsigned word = 0; word < 96; word++)
		image.value[word] ^= 0x00010000;
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, &image, &err), OK);
	assert_int_equal(store_save("other.bin", bytes, length, &err), OK);
	burns_a_secret(f);
	return status;
}

static int tear_down(void **state)
{
	assert_int_equal(chdir(home), 0);
	scratch_remove(folder);
	return drawn_tear_down(state);
}

static void looks(const struct drawn *f)
{
	for (size_t i = 0; i < sizeof writings / sizeof writings[0]; i++)
		drawn_expect_not(writings[i]);
	assert_true(getcury(stdscr) < LINES);
	assert_true(getcurx(stdscr) < COLS);
	for (unsigned word = 0; word < 96; word++)
		if (f->app.session->image.status[word] & WORD_STATUS_PERMANENT)
			assert_false(app_edit(&f->app, word)->sets_value);
}

/* A read that brings other values and locks, fewer words, or the same again. */
static void changes_the_board(struct drawn *f)
{
	struct image *image = &f->app.session->image;
	static const unsigned counts[] = {96, 96, 96, 1, 95};
	unsigned word = next_random() % 96;
	f->app.before = *image;
	f->app.has_before = true;
	image->word_count = counts[next_random() % 5];
	if (!chip_word_is_secret(f->chip, word))
		image->value[word] = next_random();
	if (edit_is_empty(app_edit(&f->app, word)))
		image->status[word] = next_random() << 20 & ~WORD_STATUS_UPDATE;
	if (f->app.selected >= image->word_count)
		f->app.selected = 0;
	f->app.page_stale = true;
	drawn_draw(f);
}

static void step(struct drawn *f)
{
	static const int codes[] = {
		KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_PPAGE, KEY_NPAGE};
	static const char keys[] = "\t\tmmddJsJs\r\r\r\033\033\033jklGnN+-*eb1F?xuvLi";
	static const int sizes[][2] = {
		{16, 60}, {24, 80}, {40, 120}, {60, 220}, {16, 300}, {10, 30}, {17, 140}};
	uint32_t choice = next_random() % 100;
	if (choice < 2) {
		const int *size = sizes[next_random() % 7];
		drawn_resize(f, size[0], size[1]);
	} else if (choice < 6) {
		changes_the_board(f);
	} else if (choice < 30) {
		drawn_press(f, codes[next_random() % 8], 0);
	} else {
		drawn_press(f, 0, (unsigned char)keys[next_random() % (sizeof keys - 1)]);
	}
}

static void plays(struct drawn *f, uint32_t first_seed)
{
	bool seen[VIEW_COUNT] = {false};
	static const enum view_id wanted[] = {VIEW_GRID, VIEW_DETAIL, VIEW_COMPARE,
		VIEW_COMPARE_WITH, VIEW_JOURNAL, VIEW_JOURNAL_ENTRY, VIEW_STATUS};
	seed = first_seed;
	for (unsigned i = 0; i < STEPS; i++) {
		step(f);
		looks(f);
		seen[f->app.view] = true;
	}
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		assert_true(seen[wanted[i]]);
}

static void test_one_seed(void **state)
{
	plays(*state, 2025);
}

static void test_another_seed(void **state)
{
	plays(*state, 31);
}

/* What the check above looks for is what is shown once it may be. */
static void test_the_check_sees(void **state)
{
	struct drawn *f = *state;
	f->app.reveal = true;
	drawn_resize(f, 40, 120);
	drawn_go(f, 60);
	drawn_expect("5EC2E7A5");
	drawn_expect("1589831589");
	drawn_expect("A5 E7 C2 5E");
	drawn_expect("0101 1110 1100 0010");
	drawn_type(f, "J\r");
	drawn_expect("5EC2E7A5");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_seed), TEST(test_another_seed), TEST(test_the_check_sees)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
