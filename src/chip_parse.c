#include "src/chip.h"

#include "src/chip_parse.h"
#include "src/image.h"
#include "src/keyfile.h"
#include "src/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status begin_bank(struct chip_parser *parser, const char *name, struct errbuf *err)
{
	struct chip *chip = parser->chip;
	enum status status =
		chip_parse_name(name, sizeof chip->banks->name - 1, "name of a bank", err);
	if (status != OK)
		return status;
	for (size_t i = 0; i < chip->bank_count; i++) {
		if (strcmp(chip->banks[i].name, name) == 0)
			return errbuf_set(
				err, ERR_FORMAT, "section [bank %s] is there twice", name);
	}
	struct chip_bank *bank = chip_parse_grow(&chip->banks, chip->bank_count, sizeof *bank);
	if (bank == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	chip->bank_count++;
	snprintf(bank->name, sizeof bank->name, "%s", name);
	return OK;
}

static enum status begin_word(struct chip_parser *parser, const char *range, struct errbuf *err)
{
	struct chip *chip = parser->chip;
	unsigned first = 0, last = 0;
	enum status status = chip_parse_words(&first, &last, chip, range, err);
	if (status != OK)
		return status;
	for (size_t i = 0; i < chip->entry_count; i++) {
		if (chip->entries[i].first == first && chip->entries[i].last == last)
			return errbuf_set(
				err, ERR_FORMAT, "section [word %s] is there twice", range);
	}
	struct chip_entry *entry =
		chip_parse_grow(&chip->entries, chip->entry_count, sizeof *entry);
	if (entry == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	chip->entry_count++;
	entry->first = first;
	entry->last = last;
	/* Every text is there from the start, so that nobody meets a NULL. */
	status = chip_parse_text(&entry->name, "", err);
	if (status == OK)
		status = chip_parse_text(&entry->about, "", err);
	if (status == OK)
		status = chip_parse_text(&entry->source, "", err);
	memset(&parser->fields, 0, sizeof parser->fields);
	parser->fields.first = chip->field_count;
	return status;
}

static enum status on_section(const char *section, unsigned line, void *payload, struct errbuf *err)
{
	struct chip_parser *parser = payload;
	bool is_first = parser->keys == NULL;
	(void)line;
	memset(parser->key_lines, 0, sizeof parser->key_lines);
	snprintf(parser->section, sizeof parser->section, "%s", section);
	if (strcmp(section, "chip") == 0) {
		parser->keys = parser->tables->chip;
		return is_first ? OK
				: errbuf_set(err, ERR_FORMAT,
					  "section [chip] must be the first, "
					  "and be there once");
	}
	if (is_first)
		return errbuf_set(err, ERR_FORMAT, "section [chip] must come before [%s]", section);
	if (parser->tables->bank != NULL && strncmp(section, "bank ", 5) == 0) {
		parser->keys = parser->tables->bank;
		return begin_bank(parser, section + 5, err);
	}
	if (strncmp(section, "word ", 5) == 0) {
		parser->keys = parser->tables->word;
		return begin_word(parser, section + 5, err);
	}
	return errbuf_set(err, ERR_FORMAT,
		"unknown section [%s]; known are [chip], %s[word N], [word N-M]", section,
		parser->tables->bank != NULL ? "[bank NAME], " : "");
}

static enum status unknown_key(
	const struct chip_parser *parser, const char *key, struct errbuf *err)
{
	char known[200] = "";
	for (const struct chip_parse_key *row = parser->keys; row->name != NULL; row++) {
		size_t used = strlen(known);
		snprintf(
			known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "", row->name);
	}
	return errbuf_set(err, ERR_FORMAT, "unknown key '%.60s' in [%s]; known are %s%s", key,
		parser->section, known, parser->keys == parser->tables->word ? ", bits H:L" : "");
}

/* "bits 29:27" and "danger FIELD". */
static enum status on_field_key(struct chip_parser *parser, const char *key, const char *value,
	bool continued, struct errbuf *err)
{
	char first[16];
	const char *space = strchr(key, ' ');
	if (space == NULL || parser->keys != parser->tables->word ||
		space - key >= (int)sizeof first)
		return unknown_key(parser, key, err);
	snprintf(first, sizeof first, "%.*s", (int)(space - key), key);
	const char *rest = space + strspn(space, " ");
	if (strcmp(first, "bits") == 0)
		return chip_parse_bits(parser->chip, &parser->fields, rest, value, err);
	if (continued && strcmp(first, "about") != 0 && strcmp(first, "source") != 0)
		return errbuf_set(err, ERR_FORMAT, "the value of '%s' stands in one line", key);
	bool is_text = strcmp(first, "about") == 0 || strcmp(first, "danger") == 0;
	bool is_fact = strcmp(first, "kind") == 0 || strcmp(first, "source") == 0;
	if (!is_text && !(is_fact && parser->tables == &chip_parse_whole))
		return unknown_key(parser, key, err);
	return chip_parse_property(parser->chip, &parser->fields, first, rest, value, err);
}

static enum status on_key(const char *key, const char *value, unsigned line, bool continued,
	void *payload, struct errbuf *err)
{
	struct chip_parser *parser = payload;
	const struct chip_parse_key *row = parser->keys;
	while (row->name != NULL && strcmp(row->name, key) != 0)
		row++;
	if (row->name == NULL)
		return on_field_key(parser, key, value, continued, err);
	if (continued && !row->may_continue)
		return errbuf_set(err, ERR_FORMAT, "the value of '%s' stands in one line", key);
	unsigned *key_line = &parser->key_lines[row - parser->keys];
	if (*key_line != 0)
		return errbuf_set(err, ERR_FORMAT,
			"key '%s' is there twice in [%s], first in line %u", key, parser->section,
			*key_line);
	*key_line = line;
	if (parser->keys == parser->tables->chip && strcmp(key, "words") == 0)
		parser->words_line = line;
	return row->set(parser, value, err);
}

static enum status on_section_end(void *payload, struct errbuf *err)
{
	struct chip_parser *parser = payload;
	for (const struct chip_parse_key *row = parser->keys; row->name != NULL; row++) {
		if (row->required && parser->key_lines[row - parser->keys] == 0)
			return errbuf_set(err, ERR_FORMAT, "key '%s' is missing in [%s]", row->name,
				parser->section);
	}
	const struct chip *chip = parser->chip;
	if (parser->keys == parser->tables->chip && chip->has_unique_id &&
		chip->unique_id + 3 > chip->word_count)
		return errbuf_set(err, ERR_FORMAT,
			"unique-id %u and the two words after it are outside the chip",
			chip->unique_id);
	if (parser->keys == parser->tables->chip && chip->short_word_count >= chip->word_count)
		return errbuf_set(err, ERR_FORMAT,
			"short-words %u is not less than words %u: leave it out",
			chip->short_word_count, chip->word_count);
	if (parser->keys == parser->tables->word)
		chip_parse_inherit(parser->chip, &parser->fields, chip_parse_entry(parser));
	return OK;
}

static enum status check_banks(
	const struct chip_parser *parser, const char *name, struct errbuf *err)
{
	for (unsigned word = 0; word < parser->chip->word_count; word++) {
		if (chip_bank_of(parser->chip, word) == NULL)
			return errbuf_set(err, ERR_FORMAT,
				"'%s' line %u: the chip has %u words, but word %u is in no [bank]",
				name, parser->words_line, parser->chip->word_count, word);
	}
	return OK;
}

enum status chip_parse_into(struct chip_parser *parser, const char *text, size_t length,
	const char *name, struct errbuf *err)
{
	static const struct keyfile_handler handler = {
		.begin = on_section, .key = on_key, .end = on_section_end};
	enum status status = keyfile_parse(text, length, name, &handler, parser, err);
	if (status == OK && parser->keys == NULL)
		status = errbuf_set(err, ERR_FORMAT,
			"'%s' line 1: no [chip] section, this is no chip file", name);
	return status;
}

enum status chip_parse(
	struct chip **out, const char *text, size_t length, const char *name, struct errbuf *err)
{
	enum status status = chip_parse_undigested(out, text, length, name, err);
	if (status == OK)
		store_sha256_hex((*out)->digest, text, length);
	return status;
}

enum status chip_parse_undigested(
	struct chip **out, const char *text, size_t length, const char *name, struct errbuf *err)
{
	struct chip_parser parser = {
		.chip = calloc(1, sizeof *parser.chip), .tables = &chip_parse_whole};
	if (parser.chip == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	enum status status = chip_parse_into(&parser, text, length, name, err);
	if (status == OK)
		status = check_banks(&parser, name, err);
	if (status != OK) {
		chip_free(parser.chip);
		return status;
	}
	chip_parse_sort_fields(parser.chip);
	*out = parser.chip;
	return OK;
}

enum status chip_parse_head(
	struct chip **out, const char *text, size_t length, const char *name, struct errbuf *err)
{
	struct chip_parser parser = {
		.chip = calloc(1, sizeof *parser.chip), .tables = &chip_parse_whole};
	if (parser.chip == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	const char *first = strstr(text, "[chip]");
	const char *second = first != NULL ? strstr(first, "\n[") : NULL;
	enum status status = chip_parse_into(
		&parser, text, second != NULL ? (size_t)(second + 1 - text) : length, name, err);
	if (status != OK)
		chip_free(parser.chip);
	else
		*out = parser.chip;
	return status;
}
