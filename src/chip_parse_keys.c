/* The keys of each section of a chip file, and what they set. */
#include "src/chip_parse.h"
#include "src/image.h"

#include <stdio.h>
#include <string.h>

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

static enum status set_chip_name(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	struct chip *chip = parser->chip;
	enum status status = chip_parse_name(value, sizeof chip->name - 1, "name of a chip", err);
	if (status == OK)
		snprintf(chip->name, sizeof chip->name, "%s", value);
	return status;
}

static enum status set_title(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	struct chip *chip = parser->chip;
	if (strlen(value) >= sizeof chip->title)
		return errbuf_set(
			err, ERR_FORMAT, "a title has at most %zu bytes", sizeof chip->title - 1);
	snprintf(chip->title, sizeof chip->title, "%s", value);
	return OK;
}

static enum status set_device_id(struct chip_parser *parser, const char *value, struct errbuf *err)
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

static enum status set_short_words(
	struct chip_parser *parser, const char *value, struct errbuf *err)
{
	uint32_t count = 0;
	if (!chip_parse_number(&count, value, IMAGE_MAX_WORDS) || count == 0)
		return errbuf_set(err, ERR_FORMAT,
			"'%.40s' is no count of words: less than the chip has", value);
	parser->chip->short_word_count = count;
	return OK;
}

static enum status set_word_count(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	uint32_t count = 0;
	if (!chip_parse_number(&count, value, IMAGE_MAX_WORDS) || count == 0)
		return errbuf_set(err, ERR_FORMAT,
			"'%.40s' is no count of words: a number from 1 to %d", value,
			IMAGE_MAX_WORDS);
	parser->chip->word_count = count;
	return OK;
}

static enum status set_unique_id(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	uint32_t word = 0;
	if (!chip_parse_number(&word, value, IMAGE_MAX_WORDS - 3))
		return errbuf_set(err, ERR_FORMAT,
			"'%.40s' is no word: the first of the three words of the unique id", value);
	parser->chip->unique_id = word;
	parser->chip->has_unique_id = true;
	return OK;
}

static struct chip_bank *this_bank(const struct chip_parser *parser)
{
	return &parser->chip->banks[parser->chip->bank_count - 1];
}

static enum status set_bank_words(struct chip_parser *parser, const char *value, struct errbuf *err)
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

static enum status set_rule(struct chip_parser *parser, const char *value, struct errbuf *err)
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

static enum status set_hidden(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	unsigned hidden = 0;
	enum status status = chip_parse_choice(&hidden, hidden_name, "hidden", value, err);
	this_bank(parser)->may_be_hidden = hidden == 1;
	return status;
}

struct chip_entry *chip_parse_entry(const struct chip_parser *parser)
{
	return &parser->chip->entries[parser->chip->entry_count - 1];
}

static enum status set_name(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	struct chip_entry *entry = chip_parse_entry(parser);
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

static enum status set_kind(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	unsigned kind = 0;
	enum status status = chip_parse_choice(&kind, chip_parse_kind_name, "kind", value, err);
	chip_parse_entry(parser)->kind = (enum word_kind)kind;
	return status;
}

static enum status set_danger(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	unsigned danger = 0;
	enum status status =
		chip_parse_choice(&danger, chip_parse_danger_name, "danger", value, err);
	chip_parse_entry(parser)->danger = (enum chip_danger)danger;
	return status;
}

static enum status set_source(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	chip_parse_entry(parser)->confirmed = chip_parse_is_confirmed(value);
	return chip_parse_text(&chip_parse_entry(parser)->source, value, err);
}

static enum status set_about(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	return chip_parse_text(&chip_parse_entry(parser)->about, value, err);
}

static enum status set_order(struct chip_parser *parser, const char *value, struct errbuf *err)
{
	unsigned order = 0;
	enum status status = chip_parse_choice(&order, order_name, "order", value, err);
	chip_parse_entry(parser)->big_endian = order == 1;
	return status;
}

static const struct chip_parse_key chip_keys[] = {
	{"name", set_chip_name, true, false},
	{"title", set_title, true, false},
	{"device-id", set_device_id, true, false},
	{"words", set_word_count, true, false},
	{"short-words", set_short_words, false, false},
	{"unique-id", set_unique_id, false, false},
	{NULL, NULL, false, false},
};

static const struct chip_parse_key bank_keys[] = {
	{"words", set_bank_words, true, false},
	{"rule", set_rule, true, false},
	{"hidden", set_hidden, false, false},
	{NULL, NULL, false, false},
};

static const struct chip_parse_key word_keys[] = {
	{"name", set_name, true, false},
	{"kind", set_kind, true, false},
	{"danger", set_danger, true, false},
	{"source", set_source, true, true},
	{"about", set_about, false, true},
	{"order", set_order, false, false},
	{NULL, NULL, false, false},
};

const struct chip_parse_tables chip_parse_whole = {chip_keys, bank_keys, word_keys};

/* A user's overlay gives names and warnings: never a bank, a kind, an order or a source. */
static const struct chip_parse_key overlay_chip_keys[] = {
	{"name", set_chip_name, true, false},
	{NULL, NULL, false, false},
};

static const struct chip_parse_key overlay_word_keys[] = {
	{"name", set_name, true, false},
	{"danger", set_danger, false, false},
	{"about", set_about, false, true},
	{NULL, NULL, false, false},
};

const struct chip_parse_tables chip_parse_overlay = {overlay_chip_keys, NULL, overlay_word_keys};
