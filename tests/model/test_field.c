/* Expectations come from the public sources that src/chips/stm32mp15.chip names. */
#include "src/field.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct chip *chip;

static int load_chip(void **state)
{
	(void)state;
	struct errbuf err = {0};
	return chip_load(&chip, "stm32mp15", &err) == OK ? 0 : -1;
}

static int free_chip(void **state)
{
	(void)state;
	chip_free(chip);
	return 0;
}

static const struct chip_field *field_of(unsigned word, const char *name)
{
	for (size_t i = 0; i < chip_word_field_count(chip, word); i++) {
		const struct chip_field *field = chip_word_field(chip, word, i);
		if (strcmp(field->name, name) == 0)
			return field;
	}
	fail_msg("no field '%s' in word %u", name, word);
	return NULL;
}

static void test_fields(void **state)
{
	(void)state;
	static const struct {
		unsigned word;
		uint32_t word_value;
		const char *field;
		uint32_t value;
		const char *text;
	} rows[] = {
		{0, 0x00000017, "is_closed", 0, "open"},
		{0, 0x00000057, "is_closed", 1, "closed"},
		{0, 0x00000017, "mode", 0x17, "as delivered"},
		{0, 0xFFFFFFFF, "cfg0_reserved_high", 0x01FFFFFF, "0x1FFFFFF"},
		{1, 0x00008000, "RPN", 0x00, "STM32MP157C"},
		{1, 0x00000001, "RPN", 0x01, "STM32MP157A"},
		{1, 0x00000024, "RPN", 0x24, "STM32MP153C"},
		{1, 0x0000002F, "RPN", 0x2F, "STM32MP151A"},
		{1, 0x00000080, "RPN", 0x80, "STM32MP157F"},
		{1, 0x000000AF, "RPN", 0xAF, "STM32MP151D"},
		{1, 0x00000007, "RPN", 7, "7 (unnamed)"},
		{1, 0x00008000, "fdis_tk", 1, "1"},
		{1, 0x00007FFF, "fdis_tk", 0, "0"},
		{3, 0x00000000, "hse_value", 0, "measured by the ROM"},
		{3, 0x40000000, "hse_value", 1, "24 MHz"},
		{3, 0xC0000000, "hse_value", 3, "26 MHz"},
		{3, 0x20000000, "primary_boot_source", 4, "SD"},
		{3, 0x18000000, "primary_boot_source", 3, "eMMC"},
		{3, 0x38000000, "primary_boot_source", 7, "7 (unnamed)"},
		{3, 0x05000000, "secondary_boot_source", 5, "QSPI NAND"},
		{3, 0x00200000, "boot_source_disable", 0x20, "0x20"},
		{3, 0x00007F80, "uart_instances_disabled", 0xFF, "none"},
		{9, 0x20000000, "nand_page_size", 1, "4 KiB"},
		{9, 0x10000000, "nand_block_size", 2, "256 pages"},
		{9, 0x00040000, "nand_bus_width", 1, "16 bit"},
		{9, 0x00020000, "nand_ecc", 4, "on-die"},
		{16, 0x20000000, "package", 4, "AA LFBGA448"},
		{16, 0x08000000, "package", 1, "AD TFBGA257"},
		{18, 0x00000018, "iwdg_hw", 3, "IWDG1 and IWDG2"},
		{57, 0x42E18000, "mac_byte_2", 0xE1, "0xE1"},
		{59, 0x12722301, "board_number", 0x1272, "0x1272"},
		{59, 0x12722301, "board_revision", 3, "C"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct chip_field *field = field_of(rows[i].word, rows[i].field);
		assert_int_equal(field_value(field, rows[i].word_value), rows[i].value);
		char text[64];
		field_text(text, sizeof text, field, rows[i].word_value);
		assert_string_equal(text, rows[i].text);
	}
}

static void test_a_field_of_all_bits(void **state)
{
	(void)state;
	struct chip_field field = {.high = 31, .low = 0};
	assert_int_equal(field_value(&field, 0xDEADBEEF), 0xDEADBEEF);
}

static void test_words(void **state)
{
	(void)state;
	static const struct {
		unsigned word;
		uint32_t value;
		const char *text;
	} rows[] = {
		{0, 0x00000017, "mode as delivered"},
		{0, 0x00000057, "is_closed closed, mode as delivered"},
		{1, 0x00008000, "fdis_tk, RPN STM32MP157C"},
		{1, 0x00000080, "RPN STM32MP157F"},
		{3, 0x00000000, ""},
		{3, 0x20000000, "primary_boot_source SD"},
		{3, 0x00200000, "disable_usb_boot"},
		{3, 0x00A00000, "boot_source_disable 0xA0, disable_usb_boot"},
		{3, 0x5C008000,
			"hse_value 24 MHz, primary_boot_source eMMC, secondary_boot_source SD, "
			"no_data_cache"},
		{9, 0x80000000, "nand_param_in_otp taken from this word"},
		{13, 0x00410032, "serial 004100320000000000000000"},
		{16, 0x129675AA, "package AC TFBGA361"},
		{16, 0x00000000, ""},
		{18, 0x00002000, "product_below_2v5"},
		{18, 0x00000148,
			"iwdg_freeze_standby IWDG2, iwdg_freeze_stop IWDG2, "
			"iwdg_hw IWDG1"},
		{40, 0x12345678, ""}, /* secret words are nobody's business */
		{56, 0x3FFFFFFF, ""},
		{59, 0x12722301, "MB1272 variant 2.0 rev C BOM 1 (ST's coding)"},
		{59, 0x12632122, "MB1263 variant 2.2 rev A BOM 2 (ST's coding)"},
		{59, 0x42421FF0,
			"MB4242 variant 1.15 rev O BOM 0 "
			"(if coded as ST does; no board of ST we know)"},
		{59, 0x00000000, ""},
		{59, 0x00001101, ""}, /* no number */
		{59, 0x1A721101, ""}, /* a number that is not decimal */
		{59, 0x12721001, ""}, /* there is no revision 0 */
		{70, 0x12345678, ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct image image = {.version = 2, .word_count = 96};
		image.value[rows[i].word] = rows[i].value;
		image.status[rows[i].word] = 0x40000000;
		char text[256];
		word_text(text, sizeof text, chip, &image, rows[i].word);
		assert_string_equal(text, rows[i].text);
	}
}

static void test_values_that_are_not_known_say_nothing(void **state)
{
	(void)state;
	static const uint32_t untrusted[] = {0x00000001, 0x04000000, 0x20000000};
	for (size_t i = 0; i < 3; i++) {
		struct image image = {.version = 2, .word_count = 96};
		char text[256] = "old";
		image.value[59] = 0x12722301;
		image.status[59] = untrusted[i];
		word_text(text, sizeof text, chip, &image, 59);
		assert_string_equal(text, "");
		image.value[57] = 0x42E18000;
		image.value[58] = 0x0000E448;
		image.status[58] = untrusted[i];
		word_text(text, sizeof text, chip, &image, 57);
		assert_string_equal(text, "");
	}
	struct image image = {.version = 2, .word_count = 96};
	char text[256] = "old";
	word_text(text, sizeof text, chip, &image, 96);
	assert_string_equal(text, "");
}

static void test_mac(void **state)
{
	(void)state;
	struct image image = {.version = 2, .word_count = 96};
	char text[256];
	word_text(text, sizeof text, chip, &image, 57);
	assert_string_equal(text, "");
	image.value[57] = 0x42E18000;
	image.value[58] = 0x0000E448;
	for (unsigned word = 57; word <= 58; word++) {
		word_text(text, sizeof text, chip, &image, word);
		assert_string_equal(text, "MAC 00:80:e1:42:48:e4");
	}
	image.value[57] = image.value[58] = 0xFFFFFFFF;
	word_text(text, sizeof text, chip, &image, 57);
	assert_string_equal(text, "");
}

/* Three words hold two addresses, the middle word a part of each. */
static void test_two_macs_in_three_words(void **state)
{
	(void)state;
	static const char file[] = "[chip]\nname = t\ntitle = T\ndevice-id = 1\nwords = 3\n"
				   "[bank all]\nwords = 0-2\nrule = once\n"
				   "[word 0-2]\nname = MAC\nkind = mac\ndanger = notice\n"
				   "source = here\n";
	struct chip *other = NULL;
	struct errbuf err = {0};
	assert_int_equal(chip_parse(&other, file, strlen(file), "t.chip", &err), OK);
	struct image image = {.version = 2, .word_count = 3};
	image.value[0] = 0x04030201;
	image.value[1] = 0x08070605;
	image.value[2] = 0x0C0B0A09;
	static const char *const expected[] = {"MAC 01:02:03:04:05:06",
		"MAC 01:02:03:04:05:06, MAC 07:08:09:0a:0b:0c", "MAC 07:08:09:0a:0b:0c"};
	for (unsigned word = 0; word < 3; word++) {
		char text[256];
		word_text(text, sizeof text, other, &image, word);
		assert_string_equal(text, expected[word]);
	}
	chip_free(other);
}

static void test_texts_are_cut(void **state)
{
	(void)state;
	struct image image = {.version = 2, .word_count = 96};
	image.value[3] = 0x5C008000;
	char whole[256];
	word_text(whole, sizeof whole, chip, &image, 3);
	size_t length = strlen(whole);
	for (size_t cap = 0; cap <= length + 1; cap++) {
		char text[256];
		memset(text, '#', sizeof text);
		word_text(text, cap, chip, &image, 3);
		assert_int_equal(text[cap], '#');
		if (cap > 0)
			assert_int_equal(strlen(text), cap - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_a_field_of_all_bits),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_values_that_are_not_known_say_nothing),
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_two_macs_in_three_words),
		cmocka_unit_test(test_texts_are_cut),
	};
	return cmocka_run_group_tests(tests, load_chip, free_chip);
}
