/* Byte vectors are written by hand from the public description of the structure. */
#include "src/partition.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { BYTES = 776, PADDED = 1024 };

/* Version 2, closed; word 0 = 00000017 / 30000000, word 70 = 12345678 / 40000000. */
static void fill(uint8_t bytes[PARTITION_MAX_BYTES])
{
	static const uint8_t head[] = {0x02, 0, 0, 0, 0x01, 0, 0, 0, 0x17, 0, 0, 0, 0, 0, 0, 0x30};
	static const uint8_t word70[] = {0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0x40};
	static const uint8_t word95[] = {0x01, 0x02, 0x03, 0x84, 0x05, 0, 0, 0x04};
	memset(bytes, 0, PARTITION_MAX_BYTES);
	memcpy(bytes, head, sizeof head);
	memcpy(bytes + 568, word70, sizeof word70);
	memcpy(bytes + 768, word95, sizeof word95);
}

static void set_version(uint8_t *bytes, uint8_t version)
{
	bytes[0] = version;
}

static void test_bytes_and_words(void **state)
{
	(void)state;
	const uint8_t bytes[4] = {0x01, 0x02, 0x03, 0xF4};
	assert_int_equal(bytes_to_word(bytes), 0xF4030201);
	uint8_t back[4];
	word_to_bytes(back, 0xF4030201);
	assert_memory_equal(back, bytes, 4);
}

static void test_parse(void **state)
{
	(void)state;
	uint8_t bytes[PARTITION_MAX_BYTES];
	fill(bytes);
	static const size_t lengths[] = {BYTES, PADDED};
	for (size_t i = 0; i < 2; i++) {
		struct image image;
		struct errbuf err = {0};
		assert_int_equal(partition_parse(&image, bytes, lengths[i], &err), OK);
		assert_string_equal(err.text, "");
		assert_int_equal(image.version, 2);
		assert_int_equal(image.state, 1);
		assert_int_equal(image.word_count, 96);
		assert_int_equal(image.value[0], 0x17);
		assert_int_equal(image.status[0], 0x30000000);
		assert_int_equal(image.value[1], 0);
		assert_int_equal(image.value[70], 0x12345678);
		assert_int_equal(image.status[70], 0x40000000);
		assert_int_equal(image.value[95], 0x84030201);
		assert_int_equal(image.status[95], 0x04000005); /* reserved bits are kept */
	}
}

static void test_format(void **state)
{
	(void)state;
	uint8_t bytes[PARTITION_MAX_BYTES], out[PARTITION_MAX_BYTES];
	fill(bytes);
	struct image image = {.version = 2, .state = 1, .word_count = 96};
	image.value[0] = 0x17;
	image.status[0] = 0x30000000;
	image.value[70] = 0x12345678;
	image.status[70] = 0x40000000;
	image.value[95] = 0x84030201;
	image.status[95] = 0x04000005;
	struct errbuf err = {0};
	size_t length = 0;
	memset(out, 0xEE, sizeof out);
	assert_int_equal(partition_format(out, BYTES, &length, &image, &err), OK);
	assert_int_equal(length, BYTES);
	assert_memory_equal(out, bytes, BYTES);
	assert_int_equal(out[BYTES], 0xEE);
	assert_int_equal(partition_format(out, BYTES - 1, &length, &image, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "776"));
	assert_non_null(strstr(err.text, "775"));
}

/* What is refused leaves *out as it was and says length, version and what was expected. */
static void assert_refused(const uint8_t *bytes, size_t length, const char *const texts[])
{
	/* An exact allocation lets the address sanitizer see a read past the end. */
	uint8_t *exact = malloc(length > 0 ? length : 1);
	assert_non_null(exact);
	memcpy(exact, bytes, length);
	struct image image, before;
	memset(&image, 0xA5, sizeof image);
	memset(&before, 0xA5, sizeof before);
	struct errbuf err = {0};
	assert_int_equal(partition_parse(&image, exact, length, &err), ERR_FORMAT);
	assert_memory_equal(&image, &before, sizeof image);
	assert_non_null(strstr(err.text, "expected structure version 2 with 96 words, 776 bytes"));
	for (size_t i = 0; texts[i] != NULL; i++)
		assert_non_null(strstr(err.text, texts[i]));
	free(exact);
}

static void test_other_lengths_of_version_2(void **state)
{
	(void)state;
	uint8_t bytes[PARTITION_MAX_BYTES];
	fill(bytes);
	assert_refused(bytes, 0, (const char *[]){"empty", "0 bytes", NULL});
	for (size_t length = 1; length <= sizeof bytes; length++) {
		if (length == BYTES || length == PADDED)
			continue;
		char text[32];
		snprintf(text, sizeof text, "%zu bytes", length);
		assert_refused(bytes, length,
			length < 4 ? (const char *[]){text, "too few", NULL}
				   : (const char *[]){text, "version 2", NULL});
	}
	assert_refused(bytes, 775, (const char *[]){"too short: 775 bytes", NULL});
	assert_refused(bytes, 777, (const char *[]){"wrong length: 777 bytes", NULL});
	assert_refused(bytes, 2952, (const char *[]){"2952 bytes", "368 words", "STM32MP2", NULL});
}

static void test_padding_must_be_zero(void **state)
{
	(void)state;
	for (size_t at = BYTES; at < PADDED; at++) {
		uint8_t bytes[PARTITION_MAX_BYTES];
		fill(bytes);
		bytes[at] = 0x10;
		assert_refused(bytes, PADDED,
			(const char *[]){"1024 bytes", "version 2", "not all zero", NULL});
	}
}

static void test_other_versions(void **state)
{
	(void)state;
	uint8_t bytes[PARTITION_MAX_BYTES];
	fill(bytes);
	set_version(bytes, 1);
	assert_refused(bytes, PADDED,
		(const char *[]){"1024 bytes", "structure version 1", "cannot open", NULL});
	assert_refused(bytes, BYTES, (const char *[]){"776 bytes", "structure version 1", NULL});
	set_version(bytes, 3);
	assert_refused(bytes, 3080,
		(const char *[]){"3080 bytes", "structure version 3", "cannot open", NULL});
	assert_refused(bytes, 3112, (const char *[]){"3112 bytes", "structure version 3", NULL});
	assert_refused(bytes, BYTES, (const char *[]){"776 bytes", "structure version 3", NULL});
	set_version(bytes, 0);
	assert_refused(bytes, BYTES, (const char *[]){"776 bytes", "version 0", NULL});
	set_version(bytes, 4);
	assert_refused(bytes, BYTES, (const char *[]){"776 bytes", "version 4", NULL});
	set_version(bytes, 2);
	bytes[3] = 0x80; /* 0x80000002 is not 2 */
	assert_refused(bytes, BYTES, (const char *[]){"version 2147483650", NULL});
}

/* Any 776 bytes that begin with version 2 are an image; formatting gives the same bytes again. */
static void test_random_bytes(void **state)
{
	(void)state;
	srand(20240501);
	for (unsigned round = 0; round < 2000; round++) {
		uint8_t bytes[PARTITION_MAX_BYTES], back[PARTITION_MAX_BYTES];
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (uint8_t)(rand() >> 7);
		struct image image;
		struct errbuf err = {0};
		size_t length = (size_t)rand() % (sizeof bytes + 1);
		bytes[0] = (uint8_t)(rand() % 5);
		bytes[3] = 0x11;
		assert_int_equal(partition_parse(&image, bytes, length, &err), ERR_FORMAT);
		assert_true(err.text[0] != '\0');
		word_to_bytes(bytes, 2);
		errbuf_clear(&err);
		assert_int_equal(partition_parse(&image, bytes, BYTES, &err), OK);
		assert_int_equal(partition_format(back, sizeof back, &length, &image, &err), OK);
		assert_int_equal(length, BYTES);
		assert_memory_equal(back, bytes, BYTES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_and_words),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_other_lengths_of_version_2),
		cmocka_unit_test(test_padding_must_be_zero),
		cmocka_unit_test(test_other_versions),
		cmocka_unit_test(test_random_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
