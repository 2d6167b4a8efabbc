/*
 * Every built-in map against a table of the facts it was written from (tests/data/chips): no row
 * may be lost, no danger lowered, nothing unconfirmed passed off as known.
 */
#include "src/chip.h"
#include "src/store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const families[] = {
	"stm32mp13", "stm32mp15", "stm32mp21", "stm32mp23", "stm32mp25"};

enum { COLUMNS = 8 };

/* One row of a table: words, bits, name, kind, description, danger, source. */
struct row {
	unsigned first, last, high, low;
	const char *name, *kind, *danger, *source;
	bool confirmed;
};

static bool row_parse(struct row *out, char *line)
{
	char *column[COLUMNS];
	size_t count = 0;
	for (char *at = line; count < COLUMNS; at++) {
		column[count++] = at;
		at = strchr(at, '\t');
		if (!at)
			break;
		*at = '\0';
	}
	if (count != COLUMNS || strcmp(column[0], "word_first") == 0)
		return false;
	out->first = (unsigned)strtoul(column[0], NULL, 10);
	out->last = (unsigned)strtoul(column[1], NULL, 10);
	char *colon = strchr(column[2], ':');
	out->high = (unsigned)strtoul(column[2], NULL, 10);
	out->low = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : out->high;
	out->name = column[3];
	out->kind = column[4];
	out->danger = strcmp(column[6], "oneway-security") == 0 ? "one-way" : column[6];
	out->source = column[7];
	out->confirmed =
		strcmp(column[7], "unconfirmed") != 0 && strncmp(column[7], "second-hand", 11) != 0;
	return true;
}

static const struct chip_entry *entry_of(const struct chip *chip, const struct row *row)
{
	for (size_t i = 0; i < chip->entry_count; i++)
		if (chip->entries[i].first == row->first && chip->entries[i].last == row->last)
			return &chip->entries[i];
	return NULL;
}

static const struct chip_field *field_of(const struct chip *chip, const struct row *row)
{
	for (size_t i = 0; i < chip->field_count; i++) {
		const struct chip_field *field = &chip->fields[i];
		if (field->first_word <= row->first && row->last <= field->last_word &&
			field->high == row->high && field->low == row->low)
			return field;
	}
	return NULL;
}

static int danger_rank(const char *name)
{
	for (int danger = DANGER_NONE; chip_danger_name((enum chip_danger)danger); danger++)
		if (strcmp(chip_danger_name((enum chip_danger)danger), name) == 0)
			return danger;
	fail_msg("no danger '%s'", name);
	return -1;
}

/* The map's kinds are finer in one place: the tables count ST's board identity to "id". */
static bool same_kind(enum word_kind kind, const char *name)
{
	return strcmp(word_kind_name(kind), name) == 0 ||
	       (kind == KIND_BOARD_ID && strcmp(name, "id") == 0);
}

/* Says what the map has wrong of a row; false when anything. */
static bool check_row(const struct chip *chip, const struct row *row)
{
	bool whole = row->high == 31 && row->low == 0, good = true;
	const struct chip_entry *entry = whole ? entry_of(chip, row) : NULL;
	const struct chip_field *field = entry ? NULL : field_of(chip, row);
	if (!entry && !field) {
		print_error("%s: words %u-%u bits %u:%u (%s) are not in the map\n", chip->name,
			row->first, row->last, row->high, row->low, row->name);
		return false;
	}
	enum word_kind kind = entry ? entry->kind : field->kind;
	if (!same_kind(kind, row->kind)) {
		print_error("%s: %s is of kind %s, not %s\n", chip->name, row->name, row->kind,
			word_kind_name(kind));
		good = false;
	}
	enum chip_danger danger = entry ? entry->danger : field->danger;
	if ((int)danger < danger_rank(row->danger)) {
		print_error("%s: the danger of %s is %s, not %s\n", chip->name, row->name,
			row->danger, chip_danger_name(danger));
		good = false;
	}
	if ((entry ? entry->confirmed : field->confirmed) != row->confirmed) {
		print_error("%s: %s (word %u) is %sconfirmed\n", chip->name, row->name, row->first,
			row->confirmed ? "" : "not ");
		good = false;
	}
	return good;
}

static void test_no_fact_is_lost(void **state)
{
	(void)state;
	size_t bad = 0;
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		struct chip *chip = NULL;
		struct errbuf err = {0};
		uint8_t *text;
		size_t length, rows = 0;
		char path[256];
		snprintf(path, sizeof path, TEST_DATA "/chips/%s.tsv", families[f]);
		assert_int_equal(chip_load(&chip, families[f], &err), OK);
		assert_int_equal(store_read(&text, &length, path, 256 * 1024, &err), OK);
		for (char *line = (char *)text, *next; *line; line = next) {
			next = line + strcspn(line, "\n");
			if (*next)
				*next++ = '\0';
			struct row row;
			if (!row_parse(&row, line))
				continue;
			rows++;
			bad += !check_row(chip, &row);
		}
		assert_true(rows >= 79);

		free(text);
		chip_free(chip);
	}
	assert_int_equal(bad, 0);
}

static void test_every_word_has_a_row(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		struct chip *chip = NULL;
		struct errbuf err = {0};
		assert_int_equal(chip_load(&chip, families[f], &err), OK);
		assert_int_equal(chip->word_count, f < 2 ? 96 : 384);
		for (unsigned word = 0; word < chip->word_count; word++)
			if (!chip_word(chip, word))
				fail_msg("%s: word %u is in no entry", families[f], word);
		chip_free(chip);
	}
}

/*
 * TF-A stm32mp1_def.h, stm32mp2_def.h: bitwise words, words that take one write; STM32PRGFW-UTIL
 * otp_util.h and TF-M stm32_bsec3.c: words that no host writes, from 368 on, from 364 on MP21,
 * where the chip's public key in 168-179 is none of the host's, either (RM0506, second-hand).
 */
static void test_banks(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		struct chip *chip = NULL;
		struct errbuf err = {0};
		bool mp1 = f < 2;
		bool mp21 = strcmp(families[f], "stm32mp21") == 0;
		unsigned own = mp21 ? 364 : 368;
		assert_int_equal(chip_load(&chip, families[f], &err), OK);
		for (unsigned word = 0; word < chip->word_count; word++) {
			const struct chip_bank *bank = chip_bank_of(chip, word);
			enum bank_rule rule =
				word < (mp1 ? 32u : 128u) ? BANK_BITS
				: (!mp1 && word >= own) || (mp21 && word >= 168 && word <= 179)
					? BANK_NEVER
					: BANK_ONCE;
			assert_int_equal(bank->rule, rule);
			assert_int_equal(bank->may_be_hidden, !mp1 && word >= 256 && word < own);
		}
		chip_free(chip);
	}
}

/* Bytes of a file go into words as each reader takes them: U-Boot cmd_stm32key.c, its two formats.
 */
static void test_byte_order_of_keys(void **state)
{
	(void)state;
	static const struct {
		const char *chip;
		unsigned word;
		bool big_endian;
	} rows[] = {
		{"stm32mp13", 24, true},
		{"stm32mp13", 92, true},
		{"stm32mp15", 24, true},
		{"stm32mp15", 70, false},
		{"stm32mp21", 152, true},
		{"stm32mp21", 160, true},
		{"stm32mp21", 180, false},
		{"stm32mp21", 238, false},
		{"stm32mp21", 260, true},
		{"stm32mp21", 332, false},
		{"stm32mp21", 348, true},
		{"stm32mp21", 356, true},
		{"stm32mp25", 144, true},
		{"stm32mp25", 152, true},
		{"stm32mp25", 176, false},
		{"stm32mp25", 260, true},
		{"stm32mp25", 336, false},
		{"stm32mp25", 360, true},
		{"stm32mp25", 364, true},
		{"stm32mp23", 144, true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct chip *chip = NULL;
		struct errbuf err = {0};
		assert_int_equal(chip_load(&chip, rows[i].chip, &err), OK);
		if (chip_word(chip, rows[i].word)->big_endian != rows[i].big_endian)
			fail_msg("%s word %u", rows[i].chip, rows[i].word);
		chip_free(chip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_fact_is_lost),
		cmocka_unit_test(test_every_word_has_a_row),
		cmocka_unit_test(test_banks),
		cmocka_unit_test(test_byte_order_of_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
