#include "src/chip.h"

#include "src/chip_parse.h"
#include "src/image.h"
#include "src/keyfile.h"
#include "src/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 8 /* rows of the longest table of keys */

struct key_row;

struct parser {
	struct chip *chip;
	const struct key_row *keys;   /* of the section being read */
	char section[64];             /* its name, for messages */
	unsigned key_lines[KEYS_MAX]; /* where each key stands; 0: not yet */
	struct chip_parse_fields fields;
	unsigned words_line; /* of "words = 96" */
};

struct key_row {
	const char *name;
	enum status (*set)(struct parser *, const char *value, struct errbuf *);
	bool required;
	bool may_continue;
};

static const char *rule_name(unsigned index)
{
	static const char *const names[] = {
		[BANK_BITS] = "bits", [BANK_ONCE] = "once", [BANK_NEVER] = "never", NULL};
	return names[index];
}

static const char *order_name(unsigned index)
{
	static const char *const names[] = {"little-endian", "big-endian", NULL};
	return names[index];
}

static enum status set_chip_name(struct parser *parser, const char *value, struct errbuf *err)
{
	struct chip *chip = parser->chip;
	enum status status = chip_parse_name(value, sizeof chip->name - 1, "name of a chip", err);
	if (status == OK)
		snprintf(chip->name, sizeof chip->name, "%s", value);
	return status;
}

static enum status set_title(struct parser *parser, const char *value, struct errbuf *err)
{
	struct chip *chip = parser->chip;
	if (strlen(value) >= sizeof chip->title)
		return errbuf_set(
			err, ERR_FORMAT, "a title has at most %zu bytes", sizeof chip->title - 1);
	snprintf(chip->title, sizeof chip->title, "%s", value);
	return OK;
}

static enum status set_device_id(struct parser *parser, const char *value, struct errbuf *err)
{
	struct chip *chip = parser->chip;
	const char *at = value;
	for (bool more = true; more;) {
		char one[16];
		uint32_t id = 0;
		at += strspn(at, " ");
		size_t length = strcspn(at, ", ");
		snprintf(one, sizeof one, "%.*s", length < sizeof one ? (int)length : 0, at);
		at += length + strspn(at + length, " ");
		more = *at == ',';
		if (!chip_parse_number(&id, one, UINT32_MAX) || id == 0 || (!more && *at != '\0'))
			return errbuf_set(err, ERR_FORMAT,
				"'%.40s' is no device id: a number such as 0x500, or several with "
				"commas between",
				value);
		if (chip->device_id_count == CHIP_MAX_DEVICE_IDS)
			return errbuf_set(err, ERR_FORMAT, "a chip has at most %d device ids",
				CHIP_MAX_DEVICE_IDS);
		chip->device_ids[chip->device_id_count++] = id;
		at += more;
	}
	return OK;
}

static enum status set_short_words(struct parser *parser, const char *value, struct errbuf *err)
{
	uint32_t count = 0;
	if (!chip_parse_number(&count, value, IMAGE_MAX_WORDS) || count == 0)
		return errbuf_set(err, ERR_FORMAT,
			"'%.40s' is no count of words: less than the chip has", value);
	parser->chip->short_word_count = count;
	return OK;
}

static enum status set_word_count(struct parser *parser, const char *value, struct errbuf *err)
{
	uint32_t count = 0;
	if (!chip_parse_number(&count, value, IMAGE_MAX_WORDS) || count == 0)
		return errbuf_set(err, ERR_FORMAT,
			"'%.40s' is no count of words: a number from 1 to %d", value,
			IMAGE_MAX_WORDS);
	parser->chip->word_count = count;
	return OK;
}

static enum status set_unique_id(struct parser *parser, const char *value, struct errbuf *err)
{
	uint32_t word = 0;
	if (!chip_parse_number(&word, value, IMAGE_MAX_WORDS - 3))
		return errbuf_set(err, ERR_FORMAT,
			"'%.40s' is no word: the first of the three words of the unique id", value);
	parser->chip->unique_id = word;
	parser->chip->has_unique_id = true;
	return OK;
}

static struct chip_bank *this_bank(const struct parser *parser)
{
	return &parser->chip->banks[parser->chip->bank_count - 1];
}

static enum status set_bank_words(struct parser *parser, const char *value, struct errbuf *err)
{
	struct chip_bank *bank = this_bank(parser);
	enum status status = chip_parse_words(&bank->first, &bank->last, parser->chip, value, err);
	if (status != OK)
		return status;
	for (const struct chip_bank *other = parser->chip->banks; other < bank; other++) {
		if (other->first <= bank->last && bank->first <= other->last)
			return errbuf_set(err, ERR_FORMAT,
				"words %u-%u overlap [bank %s], words %u-%u", bank->first,
				bank->last, other->name, other->first, other->last);
	}
	return OK;
}

static enum status set_rule(struct parser *parser, const char *value, struct errbuf *err)
{
	unsigned rule = 0;
	enum status status = chip_parse_choice(&rule, rule_name, "rule", value, err);
	this_bank(parser)->rule = (enum bank_rule)rule;
	return status;
}

static const char *hidden_name(unsigned index)
{
	static const char *const names[] = {"never", "maybe", NULL};
	return names[index];
}

static enum status set_hidden(struct parser *parser, const char *value, struct errbuf *err)
{
	unsigned hidden = 0;
	enum status status = chip_parse_choice(&hidden, hidden_name, "hidden", value, err);
	this_bank(parser)->may_be_hidden = hidden == 1;
	return status;
}

static struct chip_entry *this_entry(const struct parser *parser)
{
	return &parser->chip->entries[parser->chip->entry_count - 1];
}

static enum status set_name(struct parser *parser, const char *value, struct errbuf *err)
{
	struct chip_entry *entry = this_entry(parser);
	enum status status = chip_parse_name(value, 24, "name of a word", err);
	if (status != OK)
		return status;
	for (const struct chip_entry *other = parser->chip->entries; other < entry; other++) {
		if (strcmp(other->name, value) == 0)
			return errbuf_set(err, ERR_FORMAT, "name '%s' is that of word %u already",
				value, other->first);
	}
	return chip_parse_text(&entry->name, value, err);
}

static enum status set_kind(struct parser *parser, const char *value, struct errbuf *err)
{
	unsigned kind = 0;
	enum status status = chip_parse_choice(&kind, chip_parse_kind_name, "kind", value, err);
	this_entry(parser)->kind = (enum word_kind)kind;
	return status;
}

static enum status set_danger(struct parser *parser, const char *value, struct errbuf *err)
{
	unsigned danger = 0;
	enum status status =
		chip_parse_choice(&danger, chip_parse_danger_name, "danger", value, err);
	this_entry(parser)->danger = (enum chip_danger)danger;
	return status;
}

static enum status set_source(struct parser *parser, const char *value, struct errbuf *err)
{
	this_entry(parser)->confirmed = strcmp(value, "unconfirmed") != 0;
	return chip_parse_text(&this_entry(parser)->source, value, err);
}

static enum status set_about(struct parser *parser, const char *value, struct errbuf *err)
{
	return chip_parse_text(&this_entry(parser)->about, value, err);
}

static enum status set_order(struct parser *parser, const char *value, struct errbuf *err)
{
	unsigned order = 0;
	enum status status = chip_parse_choice(&order, order_name, "order", value, err);
	this_entry(parser)->big_endian = order == 1;
	return status;
}

static const struct key_row chip_keys[] = {
	{"name", set_chip_name, true, false},
	{"title", set_title, true, false},
	{"device-id", set_device_id, true, false},
	{"words", set_word_count, true, false},
	{"short-words", set_short_words, false, false},
	{"unique-id", set_unique_id, false, false},
	{NULL, NULL, false, false},
};

static const struct key_row bank_keys[] = {
	{"words", set_bank_words, true, false},
	{"rule", set_rule, true, false},
	{"hidden", set_hidden, false, false},
	{NULL, NULL, false, false},
};

static const struct key_row word_keys[] = {
	{"name", set_name, true, false},
	{"kind", set_kind, true, false},
	{"danger", set_danger, true, false},
	{"source", set_source, true, true},
	{"about", set_about, false, true},
	{"order", set_order, false, false},
	{NULL, NULL, false, false},
};

static enum status begin_bank(struct parser *parser, const char *name, struct errbuf *err)
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

static enum status begin_word(struct parser *parser, const char *range, struct errbuf *err)
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
	struct parser *parser = payload;
	bool is_first = parser->keys == NULL;
	(void)line;
	memset(parser->key_lines, 0, sizeof parser->key_lines);
	snprintf(parser->section, sizeof parser->section, "%s", section);
	if (strcmp(section, "chip") == 0) {
		parser->keys = chip_keys;
		return is_first ? OK
				: errbuf_set(err, ERR_FORMAT,
					  "section [chip] must be the first, "
					  "and be there once");
	}
	if (is_first)
		return errbuf_set(err, ERR_FORMAT, "section [chip] must come before [%s]", section);
	if (strncmp(section, "bank ", 5) == 0) {
		parser->keys = bank_keys;
		return begin_bank(parser, section + 5, err);
	}
	if (strncmp(section, "word ", 5) == 0) {
		parser->keys = word_keys;
		return begin_word(parser, section + 5, err);
	}
	return errbuf_set(err, ERR_FORMAT,
		"unknown section [%s]; known are [chip], [bank NAME], [word N], [word N-M]",
		section);
}

static enum status unknown_key(const struct parser *parser, const char *key, struct errbuf *err)
{
	char known[200] = "";
	for (const struct key_row *row = parser->keys; row->name != NULL; row++) {
		size_t used = strlen(known);
		snprintf(
			known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "", row->name);
	}
	return errbuf_set(err, ERR_FORMAT, "unknown key '%.60s' in [%s]; known are %s%s", key,
		parser->section, known, parser->keys == word_keys ? ", bits H:L" : "");
}

/* "bits 29:27" and "danger FIELD". */
static enum status on_field_key(struct parser *parser, const char *key, const char *value,
	bool continued, struct errbuf *err)
{
	char first[16];
	const char *space = strchr(key, ' ');
	if (space == NULL || parser->keys != word_keys || space - key >= (int)sizeof first)
		return unknown_key(parser, key, err);
	snprintf(first, sizeof first, "%.*s", (int)(space - key), key);
	const char *rest = space + strspn(space, " ");
	if (strcmp(first, "bits") == 0)
		return chip_parse_bits(parser->chip, &parser->fields, rest, value, err);
	if (continued && strcmp(first, "about") != 0 && strcmp(first, "source") != 0)
		return errbuf_set(err, ERR_FORMAT, "the value of '%s' stands in one line", key);
	if (strcmp(first, "about") != 0 && strcmp(first, "kind") != 0 &&
		strcmp(first, "danger") != 0 && strcmp(first, "source") != 0)
		return unknown_key(parser, key, err);
	return chip_parse_property(parser->chip, &parser->fields, first, rest, value, err);
}

static enum status on_key(const char *key, const char *value, unsigned line, bool continued,
	void *payload, struct errbuf *err)
{
	struct parser *parser = payload;
	const struct key_row *row = parser->keys;
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
	if (row->set == set_word_count)
		parser->words_line = line;
	return row->set(parser, value, err);
}

static enum status on_section_end(void *payload, struct errbuf *err)
{
	struct parser *parser = payload;
	for (const struct key_row *row = parser->keys; row->name != NULL; row++) {
		if (row->required && parser->key_lines[row - parser->keys] == 0)
			return errbuf_set(err, ERR_FORMAT, "key '%s' is missing in [%s]", row->name,
				parser->section);
	}
	const struct chip *chip = parser->chip;
	if (parser->keys == chip_keys && chip->has_unique_id &&
		chip->unique_id + 3 > chip->word_count)
		return errbuf_set(err, ERR_FORMAT,
			"unique-id %u and the two words after it are outside the chip",
			chip->unique_id);
	if (parser->keys == chip_keys && chip->short_word_count >= chip->word_count)
		return errbuf_set(err, ERR_FORMAT,
			"short-words %u is not less than words %u: leave it out",
			chip->short_word_count, chip->word_count);
	if (parser->keys == word_keys)
		chip_parse_inherit(parser->chip, &parser->fields, this_entry(parser));
	return OK;
}

static enum status check_banks(const struct parser *parser, const char *name, struct errbuf *err)
{
	for (unsigned word = 0; word < parser->chip->word_count; word++) {
		if (chip_bank_of(parser->chip, word) == NULL)
			return errbuf_set(err, ERR_FORMAT,
				"'%s' line %u: the chip has %u words, but word %u is in no [bank]",
				name, parser->words_line, parser->chip->word_count, word);
	}
	return OK;
}

enum status chip_parse(
	struct chip **out, const char *text, size_t length, const char *name, struct errbuf *err)
{
	static const struct keyfile_handler handler = {
		.begin = on_section, .key = on_key, .end = on_section_end};
	struct parser parser = {.chip = calloc(1, sizeof *parser.chip)};
	if (parser.chip == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	enum status status = keyfile_parse(text, length, name, &handler, &parser, err);
	if (status == OK && parser.keys == NULL)
		status = errbuf_set(err, ERR_FORMAT,
			"'%s' line 1: no [chip] section, this is no chip file", name);
	if (status == OK)
		status = check_banks(&parser, name, err);
	if (status != OK) {
		chip_free(parser.chip);
		return status;
	}
	chip_parse_sort_fields(parser.chip);
	store_sha256_hex(parser.chip->digest, text, length);
	*out = parser.chip;
	return OK;
}
