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

enum { BYTES = 776, PADDED = 1024, MP2_UBOOT = 2952, V3 = 3080, V3_DIGEST = 3112 };

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
	assert_non_null(strstr(err.text, "expected version 1 of 1024 bytes, version 2 of 776 or "
					 "2952, or version 3 of 3080 or 3112"));
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
		if (length == BYTES || length == PADDED || length == MP2_UBOOT)
			continue;
		char text[32];
		snprintf(text, sizeof text, "%zu bytes", length);
		assert_refused(bytes, length,
			length < 4 ? (const char *[]){text, "too few", NULL}
				   : (const char *[]){text, "version 2", NULL});
	}
	assert_refused(bytes, 775, (const char *[]){"too short: 775 bytes", NULL});
	assert_refused(bytes, 777, (const char *[]){"wrong length: 777 bytes", NULL});
	assert_refused(bytes, V3, (const char *[]){"wrong length: 3080 bytes", NULL});
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
	assert_refused(bytes, BYTES,
		(const char *[]){"too short: 776 bytes", "structure version 1", NULL});
	assert_refused(bytes, V3, (const char *[]){"3080 bytes", "structure version 1", NULL});
	set_version(bytes, 3);
	assert_refused(bytes, BYTES, (const char *[]){"776 bytes", "structure version 3", NULL});
	assert_refused(bytes, PADDED, (const char *[]){"1024 bytes", "structure version 3", NULL});
	assert_refused(
		bytes, MP2_UBOOT, (const char *[]){"2952 bytes", "structure version 3", NULL});
	set_version(bytes, 0);
	assert_refused(bytes, BYTES, (const char *[]){"776 bytes", "version 0", NULL});
	set_version(bytes, 4);
	assert_refused(bytes, BYTES, (const char *[]){"776 bytes", "version 4", NULL});
	set_version(bytes, 2);
	bytes[3] = 0x80; /* 0x80000002 is not 2 */
	assert_refused(bytes, BYTES, (const char *[]){"version 2147483650", NULL});
}

static void put(uint8_t *bytes, size_t at, uint32_t word)
{
	bytes[at] = (uint8_t)(word & 0xFF);
	bytes[at + 1] = (uint8_t)(word >> 8 & 0xFF);
	bytes[at + 2] = (uint8_t)(word >> 16 & 0xFF);
	bytes[at + 3] = (uint8_t)(word >> 24);
}

/*
 * Version 1 by hand: word 44 + n is the value of word n; bit n % 32 of word n / 32 of each map.
 * 0x55 in every byte that says nothing of a word, so that nothing of it may be lost.
 */
static void fill_v1(uint8_t bytes[PADDED])
{
	static const unsigned map_starts[] = {8, 14, 20, 26, 32, 38};
	memset(bytes, 0x55, PADDED);
	put(bytes, 0, 1);
	put(bytes, 3 * (size_t)4, 0x0001);
	for (size_t i = 0; i < 6; i++)
		memset(bytes + 4 * (size_t)map_starts[i], 0, 12);
	memset(bytes + 0xB0, 0, 4 * (size_t)96);
	put(bytes, 0xB0, 0x17);                 /* word 0 */
	put(bytes, 0xB0 + 4 * 57, 0x42E18000);  /* word 57 */
	put(bytes, 0x22C, 0xCAFEF00D);          /* word 95, bytes 22C to 22F */
	put(bytes, 4 * (size_t)10, 0x00000002); /* disturbed: word 65 */
	put(bytes, 4 * (size_t)14, 0x80000000); /* error: word 31 */
	put(bytes, 4 * (size_t)20, 0x00000001); /* permanent lock: word 0 */
	put(bytes, 4 * (size_t)21, 0x02000000); /* word 57 */
	put(bytes, 4 * (size_t)28, 0x80000000); /* programming sticky lock: word 95 */
	put(bytes, 4 * (size_t)32, 0x00000010); /* shadow write lock: word 4 */
	put(bytes, 4 * (size_t)39, 0x01000000); /* shadow read lock: word 56 */
}

static void assert_round_trip(const struct image *image, const uint8_t *bytes, size_t length)
{
	uint8_t back[PARTITION_MAX_BYTES];
	struct errbuf err = {0};
	size_t back_length = 0;
	assert_int_equal(partition_size(image), length);
	assert_int_equal(partition_format(back, length - 1, &back_length, image, &err), ERR_FORMAT);
	assert_int_equal(partition_format(back, sizeof back, &back_length, image, &err), OK);
	assert_int_equal(back_length, length);
	assert_memory_equal(back, bytes, length);
}

static void test_version_1(void **state)
{
	(void)state;
	uint8_t bytes[PADDED];
	fill_v1(bytes);
	struct image image;
	struct errbuf err = {0};
	assert_int_equal(partition_parse(&image, bytes, PADDED, &err), OK);
	assert_int_equal(image.version, 1);
	assert_int_equal(image.word_count, 96);
	assert_int_equal(image.state, 2); /* neither open nor closed is told */
	assert_int_equal(image.value[0], 0x17);
	assert_int_equal(image.value[57], 0x42E18000);
	assert_int_equal(image.value[95], 0xCAFEF00D);
	for (unsigned word = 0; word < 96; word++) {
		uint32_t expected = word == 0 || word == 57    ? 0x40000000
				    : word == 65 || word == 31 ? 0x00000001
				    : word == 95               ? 0x08000000
				    : word == 4                ? 0x10000000
				    : word == 56               ? 0x20000000
							       : 0;
		assert_int_equal(image.status[word], expected);
	}
	assert_round_trip(&image, bytes, PADDED);
	put(bytes, 3 * (size_t)4, 0x0004); /* BSEC: invalid */
	assert_int_equal(partition_parse(&image, bytes, PADDED, &err), OK);
	assert_int_equal(image.state, 3);
}

static void test_368_words(void **state)
{
	(void)state;
	uint8_t bytes[MP2_UBOOT] = {2, 0, 0, 0, 1, 0, 0, 0};
	put(bytes, 8 + 8 * (size_t)367, 0x11223344);
	put(bytes, 12 + 8 * (size_t)367, 0x40000000);
	struct image image;
	struct errbuf err = {0};
	assert_int_equal(partition_parse(&image, bytes, MP2_UBOOT, &err), OK);
	assert_int_equal(image.word_count, 368);
	assert_int_equal(image.value[367], 0x11223344);
	assert_int_equal(image.status[367], 0x40000000);
	assert_int_equal(image.digest, IMAGE_DIGEST_NONE);
	assert_round_trip(&image, bytes, MP2_UBOOT);
}

/*
 * Words 0 = 17, 9 = 2000, 255 = A1B2C3D4, 375 = 1020304, 376 = DEADBEEF. The digest was computed
 * apart from this program, as sha256sum does it over the big-endian bytes of words 0 to 375.
 */
static void fill_v3(uint8_t bytes[V3_DIGEST])
{
	static const uint8_t digest[32] = {
		0xCA,
		0x2E,
		0x9E,
		0xA0,
		0xEF,
		0xAF,
		0xBF,
		0xA7,
		0x79,
		0x3F,
		0xB6,
		0x05,
		0x6B,
		0x80,
		0x0A,
		0x48,
		0x9B,
		0x25,
		0x60,
		0xAC,
		0x52,
		0xE0,
		0x99,
		0x2C,
		0x31,
		0x33,
		0x38,
		0xAC,
		0x47,
		0x35,
		0x36,
		0x3F,
	};
	memset(bytes, 0, V3_DIGEST);
	put(bytes, 0, 3);
	put(bytes, 8, 0x17);
	put(bytes, 8 + 8 * 9, 0x2000);
	put(bytes, 8 + 8 * 255, 0xA1B2C3D4);
	put(bytes, 12 + 8 * 255, 0x40000000);
	put(bytes, 8 + 8 * 375, 0x01020304);
	put(bytes, 8 + 8 * 376, 0xDEADBEEF); /* not in the digest */
	memcpy(bytes + V3, digest, sizeof digest);
}

static void test_version_3(void **state)
{
	(void)state;
	uint8_t bytes[3328] = {0};
	fill_v3(bytes);
	struct image image;
	struct errbuf err = {0};
	assert_int_equal(partition_parse(&image, bytes, V3, &err), OK);
	assert_int_equal(image.version, 3);
	assert_int_equal(image.word_count, 384);
	assert_int_equal(image.value[376], 0xDEADBEEF);
	assert_int_equal(image.digest, IMAGE_DIGEST_NONE);
	assert_round_trip(&image, bytes, V3);
	static const size_t lengths[] = {V3_DIGEST, 3328};
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(partition_parse(&image, bytes, lengths[i], &err), OK);
		assert_int_equal(image.status[255], 0x40000000);
		assert_int_equal(image.digest, IMAGE_DIGEST_VERIFIED);
		assert_round_trip(&image, bytes, V3_DIGEST);
	}
}

static void assert_opens_only_when_asked(
	const uint8_t *bytes, size_t length, unsigned words, enum image_digest digest)
{
	struct image image;
	struct errbuf err = {0};
	assert_int_equal(partition_parse(&image, bytes, length, &err), ERR_FORMAT);
	assert_int_equal(partition_parse_any(&image, bytes, length, &err), OK);
	assert_int_equal(image.word_count, words);
	assert_int_equal(image.digest, digest);
	assert_round_trip(&image, bytes, length);
}

static void test_what_the_digest_covers(void **state)
{
	(void)state;
	uint8_t bytes[V3_DIGEST];
	struct image image;
	struct errbuf err = {0};
	for (unsigned bit = 0; bit < 8 * PARTITION_DIGEST_BYTES; bit++) {
		fill_v3(bytes);
		bytes[V3 + bit / 8] ^= (uint8_t)(1u << (bit % 8));
		assert_int_equal(partition_parse(&image, bytes, V3_DIGEST, &err), ERR_FORMAT);
		assert_non_null(strstr(err.text, "SHA-256 is not that of the words"));
	}
	for (unsigned word = 0; word < 384; word++) {
		fill_v3(bytes);
		bytes[8 + 8 * word] ^= 0x10;
		assert_int_equal(partition_parse(&image, bytes, V3_DIGEST, &err),
			word < 376 ? ERR_FORMAT : OK);
		fill_v3(bytes);
		bytes[12 + 8 * word + 3] ^= 0x10; /* statuses are not in it */
		assert_int_equal(partition_parse(&image, bytes, V3_DIGEST, &err), OK);
	}
	fill_v3(bytes);
	bytes[8] ^= 0x10;
	assert_opens_only_when_asked(bytes, V3_DIGEST, 384, IMAGE_DIGEST_WRONG);
}

/* A flipped bit of the version or of the file's length never opens as something else. */
static void test_single_bits_of_version_and_length(void **state)
{
	(void)state;
	static const struct {
		uint8_t version;
		size_t length;
	} sound[] = {{1, PADDED}, {2, BYTES}, {2, MP2_UBOOT}, {3, V3}, {3, V3_DIGEST}};
	for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
		uint8_t bytes[8192] = {0};
		if (sound[i].version == 3)
			fill_v3(bytes);
		struct image image;
		struct errbuf err = {0};
		set_version(bytes, sound[i].version);
		assert_int_equal(partition_parse(&image, bytes, sound[i].length, &err), OK);
		for (unsigned bit = 0; bit < 32; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
			assert_int_equal(
				partition_parse(&image, bytes, sound[i].length, &err), ERR_FORMAT);
			assert_int_equal(partition_parse_any(&image, bytes, sound[i].length, &err),
				ERR_FORMAT);
			bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		}
		for (unsigned bit = 0; bit < 13; bit++) {
			size_t length = sound[i].length ^ (size_t)1 << bit;
			if (sound[i].version == 3 && (length == V3 || length == V3_DIGEST))
				continue; /* with its digest and without: both are whole */
			assert_int_equal(partition_parse(&image, bytes, length, &err), ERR_FORMAT);
			assert_non_null(strstr(err.text, "bytes"));
		}
	}
}

static void test_odd_lengths_for_looking(void **state)
{
	(void)state;
	uint8_t bytes[8 + 8 * 400] = {2, 0, 0, 0};
	assert_opens_only_when_asked(bytes, 768, 95, IMAGE_DIGEST_NONE);
	assert_opens_only_when_asked(bytes, 16, 1, IMAGE_DIGEST_NONE);
	assert_opens_only_when_asked(bytes, 3072, 383, IMAGE_DIGEST_NONE);
	set_version(bytes, 3);
	assert_opens_only_when_asked(bytes, 768, 95, IMAGE_DIGEST_NONE);
	static const size_t refused[] = {0, 1, 4, 8, 12, 772, 3088, 3208};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct image image;
		struct errbuf err = {0};
		assert_int_equal(partition_parse_any(&image, bytes, refused[i], &err), ERR_FORMAT);
	}
	set_version(bytes, 1);
	struct image image;
	struct errbuf err = {0};
	assert_int_equal(partition_parse_any(&image, bytes, 768, &err), ERR_FORMAT);
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
		cmocka_unit_test(test_version_1),
		cmocka_unit_test(test_368_words),
		cmocka_unit_test(test_version_3),
		cmocka_unit_test(test_what_the_digest_covers),
		cmocka_unit_test(test_single_bits_of_version_and_length),
		cmocka_unit_test(test_odd_lengths_for_looking),
		cmocka_unit_test(test_random_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
