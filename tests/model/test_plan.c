/* Passes, requests and fingerprints; request bytes written by hand from the structure's layout. */
#include "tests/support/fixtures.h"

#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct chip *chip;
static struct image plain;

static int load(void **state)
{
	(void)state;
	chip = fixture_chip();
	fixture_plain(&plain);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	chip_free(chip);
	return 0;
}

/* A request is 776 bytes: version 2, state 0, and zeros but for these entries. */
struct entry {
	unsigned word;
	uint8_t bytes[8]; /* value, status, little-endian */
};

static void assert_request(const struct plan_pass *pass, const struct entry *entries, size_t count)
{
	uint8_t expected[776] = {2};
	for (size_t i = 0; i < count; i++)
		memcpy(expected + 8 + 8 * entries[i].word, entries[i].bytes, 8);
	assert_int_equal(pass->request_length, sizeof expected);
	assert_memory_equal(pass->request, expected, sizeof expected);
}

static void value_and_lock_are_two_passes(void **state)
{
	(void)state;
	struct edits edits = {0};
	edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};
	struct plan *plan = fixture_plan(&edits, &plain, chip);
	assert_int_equal(plan->pass_count, 2);
	assert_int_equal(plan->passes[0].kind, PASS_VALUES);
	assert_request(
		&plan->passes[0], &(struct entry){70, {0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0x80}}, 1);
	assert_int_equal(plan->passes[1].kind, PASS_LOCKS);
	/* A lock of a programmed word is asked for with value 0. */
	assert_request(&plan->passes[1], &(struct entry){70, {0, 0, 0, 0, 0, 0, 0, 0xC0}}, 1);
	assert_int_equal(plan->passes[0].predicted.value[70], 0x12345678);
	assert_int_equal(plan->passes[0].predicted.status[70], 0);
	assert_int_equal(plan->predicted.status[70], WORD_STATUS_PERMANENT);
	assert_int_equal(plan->danger, CLASS_IRREVERSIBLE);
	plan_free(plan);
}

static void life_cycle_comes_last_and_alone(void **state)
{
	(void)state;
	struct image image;
	fixture_closable(&image);
	image.value[31] = 0;
	image.status[31] = 0;
	struct edits edits = {0};
	edits.word[0] = (struct edit){.sets_value = true, .closes = true, .value = 0x40};
	edits.word[31] =
		(struct edit){.sets_value = true, .value = 0x99, .locks = WORD_STATUS_PERMANENT};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_false(plan->refused);
	assert_int_equal(plan->pass_count, 3);
	assert_request(&plan->passes[0], &(struct entry){31, {0x99, 0, 0, 0, 0, 0, 0, 0x80}}, 1);
	assert_request(&plan->passes[1], &(struct entry){31, {0, 0, 0, 0, 0, 0, 0, 0xC0}}, 1);
	assert_int_equal(plan->passes[2].kind, PASS_LIFECYCLE);
	assert_request(&plan->passes[2], &(struct entry){0, {0x57, 0, 0, 0, 0, 0, 0, 0x80}}, 1);
	assert_int_equal(plan->danger, CLASS_ONE_WAY);
	plan_free(plan);
}

static void locks_of_life_cycle_words_wait_for_the_last_pass(void **state)
{
	(void)state;
	struct edits edits = {0};
	edits.word[4].locks = WORD_STATUS_PERMANENT;
	edits.word[70].locks = WORD_STATUS_PERMANENT;
	struct plan *plan = fixture_plan(&edits, &plain, chip);
	assert_int_equal(plan->pass_count, 2);
	assert_request(&plan->passes[0], &(struct entry){70, {0, 0, 0, 0, 0, 0, 0, 0xC0}}, 1);
	assert_int_equal(plan->passes[1].kind, PASS_LIFECYCLE);
	assert_request(&plan->passes[1], &(struct entry){4, {0, 0, 0, 0, 0, 0, 0, 0xC0}}, 1);
	plan_free(plan);
}

static struct plan *prgfw_plan(const struct edits *edits, const struct image *image)
{
	struct plan_context context = {.chip = chip,
		.peer = PEER_PRGFW,
		.source_class = SOURCE_SIMULATED,
		.board = "00410032-33385116-34383330"};
	struct plan *plan = NULL;
	struct errbuf err = {0};
	assert_int_equal(plan_make(&plan, edits, image, &context, &err), OK);
	return plan;
}

static void a_sticky_read_lock_goes_after_all_that_has_to_be_proved(void **state)
{
	(void)state;
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true,
		.value = 5,
		.locks = WORD_STATUS_PERMANENT | WORD_STATUS_STICKY_READ |
			 WORD_STATUS_STICKY_PROGRAM};
	struct plan *plan = prgfw_plan(&edits, &plain);
	assert_false(plan->refused);
	assert_int_equal(plan->pass_count, 3);
	assert_request(&plan->passes[0], &(struct entry){70, {5, 0, 0, 0, 0, 0, 0, 0x80}}, 1);
	assert_request(&plan->passes[1], &(struct entry){70, {0, 0, 0, 0, 0, 0, 0, 0xC8}}, 1);
	assert_int_equal(plan->passes[2].kind, PASS_STICKY_READ);
	assert_request(&plan->passes[2], &(struct entry){70, {0, 0, 0, 0, 0, 0, 0, 0xA0}}, 1);
	plan_free(plan);
}

static void only_sticky_locks_are_passing(void **state)
{
	(void)state;
	struct edits edits = {0};
	edits.word[70].locks = WORD_STATUS_STICKY_WRITE;
	struct plan *plan = prgfw_plan(&edits, &plain);
	assert_false(plan->refused);
	assert_int_equal(plan->danger, CLASS_PASSING);
	assert_request(&plan->passes[0], &(struct entry){70, {0, 0, 0, 0, 0, 0, 0, 0x90}}, 1);
	assert_false(plan->passes[0].changes[0].irreversible);
	plan_free(plan);
}

static void what_is_there_already_is_not_sent(void **state)
{
	(void)state;
	struct image image = plain;
	image.value[70] = 5;
	image.status[71] = WORD_STATUS_PERMANENT;
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 5};
	edits.word[71].locks = WORD_STATUS_PERMANENT;
	edits.word[72] = (struct edit){.sets_value = true, .value = 7};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_int_equal(plan->pass_count, 1);
	assert_request(&plan->passes[0], &(struct entry){72, {7, 0, 0, 0, 0, 0, 0, 0x80}}, 1);
	plan_free(plan);
}

static void bits_are_added_to_what_is_there_with_the_whole_value(void **state)
{
	(void)state;
	struct image image = plain;
	image.value[9] = 0x00F0;
	struct edits edits = {0};
	edits.word[9] = (struct edit){.sets_value = true, .value = 0x0FF0};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_request(&plan->passes[0], &(struct entry){9, {0xF0, 0x0F, 0, 0, 0, 0, 0, 0x80}}, 1);
	assert_int_equal(plan->danger, CLASS_DANGEROUS);
	plan_free(plan);
}

static void classes_follow_the_kinds_of_words(void **state)
{
	(void)state;
	const struct {
		unsigned word;
		enum danger_class class;
	} rows[] = {{57, CLASS_IRREVERSIBLE}, {59, CLASS_IRREVERSIBLE}, {60, CLASS_DANGEROUS},
		{64, CLASS_IRREVERSIBLE}, {95, CLASS_IRREVERSIBLE}, {3, CLASS_DANGEROUS},
		{10, CLASS_DANGEROUS}, {24, CLASS_DANGEROUS}, {40, CLASS_DANGEROUS},
		{18, CLASS_DANGEROUS}, {0, CLASS_ONE_WAY}, {4, CLASS_ONE_WAY}, {8, CLASS_ONE_WAY},
		{56, CLASS_ONE_WAY}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(plan_word_class(chip, rows[i].word, 0x100, 0), rows[i].class);
	/* Within word 2 only the security counter is life cycle. */
	assert_int_equal(plan_word_class(chip, 2, 1u << 20, 0), CLASS_ONE_WAY);
	assert_int_equal(plan_word_class(chip, 2, 1u, 0), CLASS_DANGEROUS);
}

static void fingerprint_of(char *out, const struct edits *edits, const struct image *image,
	const struct plan_context *context)
{
	struct plan *plan = NULL;
	struct errbuf err = {0};
	assert_int_equal(plan_make(&plan, edits, image, context, &err), OK);
	assert_int_equal(strlen(plan->fingerprint), 16);
	strcpy(out, plan->fingerprint);
	plan_free(plan);
}

static void the_fingerprint_binds_everything(void **state)
{
	(void)state;
	struct plan_context context = {.chip = chip,
		.peer = PEER_UBOOT,
		.source_class = SOURCE_SIMULATED,
		.board = "board-1"};
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 1};
	char first[17], other[17];
	fingerprint_of(first, &edits, &plain, &context);
	fingerprint_of(other, &edits, &plain, &context);
	assert_string_equal(first, other);

	struct plan_context changed = context;
	changed.board = "board-2";
	fingerprint_of(other, &edits, &plain, &changed);
	assert_string_not_equal(first, other);
	changed = context;
	changed.source_class = SOURCE_REAL;
	fingerprint_of(other, &edits, &plain, &changed);
	assert_string_not_equal(first, other);
	changed = context;
	changed.peer = PEER_PRGFW;
	fingerprint_of(other, &edits, &plain, &changed);
	assert_string_not_equal(first, other);
	changed = context;
	changed.twin = "demo";
	fingerprint_of(other, &edits, &plain, &changed);
	assert_string_not_equal(first, other);
	struct chip map = *chip;
	map.digest[0] = map.digest[0] == '0' ? '1' : '0';
	changed = context;
	changed.chip = &map;
	fingerprint_of(other, &edits, &plain, &changed);
	assert_string_not_equal(first, other);
	struct image image = plain;
	image.value[80] = 1;
	fingerprint_of(other, &edits, &image, &context);
	assert_string_not_equal(first, other);
	image = plain;
	image.status[80] = WORD_STATUS_STICKY_WRITE;
	fingerprint_of(other, &edits, &image, &context);
	assert_string_not_equal(first, other);
	struct edits more = edits;
	more.word[70].value = 3;
	fingerprint_of(other, &more, &plain, &context);
	assert_string_not_equal(first, other);
	more = edits;
	more.word[70].locks = WORD_STATUS_PERMANENT;
	fingerprint_of(other, &more, &plain, &context);
	assert_string_not_equal(first, other);

	/* A shadow copy is not knowledge: whatever stands there, the plan is the same. */
	image = plain;
	image.status[20] = WORD_STATUS_STICKY_READ;
	fingerprint_of(first, &edits, &image, &context);
	image.value[20] = 0xDEADBEEF;
	fingerprint_of(other, &edits, &image, &context);
	assert_string_equal(first, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_and_lock_are_two_passes),
		cmocka_unit_test(life_cycle_comes_last_and_alone),
		cmocka_unit_test(locks_of_life_cycle_words_wait_for_the_last_pass),
		cmocka_unit_test(a_sticky_read_lock_goes_after_all_that_has_to_be_proved),
		cmocka_unit_test(only_sticky_locks_are_passing),
		cmocka_unit_test(what_is_there_already_is_not_sent),
		cmocka_unit_test(bits_are_added_to_what_is_there_with_the_whole_value),
		cmocka_unit_test(classes_follow_the_kinds_of_words),
		cmocka_unit_test(the_fingerprint_binds_everything),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
