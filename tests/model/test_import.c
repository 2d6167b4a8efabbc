/*
 * Values out of Intel HEX, key hash and key files. The P-256 key is the one of RFC 6979 A.2.5, the
 * Brainpool key the generator of RFC 5639; the expected hashes were made with another program
 * (Python's hashlib and struct) from the coordinates printed there.
 */
#include "src/import.h"
#include "src/staging.h"
#include "src/store.h"

#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char p256_key[] = "-----BEGIN PUBLIC KEY-----\n"
			       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7\n"
			       "Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
			       "-----END PUBLIC KEY-----\n";
static const char t1_key[] = "-----BEGIN PUBLIC KEY-----\n"
			     "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEIA0IABKPo6zzBz+e3cyITsjplYUmvoULE\n"
			     "eq+8K3mhkVYuEwX0LZlsgjQ5xW1/eyLhRkRBfmm8tt450CcAHavo81slyb4=\n"
			     "-----END PUBLIC KEY-----\n";

/* RFC 5480's SubjectPublicKeyInfo around the point of RFC 6979. */
static const uint8_t p256_der[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
	0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
	0x04, 0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74, 0xC6, 0x35,
	0x6D, 0x68, 0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6, 0x69, 0x62, 0x2E, 0x60,
	0xF2, 0x9F, 0xB6, 0x79, 0x03, 0xFE, 0x10, 0x08, 0xB8, 0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9,
	0x56, 0x28, 0xBC, 0x64, 0xF2, 0xF1, 0xB2, 0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2,
	0x94, 0xD4, 0x46, 0x22, 0x99, 0x00};
#define P256_DER_LENGTH (sizeof p256_der - 1) /* the last byte is one too many */

static const uint32_t p256_hash[8] = {0xD6C23E27, 0x44A840CB, 0x3A5A14B6, 0x554CCE7C, 0x070057C4,
	0xE3298CB9, 0x3577DE68, 0x7EECE659};
/* Seven times the P-256 key, then the Brainpool one; and that one first. */
static const uint32_t table_hash[8] = {0xE30E7CE6, 0xC6A5F573, 0x836D30B7, 0x94BACA5C, 0xA7ADD464,
	0xE2EBB062, 0x540BF9BD, 0x11238F6B};
static const uint32_t other_order_hash[8] = {0x9189B10B, 0xA2AB8095, 0x61328634, 0x79901F6F,
	0xF0AF379B, 0xAF4FC5A7, 0x1FFCA475, 0xA18CD221};

static char folder[SCRATCH_MAX];
static char path[SCRATCH_MAX + 64];

static int make(void **state)
{
	(void)state;
	scratch_make(folder);
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}

static const char *put_file(const char *name, const void *bytes, size_t length)
{
	struct errbuf err = {0};
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (store_save(path, bytes, length, &err) != OK)
		fail_msg("%s", err.text);
	return path;
}

/* --- values --- */

/* The value of "word=FIRST value=VALUE" on a chip. */
static enum status value_of(struct staging_words *out, const char *chip_name, unsigned first,
	const char *value, struct errbuf *err)
{
	char line[2048];
	struct chip *chip;
	struct statement *statement = malloc(sizeof *statement);
	assert_non_null(statement);
	snprintf(line, sizeof line, "write word=%u value=%s", first, value);
	assert_int_equal(chip_load(&chip, chip_name, err), OK);
	assert_int_equal(grammar_parse_line(statement, line, 0, err), OK);
	enum status status = staging_value(out, &statement->assignments[0], chip, err);
	chip_free(chip);
	free(statement);
	return status;
}

static void assert_words(
	const char *chip, unsigned first, const char *value, const uint32_t *expected, size_t count)
{
	struct staging_words words;
	struct errbuf err = {0};
	if (value_of(&words, chip, first, value, &err) != OK)
		fail_msg("%s: %s", value, err.text);
	assert_int_equal(words.count, count);
	assert_memory_equal(words.word, expected, count * sizeof *expected);
}

static void refuse(
	const char *chip, unsigned first, const char *value, enum status expected, const char *part)
{
	struct staging_words words;
	struct errbuf err = {0};
	assert_int_equal(value_of(&words, chip, first, value, &err), expected);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
}

/* --- keys --- */

static void a_key_may_be_der(void **state)
{
	(void)state;
	char value[1024];
	snprintf(value, sizeof value, "pem:%s", put_file("k.der", p256_der, P256_DER_LENGTH));
	assert_words("stm32mp15", 24, value, p256_hash, 8);
	put_file("k.der", p256_der, sizeof p256_der);
	refuse("stm32mp15", 24, value, ERR_FORMAT, "nor a DER one");
	put_file("k.der", p256_der, P256_DER_LENGTH - 1);
	refuse("stm32mp15", 24, value, ERR_FORMAT, "nor a DER one");
}

/* "pem:" and the paths of files named by letters. */
static void name_keys(char *value, size_t cap, const char *letters)
{
	size_t used = (size_t)snprintf(value, cap, "pem:");
	for (; *letters; letters++)
		used += (size_t)snprintf(value + used, cap - used, "%s/%c%s", folder, *letters,
			letters[1] ? "," : "");
}

static void mp13_hashes_a_table_of_eight_keys(void **state)
{
	(void)state;
	char value[1024];
	put_file("p", p256_key, strlen(p256_key));
	put_file("t", t1_key, strlen(t1_key));
	name_keys(value, sizeof value, "pppppppt");
	assert_words("stm32mp13", 24, value, table_hash, 8);
	name_keys(value, sizeof value, "tppppppp");
	assert_words("stm32mp13", 24, value, other_order_hash, 8);
	name_keys(value, sizeof value, "p");
	refuse("stm32mp13", 24, value, ERR_USAGE, "a table of 8 keys, and here 1 is named");
	name_keys(value, sizeof value, "ppppppppp");
	refuse("stm32mp13", 24, value, ERR_USAGE, "here 9 are named");
	name_keys(value, sizeof value, "pppppppx");
	refuse("stm32mp13", 24, value, ERR_FILE, "/x'");
	refuse("stm32mp13", 24, "pem:a,,c,d,e,f,g,h", ERR_FILE, "'a'");
	name_keys(value, sizeof value, "pppppppt");
	refuse("stm32mp13", 25, value, ERR_USAGE, "does not begin one");
}

static void hashes_that_are_not_published_are_refused(void **state)
{
	(void)state;
	static const char *const chips[] = {"stm32mp23", "stm32mp25"};
	char value[1024];
	put_file("p", p256_key, strlen(p256_key));
	name_keys(value, sizeof value, "pppppppp");
	for (size_t i = 0; i < 2; i++)
		refuse(chips[i], 144, value, ERR_REFUSED, "publicKeysHashHashes.bin as keyhash:F");
}

static void the_signing_tools_hash_is_big_endian(void **state)
{
	(void)state;
	static const uint32_t expected[8] = {0x00010203, 0x04050607, 0x08090A0B, 0x0C0D0E0F,
		0x10111213, 0x14151617, 0x18191A1B, 0x1C1D1E1F};
	static const struct {
		const char *chip;
		unsigned word;
	} places[] = {{"stm32mp15", 24}, {"stm32mp13", 24}, {"stm32mp25", 144}, {"stm32mp25", 152}};
	uint8_t bytes[33];
	char value[1024];
	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)i;
	snprintf(value, sizeof value, "keyhash:%s", put_file("h.bin", bytes, 32));
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		assert_words(places[i].chip, places[i].word, value, expected, 8);
	refuse("stm32mp15", 60, value, ERR_USAGE, "keyhash: fills the eight words");
	refuse("stm32mp15", 23, value, ERR_USAGE, "does not begin one");
	/* RPROC_FW_PKH is little-endian: not one of the ROM code's. */
	refuse("stm32mp25", 176, value, ERR_USAGE, "does not begin one");
	put_file("h.bin", bytes, 33);
	refuse("stm32mp15", 24, value, ERR_FORMAT, "has 33 bytes");
	put_file("h.bin", bytes, 31);
	refuse("stm32mp15", 24, value, ERR_FORMAT, "has 31 bytes");
}

/* --- Intel HEX --- */

static void hex_files_follow_the_chip_maps_byte_order(void **state)
{
	(void)state;
	static const char text[] = ":020000040800F2\r\n"
				   ":0400100001020304E2\r\n"
				   ":04001400FFFEFDFCF2\r\n"
				   ":0400000508000000EF\r\n"
				   ":00000001FF\r\n";
	static const uint32_t user[] = {0x04030201, 0xFCFDFEFF}, hash[] = {0x01020304, 0xFFFEFDFC};
	char value[1024];
	snprintf(value, sizeof value, "hex:%s", put_file("v.hex", text, strlen(text)));
	assert_words("stm32mp15", 60, value, user, 2);
	assert_words("stm32mp15", 24, value, hash, 2);
}

static enum status hex(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err)
{
	return import_hex_text(out, length, (const uint8_t *)text, strlen(text), "v", err);
}

static void hex_addresses_go_on_across_segments(void **state)
{
	(void)state;
	uint8_t out[IMPORT_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	/* 0001FFFE and 0001FFFF in a segment, 00020000 on in a linear one. */
	assert_int_equal(hex(out, &length,
				 ":020000021000EC\n:02FFFE00AABB9C\n:020000040002F8\n"
				 ":02000000ccdd55\n:00000001FF",
				 &err),
		OK);
	assert_int_equal(length, 4);
	assert_memory_equal(out, "\xAA\xBB\xCC\xDD", 4);
}

static void broken_hex_is_refused_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *part;
	} bad[] = {
		{"", "no end record"},
		{":00000001FF\n", "holds no data"},
		{":0400100001020304E2\n", "no end record"},
		{":0400100001020304E3\n:00000001FF\n", "'v' line 1: its checksum"},
		{":0400100001020304E2\n\n:04001500FFFEFDFCF1\n:00000001FF\n",
			"'v' line 3: its data does not follow"},
		{":0400100001020304E2\n:0400100001020304E2\n:00000001FF\n", "does not follow"},
		{":0400100001020304E2\n:00000001FF\n:0400140001020304DE\n",
			"line 3: it stands behind the end"},
		{":040010000102030\n", "line 1: it is not a record"},
		{"0400100001020304E2\n", "not a record"},
		{" :0400100001020304E2\n", "not a record"},
		{":04001000010203G4E2\n", "not a record"},
		{":0500100001020304E1\n", "its length is not what it says"},
		{":00000006FA\n", "not one of 00 to 05"},
		{":0100000400FB\n", "does not fit its type"},
		{":0100000100FE\n", "does not fit its type"},
		{":02FFFF00AABB9B\n", "past the end of its 64 KiB"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint8_t out[IMPORT_MAX_BYTES];
		size_t length;
		struct errbuf err = {0};
		assert_int_equal(hex(out, &length, bad[i].text, &err), ERR_FORMAT);
		if (!strstr(err.text, bad[i].part))
			fail_msg("'%s' is not in '%s'", bad[i].part, err.text);
	}
}

static void hex_files_have_a_bound(void **state)
{
	(void)state;
	char text[4096] = "";
	uint8_t out[IMPORT_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	/* 16 records of 16 zeros fill what is taken; one byte more does not fit. */
	for (unsigned i = 0; i < 16; i++) {
		char line[64];
		unsigned sum = 0x10 + i * 0x10;
		snprintf(line, sizeof line, ":1000%02X00%032d%02X\n", i * 0x10, 0,
			(0x100 - sum % 0x100) % 0x100);
		strcat(text, line);
	}
	size_t full = strlen(text);
	strcat(text, ":00000001FF\n");
	assert_int_equal(hex(out, &length, text, &err), OK);
	assert_int_equal(length, 256);
	strcpy(text + full, ":0101000000FE\n:00000001FF\n");
	assert_int_equal(hex(out, &length, text, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "line 17: with it there are more bytes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_may_be_der),
		cmocka_unit_test(mp13_hashes_a_table_of_eight_keys),
		cmocka_unit_test(hashes_that_are_not_published_are_refused),
		cmocka_unit_test(the_signing_tools_hash_is_big_endian),
		cmocka_unit_test(hex_files_follow_the_chip_maps_byte_order),
		cmocka_unit_test(hex_addresses_go_on_across_segments),
		cmocka_unit_test(broken_hex_is_refused_with_its_line),
		cmocka_unit_test(hex_files_have_a_bound),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
