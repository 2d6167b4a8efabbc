/* The built-in chip maps, and what the parser says about bad files. */
#include "src/chip.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/evp.h>

static struct chip *load(const char *name)
{
	struct chip *chip = NULL;
	struct errbuf err = {0};
	if (chip_load(&chip, name, &err) != OK)
		fail_msg("%s", err.text);
	return chip;
}

static enum status parse(struct chip **out, const char *text, struct errbuf *err)
{
	return chip_parse(out, text, strlen(text), "x.chip", err);
}

static void check_entry(const struct chip *chip, const struct chip_entry *entry)
{
	assert_true(entry->first <= entry->last && entry->last < chip->word_count);
	assert_true(entry->name[0] != '\0' && entry->source[0] != '\0');
	assert_true(entry->kind != KIND_UNKNOWN);
	assert_int_equal(entry->confirmed, strcmp(entry->source, "unconfirmed") != 0 &&
						   strncmp(entry->source, "second-hand:", 12) != 0);
}

static void check_field(const struct chip *chip, const struct chip_field *field)
{
	assert_true(field->first_word <= field->last_word && field->last_word < chip->word_count);
	assert_true(field->low <= field->high && field->high <= 31);
	assert_true(field->name[0] != '\0');
	assert_non_null(field->about);
	assert_non_null(field->source);
	uint32_t maximum = UINT32_MAX >> (31 - (field->high - field->low));
	for (size_t i = 0; i < field->value_count; i++) {
		assert_true(field->values[i].value <= maximum);
		assert_true(field->values[i].text[0] != '\0');
		if (i > 0)
			assert_true(field->values[i - 1].value < field->values[i].value);
	}
}

static void check_word(const struct chip *chip, unsigned word)
{
	unsigned banks = 0;
	for (size_t i = 0; i < chip->bank_count; i++)
		banks += chip->banks[i].first <= word && word <= chip->banks[i].last;
	assert_int_equal(banks, 1);
	assert_non_null(chip_word(chip, word));
	char name[64];
	chip_word_name(name, sizeof name, chip, word);
	assert_true(name[0] != '\0');
	for (unsigned other = 0; other < word; other++) {
		char other_name[64];
		chip_word_name(other_name, sizeof other_name, chip, other);
		/* Long ranges share one name; two entries never do. */
		if (chip_word(chip, other) != chip_word(chip, word))
			assert_string_not_equal(name, other_name);
	}
	size_t count = chip_word_field_count(chip, word);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(chip, word, i);
		assert_non_null(field);
		if (i > 0)
			assert_true(chip_word_field(chip, word, i - 1)->high >= field->high);
	}
	assert_null(chip_word_field(chip, word, count));
}

static void test_every_builtin_chip(void **state)
{
	(void)state;
	size_t count = 0;
	for (const char *name; (name = chip_builtin_name(count)) != NULL; count++) {
		struct chip *chip = load(name), *again = load(name);
		assert_string_equal(chip->name, name);
		assert_true(chip->title[0] != '\0' && chip->device_id_count > 0);
		assert_int_equal(strlen(chip->digest), CHIP_DIGEST_LENGTH);
		assert_string_equal(chip->digest, again->digest);
		for (size_t i = 0; i < chip->entry_count; i++)
			check_entry(chip, &chip->entries[i]);
		for (size_t i = 0; i < chip->field_count; i++)
			check_field(chip, &chip->fields[i]);
		for (unsigned word = 0; word < chip->word_count; word++)
			check_word(chip, word);
		chip_free(chip);
		chip_free(again);
	}
	assert_true(count >= 1);
}

/* SHA-256 of a text, as another program computes it. */
static void test_digest_is_that_of_the_bytes(void **state)
{
	(void)state;
	struct chip *chip = NULL;
	struct errbuf err = {0};
	static const char text[] = "[chip]\nname = t\ntitle = T\ndevice-id = 0x1\nwords = 1\n"
				   "[bank all]\nwords = 0\nrule = bits\n";
	assert_int_equal(parse(&chip, text, &err), OK);
	assert_string_equal(
		chip->digest, "66afc5d5d33f75144754894f9eb51dec18734ba3bb5e24530bda1f734686447f");
	chip_free(chip);
}

/* The build works out the digests of built-in chips: as libcrypto does, here. */
static void test_digests_of_builtin_chips(void **state)
{
	(void)state;
	const char *name;
	for (size_t i = 0; (name = chip_builtin_name(i)) != NULL; i++) {
		char path[512], hex[CHIP_DIGEST_LENGTH + 1];
		unsigned char digest[32];
		struct chip *chip = load(name);
		snprintf(path, sizeof path, SOURCE_FOLDER "/src/chips/%s.chip", name);
		FILE *file = fopen(path, "rb");
		assert_non_null(file);
		static char text[65536];
		size_t length = fread(text, 1, sizeof text, file);
		assert_true(length > 0 && length < sizeof text);
		fclose(file);
		assert_int_equal(EVP_Digest(text, length, digest, NULL, EVP_sha256(), NULL), 1);
		for (size_t byte = 0; byte < sizeof digest; byte++)
			snprintf(hex + 2 * byte, 3, "%02x", digest[byte]);
		assert_string_equal(chip->digest, hex);
		chip_free(chip);
	}
}

static void test_unknown_builtin(void **state)
{
	(void)state;
	struct chip *chip = NULL;
	struct errbuf err = {0};
	assert_int_equal(chip_load(&chip, "stm32f4", &err), ERR_USAGE);
	assert_non_null(strstr(err.text, "'stm32f4'"));
	assert_non_null(strstr(err.text, "stm32mp15"));
	assert_null(chip);
	chip_free(NULL);
}

/* From the public sources that stm32mp15.chip names. */
static void test_stm32mp15_words(void **state)
{
	(void)state;
	static const struct {
		unsigned word;
		const char *name;
		enum word_kind kind;
		enum chip_danger danger;
		bool confirmed, secret, big_endian;
	} rows[] = {
		{0, "CFG0", KIND_LIFECYCLE, DANGER_ONE_WAY, true, false, false},
		{1, "CFG1", KIND_ID, DANGER_BRICK, true, false, false},
		{3, "BOOT", KIND_CONFIG, DANGER_BRICK, true, false, false},
		{4, "MONOTONIC", KIND_LIFECYCLE, DANGER_BRICK, true, false, false},
		{6, "BOOT_AFMUX[1]", KIND_CONFIG, DANGER_BRICK, true, false, false},
		{8, "SSP", KIND_LIFECYCLE, DANGER_ONE_WAY, true, false, false},
		{9, "NAND", KIND_CONFIG, DANGER_BRICK, true, false, false},
		{12, "RSVD_10_12[2]", KIND_RESERVED, DANGER_BRICK, false, false, false},
		{13, "UID[0]", KIND_ID, DANGER_NOTICE, true, false, false},
		{15, "UID[2]", KIND_ID, DANGER_NOTICE, true, false, false},
		{16, "PKG", KIND_ID, DANGER_NOTICE, true, false, false},
		{18, "HW2", KIND_CONFIG, DANGER_BRICK, true, false, false},
		{23, "TS", KIND_CALIB, DANGER_NOTICE, true, false, false},
		{24, "PKH[0]", KIND_HASH, DANGER_BRICK, true, false, true},
		{31, "PKH[7]", KIND_HASH, DANGER_BRICK, true, false, true},
		{32, "ST_SECRETS", KIND_SECRET, DANGER_BRICK, true, true, false},
		{40, "CHIP_CERT", KIND_SECRET, DANGER_BRICK, true, true, false},
		{55, "CHIP_CERT", KIND_SECRET, DANGER_BRICK, true, true, false},
		{56, "RMA", KIND_SECRET, DANGER_ONE_WAY, true, true, false},
		{57, "MAC[0]", KIND_MAC, DANGER_NOTICE, true, false, false},
		{58, "MAC[1]", KIND_MAC, DANGER_NOTICE, true, false, false},
		{59, "BOARD_ID", KIND_BOARD_ID, DANGER_NOTICE, true, false, false},
		{60, "USER_HUK[0]", KIND_SECRET, DANGER_NOTICE, true, true, false},
		{64, "USER", KIND_USER, DANGER_NOTICE, true, false, false},
		{95, "USER", KIND_USER, DANGER_NOTICE, true, false, false},
	};
	struct chip *chip = load("stm32mp15");
	assert_int_equal(chip->device_id_count, 1);
	assert_true(chip_has_device_id(chip, 0x500));
	assert_false(chip_has_device_id(chip, 0x501));
	assert_int_equal(chip->word_count, 96);
	assert_true(chip->has_unique_id);
	assert_int_equal(chip->unique_id, 13);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct chip_entry *entry = chip_word(chip, rows[i].word);
		char name[64];
		chip_word_name(name, sizeof name, chip, rows[i].word);
		assert_string_equal(name, rows[i].name);
		assert_int_equal(entry->kind, rows[i].kind);
		assert_int_equal(chip_word_danger(chip, rows[i].word), rows[i].danger);
		assert_int_equal(entry->confirmed, rows[i].confirmed);
		assert_int_equal(chip_word_is_secret(chip, rows[i].word), rows[i].secret);
		assert_int_equal(entry->big_endian, rows[i].big_endian);
	}
	for (unsigned word = 0; word < 96; word++)
		assert_int_equal(chip_bank_of(chip, word)->rule, word < 32 ? BANK_BITS : BANK_ONCE);
	for (unsigned word = 64; word < 96; word++)
		assert_int_equal(chip_word(chip, word)->kind, KIND_USER);
	assert_null(chip_bank_of(chip, 96));
	assert_null(chip_word(chip, 96));
	assert_int_equal(chip_word_danger(chip, 96), DANGER_BRICK);
	assert_false(chip_word_is_secret(chip, 96));
	char name[64];
	chip_word_name(name, sizeof name, chip, 96);
	assert_string_equal(name, "");
	chip_free(chip);
}

static const struct chip_field *field_of(const struct chip *chip, unsigned word, const char *name)
{
	for (size_t i = 0; i < chip_word_field_count(chip, word); i++) {
		const struct chip_field *field = chip_word_field(chip, word, i);
		if (strcmp(field->name, name) == 0)
			return field;
	}
	return NULL;
}

static void test_stm32mp15_fields(void **state)
{
	(void)state;
	static const struct {
		unsigned word;
		const char *name;
		unsigned high, low;
		enum chip_danger danger;
		bool confirmed;
	} rows[] = {
		{0, "is_closed", 6, 6, DANGER_ONE_WAY, true},
		{0, "mode", 5, 0, DANGER_BRICK, true},
		{1, "RPN", 7, 0, DANGER_BRICK, true},
		{2, "st_key_id", 31, 28, DANGER_BRICK, true},
		{2, "cfg2_reserved", 19, 2, DANGER_BRICK, false},
		{3, "hse_value", 31, 30, DANGER_BRICK, true},
		{3, "primary_boot_source", 29, 27, DANGER_BRICK, true},
		{3, "boot_source_disable", 23, 16, DANGER_BRICK, true},
		{3, "disable_usb_boot", 21, 21, DANGER_BRICK, true},
		{3, "disable_uart_boot", 20, 20, DANGER_BRICK, true},
		{3, "no_data_cache", 15, 15, DANGER_NOTICE, true},
		{3, "uart_instances_disabled", 14, 7, DANGER_BRICK, true},
		{3, "boot_misc", 6, 0, DANGER_BRICK, false},
		{8, "ssp_success", 9, 9, DANGER_ONE_WAY, true},
		{8, "ssp_req", 8, 8, DANGER_ONE_WAY, true},
		{9, "nand_param_in_otp", 31, 31, DANGER_BRICK, true},
		{9, "nand_block_nb", 26, 19, DANGER_BRICK, true},
		{16, "package", 29, 27, DANGER_NOTICE, true},
		{18, "product_below_2v5", 13, 13, DANGER_BRICK, true},
		{18, "iwdg_hw", 4, 3, DANGER_BRICK, true},
		{56, "rma_unlock_password", 14, 0, DANGER_ONE_WAY, false},
		{57, "mac_byte_0", 7, 0, DANGER_NOTICE, true},
		{58, "mac_byte_5", 15, 8, DANGER_NOTICE, true},
		{59, "board_number", 31, 16, DANGER_NOTICE, true},
	};
	struct chip *chip = load("stm32mp15");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct chip_field *field = field_of(chip, rows[i].word, rows[i].name);
		assert_non_null(field);
		assert_int_equal(field->high, rows[i].high);
		assert_int_equal(field->low, rows[i].low);
		assert_int_equal(field->danger, rows[i].danger);
		assert_int_equal(field->confirmed, rows[i].confirmed);
	}
	/* "of 57" keeps a field to one of the words of its section. */
	assert_null(field_of(chip, 58, "mac_byte_0"));
	assert_int_equal(field_of(chip, 58, "mac_unused")->kind, KIND_USER);
	assert_int_equal(field_of(chip, 0, "is_closed")->kind, KIND_LIFECYCLE);
	chip_free(chip);
}

#define HEAD                                                                                       \
	"[chip]\nname = t\ntitle = T\ndevice-id = 0x1\nwords = 4\n"            /* lines 1-5 */     \
	"[bank low]\nwords = 0-1\nrule = bits\n"                               /* 6-8 */           \
	"[bank up]\nwords = 2-3\nrule = once\n"                                /* 9-11 */
#define WORD "[word 3]\nname = X\nkind = user\ndanger = none\nsource = here\n" /* 12-16 */

static void test_a_hand_written_file(void **state)
{
	(void)state;
	static const char text[] = "\xEF\xBB\xBF; by hand\r\n" HEAD "; a comment\n# another\n"
				   "[word 0-2]   ; and one behind a section\n"
				   "name = WIDE\n"
				   "kind = config ; and behind a value\n"
				   "danger = notice\n"
				   "source = a book: page = 3\n"
				   "about = one\n"
				   "  ; in between\n"
				   "\ttwo\n"
				   "    three: four\n"
				   "order = big-endian\n"
				   "bits 31 = top\n"
				   "bits 7:0 = low : 2 two, 0x01 one,\n"
				   "	3 three and a half\n"
				   "danger low = brick\n"
				   "about low = the low\n"
				   " byte\n"
				   "source low = unconfirmed\n"
				   "kind low = lifecycle\n"
				   "bits 3 : 3 = inside\n"
				   "bits 3:3 of 1=only\n"
				   "[word 1]\n"
				   "name=NARROW\nkind=reserved\ndanger=none\nsource=unconfirmed\n";
	struct chip *chip = NULL;
	struct errbuf err = {0};
	if (parse(&chip, text, &err) != OK) {
		/* "inside" holds bit 3 of words 0-2, "only" that of word 1 again */
		assert_string_equal(
			err.text, "'x.chip' line 34: bits 3:3 are those of 'inside' already");
	} else {
		fail_msg("the same bits twice were taken");
	}

	char good[sizeof text];
	memcpy(good, text, sizeof text);
	memcpy(strstr(good, "3:3 of 1"), "4:3 of 1", 8);
	errbuf_clear(&err);
	if (parse(&chip, good, &err) != OK)
		fail_msg("%s", err.text);
	const struct chip_entry *wide = chip_word(chip, 0);
	assert_string_equal(wide->name, "WIDE");
	assert_string_equal(wide->about, "one two three: four");
	assert_string_equal(wide->source, "a book: page = 3");
	assert_int_equal(wide->kind, KIND_CONFIG);
	assert_true(wide->big_endian && wide->confirmed);
	assert_ptr_equal(chip_word(chip, 2), wide);
	assert_null(chip_word(chip, 3));
	assert_int_equal(chip_word_danger(chip, 3), DANGER_BRICK);
	assert_string_equal(chip_word(chip, 1)->name, "NARROW");
	assert_false(chip_word(chip, 1)->confirmed);
	assert_int_equal(chip_word_danger(chip, 1), DANGER_BRICK); /* that of the field "low" */
	assert_false(chip->has_unique_id);

	assert_int_equal(chip_word_field_count(chip, 0), 3);
	assert_int_equal(chip_word_field_count(chip, 1), 4);
	assert_string_equal(chip_word_field(chip, 1, 0)->name, "top");
	assert_string_equal(chip_word_field(chip, 1, 1)->name, "low");
	assert_string_equal(chip_word_field(chip, 1, 2)->name, "only");
	assert_string_equal(chip_word_field(chip, 1, 3)->name, "inside");
	const struct chip_field *low = chip_word_field(chip, 0, 1);
	assert_int_equal(low->value_count, 3);
	assert_int_equal(low->values[0].value, 1);
	assert_string_equal(low->values[0].text, "one");
	assert_string_equal(low->values[2].text, "three and a half");
	assert_string_equal(low->about, "the low byte");
	assert_string_equal(low->source, "unconfirmed");
	assert_false(low->confirmed);
	assert_int_equal(low->danger, DANGER_BRICK);
	assert_int_equal(low->kind, KIND_LIFECYCLE);
	const struct chip_field *top = chip_word_field(chip, 0, 0);
	assert_int_equal(top->danger, DANGER_NOTICE);
	assert_int_equal(top->kind, KIND_CONFIG);
	assert_true(top->confirmed);
	chip_free(chip);
}

static void test_banks_and_ids_of_big_chips(void **state)
{
	(void)state;
	static const char text[] =
		"[chip]\nname = t\ntitle = T\ndevice-id = 0x505, 0x503\nwords = 6\nshort-words = "
		"4\n"
		"[bank low]\nwords = 0-1\nrule = bits\n"
		"[bank up]\nwords = 2-4\nrule = once\nhidden = maybe\n"
		"[bank own]\nwords = 5\nrule = never\nhidden = never\n"
		"[word 2-3]\nname = K\nkind = key\ndanger = brick\nsource = here\n";
	struct chip *chip = NULL;
	struct errbuf err = {0};
	assert_int_equal(parse(&chip, text, &err), OK);
	assert_true(chip_has_device_id(chip, 0x505) && chip_has_device_id(chip, 0x503));
	assert_false(chip_has_device_id(chip, 0) || chip_has_device_id(chip, 0x50));
	assert_true(chip_shows_words(chip, 6) && chip_shows_words(chip, 4));
	assert_false(chip_shows_words(chip, 5) || chip_shows_words(chip, 0));
	assert_false(chip_bank_of(chip, 1)->may_be_hidden);
	assert_true(chip_bank_of(chip, 2)->may_be_hidden);
	assert_int_equal(chip_bank_of(chip, 5)->rule, BANK_NEVER);
	assert_false(chip_bank_of(chip, 5)->may_be_hidden);
	assert_true(chip_word_is_secret(chip, 3));
	assert_false(chip_word_is_secret(chip, 4));
	chip_free(chip);
}

static const struct {
	const char *text, *message;
} bad_files[] = {
	{"", "line 1: no [chip] section"},
	{"; nothing\n", "line 1: no [chip] section"},
	{"name = t\n", "line 1: key 'name' stands before the first [section]"},
	{"[bank low]\nwords = 0-1\n", "line 1: section [chip] must come before [bank low]"},
	{HEAD "[chip]\nname = u\n", "line 12: section [chip] must be the first"},
	{"[chip]\nname = t\ntitle = T\nwords = 4\n",
		"line 1: key 'device-id' is missing in [chip]"},
	{"[chip]\nname = 9t\n", "line 2: '9t' is no name of a chip"},
	{"[chip]\nname = t\ntitle = T\ndevice-id = 0x123456789\n", "line 4: '0x123456789' is no"},
	{"[chip]\ndevice-id = -1\n", "line 2: '-1' is no device id"},
	{"[chip]\nwords = 385\n", "line 2: '385' is no count of words: a number from 1 to 384"},
	{"[chip]\nwords = 0\n", "line 2: '0' is no count"},
	{"[chip]\nwords = 4x\n", "line 2: '4x' is no count"},
	{"[chip]\nname = t\ntitle = T\ndevice-id = 1\nwords = 4\nunique-id = 2\n",
		"line 1: unique-id 2 and the two words after it are outside the chip"},
	{"[chip]\nname = t\ncolour = red\n",
		"line 3: unknown key 'colour' in [chip]; known are name, title, device-id, words, "
		"short-words, unique-id"},
	{"[chip]\ndevice-id = 0x1,\n", "line 2: '0x1,' is no device id"},
	{"[chip]\ndevice-id = 0x1 0x2\n", "line 2: '0x1 0x2' is no device id"},
	{"[chip]\ndevice-id = 0\n", "line 2: '0' is no device id"},
	{"[chip]\ndevice-id = 1, 2, 3, 4, 5\n", "line 2: a chip has at most 4 device ids"},
	{"[chip]\nname = t\ntitle = T\ndevice-id = 1\nwords = 4\nshort-words = 4\n",
		"line 1: short-words 4 is not less than words 4"},
	{"[chip]\nshort-words = 0\n", "line 2: '0' is no count of words"},
	{HEAD "[bank x]\nhidden = perhaps\n",
		"line 13: unknown hidden 'perhaps'; known are never, maybe"},
	{HEAD "[fuse 3]\nname = X\n", "line 12: unknown section [fuse 3]; known are [chip], "},
	{HEAD "[bank low]\nrule = bits\n", "line 12: section [bank low] is there twice"},
	{HEAD "[bank x]\nwords = 1-2\n", "line 13: words 1-2 overlap [bank low], words 0-1"},
	{HEAD "[bank x]\nwords = 3-4\n",
		"line 13: word 4 is outside the chip, whose words are 0-3"},
	{HEAD "[bank x]\nwords = 3-2\n", "line 13: '3-2' is no word and no range"},
	{HEAD "[bank x]\nwords = \n", "line 13: key 'words' has no value"},
	{HEAD "[bank x]\nrule = twice\n",
		"line 13: unknown rule 'twice'; known are bits, once, never"},
	{HEAD "[bank x]\nrule = bits\n", "line 12: key 'words' is missing in [bank x]"},
	{"[chip]\nname = t\ntitle = T\ndevice-id = 1\nwords = 4\n[bank b]\nwords = 0-2\n"
	 "rule = bits\n",
		"line 5: the chip has 4 words, but word 3 is in no [bank]"},
	{HEAD WORD "colour = red\n",
		"line 17: unknown key 'colour' in [word 3]; known are name, kind, danger, source, "
		"about, order, bits H:L"},
	{HEAD WORD "colour x = red\n", "line 17: unknown key 'colour x' in [word 3]"},
	{HEAD WORD "name = Y\n",
		"line 17: key 'name' is there twice in [word 3], first in line 13"},
	{HEAD "[word 3]\nkind = odd\n", "line 13: unknown kind 'odd'; known are unknown, "
					"lifecycle, id, config, hash, secret, "
					"key, calib, mac, board-id, user, reserved"},
	{HEAD "[word 3]\ndanger = bad\n",
		"line 13: unknown danger 'bad'; known are none, notice, brick, one-way"},
	{HEAD "[word 3]\norder = middle\n",
		"line 13: unknown order 'middle'; known are little-endian, big-endian"},
	{HEAD "[word 3]\nname = X Y\n", "line 13: 'X Y' is no name of a word"},
	{HEAD "[word 3]\nname = X\nkind = user\ndanger = none\n",
		"line 12: key 'source' is missing in [word 3]"},
	{HEAD "[word 4]\nname = X\n", "line 12: word 4 is outside the chip"},
	{HEAD "[word 1-]\nname = X\n", "line 12: '1-' is no word and no range"},
	{HEAD "[word x]\nname = X\n", "line 12: 'x' is no word and no range"},
	{HEAD WORD "[word 3]\nname = Y\n", "line 17: section [word 3] is there twice"},
	{HEAD WORD "[word 2-3]\nname = X\n", "line 18: name 'X' is that of word 3 already"},
	{HEAD "[word 3]\n[word 2]\nname = X\n", "line 12: section [word 3] has no keys"},
	{HEAD "[word 3]\n", "line 12: section [word 3] has no keys"},
	{HEAD WORD "bits 32 = a\n", "line 17: bits 32: a word has the bits 31:0"},
	{HEAD WORD "bits 33:2 = a\n", "line 17: bits 33:2: a word has the bits 31:0"},
	{HEAD WORD "bits 2:3 = a\n", "line 17: bits 2:3: the higher bit comes first"},
	{HEAD WORD "bits 3: = a\n", "line 17: 'bits 3:' is no bit and no range"},
	{HEAD WORD "bits x = a\n", "line 17: 'bits x' is no bit and no range"},
	{HEAD WORD "bits -1 = a\n", "line 17: 'bits -1' is no bit and no range"},
	{HEAD WORD "bits 3:2 of 2 = a\n", "line 17: bits 3:2 of 2: no word of this section"},
	{HEAD WORD "bits 3:2 = a b\n", "line 17: 'a b' is no name of a field"},
	{HEAD WORD "bits 3:2 : a\n", "line 17: no '=' between 'bits 3' and its value"},
	{HEAD WORD "about : text\n", "line 17: no '=' between 'about' and its value"},
	{HEAD WORD "bits 3:2 = a\nbits 3:2 = b\n", "line 18: bits 3:2 are those of 'a' already"},
	{HEAD WORD "bits 3:2 = a\nbits 3:1 = a\n", "line 18: field 'a' is there twice"},
	{HEAD WORD "bits 3:2 = a : 0 x, 4 y\n",
		"line 17: value 4 is too big for the 2 bits of 'a'"},
	{HEAD WORD "bits 3:2 = a : 1 x, 0x1 y\n", "line 17: value 0x1 of 'a' has two names"},
	{HEAD WORD "bits 3:2 = a : x\n", "line 17: 'x' is no value and its name"},
	{HEAD WORD "bits 3:2 = a : 1\n", "line 17: '1' is no value and its name"},
	{HEAD WORD "bits 3:2 = a : 1 x,\n", "line 17: '' is no value and its name"},
	{HEAD WORD "bits 3:2 = a :\n", "line 17: '' is no value and its name"},
	{HEAD WORD "bits 3:2 = a : 0 x,\n\t1 y,\n\t9 z\n", "line 17: value 9 is too big"},
	{HEAD WORD "danger a = brick\n", "line 17: no field 'a' in this section so far"},
	{HEAD WORD "bits 3 = a\ndanger a = bad\n", "line 18: unknown danger 'bad'"},
	{HEAD WORD "bits 3 = a\nkind a = bad\n", "line 18: unknown kind 'bad'"},
	{HEAD WORD "bits 3 = a\nabout a = x\nabout a = y\n",
		"line 19: key 'about a' is there twice"},
	{HEAD WORD "bits 3 = a\n[word 2]\nname = Y\nkind = user\ndanger = none\nsource = here\n"
		   "about a = x\n",
		"line 23: no field 'a' in this section so far"},
	{HEAD WORD "nonsense\n", "line 17: neither a [section] nor 'key = value' nor a comment"},
	{HEAD WORD "nonsense\ncolour = red\n", "line 17: neither a [section]"},
	{HEAD WORD "colour = red\nnonsense\n", "line 17: unknown key 'colour'"},
	{HEAD "[word 3\nname = X\n", "line 12: a [section] without its ']'"},
	{HEAD "[word 3] name = X\n", "line 12: only a comment (' ;') may follow a [section]"},
	{HEAD WORD " [word 2]\n", "line 17: a [section] must begin at the start of its line"},
	{HEAD "[]\nname = X\n", "line 12: the name of a [section] has 1 to 48 characters"},
	{HEAD "[word 0123456789012345678901234567890123456789012345]\nname = X\n",
		"line 12: the name of a [section] has 1 to 48"},
	{HEAD "[word 3]\n name = X\n", "line 13: key 'name' must begin at the start of its line"},
	{HEAD WORD "about = x\n danger = one-way\n",
		"line 18: an indented line goes on with 'about' above and must not hold '='"},
	{HEAD "[word 3]\nname = X\n Y\n", "line 13: the value of 'name' stands in one line"},
	{HEAD WORD "bits 3 = a\ndanger a = brick\n or not\n",
		"line 18: the value of 'danger a' stands in one line"},
	{HEAD WORD "about = a\x07z\n", "line 17: holds the control character 0x07"},
	{HEAD WORD "about = a \x9Bz\n", "line 17: holds bytes from 0x9B on that are no UTF-8"},
	{HEAD WORD "about = a\xC2\x9Bz\n", "line 17: holds bytes from 0xC2 on"},
	{HEAD WORD "about = a\xE2\x80\xAEz\n", "line 17: holds bytes from 0xE2 on"},
};

static void test_bad_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
		struct chip *chip = NULL;
		struct errbuf err = {0};
		enum status status = parse(&chip, bad_files[i].text, &err);
		static const char prefix[] = "'x.chip' ";
		size_t length = strlen(bad_files[i].message);
		if (status != ERR_FORMAT || strncmp(err.text, prefix, sizeof prefix - 1) != 0 ||
			strncmp(err.text + sizeof prefix - 1, bad_files[i].message, length) != 0)
			fail_msg("expected: %s\nfound:    %s", bad_files[i].message, err.text);
		assert_null(chip);
	}
}

static void test_zero_bytes_and_long_lines(void **state)
{
	(void)state;
	struct chip *chip = NULL;
	struct errbuf err = {0};
	char text[1024] = HEAD WORD "about = ";
	size_t start = strlen(HEAD WORD), used = strlen(text);
	while (used - start < 199)
		text[used++] = 'x';
	assert_int_equal(chip_parse(&chip, text, used, "x.chip", &err), OK);
	assert_int_equal(strlen(chip_word(chip, 3)->about), 191);
	chip_free(chip);
	chip = NULL;
	text[used++] = 'x';
	assert_int_equal(chip_parse(&chip, text, used, "x.chip", &err), ERR_FORMAT);
	assert_string_equal(err.text, "'x.chip' line 17: 200 bytes long, at most 199 are allowed; "
				      "go on in an indented line");
	text[start + 20] = '\0';
	errbuf_clear(&err);
	assert_int_equal(chip_parse(&chip, text, used - 1, "x.chip", &err), ERR_FORMAT);
	assert_string_equal(err.text, "'x.chip' line 17: holds a zero byte; is this a text file?");
	assert_null(chip);
}

static void test_a_value_that_never_ends(void **state)
{
	(void)state;
	char *text = malloc(100000);
	assert_non_null(text);
	strcpy(text, HEAD WORD "about = x\n");
	for (unsigned i = 0; i < 200; i++)
		strcat(text, "\tone hundred bytes of text, one hundred bytes of text, "
			     "one hundred bytes of text, one hundred bytes\n");
	struct chip *chip = NULL;
	struct errbuf err = {0};
	assert_int_equal(parse(&chip, text, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "the value of 'about' is longer than 4095 bytes"));
	free(text);
}

static size_t read_source(char *out, size_t cap, const char *path)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t length = fread(out, 1, cap - 1, file);
	fclose(file);
	assert_true(length < cap - 1);
	out[length] = '\0';
	return length;
}

/* The first example in the README that explains the format is a chip file. */
static void test_the_example_of_the_readme(void **state)
{
	(void)state;
	char text[32768];
	read_source(text, sizeof text, SOURCE_FOLDER "/src/chips/README.md");
	char *begin = strstr(text, "```\n");
	assert_non_null(begin);
	begin += 4;
	char *end = strstr(begin, "```\n");
	assert_non_null(end);
	*end = '\0';
	struct chip *chip = NULL;
	struct errbuf err = {0};
	if (parse(&chip, begin, &err) != OK)
		fail_msg("%s", err.text);
	char name[64];
	chip_word_name(name, sizeof name, chip, 61);
	assert_string_equal(name, "SERIAL[1]");
	chip_word_name(name, sizeof name, chip, 64);
	assert_string_equal(name, "USER");
	assert_int_equal(chip_word_field_count(chip, 3), 5);
	assert_int_equal(chip_word_field_count(chip, 58), 1);
	chip_free(chip);
}

/* Cut and damaged files end in an error or in a chip, never in a crash. */
static void test_damaged_files(void **state)
{
	(void)state;
	char whole[32768];
	size_t length = read_source(whole, sizeof whole, SOURCE_FOLDER "/src/chips/stm32mp15.chip");
	assert_true(length > 1000);
	srand(20240502);
	for (unsigned round = 0; round < 3000; round++) {
		size_t cut = round < 1000 ? (size_t)rand() % length : length;
		char *damaged = malloc(cut + 1);
		assert_non_null(damaged);
		memcpy(damaged, whole, cut);
		if (round >= 1000) {
			static const char bytes[] = "\n =:;[]-,0x9\t#";
			for (unsigned i = 0; i < 1 + round % 4; i++)
				damaged[(size_t)rand() % cut] =
					bytes[(size_t)rand() % (sizeof bytes - 1)];
		}
		struct chip *chip = NULL;
		struct errbuf err = {0};
		if (chip_parse(&chip, damaged, cut, "x.chip", &err) == OK) {
			for (unsigned word = 0; word < chip->word_count; word++)
				assert_non_null(chip_bank_of(chip, word));
			chip_free(chip);
		} else {
			assert_int_equal(strncmp(err.text, "'x.chip' line ", 14), 0);
			assert_null(chip);
		}
		free(damaged);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_builtin_chip),
		cmocka_unit_test(test_digest_is_that_of_the_bytes),
		cmocka_unit_test(test_digests_of_builtin_chips),
		cmocka_unit_test(test_unknown_builtin),
		cmocka_unit_test(test_banks_and_ids_of_big_chips),
		cmocka_unit_test(test_stm32mp15_words),
		cmocka_unit_test(test_stm32mp15_fields),
		cmocka_unit_test(test_a_hand_written_file),
		cmocka_unit_test(test_bad_files),
		cmocka_unit_test(test_zero_bytes_and_long_lines),
		cmocka_unit_test(test_a_value_that_never_ends),
		cmocka_unit_test(test_the_example_of_the_readme),
		cmocka_unit_test(test_damaged_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
