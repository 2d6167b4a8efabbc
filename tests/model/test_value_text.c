/* Values of several words as one. What is expected of the fixture is what the vendor's tool prints
 * for it and what its words hold in stm32mp157c-display.txt; the order of bytes is U-Boot's
 * (cmd_stm32key.c for keys, mach/stm32.h for addresses). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "src/field.h"
#include "src/partition.h"
#include "src/store.h"
#include "src/value_text.h"
#include "src/word_status.h"
#include "tests/support/fixtures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct chip *chip;
static struct chip *other;
static struct image image;

/* A made-up chip with what the built-in STM32MP15 has not. */
static const char other_file[] =
	"[chip]\nname = t\ntitle = T\ndevice-id = 1\nwords = 16\nunique-id = 5\n"
	"[bank all]\nwords = 0-15\nrule = once\n"
	"[word 0-2]\nname = MAC\nkind = mac\ndanger = notice\nsource = here\n"
	"[word 3-4]\nname = BIG\nkind = hash\norder = big-endian\ndanger = brick\nsource = here\n"
	"[word 5-7]\nname = UID\nkind = id\ndanger = notice\nsource = here\n"
	"[word 8-9]\nname = LITTLE\nkind = hash\ndanger = brick\nsource = here\n"
	"[word 10-11]\nname = KEY\nkind = secret\norder = big-endian\ndanger = brick\nsource = "
	"here\n"
	"[word 12-15]\nname = WIDE\nkind = hash\ndanger = brick\nsource = here\n"
	"[word 13]\nname = HOLE\nkind = user\ndanger = notice\nsource = here\n";

static int set_up(void **state)
{
	(void)state;
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	chip = fixture_chip();
	assert_int_equal(
		store_read(&bytes, &length, TEST_DATA "/stm32mp157c-read.bin", 4096, &err), OK);
	assert_int_equal(partition_parse(&image, bytes, length, &err), OK);
	free(bytes);
	return chip_parse(&other, other_file, strlen(other_file), "t.chip", &err) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	chip_free(chip);
	chip_free(other);
	return 0;
}

static void expect_whole(const struct chip *of, unsigned word, bool reveal, enum value_state state,
	const char *expected)
{
	char text[VALUE_TEXT_MAX];
	const struct chip_entry *entry = value_entry(of, word);
	assert_non_null(entry);
	assert_int_equal(value_text(text, sizeof text, of, &image, entry, reveal), state);
	assert_string_equal(text, expected);
}

static void test_the_fixture(void **state)
{
	(void)state;
	for (unsigned word = 13; word <= 15; word++)
		expect_whole(chip, word, false, VALUE_SHOWN, "004100323338511634383330");
	expect_whole(chip, 57, false, VALUE_SHOWN, "00:80:e1:42:48:e4");
	expect_whole(chip, 58, false, VALUE_SHOWN, "00:80:e1:42:48:e4");
	expect_whole(chip, 24, false, VALUE_SHOWN,
		"4e31bbcd51e827ddaabbcc110000000000000000000000000000000000000000");
	expect_whole(chip, 40, false, VALUE_MASKED, "masked");
	char text[64];
	word_text(text, sizeof text, chip, &image, 14);
	assert_string_equal(text, "serial 004100323338511634383330");
	word_text(text, sizeof text, chip, &image, 59);
	assert_string_equal(text, "MB1272 variant 2.0 rev C BOM 1 (ST's coding)");
}

/* The certificate of words 40 to 55, in bytes: least significant first, as the map orders it. */
static void test_a_secret_of_the_fixture(void **state)
{
	(void)state;
	char text[VALUE_TEXT_MAX];
	const struct chip_entry *entry = value_entry(chip, 40);
	assert_int_equal(value_text(text, sizeof text, chip, &image, entry, true), VALUE_SHOWN);
	assert_int_equal(strlen(text), 2 * 64);
	assert_memory_equal(text, "403e33aada0de9b5", 16);
}

static void test_words_of_no_value(void **state)
{
	(void)state;
	static const unsigned words[] = {0, 3, 5, 16, 21, 32, 56, 59, 64, 70, 96};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (value_entry(chip, words[i]))
			fail_msg("word %u is no part of a value", words[i]);
	/* 12 to 15 are not all WIDE's own. */
	assert_null(value_entry(other, 12));
	assert_null(value_entry(other, 13));
}

static void test_two_addresses(void **state)
{
	(void)state;
	image = (struct image){.version = 2, .word_count = 16};
	image.value[0] = 0x42E18000;
	image.value[1] = 0x8000E448;
	image.value[2] = 0x010203E1;
	expect_whole(other, 1, false, VALUE_SHOWN, "00:80:e1:42:48:e4, 00:80:e1:03:02:01");
	/* All 0 and all FF are no addresses. */
	image.value[0] = 0;
	image.value[1] = 0xFFFF0000;
	image.value[2] = 0xFFFFFFFF;
	expect_whole(other, 1, false, VALUE_SHOWN, "000000000000ffffffffffff");
}

static void test_order_of_bytes(void **state)
{
	(void)state;
	image = (struct image){.version = 2, .word_count = 16};
	image.value[3] = 0x01020304;
	image.value[4] = 0xA5B6C7D8;
	image.value[8] = 0x04030201;
	image.value[9] = 0xD8C7B6A5;
	image.value[10] = 0x11223344;
	expect_whole(other, 3, false, VALUE_SHOWN, "01020304a5b6c7d8");
	expect_whole(other, 8, false, VALUE_SHOWN, "01020304a5b6c7d8");
	expect_whole(other, 10, false, VALUE_MASKED, "masked");
	expect_whole(other, 10, true, VALUE_SHOWN, "1122334400000000");
}

static void test_what_is_not_known(void **state)
{
	(void)state;
	image = (struct image){.version = 2, .word_count = 16};
	expect_whole(other, 3, false, VALUE_EMPTY, "not programmed");
	expect_whole(other, 10, false, VALUE_EMPTY, "not programmed");
	expect_whole(other, 0, false, VALUE_EMPTY, "not programmed");
	image.value[3] = 0x01020304;
	image.value[4] = 0xDEADBEEF;
	image.status[4] = WORD_STATUS_STICKY_READ;
	expect_whole(other, 3, false, VALUE_PARTLY, "01020304????????");
	image.status[3] = WORD_STATUS_READ_ERROR;
	expect_whole(other, 3, false, VALUE_UNKNOWN, "cannot be read");
	/* A hidden word might hold anything, so the value is not empty. */
	image.status[8] = WORD_STATUS_LOCK_ERROR;
	expect_whole(other, 8, false, VALUE_PARTLY, "????????00000000");
	/* An image that ends early. */
	image.word_count = 4;
	image.status[3] = 0;
	expect_whole(other, 3, false, VALUE_PARTLY, "01020304????????");
	expect_whole(other, 5, false, VALUE_UNKNOWN, "cannot be read");
}

/* Words that firmware may hide, and words that no host ever sees, prove nothing by being 0. */
static void test_what_may_be_hidden(void **state)
{
	(void)state;
	struct errbuf err = {0};
	static const char *const banks[] = {"rule = once\nhidden = maybe\n", "rule = never\n"};
	for (size_t i = 0; i < 2; i++) {
		char file[400];
		snprintf(file, sizeof file,
			"[chip]\nname = h\ntitle = H\ndevice-id = 1\nwords = 4\n"
			"[bank low]\nwords = 0-1\nrule = once\n[bank high]\nwords = 2-3\n%s"
			"[word 0-1]\nname = A\nkind = key\ndanger = brick\nsource = here\n"
			"[word 2-3]\nname = B\nkind = key\ndanger = brick\nsource = here\n",
			banks[i]);
		chip_free(other);
		other = NULL;
		assert_int_equal(chip_parse(&other, file, strlen(file), "h.chip", &err), OK);
		image = (struct image){.version = 2, .word_count = 4};
		expect_whole(other, 0, false, VALUE_EMPTY, "not programmed");
		expect_whole(other, 2, false, VALUE_HIDDEN, "empty or hidden");
		image.value[3] = 0x12345678;
		expect_whole(other, 2, false, VALUE_MASKED, "masked");
	}
}

static void test_counts(void **state)
{
	(void)state;
	/* Of 24 to 31 the fixture has 24 and 25 locked for ever, and shadow locks on all eight. */
	const struct chip_entry *entry = value_entry(chip, 24);
	assert_int_equal(value_count_status(&image, entry, WORD_STATUS_PERMANENT), 2);
	assert_int_equal(value_count_status(&image, entry, WORD_STATUS_STICKY_WRITE), 8);
	assert_int_equal(value_count_status(&image, entry, WORD_STATUS_READ_ERROR), 0);
}

static void test_texts_are_cut(void **state)
{
	(void)state;
	char text[VALUE_TEXT_MAX];
	for (size_t cap = 1; cap <= 65; cap++) {
		memset(text, '#', sizeof text);
		value_text(text, cap, chip, &image, value_entry(chip, 24), false);
		assert_int_equal(text[cap], '#');
		assert_int_equal(strlen(text), cap - 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_fixture),
		TEST(test_a_secret_of_the_fixture),
		TEST(test_words_of_no_value),
		TEST(test_two_addresses),
		TEST(test_order_of_bytes),
		TEST(test_what_is_not_known),
		TEST(test_what_may_be_hidden),
		TEST(test_counts),
		TEST(test_texts_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
