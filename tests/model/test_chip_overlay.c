/* A user's own names over a built-in map: what they may say, and what they can never change. */
#include "src/chip_find.h"
#include "src/field.h"
#include "src/store.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct chip *load(void)
{
	struct chip *chip = NULL;
	struct errbuf err = {0};
	assert_int_equal(chip_load(&chip, "stm32mp15", &err), OK);
	return chip;
}

#define HEAD "[chip]\nname = stm32mp15\n"

static void test_names_warnings_and_fields(void **state)
{
	(void)state;
	static const char text[] =
		HEAD "[word 70]\nname = SERIAL\ndanger = brick\nabout = Serial number of "
		     "our\n\tboards.\n"
		     "bits 31:16 = year\nbits 15:0 = count : 0 none\ndanger count = one-way\n"
		     "[word 80-95]\nname = LOT\n"
		     "[word 82]\nname = INSIDE\n";
	struct chip *chip = load();
	struct errbuf err = {0};
	char before[CHIP_DIGEST_LENGTH + 1];
	memcpy(before, chip->digest, sizeof before);
	assert_int_equal(chip_overlay(chip, text, strlen(text), "mine.chip", &err), OK);
	assert_true(chip->has_overlay);
	assert_string_not_equal(chip->digest, before);
	assert_string_equal(chip_word(chip, 70)->name, "SERIAL");
	assert_string_equal(chip_word(chip, 70)->about, "Serial number of our boards.");
	assert_int_equal(chip_word(chip, 70)->kind, KIND_USER);
	assert_int_equal(chip_word_danger(chip, 70), DANGER_ONE_WAY);
	assert_int_equal(chip_word_field_count(chip, 70), 2);
	assert_string_equal(chip_word_field(chip, 70, 0)->name, "year");
	assert_string_equal(chip_word(chip, 95)->name, "LOT");
	assert_int_equal(chip_word_danger(chip, 95), DANGER_NOTICE); /* never lower than before */
	assert_string_equal(chip_word(chip, 82)->name, "INSIDE");
	assert_string_equal(chip_word(chip, 61)->name, "USER_HUK");
	assert_string_equal(chip_word(chip, 71)->name, "USER");
	/* The rest of the map is where it was. */
	assert_string_equal(chip_word(chip, 0)->name, "CFG0");
	assert_int_equal(chip_bank_of(chip, 70)->rule, BANK_ONCE);
	struct image image;
	fixture_plain(&image);
	char part[64];
	assert_int_equal(field_part_number(part, sizeof part, chip, &image), PART_NAMED);
	chip_free(chip);
}

/* Rules go by names in a map; a user's names neither wake one nor lull one. */
static void test_names_that_rules_go_by(void **state)
{
	(void)state;
	static const char text[] = HEAD "[word 70]\nname = OUR_MONOTONIC\nabout = Z\xC3\xA4hler\n"
					"bits 0 = disable_usb_boot_2\nbits 1 = disable_our_boot\n"
					"bits 2 = disable_their_boot\nbits 3 = hslv_ours\n";
	struct chip *chip = load();
	struct errbuf err = {0};
	assert_int_equal(chip_overlay(chip, text, strlen(text), "mine.chip", &err), OK);
	struct image image;
	fixture_plain(&image);
	struct edits edits = {0};
	edits.word[70] = (struct edit){.sets_value = true, .value = 0xFF};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	assert_false(fixture_has_remark(plan, "anti-rollback", 70));
	assert_false(fixture_has_remark(plan, "no-boot-source", 70));
	assert_false(fixture_has_remark(plan, "pad-voltage", 70));
	assert_false(plan->refused);
	plan_free(plan);
	edits.word[70] = (struct edit){0};
	edits.word[3] = (struct edit){.sets_value = true, .value = 0x00FF0000};
	plan = fixture_plan(&edits, &image, chip);
	assert_true(fixture_has_remark(plan, "no-boot-source", 3));
	assert_true(fixture_has_remark(plan, "no-recovery", 3));
	plan_free(plan);
	chip_free(chip);
}

/* It says what is wrong and leaves the chip as it was. */
static void assert_refused(const char *text, const char *message)
{
	struct chip *chip = load();
	struct errbuf err = {0};
	size_t entries = chip->entry_count, fields = chip->field_count;
	char before[CHIP_DIGEST_LENGTH + 1];
	memcpy(before, chip->digest, sizeof before);
	assert_int_equal(chip_overlay(chip, text, strlen(text), "mine.chip", &err), ERR_FORMAT);
	if (!strstr(err.text, message))
		fail_msg("'%s' is not in: %s", message, err.text);
	assert_non_null(strstr(err.text, "mine.chip"));
	assert_int_equal(chip->entry_count, entries);
	assert_int_equal(chip->field_count, fields);
	assert_string_equal(chip->digest, before);
	assert_false(chip->has_overlay);
	chip_free(chip);
}

static void test_what_it_cannot_say(void **state)
{
	(void)state;
	assert_refused("", "no [chip] section");
	assert_refused("[chip]\nname = stm32mp13\n[word 70]\nname = A\n", "about chip 'stm32mp13'");
	assert_refused("[chip]\nname = stm32mp15\nwords = 97\n", "line 3: unknown key 'words'");
	assert_refused(
		HEAD "[bank upper]\nwords = 32-95\n", "line 3: unknown section [bank upper]");
	assert_refused(HEAD "[word 70]\nname = A\nkind = mac\n", "line 5: unknown key 'kind'");
	assert_refused(HEAD "[word 70]\nname = A\norder = big-endian\n", "unknown key 'order'");
	assert_refused(HEAD "[word 70]\nname = A\nsource = us\n", "unknown key 'source'");
	assert_refused(HEAD "[word 70]\nname = A\nbits 3 = a\nkind a = hash\n",
		"line 6: unknown key 'kind a'");
	assert_refused(HEAD "[word 70]\nname = A\nbits 3 = a\nsource a = us\n",
		"line 6: unknown key 'source a'");
	assert_refused(HEAD "[word 70]\ndanger = brick\n", "key 'name' is missing in [word 70]");
	assert_refused(HEAD "[word 96]\nname = A\n", "word 96 is outside the chip");
	assert_refused(HEAD "[word 24]\nname = A\n", "word 24 ('A') is no customer word");
	assert_refused(HEAD "[word 60-63]\nname = A\n", "word 60 ('A') is no customer word");
	assert_refused(HEAD "[word 57]\nname = A\n", "word 57 ('A') is no customer word");
	assert_refused(HEAD "[word 59-70]\nname = A\n", "word 59 ('A') is no customer word");
	assert_refused(HEAD "[word 70]\nname = PKH\n", "'PKH' is the name of word 24");
	/* Rules and the part number go by names of fields. */
	assert_refused(HEAD "[word 70]\nname = A\nbits 7:0 = RPN : 0 STM32MP157F\n",
		"'RPN' is the name of a field of word 1");
}

/* The manual page's example, as it stands there. */
static void test_the_example_of_the_manual(void **state)
{
	(void)state;
	uint8_t *page;
	size_t length;
	struct errbuf err = {0};
	assert_int_equal(
		store_read(&page, &length, SOURCE_FOLDER "/man/otpedit-chip.5", 256 * 1024, &err),
		OK);
	const char *begin = strstr((char *)page, ".Bd -literal\n");
	assert_non_null(begin);
	begin += strlen(".Bd -literal\n");
	const char *end = strstr(begin, ".Ed\n");
	assert_non_null(end);
	struct chip *chip = load();
	if (chip_overlay(chip, begin, (size_t)(end - begin), "example", &err) != OK)
		fail_msg("%s", err.text);
	assert_string_equal(chip_word(chip, 71)->name, "SERIAL");
	assert_int_equal(chip_word_danger(chip, 70), DANGER_BRICK);
	chip_free(chip);
	free(page);
}

static void write_overlay(const char *folder, const char *text)
{
	char path[STORE_PATH_MAX];
	struct errbuf err = {0};
	assert_int_equal(store_join(path, folder, "stm32mp15.chip", &err), OK);
	assert_int_equal(store_save(path, text, strlen(text), &err), OK);
}

static void test_a_broken_one_is_left_out_and_told(void **state)
{
	(void)state;
	char folder[SCRATCH_MAX];
	scratch_make(folder);
	struct image image;
	fixture_plain(&image);
	struct chip_question question = {.image = &image, .overlays = folder};
	struct chip_answer answer;
	struct errbuf err = {0};
	assert_int_equal(chip_find(&answer, &question, &err), OK);
	assert_string_equal(answer.overlay_error, "");
	assert_false(answer.chip->has_overlay);
	chip_free(answer.chip);

	write_overlay(folder, HEAD "[word 70]\nname = SERIAL\n");
	assert_int_equal(chip_find(&answer, &question, &err), OK);
	assert_string_equal(answer.overlay_error, "");
	assert_string_equal(chip_word(answer.chip, 70)->name, "SERIAL");
	chip_free(answer.chip);

	write_overlay(folder, HEAD "[word 70]\nname = SERIAL\nnonsense\n");
	assert_int_equal(chip_find(&answer, &question, &err), OK);
	assert_non_null(
		strstr(answer.overlay_error, "stm32mp15.chip' line 5: neither a [section]"));
	assert_string_equal(chip_word(answer.chip, 70)->name, "USER");
	chip_free(answer.chip);
	scratch_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_warnings_and_fields),
		cmocka_unit_test(test_names_that_rules_go_by),
		cmocka_unit_test(test_what_it_cannot_say),
		cmocka_unit_test(test_the_example_of_the_manual),
		cmocka_unit_test(test_a_broken_one_is_left_out_and_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
