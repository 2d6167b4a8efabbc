/*
 * From words to edits. The expected words are worked out by hand from the byte order the header
 * promises. The P-256 key is the one of RFC 6979 A.2.5; the Brainpool keys are the generators of
 * RFC 5639 (the public keys of private key 1); their hashes were made with another program
 * (hashlib) from the coordinates printed there.
 */
#include "src/staging.h"
#include "src/store.h"
#include "src/word_status.h"

#include "tests/support/fixtures.h"
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
static const char p256_compressed[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADYP7UuiVanTHJYet0xjVtaMBJuJI7\n"
	"Yfps5mliLmDyn7Y=\n"
	"-----END PUBLIC KEY-----\n";
static const uint32_t p256_hash[8] = {0xD6C23E27, 0x44A840CB, 0x3A5A14B6, 0x554CCE7C, 0x070057C4,
	0xE3298CB9, 0x3577DE68, 0x7EECE659};

static const char t1_key[] = "-----BEGIN PUBLIC KEY-----\n"
			     "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEIA0IABKPo6zzBz+e3cyITsjplYUmvoULE\n"
			     "eq+8K3mhkVYuEwX0LZlsgjQ5xW1/eyLhRkRBfmm8tt450CcAHavo81slyb4=\n"
			     "-----END PUBLIC KEY-----\n";
static const uint32_t t1_hash[8] = {0xF6AA696D, 0xFEFAC57D, 0x3F9FE860, 0x850B958F, 0x63A707B8,
	0x20B4AF33, 0x182C5553, 0x6C60C1B5};

static const char r1_key[] = "-----BEGIN PUBLIC KEY-----\n"
			     "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IABIvSrrnLflfLLEtIL/yBt6+53ifh\n"
			     "470jwjpEU72azjJiVH74NcPaxP2X+EYaFGEdycJ3RRMt7Y5UXB1Uxy8EaZc=\n"
			     "-----END PUBLIC KEY-----\n";
static const char ed25519_key[] = "-----BEGIN PUBLIC KEY-----\n"
				  "MCowBQYDK2VwAyEA/JHUKtaSXnhl3h/odBUHTcgsSHIZ3hyyOUv/0XIn1XE=\n"
				  "-----END PUBLIC KEY-----\n";

static struct chip *chip;
static struct image plain;
static char folder[SCRATCH_MAX];

static int load(void **state)
{
	(void)state;
	chip = fixture_chip();
	fixture_plain(&plain);
	scratch_make(folder);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	chip_free(chip);
	scratch_remove(folder);
	return 0;
}

static const char *put_file(const char *name, const void *bytes, size_t length)
{
	static char path[SCRATCH_MAX + 64];
	struct errbuf err = {0};
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (store_save(path, bytes, length, &err) != OK)
		fail_msg("%s", err.text);
	return path;
}

static enum status apply_line(
	struct edits *edits, unsigned *lines, const char *text, unsigned line, struct errbuf *err)
{
	struct statement *statement = malloc(sizeof *statement);
	assert_non_null(statement);
	if (grammar_parse_line(statement, text, line, err) != OK)
		fail_msg("%s", err->text);
	enum status status = staging_apply(edits, lines, statement, &plain, chip, err);
	free(statement);
	return status;
}

static struct edits staged(const char *text)
{
	struct edits edits = {0};
	struct errbuf err = {0};
	if (apply_line(&edits, NULL, text, 0, &err) != OK)
		fail_msg("%s: %s", text, err.text);
	return edits;
}

static void assert_value(const struct edits *edits, unsigned word, uint32_t value)
{
	assert_true(edits->word[word].sets_value);
	assert_int_equal(edits->word[word].value, value);
}

/* The line fails so, with this in the text, and changes nothing. */
static void refuse(const char *text, enum status expected, const char *part)
{
	struct edits edits = {0}, before;
	edits.word[70].sets_value = true;
	edits.word[70].value = 7;
	before = edits;
	struct errbuf err = {0};
	assert_int_equal(apply_line(&edits, NULL, text, 0, &err), expected);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
	assert_memory_equal(&edits, &before, sizeof edits);
}

static void numbers_fill_every_word_of_a_range(void **state)
{
	(void)state;
	struct edits edits = staged("write word=70-72 value=0x12345678 lock word=3 value=0");
	for (unsigned word = 70; word <= 72; word++) {
		assert_value(&edits, word, 0x12345678);
		assert_int_equal(edits.word[word].locks, WORD_STATUS_PERMANENT);
	}
	assert_value(&edits, 3, 0);
	assert_int_equal(edits.word[3].locks, 0);
	assert_int_equal(edits_count(&edits), 4);
}

static void a_value_that_clears_bits_is_left_to_the_rules(void **state)
{
	(void)state;
	struct edits edits = staged("write word=0 value=0");
	assert_value(&edits, 0, 0);
	assert_false(edits.word[0].closes);
}

static void locks_alone_set_no_value(void **state)
{
	(void)state;
	struct edits edits =
		staged("lock word=60-61 lock word=62 sticky-program word=63 sticky-read lock");
	assert_int_equal(edits.word[60].locks, WORD_STATUS_PERMANENT);
	assert_int_equal(edits.word[61].locks, WORD_STATUS_PERMANENT);
	assert_int_equal(edits.word[62].locks, WORD_STATUS_STICKY_PROGRAM);
	assert_int_equal(edits.word[63].locks, WORD_STATUS_STICKY_READ | WORD_STATUS_PERMANENT);
	for (unsigned word = 60; word <= 63; word++)
		assert_false(edits.word[word].sets_value);
	/* A lock of every word is one line. */
	edits = staged("lock word=0-95");
	assert_int_equal(edits_count(&edits), 96);
}

static void bits_come_besides_what_is_there(void **state)
{
	(void)state;
	struct edits edits = staged("write word=0 value=bits:8,16-17");
	assert_value(&edits, 0, 0x00030117);
	edits = staged("write word=14-15 value=bits:0");
	assert_value(&edits, 14, 0x33385117);
	assert_value(&edits, 15, 0x34383331);
}

static void bits_need_a_known_value(void **state)
{
	(void)state;
	static const uint32_t unknown[] = {
		WORD_STATUS_READ_ERROR, WORD_STATUS_LOCK_ERROR, WORD_STATUS_STICKY_READ};
	for (size_t i = 0; i < 3; i++) {
		plain.status[9] = unknown[i];
		refuse("write word=8-9 value=bits:6", ERR_REFUSED, "word 9");
		plain.status[9] = 0;
	}
}

static void texts_fill_words_from_the_low_byte_up(void **state)
{
	(void)state;
	struct edits edits = staged("write word=70 value=text:A042");
	assert_value(&edits, 70, 0x32343041);
	assert_int_equal(edits_count(&edits), 1);
	edits = staged("write word=70 \"value=text:A 042#\" lock");
	assert_value(&edits, 70, 0x34302041);
	assert_value(&edits, 71, 0x00002332);
	assert_int_equal(edits.word[70].locks, WORD_STATUS_PERMANENT);
	assert_int_equal(edits.word[71].locks, WORD_STATUS_PERMANENT);
}

static void an_address_fills_a_word_and_a_half(void **state)
{
	(void)state;
	struct edits edits = staged("write word=57 value=mac:00:80:e1:42:48:E4");
	assert_value(&edits, 57, 0x42E18000);
	assert_value(&edits, 58, 0x0000E448);
	edits = staged("write word=57-58 value=mac:02-00-00-00-00-01");
	assert_value(&edits, 57, 0x00000002);
	assert_value(&edits, 58, 0x00000100);
}

static void bad_addresses_are_refused(void **state)
{
	(void)state;
	refuse("write word=57 value=mac:00:80:e1:42:48", ERR_USAGE, "not an address");
	refuse("write word=57 value=mac:00:80:e1:42:48:e4:01", ERR_USAGE, "not an address");
	refuse("write word=57 value=mac:00:80-e1:42:48:e4", ERR_USAGE, "not an address");
	refuse("write word=57 value=mac:00:80:e1:42:48:g4", ERR_USAGE, "not an address");
	refuse("write word=57 value=mac:0:080:e1:42:48:e4", ERR_USAGE, "not an address");
	refuse("write word=57 value=mac:00:00:00:00:00:00", ERR_USAGE, "all zero");
	refuse("write word=57 value=mac:01:80:e1:42:48:e4", ERR_USAGE, "group address");
	refuse("write word=57 value=mac:ff:ff:ff:ff:ff:ff", ERR_USAGE, "group address");
	/* The second would begin in half of word 58 and run on into the number of the board. */
	refuse("write word=57 value=mac:00:80:e1:42:48:e4,00:80:e1:42:48:e5", ERR_USAGE,
		"2 addresses do not fit in the MAC words from word 57 up");
	refuse("write word=70 value=mac:00:80:e1:42:48:e4,00:80:e1:42:48:e5", ERR_USAGE,
		"do not fit");
	refuse("write word=57 value=mac:00:80:e1:42:48:e4,", ERR_USAGE, "not an address");
	refuse("write word=57 value=mac:,00:80:e1:42:48:e4", ERR_USAGE, "not an address");
}

static void files_follow_the_chip_maps_byte_order(void **state)
{
	(void)state;
	static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	char line[512];
	const char *path = put_file("with space.bin", bytes, sizeof bytes);
	snprintf(line, sizeof line, "fwrite word=80 \"file:%s\" lock", path);
	struct edits edits = staged(line);
	assert_value(&edits, 80, 0x04030201);
	assert_value(&edits, 81, 0x08070605);
	assert_int_equal(edits.word[81].locks, WORD_STATUS_PERMANENT);
	/* Key hash words are big-endian (U-Boot cmd_stm32key.c). */
	snprintf(line, sizeof line, "fwrite word=24-25 \"value=file:%s\"", path);
	edits = staged(line);
	assert_value(&edits, 24, 0x01020304);
	assert_value(&edits, 25, 0x05060708);
	/* Across the end of the hash, each word has its own order. */
	snprintf(line, sizeof line, "write word=31 \"value=file:%s\"", path);
	edits = staged(line);
	assert_value(&edits, 31, 0x01020304);
	assert_value(&edits, 32, 0x08070605);
}

static void files_that_do_not_fit_are_refused(void **state)
{
	(void)state;
	static const uint8_t bytes[260];
	char line[512];
	snprintf(line, sizeof line, "fwrite word=60 file:%s", put_file("13", bytes, 13));
	refuse(line, ERR_USAGE, "13 bytes do not fill whole words of 4 bytes: bring 12 or 16");
	snprintf(line, sizeof line, "fwrite word=60 file:%s", put_file("0", bytes, 0));
	refuse(line, ERR_USAGE, "is empty");
	snprintf(line, sizeof line, "fwrite word=0 file:%s", put_file("260", bytes, 260));
	refuse(line, ERR_USAGE, "260 bytes");
	snprintf(line, sizeof line, "fwrite word=60-61 file:%s", put_file("4", bytes, 4));
	refuse(line, ERR_USAGE, "fills 1 words, but the range 60-61 has 2");
	snprintf(line, sizeof line, "fwrite word=60-60 file:%s", put_file("8", bytes, 8));
	refuse(line, ERR_USAGE, "fills 2 words, but the range 60-60 has 1");
	snprintf(line, sizeof line, "fwrite word=95 file:%s", put_file("8", bytes, 8));
	refuse(line, ERR_USAGE, "there is no word 96: STM32MP15x has words 0 to 95");
	snprintf(line, sizeof line, "fwrite word=60 file:%s", folder);
	refuse(line, ERR_FILE, "not a file");
	snprintf(line, sizeof line, "fwrite word=60 file:%s/missing", folder);
	refuse(line, ERR_FILE, "missing");
}

static void words_past_the_image_are_refused(void **state)
{
	(void)state;
	refuse("write word=96 value=1", ERR_USAGE, "words 0 to 95");
	refuse("write word=94-96 value=1", ERR_USAGE, "words 0 to 95");
	refuse("lock word=383", ERR_USAGE, "words 0 to 95");
	refuse("write word=95 value=text:ABCDE", ERR_USAGE, "there is no word 96");
}

static void assert_hash(const char *key, size_t length, const uint32_t hash[8])
{
	char line[512];
	snprintf(line, sizeof line, "write word=24 value=pem:%s lock", put_file("k", key, length));
	struct edits edits = staged(line);
	for (unsigned i = 0; i < 8; i++) {
		assert_value(&edits, 24 + i, hash[i]);
		assert_int_equal(edits.word[24 + i].locks, WORD_STATUS_PERMANENT);
	}
	assert_int_equal(edits_count(&edits), 8);
}

static void the_hash_of_a_key_is_of_x_and_y(void **state)
{
	(void)state;
	assert_hash(p256_key, strlen(p256_key), p256_hash);
	assert_hash(p256_compressed, strlen(p256_compressed), p256_hash);
	assert_hash(t1_key, strlen(t1_key), t1_hash);
}

static void refuse_key(const char *key, enum status expected, const char *part)
{
	char line[512];
	snprintf(line, sizeof line, "write word=24-31 value=pem:%s",
		put_file("k", key, strlen(key)));
	refuse(line, expected, part);
}

static void keys_the_rom_cannot_check_are_refused(void **state)
{
	(void)state;
	refuse_key(r1_key, ERR_USAGE, "is brainpoolP256r1");
	refuse_key(ed25519_key, ERR_USAGE, "not one on a named elliptic curve");
	refuse_key("", ERR_FORMAT, "no PEM public key");
	refuse_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", ERR_FORMAT,
		"openssl pkey");
	refuse_key("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0C\n-----END PUBLIC KEY-----\n",
		ERR_FORMAT, "no PEM public key");
	/* Asks nobody for a pass phrase. */
	refuse_key("-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n"
		   "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
		   "AAAAAAAAAAAAAAAAAAAAAA==\n-----END PUBLIC KEY-----\n",
		ERR_FORMAT, "no PEM public key");
	char two[1024];
	snprintf(two, sizeof two, "%s%s", p256_key, t1_key);
	refuse_key(two, ERR_FORMAT, "more than one public key");
}

static void a_point_off_its_curve_is_no_key(void **state)
{
	(void)state;
	char bad[sizeof p256_key];
	memcpy(bad, p256_key, sizeof bad);
	char *last = strstr(bad, "imQ==");
	assert_non_null(last);
	last[0] = 'j';
	refuse_key(bad, ERR_FORMAT, "no PEM public key");
}

static void a_hash_goes_to_the_hash_words_only(void **state)
{
	(void)state;
	static const char *const places[] = {"25", "23", "60", "95"};
	const char *path = put_file("k", p256_key, strlen(p256_key));
	char line[512];
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(line, sizeof line, "write word=%s value=pem:%s", places[i], path);
		refuse(line, ERR_USAGE, "does not begin one");
	}
	snprintf(line, sizeof line, "write word=24-30 value=pem:%s", path);
	refuse(line, ERR_USAGE, "fills 8 words, but the range 24-30 has 7");
}

static void a_family_that_nobody_knows_is_not_closed(void **state)
{
	(void)state;
	char name[sizeof chip->name];
	memcpy(name, chip->name, sizeof name);
	snprintf(chip->name, sizeof chip->name, "stm32mp99");
	refuse("close", ERR_REFUSED, "not known how");
	memcpy(chip->name, name, sizeof name);
}

static void close_sets_its_bit_and_nothing_else(void **state)
{
	(void)state;
	struct edits edits = staged("close");
	assert_true(edits.word[0].closes);
	assert_value(&edits, 0, 0x40); /* U-Boot cmd_stm32key.c: bit 6 of word 0 */
	assert_int_equal(edits.word[0].locks, 0);
	assert_int_equal(edits_count(&edits), 1);
}

static void lines_for_one_word_merge_when_they_agree(void **state)
{
	(void)state;
	struct edits edits = {0};
	struct errbuf err = {0};
	unsigned lines[IMAGE_MAX_WORDS] = {0};
	assert_int_equal(apply_line(&edits, lines, "lock word=70-71", 1, &err), OK);
	assert_int_equal(apply_line(&edits, lines, "write word=70 value=5", 2, &err), OK);
	assert_int_equal(
		apply_line(&edits, lines, "write word=70 value=0x5 sticky-write", 3, &err), OK);
	assert_int_equal(apply_line(&edits, lines, "close", 4, &err), OK);
	assert_int_equal(apply_line(&edits, lines, "close", 5, &err), OK);
	assert_int_equal(apply_line(&edits, lines, "lock word=0", 6, &err), OK);
	assert_value(&edits, 70, 5);
	assert_int_equal(edits.word[70].locks, WORD_STATUS_PERMANENT | WORD_STATUS_STICKY_WRITE);
	assert_false(edits.word[71].sets_value);
	assert_true(edits.word[0].closes);
	assert_int_equal(edits.word[0].locks, WORD_STATUS_PERMANENT);
	assert_int_equal(lines[70], 2);
}

static void conflicts_name_both_lines_and_change_nothing(void **state)
{
	(void)state;
	struct edits edits = {0}, before;
	struct errbuf err = {0};
	unsigned lines[IMAGE_MAX_WORDS] = {0}, lines_before[IMAGE_MAX_WORDS];
	assert_int_equal(apply_line(&edits, lines, "write word=70-72 value=5", 3, &err), OK);
	before = edits;
	memcpy(lines_before, lines, sizeof lines);
	assert_int_equal(
		apply_line(&edits, lines, "write word=60 value=1 word=72 value=6", 9, &err),
		ERR_USAGE);
	assert_string_equal(err.text, "word 72 gets two different values, in line 3 and in line 9");
	assert_memory_equal(&edits, &before, sizeof edits);
	assert_memory_equal(lines, lines_before, sizeof lines);
}

static void conflicts_within_a_line_are_errors(void **state)
{
	(void)state;
	refuse("write word=60 value=1 word=60 value=2", ERR_USAGE, "word 60 gets two different");
	refuse("write word=70 value=8", ERR_USAGE, "word 70 gets two different values");
	struct edits edits = staged("write word=60-61 value=1 word=61 value=1 lock");
	assert_int_equal(edits.word[60].locks, 0);
	assert_int_equal(edits.word[61].locks, WORD_STATUS_PERMANENT);
}

static void close_and_a_value_do_not_mix(void **state)
{
	(void)state;
	struct edits edits = {0};
	struct errbuf err = {0};
	unsigned lines[IMAGE_MAX_WORDS] = {0};
	assert_int_equal(apply_line(&edits, lines, "write word=0 value=0x40", 2, &err), OK);
	assert_int_equal(apply_line(&edits, lines, "close", 4, &err), ERR_USAGE);
	assert_string_equal(
		err.text, "word 0 gets both 'close' and a value, in line 2 and in line 4");
	assert_false(edits.word[0].closes);
}

static void headers_stage_nothing(void **state)
{
	(void)state;
	struct edits edits = staged("chip stm32mp15");
	assert_int_equal(edits_count(&edits), 0);
	edits = staged("# write word=70 value=1");
	assert_int_equal(edits_count(&edits), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_fill_every_word_of_a_range),
		cmocka_unit_test(a_value_that_clears_bits_is_left_to_the_rules),
		cmocka_unit_test(locks_alone_set_no_value),
		cmocka_unit_test(bits_come_besides_what_is_there),
		cmocka_unit_test(bits_need_a_known_value),
		cmocka_unit_test(texts_fill_words_from_the_low_byte_up),
		cmocka_unit_test(an_address_fills_a_word_and_a_half),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(files_follow_the_chip_maps_byte_order),
		cmocka_unit_test(files_that_do_not_fit_are_refused),
		cmocka_unit_test(words_past_the_image_are_refused),
		cmocka_unit_test(the_hash_of_a_key_is_of_x_and_y),
		cmocka_unit_test(keys_the_rom_cannot_check_are_refused),
		cmocka_unit_test(a_point_off_its_curve_is_no_key),
		cmocka_unit_test(a_hash_goes_to_the_hash_words_only),
		cmocka_unit_test(a_family_that_nobody_knows_is_not_closed),
		cmocka_unit_test(close_sets_its_bit_and_nothing_else),
		cmocka_unit_test(lines_for_one_word_merge_when_they_agree),
		cmocka_unit_test(conflicts_name_both_lines_and_change_nothing),
		cmocka_unit_test(conflicts_within_a_line_are_errors),
		cmocka_unit_test(close_and_a_value_do_not_mix),
		cmocka_unit_test(headers_stage_nothing),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
