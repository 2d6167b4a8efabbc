#include "src/report_chip_parts.h"

#include <stdlib.h>
#include <string.h>

static int compare_rows(const void *a, const void *b)
{
	const struct chip_row *left = a, *right = b;
	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	if (left->last != right->last)
		return left->last > right->last ? -1 : 1;
	/* Of two for the same words the first in the map gives the name. */
	return (left->entry > right->entry) - (left->entry < right->entry);
}

struct chip_row *chip_rows(size_t *count, const struct chip *chip)
{
	/* A gap before each entry at most, and one behind the last. */
	struct chip_row *rows = calloc(2 * chip->entry_count + 1, sizeof *rows);
	size_t used = 0;
	if (!rows)
		return NULL;
	for (size_t i = 0; i < chip->entry_count; i++)
		rows[used++] = (struct chip_row){
			chip->entries[i].first, chip->entries[i].last, &chip->entries[i]};
	unsigned word = 0;
	while (word < chip->word_count) {
		const struct chip_entry *entry = chip_word(chip, word);
		unsigned first = word;
		while (word < chip->word_count && !chip_word(chip, word))
			word++;
		if (entry)
			word++;
		else
			rows[used++] = (struct chip_row){first, word - 1, NULL};
	}
	qsort(rows, used, sizeof *rows, compare_rows);
	*count = used;
	return rows;
}

static bool holds(const struct chip_row *row, const struct chip_field *field)
{
	return row->first <= field->first_word && field->last_word <= row->last;
}

bool chip_row_has(
	const struct chip_row *rows, size_t count, size_t row, const struct chip_field *field)
{
	size_t narrowest = count;
	for (size_t i = 0; i < count; i++)
		if (holds(&rows[i], field) &&
			(narrowest == count ||
				rows[i].last - rows[i].first <
					rows[narrowest].last - rows[narrowest].first))
			narrowest = i;
	return narrowest == row;
}

const char *chip_rule_name(enum bank_rule rule)
{
	switch (rule) {
	case BANK_BITS: return "bits";
	case BANK_ONCE: return "once";
	case BANK_NEVER: break;
	}
	return "never";
}

static const char *rule_of(const struct chip *chip, unsigned word)
{
	const struct chip_bank *bank = chip_bank_of(chip, word);
	return chip_rule_name(bank ? bank->rule : BANK_NEVER);
}

const char *chip_row_rule(const struct chip *chip, const struct chip_row *row)
{
	const char *rule = rule_of(chip, row->first);
	for (unsigned word = row->first; word <= row->last; word++)
		if (strcmp(rule, rule_of(chip, word)) != 0)
			return "mixed";
	return rule;
}

enum chip_danger chip_row_danger(const struct chip *chip, const struct chip_row *row)
{
	if (!row->entry)
		return DANGER_BRICK;
	enum chip_danger worst = row->entry->danger;
	for (size_t i = 0; i < chip->entry_count; i++) {
		const struct chip_entry *entry = &chip->entries[i];
		if (entry->first <= row->first && row->last <= entry->last && entry->danger > worst)
			worst = entry->danger;
	}
	return worst;
}

bool chip_row_is_overlay(const struct chip_row *row)
{
	return row->entry && strcmp(row->entry->source, "overlay") == 0;
}

static int compare_texts(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;
	return strcmp(*left, *right);
}

const char **chip_parts(size_t *count, const struct chip *chip)
{
	const struct chip_field *field = NULL;
	for (size_t i = 0; !field && i < chip->field_count; i++)
		if (strcmp(chip->fields[i].name, "RPN") == 0)
			field = &chip->fields[i];
	*count = field ? field->value_count : 0;
	const char **names = calloc(*count + 1, sizeof *names);
	for (size_t i = 0; names && i < *count; i++)
		names[i] = field->values[i].text;
	if (names)
		qsort(names, *count, sizeof *names, compare_texts);
	return names;
}
