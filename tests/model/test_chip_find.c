/* Which chip an image or a board is taken for, and when it is not known. */
#include "src/chip_find.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct chip_answer ask(const char *name, uint32_t device_id, const struct image *image)
{
	struct chip_question question = {.name = name, .device_id = device_id, .image = image};
	struct chip_answer answer;
	struct errbuf err = {0};
	if (chip_find(&answer, &question, &err) != OK)
		fail_msg("%s", err.text);
	return answer;
}

static void expect_chip(
	const char *chip, const char *name, uint32_t device_id, const struct image *image)
{
	struct chip_answer answer = ask(name, device_id, image);
	assert_string_equal(answer.chip->name, chip);
	assert_false(answer.is_forced);
	chip_free(answer.chip);
}

static struct image image_of(unsigned words)
{
	return (struct image){.version = words == 384 ? 3 : 2, .word_count = words};
}

/* Part numbers of U-Boot's sys_proto.h that only one family has. */
static void test_part_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *chip;
		unsigned words, word;
		uint32_t value;
	} rows[] = {
		{"stm32mp13", 96, 1, 0x0C0},       /* STM32MP133C */
		{"stm32mp13", 96, 1, 0xEC9},       /* STM32MP131D */
		{"stm32mp15", 96, 1, 0x24},        /* STM32MP153C */
		{"stm32mp15", 96, 1, 0xAF},        /* STM32MP151D */
		{"stm32mp25", 368, 9, 0x00002000}, /* STM32MP257C */
		{"stm32mp25", 384, 9, 0x400B3E6D}, /* STM32MP251A */
		{"stm32mp23", 368, 9, 0x00082182}, /* STM32MP235C */
		{"stm32mp23", 384, 9, 0xC00B3FEF}, /* STM32MP231D */
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct image image = image_of(rows[i].words);
		image.value[rows[i].word] = rows[i].value;
		expect_chip(rows[i].chip, NULL, 0, &image);
	}
}

/* Part number 0 is an STM32MP157C and an STM32MP135C. */
static void test_what_two_families_have(void **state)
{
	(void)state;
	struct image image = image_of(96);
	struct chip_answer answer = ask(NULL, 0, &image);
	assert_true(answer.chip->is_plain);
	assert_non_null(strstr(answer.remark, "STM32MP13x and STM32MP15x"));
	assert_non_null(strstr(answer.remark, "--chip"));
	assert_true(chip_word_is_secret(answer.chip, 92)); /* EDMK of STM32MP13 */
	assert_true(chip_word_is_secret(answer.chip, 60)); /* USER_HUK of STM32MP15 */
	assert_false(chip_word_is_secret(answer.chip, 70));
	chip_free(answer.chip);
	image.value[60] = 0x16351301; /* MB1635 where STM32MP13 has its board id */
	answer = ask(NULL, 0, &image);
	assert_string_equal(answer.chip->name, "stm32mp13");
	assert_true(answer.is_doubtful);
	assert_non_null(strstr(answer.remark, "by its board id"));
	chip_free(answer.chip);
	image.value[60] = 0;
	expect_chip("stm32mp15", NULL, 0x500, &image);
	expect_chip("stm32mp13", NULL, 0x501, &image);
	expect_chip("stm32mp13", "stm32mp13", 0, &image);

	image.value[16] = 0x10000000; /* package AC of STM32MP15 */
	answer = ask(NULL, 0, &image);
	assert_string_equal(answer.chip->name, "stm32mp15");
	assert_true(answer.is_doubtful);
	assert_non_null(strstr(answer.remark, "by its package"));
	chip_free(answer.chip);

	image.value[59] = 0x12722301; /* and MB1272 where STM32MP15 has its board id */
	answer = ask(NULL, 0, &image);
	assert_string_equal(answer.chip->name, "stm32mp15");
	assert_false(answer.is_doubtful);
	assert_string_equal(answer.remark, "");
	chip_free(answer.chip);
}

static void test_structure_1_is_only_of_stm32mp15(void **state)
{
	(void)state;
	struct image image = image_of(96);
	image.version = 1;
	expect_chip("stm32mp15", NULL, 0, &image);
}

static void test_nothing_fits(void **state)
{
	(void)state;
	struct image image = image_of(95);
	struct chip_answer answer = ask(NULL, 0, &image);
	assert_true(answer.chip->is_plain);
	assert_int_equal(answer.chip->word_count, 95);
	assert_non_null(strstr(answer.remark, "95 words"));
	assert_null(chip_word(answer.chip, 3));
	assert_int_equal(chip_bank_of(answer.chip, 94)->rule, BANK_NEVER);
	assert_int_equal(chip_word_danger(answer.chip, 3), DANGER_BRICK);
	chip_free(answer.chip);
	image.word_count = 96;
	answer = ask(NULL, 0x999, &image);
	assert_true(answer.chip->is_plain);
	assert_non_null(strstr(answer.remark, "0x999"));
	chip_free(answer.chip);
}

static void test_named_chips(void **state)
{
	(void)state;
	struct image image = image_of(96);
	image.value[1] = 0x24; /* STM32MP153C */
	struct chip_answer answer = ask("stm32mp13", 0, &image);
	assert_true(answer.is_forced);
	chip_free(answer.chip);
	answer = ask("stm32mp15", 0x501, &image);
	assert_true(answer.is_forced);
	assert_non_null(strstr(answer.remark, "board says"));
	chip_free(answer.chip);
	answer = ask("plain", 0x500, &image);
	assert_true(answer.chip->is_plain);
	chip_free(answer.chip);
	struct chip_question question = {.name = "stm32mp25", .image = &image};
	struct errbuf err = {0};
	assert_int_equal(chip_find(&answer, &question, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "384 words, but there are 96"));
	question.name = "stm32f4";
	errbuf_clear(&err);
	assert_int_equal(chip_find(&answer, &question, &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "stm32mp15"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_part_numbers),
		cmocka_unit_test(test_what_two_families_have),
		cmocka_unit_test(test_structure_1_is_only_of_stm32mp15),
		cmocka_unit_test(test_nothing_fits),
		cmocka_unit_test(test_named_chips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
