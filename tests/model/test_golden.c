/* Plans towards a golden image: what is taken, what cannot be reached, what is never taken. */
#include "src/golden.h"

#include "src/chip.h"
#include "src/plan.h"
#include "src/plan_file.h"
#include "src/word_status.h"
#include "tests/support/fixtures.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
	struct image golden;
	struct session board;
	struct golden result;
};

/* Two boards as from the factory, which differ in their unique ids alone. */
static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	fixture_plain(&bench->golden);
	bench->golden.value[15] = 0x11111111;
	fixture_plain(&bench->board.image);
	bench->board.chip = fixture_chip();
	bench->board.has_image = true;
	bench->board.info.peer = PEER_UBOOT;
	bench->board.info.source_class = SOURCE_FILE;
	snprintf(bench->board.board, sizeof bench->board.board, "00410032-33385116-34383330");
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	chip_free(bench->board.chip);
	free(bench);
	return 0;
}

static void make_with(struct bench *bench, const bool *selected, bool life_cycle)
{
	struct errbuf err = {0};
	struct golden_question question = {.golden = &bench->golden,
		.chip = bench->board.chip,
		.board = &bench->board,
		.selected = selected,
		.life_cycle = life_cycle};
	if (golden_make(&bench->result, &question, &err) != OK)
		fail_msg("%s", err.text);
}

static void make(struct bench *bench)
{
	make_with(bench, NULL, false);
}

static void expect_gap(const struct bench *bench, unsigned word, const char *text)
{
	assert_true(edit_is_empty(&bench->result.edits.word[word]));
	for (size_t i = 0; i < bench->result.gap_count; i++)
		if (bench->result.gaps[i].word == word) {
			if (!strstr(bench->result.gaps[i].text, text))
				fail_msg("word %u: '%s'", word, bench->result.gaps[i].text);
			return;
		}
	fail_msg("word %u is not said to be out of reach", word);
}

static void expect_edit(const struct bench *bench, unsigned word, uint32_t value, uint32_t locks)
{
	const struct edit *edit = &bench->result.edits.word[word];
	assert_true(edit->sets_value);
	assert_false(edit->closes);
	assert_int_equal(edit->value, value);
	assert_int_equal(edit->locks, locks);
}

static void test_equal_boards(void **state)
{
	struct bench *bench = *state;
	make(bench);
	assert_int_equal(edits_count(&bench->result.edits), 0);
	assert_int_equal(bench->result.gap_count, 0);
}

static void test_values_and_locks(void **state)
{
	struct bench *bench = *state;
	bench->golden.value[9] = 0x80000000;  /* config, single bits */
	bench->golden.value[59] = 0x12722301; /* board id */
	bench->golden.status[59] = WORD_STATUS_PERMANENT | WORD_STATUS_STICKY_WRITE;
	bench->golden.value[70] = bench->board.image.value[70] = 0x55; /* customer */
	bench->golden.status[70] = WORD_STATUS_PERMANENT;
	make(bench);
	assert_int_equal(bench->result.gap_count, 0);
	assert_int_equal(edits_count(&bench->result.edits), 3);
	expect_edit(bench, 9, 0x80000000, 0);
	expect_edit(bench, 59, 0x12722301, WORD_STATUS_PERMANENT);
	assert_false(bench->result.edits.word[70].sets_value);
	assert_int_equal(bench->result.edits.word[70].locks, WORD_STATUS_PERMANENT);
}

static void test_out_of_reach(void **state)
{
	struct bench *bench = *state;
	struct image *golden = &bench->golden, *board = &bench->board.image;
	golden->value[9] = 0x80000000;
	board->value[9] = 0x00000001; /* a bit that golden has not */
	golden->value[70] = 0x3;
	board->value[70] = 0x1; /* written once */
	golden->value[71] = 0x3;
	board->status[71] = WORD_STATUS_PERMANENT; /* locked, empty */
	board->status[72] = WORD_STATUS_PERMANENT; /* equal, and locked only here */
	golden->value[73] = 0x3;
	board->status[73] = WORD_STATUS_STICKY_PROGRAM;
	golden->value[74] = 0x3;
	golden->status[74] = WORD_STATUS_STICKY_READ; /* a shadow copy */
	golden->value[75] = 0x3;
	board->status[75] = WORD_STATUS_READ_ERROR;
	golden->value[76] = 0x3;
	bench->board.untouchable[76] = true;
	make(bench);
	assert_int_equal(bench->result.gap_count, 8);
	assert_int_equal(edits_count(&bench->result.edits), 0);
	expect_gap(bench, 9, "0x00000001 is burnt");
	expect_gap(bench, 70, "one write only");
	expect_gap(bench, 71, "locked for ever with 0x00000000 instead of 0x00000003");
	expect_gap(bench, 72, "in the golden image it is not");
	expect_gap(bench, 73, "until the board's reset");
	expect_gap(bench, 74, "does not tell");
	expect_gap(bench, 75, "cannot be read back");
	expect_gap(bench, 76, "without a known result");
}

static void test_what_is_of_one_chip_is_never_taken(void **state)
{
	struct bench *bench = *state;
	bool selected[IMAGE_MAX_WORDS] = {false};
	static const unsigned words[] = {13, 20, 40, 12};
	for (size_t i = 0; i < 4; i++) {
		bench->golden.value[words[i]] = 0xFFFF;
		selected[words[i]] = true;
	}
	make(bench);
	assert_int_equal(edits_count(&bench->result.edits), 0);
	assert_int_equal(bench->result.gap_count, 0);
	make_with(bench, selected, true);
	assert_int_equal(edits_count(&bench->result.edits), 0);
	assert_int_equal(bench->result.gap_count, 4);
	expect_gap(bench, 13, "of one chip");
	expect_gap(bench, 20, "of one chip");
	expect_gap(bench, 40, "a secret");
	expect_gap(bench, 12, "the map does not say");
}

static void test_addresses_when_they_are_named(void **state)
{
	struct bench *bench = *state;
	bool selected[IMAGE_MAX_WORDS] = {[57] = true, [58] = true};
	bench->golden.value[57] = 0x42E18000;
	bench->golden.value[58] = 0x0000E448;
	bench->golden.value[59] = 0x12722301;
	make(bench);
	assert_int_equal(edits_count(&bench->result.edits), 1);
	assert_true(bench->result.left_out[57]);
	assert_true(bench->result.left_out[58]);
	assert_false(bench->result.left_out[15]);
	char text[64];
	golden_left_out_text(text, sizeof text, &bench->result);
	assert_string_equal(text, "57-58");
	make_with(bench, selected, false);
	assert_int_equal(edits_count(&bench->result.edits), 2);
	expect_edit(bench, 57, 0x42E18000, 0);
	expect_edit(bench, 58, 0x0000E448, 0);
}

/* A key hash of which one word is out of reach is not written at all. */
static void test_no_half_hash(void **state)
{
	struct bench *bench = *state;
	for (unsigned word = 24; word <= 31; word++)
		bench->golden.value[word] = 0xA5000000u + word;
	bench->board.image.value[27] = 0x40000000;
	make(bench);
	assert_int_equal(edits_count(&bench->result.edits), 0);
	assert_int_equal(bench->result.gap_count, 8);
	expect_gap(bench, 27, "is burnt");
	expect_gap(bench, 24, "PKH would not be whole");
	expect_gap(bench, 31, "PKH would not be whole");
	bench->board.image.value[27] = 0x20000000; /* a bit of the hash's own */
	make(bench);
	assert_int_equal(bench->result.gap_count, 0);
	assert_int_equal(edits_count(&bench->result.edits), 8);
}

/* Word 2 is configuration, its counter (27:20) of the life cycle, bits 19:2 reserved. */
static void test_foreign_bits(void **state)
{
	struct bench *bench = *state;
	bench->golden.value[2] = 0x1;
	make(bench);
	expect_edit(bench, 2, 0x1, 0);
	bench->golden.value[2] = 0x00100001;
	make(bench);
	expect_gap(bench, 2, "bits 0x00100000 differ");
	make_with(bench, NULL, true);
	expect_edit(bench, 2, 0x00100001, 0);
	bench->golden.value[2] = 0x00000005;
	make_with(bench, NULL, true);
	expect_gap(bench, 2, "bits 0x00000004 differ");
}

static void close_golden(struct bench *bench)
{
	bench->golden.value[0] = 0x57;
	for (unsigned word = 24; word <= 31; word++) {
		bench->golden.value[word] = 0xA5000000u + word;
		bench->golden.status[word] = WORD_STATUS_PERMANENT;
	}
}

static void test_life_cycle_when_asked(void **state)
{
	struct bench *bench = *state;
	close_golden(bench);
	make(bench);
	assert_int_equal(edits_count(&bench->result.edits), 8);
	assert_true(bench->result.left_out[0]);
	/* A part with secure boot, the hash there and locked. */
	for (unsigned word = 24; word <= 31; word++) {
		bench->board.image.value[word] = bench->golden.value[word];
		bench->board.image.status[word] = WORD_STATUS_PERMANENT;
	}
	make_with(bench, NULL, true);
	assert_int_equal(bench->result.gap_count, 0);
	assert_int_equal(edits_count(&bench->result.edits), 1);
	assert_true(bench->result.edits.word[0].closes);
	assert_int_equal(bench->result.edits.word[0].value, 0x40);
}

/*
 * STM32MP2 closes with bits of three words (U-Boot cmd_stm32key.c: 8, 18 and, in 124, disable_scan
 * in bit 20): one "close" for all of them, or none of them.
 */
static void test_closing_of_several_words(void **state)
{
	struct bench *bench = *state;
	struct errbuf err = {0};
	struct image board = {.version = 2, .word_count = 368};
	char *text;
	chip_free(bench->board.chip);
	assert_int_equal(chip_load(&bench->board.chip, "stm32mp25", &err), OK);
	for (unsigned word = 144; word <= 151; word++) {
		board.value[word] = 0xA5000000u + word;
		board.status[word] = WORD_STATUS_PERMANENT;
	}
	board.value[9] = 0x00002000; /* STM32MP257C, with secure boot */
	board.value[256] = 0x1;      /* the upper bank is not hidden */
	bench->golden = bench->board.image = board;
	bench->golden.value[8] = bench->golden.value[18] = 0xFF;
	make_with(bench, NULL, true);
	assert_int_equal(edits_count(&bench->result.edits), 0);
	expect_gap(bench, 8, "in part");
	expect_gap(bench, 18, "in part");
	bench->golden.value[124] = UINT32_C(1) << 20;
	make_with(bench, NULL, true);
	assert_int_equal(edits_count(&bench->result.edits), 3);
	assert_true(bench->result.edits.word[8].closes);
	assert_true(bench->result.edits.word[18].closes);
	assert_true(bench->result.edits.word[124].closes);
	assert_int_equal(golden_format(&text, &bench->result, &bench->board, "golden", &err), OK);
	const char *first = strstr(text, "\nclose\n");
	assert_non_null(first);
	assert_null(strstr(first + 2, "close"));
	free(text);
}

static uint32_t random_word(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 32);
}

/* Few words hold something, and few of them have locks and errors. */
static void scatter(struct image *image, uint64_t *seed)
{
	static const uint32_t statuses[] = {WORD_STATUS_PERMANENT, WORD_STATUS_STICKY_READ,
		WORD_STATUS_STICKY_PROGRAM, WORD_STATUS_READ_ERROR, WORD_STATUS_LOCK_ERROR};
	for (unsigned i = 0; i < image->word_count / 4; i++) {
		unsigned word = random_word(seed) % image->word_count;
		image->value[word] |= random_word(seed) & random_word(seed) & random_word(seed);
		if (random_word(seed) % 4 == 0)
			image->status[word] |= statuses[random_word(seed) % 5];
	}
}

/* A plan that is offered passes the rules, and asks for nothing but what golden holds. */
static void expect_sound(struct bench *bench)
{
	struct plan *plan;
	struct errbuf err = {0};
	const struct image *golden = &bench->golden, *board = &bench->board.image;
	if (edits_count(&bench->result.edits) == 0)
		return;
	if (session_plan(&plan, &bench->board, &bench->result.edits, &err) != OK)
		fail_msg("%s", err.text);
	assert_false(plan->refused);
	plan_free(plan);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		const struct edit *edit = &bench->result.edits.word[word];
		if (edit->sets_value && !edit->closes) {
			assert_int_equal(edit->value, golden->value[word]);
			assert_int_equal(board->value[word] & ~edit->value, 0);
		}
		assert_int_equal(edit->locks & ~golden->status[word], 0);
		assert_false(!edit_is_empty(edit) && chip_word_is_secret(bench->board.chip, word));
	}
}

static void test_random_pairs(void **state)
{
	static const char *const names[] = {"stm32mp13", "stm32mp15", "stm32mp23", "stm32mp25"};
	struct bench *bench = *state;
	uint64_t seed = 20261121;
	unsigned offered = 0;
	for (unsigned i = 0; i < 400; i++) {
		struct errbuf err = {0};
		if (i % 100 == 0) {
			chip_free(bench->board.chip);
			assert_int_equal(chip_load(&bench->board.chip, names[i / 100], &err), OK);
		}
		struct golden_question question = {.golden = &bench->golden,
			.chip = bench->board.chip,
			.board = &bench->board,
			.life_cycle = i % 2 == 0};
		struct image empty = {
			.version = 2, .word_count = bench->board.chip->word_count == 96 ? 96 : 368};
		bench->golden = empty;
		scatter(&bench->golden, &seed);
		/* Every other board is on its way to golden, the rest is any. */
		bench->board.image = i % 4 < 2 ? empty : bench->golden;
		if (i % 4 == 1)
			scatter(&bench->board.image, &seed);
		if (i % 4 == 3)
			scatter(&bench->golden, &seed);
		if (golden_make(&bench->result, &question, &err) != OK)
			continue;
		offered += edits_count(&bench->result.edits) > 0;
		expect_sound(bench);
	}
	assert_in_range(offered, 200, 400);
}

/* What a rule refuses is out of reach: a part without secure boot (RPN 1, STM32MP157A). */
static void test_rules_are_obeyed(void **state)
{
	struct bench *bench = *state;
	struct errbuf err = {0};
	close_golden(bench);
	bench->golden.value[1] = bench->board.image.value[1] = 0x01;
	struct golden_question question = {.golden = &bench->golden,
		.chip = bench->board.chip,
		.board = &bench->board,
		.life_cycle = true};
	assert_int_equal(golden_make(&bench->result, &question, &err), ERR_REFUSED);
	assert_non_null(strstr(err.text, "secure boot"));
}

static void test_other_families(void **state)
{
	struct bench *bench = *state;
	struct chip *other = NULL;
	struct errbuf err = {0}, plain_err = {0};
	struct golden_question question = {.golden = &bench->golden, .board = &bench->board};
	assert_int_equal(chip_load(&other, "stm32mp25", &err), OK);
	question.chip = other;
	assert_int_equal(golden_make(&bench->result, &question, &err), ERR_REFUSED);
	assert_non_null(strstr(err.text, "STM32MP15x"));
	chip_free(other);
	assert_int_equal(chip_plain(&other, 96, &plain_err), OK);
	question.chip = other;
	assert_int_equal(golden_make(&bench->result, &question, &plain_err), ERR_REFUSED);
	assert_non_null(strstr(plain_err.text, "family of the golden image is not known"));
	chip_free(other);
}

/* The text is a plan for this board and no other, and gives the same edits back. */
static void test_text(void **state)
{
	struct bench *bench = *state;
	struct plan_file file;
	struct errbuf err = {0};
	char *text;
	bench->golden.value[57] = 0x42E18000;
	bench->golden.value[70] = 0x42;
	bench->golden.status[70] = WORD_STATUS_PERMANENT;
	bench->golden.value[71] = 0x3;
	bench->board.image.value[71] = 0x1;
	make(bench);
	assert_int_equal(
		golden_format(&text, &bench->result, &bench->board, "a\nwrite word=80", &err), OK);
	assert_non_null(strstr(text, "# towards the golden image a?write word=80\n"));
	assert_non_null(strstr(text, "\n# not reached: word 71 USER"));
	assert_non_null(strstr(text, "\n# left out, though they differ: words 57\n"));
	assert_non_null(strstr(text, "\nboard 00410032-33385116-34383330\n"));
	if (plan_file_parse(&file, text, "golden", &err) != OK)
		fail_msg("%s", err.text);
	struct edits edits;
	assert_int_equal(plan_file_edits(&edits, &file, &bench->board.image, bench->board.chip,
				 bench->board.board, false, &err),
		OK);
	assert_int_equal(edits_count(&edits), 1);
	assert_int_equal(edits.word[70].value, 0x42);
	assert_int_equal(edits.word[70].locks, WORD_STATUS_PERMANENT);
	plan_file_free(&file);
	free(text);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_equal_boards),
		TEST(test_values_and_locks),
		TEST(test_out_of_reach),
		TEST(test_what_is_of_one_chip_is_never_taken),
		TEST(test_addresses_when_they_are_named),
		TEST(test_no_half_hash),
		TEST(test_foreign_bits),
		TEST(test_life_cycle_when_asked),
		TEST(test_closing_of_several_words),
		TEST(test_random_pairs),
		TEST(test_rules_are_obeyed),
		TEST(test_other_families),
		TEST(test_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
