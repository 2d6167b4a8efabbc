/* STM32MP23 and MP25: what their maps say, and values decoded by hand from the public sources that
 * the maps name (U-Boot sys_proto.h, cmd_stm32key.c, stm32.h; TF-A stm32mp2_def.h). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/chip_find.h"
#include "src/field.h"
#include "src/value_text.h"

#include <stdio.h>
#include <string.h>

static struct chip *load(const char *name)
{
	struct chip *chip = NULL;
	struct errbuf err = {0};
	if (chip_load(&chip, name, &err) != OK)
		fail_msg("%s", err.text);
	return chip;
}

static const struct chip_field *field_of(const struct chip *chip, unsigned word, const char *name)
{
	for (size_t i = 0; i < chip_word_field_count(chip, word); i++)
		if (strcmp(chip_word_field(chip, word, i)->name, name) == 0)
			return chip_word_field(chip, word, i);
	fail_msg("%s: word %u has no field '%s'", chip->name, word, name);
	return NULL;
}

static void expect_field(const struct chip *chip, unsigned word, const char *name, uint32_t value,
	const char *expected)
{
	char text[128];
	field_text(text, sizeof text, field_of(chip, word, name), value);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: %s of %08X is '%s', not '%s'", chip->name, name, (unsigned)value,
			text, expected);
}

/* A board with nothing but a part number; as U-Boot shows it. */
static void board(struct image *out, uint32_t part)
{
	*out = (struct image){.version = 2, .word_count = 368};
	out->value[9] = part;
}

struct part_row {
	uint32_t number;
	const char *name;
};

static const struct part_row mp25[] = {
	{0x00002000, "STM32MP257C"},
	{0x00082000, "STM32MP255C"},
	{0x000B300C, "STM32MP253C"},
	{0x000B306D, "STM32MP251C"},
	{0x40002E00, "STM32MP257A"},
	{0x40082E00, "STM32MP255A"},
	{0x400B3E0C, "STM32MP253A"},
	{0x400B3E6D, "STM32MP251A"},
	{0x80002000, "STM32MP257F"},
	{0x80082000, "STM32MP255F"},
	{0x800B300C, "STM32MP253F"},
	{0x800B306D, "STM32MP251F"},
	{0xC0002E00, "STM32MP257D"},
	{0xC0082E00, "STM32MP255D"},
	{0xC00B3E0C, "STM32MP253D"},
	{0xC00B3E6D, "STM32MP251D"},
};
static const struct part_row mp23[] = {
	{0x00082182, "STM32MP235C"},
	{0x000B318E, "STM32MP233C"},
	{0x000B31EF, "STM32MP231C"},
	{0x40082F82, "STM32MP235A"},
	{0x400B3F8E, "STM32MP233A"},
	{0x400B3FEF, "STM32MP231A"},
	{0x80082182, "STM32MP235F"},
	{0x800B318E, "STM32MP233F"},
	{0x800B31EF, "STM32MP231F"},
	{0xC0082F82, "STM32MP235D"},
	{0xC00B3F8E, "STM32MP233D"},
	{0xC00B3FEF, "STM32MP231D"},
};

/* Both families give device id 0x505: the part number tells them apart. */
static void expect_family(const struct part_row *rows, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		struct image image;
		struct chip_answer answer;
		struct errbuf err = {0};
		char part[64];
		board(&image, rows[i].number);
		struct chip_question question = {.device_id = 0x505, .image = &image};
		assert_int_equal(chip_find(&answer, &question, &err), OK);
		assert_string_equal(answer.chip->name, name);
		assert_int_equal(
			field_part_number(part, sizeof part, answer.chip, &image), PART_NAMED);
		assert_string_equal(part, rows[i].name);
		chip_free(answer.chip);
	}
}

static void test_every_part_number(void **state)
{
	(void)state;
	expect_family(mp25, sizeof mp25 / sizeof mp25[0], "stm32mp25");
	expect_family(mp23, sizeof mp23 / sizeof mp23[0], "stm32mp23");
}

static void expect_banks(const struct chip *chip)
{
	for (unsigned word = 0; word < 384; word++) {
		const struct chip_bank *bank = chip_bank_of(chip, word);
		assert_non_null(bank);
		assert_int_equal(bank->rule, word < 128   ? BANK_BITS
					     : word < 368 ? BANK_ONCE
							  : BANK_NEVER);
		assert_int_equal(bank->may_be_hidden, word >= 256 && word < 368);
	}
	assert_null(chip_bank_of(chip, 384));
}

static void expect_words(const struct chip *chip)
{
	static const struct {
		unsigned first, last;
		const char *name;
		enum word_kind kind;
		enum chip_danger danger; /* the worst that holds */
		bool confirmed, big_endian;
	} rows[] = {
		{2, 2, "OTP_HW_WORD2", KIND_LIFECYCLE, DANGER_ONE_WAY, true, false},
		{5, 7, "UID", KIND_ID, DANGER_NOTICE, true, false},
		{8, 8, "RSVD_8", KIND_LIFECYCLE, DANGER_ONE_WAY, true, false},
		{12, 12, "FSBLA_MONOTONIC", KIND_LIFECYCLE, DANGER_BRICK, true, false},
		{18, 18, "BOOTROM_CONFIG_9", KIND_LIFECYCLE, DANGER_ONE_WAY, true, false},
		/* Only one vendor's page gives these to the customer: not with the lighter
		 * ceremony. */
		{23, 39, "USER_LOW_EPOCHS", KIND_USER, DANGER_BRICK, false, false},
		{101, 101, "USER_LOW_DEBUG", KIND_USER, DANGER_BRICK, false, false},
		{40, 100, "USER_LOW", KIND_USER, DANGER_NOTICE, true, false},
		{103, 121, "ST_CALIB", KIND_CALIB, DANGER_BRICK, false, false},
		{124, 124, "HCONF1", KIND_CONFIG, DANGER_ONE_WAY, true, false},
		{128, 143, "STM32CERTIF", KIND_ID, DANGER_BRICK, true, false},
		{144, 151, "OEM_KEY1_ROT_HASH", KIND_HASH, DANGER_BRICK, true, true},
		{152, 159, "OEM_KEY2_ROT_HASH", KIND_HASH, DANGER_BRICK, true, true},
		{160, 175, "RSVD_160_175", KIND_RESERVED, DANGER_BRICK, false, false},
		{176, 183, "RPROC_FW_PKH", KIND_HASH, DANGER_NOTICE, true, false},
		{246, 246, "BOARD_ID", KIND_BOARD_ID, DANGER_NOTICE, true, false},
		{247, 249, "MAC", KIND_MAC, DANGER_NOTICE, true, false},
		{256, 259, "RMA_PASSWORD", KIND_SECRET, DANGER_ONE_WAY, false, false},
		{260, 267, "FIP_EDMK", KIND_KEY, DANGER_BRICK, true, true},
		{336, 343, "RPROC_FW_ENC_KEY", KIND_KEY, DANGER_NOTICE, true, false},
		{352, 359, "TFM_IAK", KIND_KEY, DANGER_NOTICE, true, false},
		{360, 363, "EDMK2", KIND_KEY, DANGER_BRICK, true, true},
		{364, 367, "EDMK1", KIND_KEY, DANGER_BRICK, true, true},
		{368, 375, "STM32PRVKEY", KIND_SECRET, DANGER_BRICK, true, false},
		{376, 383, "HWKEY", KIND_SECRET, DANGER_BRICK, true, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (unsigned word = rows[i].first; word <= rows[i].last; word++) {
			const struct chip_entry *entry = chip_word(chip, word);
			assert_string_equal(entry->name, rows[i].name);
			assert_int_equal(entry->kind, rows[i].kind);
			assert_int_equal(chip_word_danger(chip, word), rows[i].danger);
			assert_int_equal(entry->confirmed, rows[i].confirmed);
			assert_int_equal(entry->big_endian, rows[i].big_endian);
			assert_int_equal(chip_word_is_secret(chip, word),
				rows[i].kind == KIND_SECRET || rows[i].kind == KIND_KEY);
		}
}

static void expect_values(const struct chip *chip)
{
	expect_field(chip, 8, "bootrom_close", 0xFF, "set");
	expect_field(chip, 16, "fsbla_aarch32", 0x10, "AArch32");
	/* 1 01 10 00000011 1 100 0 …: in this word, 4 KiB, 256 pages, 3, 16 bit, on-die. */
	expect_field(chip, 16, "nand_param_in_otp", 0xB01E0000, "taken from this word");
	expect_field(chip, 16, "nand_page_size", 0xB01E0000, "4 KiB");
	expect_field(chip, 16, "nand_block_size", 0xB01E0000, "256 pages");
	expect_field(chip, 16, "nand_block_nb", 0xB01E0000, "0x3");
	expect_field(chip, 16, "nand_bus_width", 0xB01E0000, "16 bit");
	expect_field(chip, 16, "nand_ecc", 0xB01E0000, "on-die");
	expect_field(chip, 18, "secure_boot", 0x0, "open");
	expect_field(chip, 18, "secure_boot", 0x8, "closed"); /* any bit closes (TF-A) */
	expect_field(chip, 18, "prov_done", 0xF0, "done");
	expect_field(chip, 20, "nand2_page_size", 0x20000, "8 KiB");
	expect_field(chip, 102, "revision", 0x08, "1.0 A");
	expect_field(chip, 102, "revision", 0x10, "2.0 B");
	expect_field(chip, 122, "package", 1, "AL VFBGA361");
	expect_field(chip, 122, "package", 3, "AK VFBGA424");
	expect_field(chip, 124, "iwdg1_hw", 0x1, "1");
	expect_field(chip, 124, "iwdg4_fz_standby", 0x800, "1");
	assert_int_equal(field_of(chip, 124, "disable_scan")->danger, DANGER_ONE_WAY);
	assert_int_equal(field_of(chip, 124, "disable_scan")->low, 20);
	assert_false(field_of(chip, 124, "hslv_vddio_b16")->confirmed);
}

static void expect_texts(const struct chip *chip)
{
	struct image image;
	char text[VALUE_TEXT_MAX];
	board(&image, 0);
	image.value[5] = 0x00110022;
	image.value[6] = 0x33445566;
	image.value[7] = 0x778899AA;
	image.value[247] = 0x42E18000; /* 00:80:e1:42 */
	image.value[248] = 0x8000E448; /* 48:e4, then 00:80 */
	image.value[249] = 0x49E442E1; /* e1:42:e4:49 */
	image.value[246] = 0x19361201; /* MB1936, CPN 1, FG 0, B, BOM 1 */
	image.value[144] = 0x01020304;
	assert_int_equal(value_text(text, sizeof text, chip, &image, chip_word(chip, 5), false),
		VALUE_SHOWN);
	assert_string_equal(text, "0011002233445566778899AA");
	assert_int_equal(value_text(text, sizeof text, chip, &image, chip_word(chip, 247), false),
		VALUE_SHOWN);
	assert_string_equal(text, "00:80:e1:42:48:e4, 00:80:e1:42:e4:49");
	assert_int_equal(value_text(text, sizeof text, chip, &image, chip_word(chip, 144), false),
		VALUE_SHOWN);
	assert_memory_equal(text, "0102030400000000", 16);
	word_text(text, sizeof text, chip, &image, 246);
	assert_memory_equal(text, "MB1936 ", 7);
	image.value[260] = 0xCAFEF00D;
	assert_int_equal(value_text(text, sizeof text, chip, &image, chip_word(chip, 260), false),
		VALUE_MASKED);
}

static void test_what_both_maps_say(void **state)
{
	(void)state;
	static const char *const names[] = {"stm32mp23", "stm32mp25"};
	for (size_t i = 0; i < 2; i++) {
		struct chip *chip = load(names[i]);
		assert_int_equal(chip->word_count, 384);
		assert_int_equal(chip->short_word_count, 368);
		assert_int_equal(chip->unique_id, 5);
		assert_true(chip_has_device_id(chip, 0x505));
		expect_banks(chip);
		expect_words(chip);
		expect_values(chip);
		expect_texts(chip);
		chip_free(chip);
	}
}

/* U-Boot and TF-A: MP23 has no AI package, and calls 7 AJ. */
static void test_where_the_maps_differ(void **state)
{
	(void)state;
	struct chip *three = load("stm32mp23"), *five = load("stm32mp25");
	expect_field(five, 122, "package", 5, "AI TFBGA436");
	expect_field(five, 122, "package", 7, "unknown");
	expect_field(three, 122, "package", 7, "AJ TFBGA361");
	expect_field(three, 122, "package", 5, "5 (unnamed)");
	chip_free(three);
	chip_free(five);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_part_number),
		cmocka_unit_test(test_what_both_maps_say),
		cmocka_unit_test(test_where_the_maps_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
