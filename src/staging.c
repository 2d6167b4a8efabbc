#include "src/staging.h"

#include "src/closing.h"
#include "src/import.h"
#include "src/partition.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

/* --- values as words --- */

static enum status bytes_to_words(struct staging_words *out, const uint8_t *bytes, size_t length,
	const struct assignment *group, const struct chip *chip, struct errbuf *err)
{
	bool pads = group->kind == VALUE_TEXT || group->kind == VALUE_MAC;
	if (length % 4 != 0 && !pads)
		return errbuf_set(err, ERR_USAGE,
			"%zu bytes do not fill whole words of 4 bytes: bring %zu or %zu", length,
			length / 4 * 4, (length / 4 + 1) * 4);
	out->count = (length + 3) / 4;
	if (out->count > STAGING_MAX_WORDS)
		return errbuf_set(err, ERR_USAGE, "%zu words are too many at once: at most %d",
			out->count, STAGING_MAX_WORDS);
	for (size_t i = 0; i < out->count; i++) {
		uint8_t four[4] = {0};
		size_t left = length - 4 * i;
		memcpy(four, bytes + 4 * i, left < 4 ? left : 4);
		const struct chip_entry *entry = chip_word(chip, group->first + (unsigned)i);
		if (entry && entry->big_endian) {
			uint8_t swapped[4] = {four[3], four[2], four[1], four[0]};
			memcpy(four, swapped, sizeof four);
		}
		out->word[i] = bytes_to_word(four);
	}
	return OK;
}

/*
 * A key's hash is of use in just the words the ROM code compares, and one word off it shuts a
 * closed board for ever. The ROM code's are big-endian (U-Boot cmd_stm32key.c).
 */
static enum status check_hash_place(
	const struct assignment *group, const struct chip *chip, struct errbuf *err)
{
	const struct chip_entry *entry = chip_word(chip, group->first);
	bool whole = entry && entry->kind == KIND_HASH && entry->big_endian &&
		     entry->first == group->first && entry->last == group->first + 7;
	return whole ? OK
		     : errbuf_set(err, ERR_USAGE,
			       "%s fills the eight words of a key hash: word %u does not begin one",
			       group->kind == VALUE_PEM ? "pem:" : "keyhash:", group->first);
}

static enum status hash_of_keys(uint8_t out[IMPORT_MAX_BYTES], size_t *length,
	const struct assignment *group, const struct chip *chip, struct errbuf *err)
{
	bool one = strcmp(chip->name, "stm32mp15") == 0;
	if (!one && strcmp(chip->name, "stm32mp13") != 0)
		return errbuf_set(err, ERR_REFUSED,
			"what %s hashes of its keys is not published: bring the signing tool's "
			"publicKeysHashHashes.bin as keyhash:F",
			chip->title);
	enum status status = check_hash_place(group, chip, err);
	if (status != OK)
		return status;
	return (one ? import_pem : import_pem_table)(out, length, group->text, err);
}

/* Several addresses run on without a gap: past their own words they would burn somebody else's. */
static enum status check_mac_place(
	const struct assignment *group, size_t length, const struct chip *chip, struct errbuf *err)
{
	const struct chip_entry *entry = chip_word(chip, group->first);
	bool fits = entry && entry->kind == KIND_MAC && entry->first == group->first &&
		    length <= 4 * (entry->last - entry->first + 1);
	return fits || length <= 6
		       ? OK
		       : errbuf_set(err, ERR_USAGE,
				 "%zu addresses do not fit in the MAC words from word %u "
				 "up",
				 length / 6, group->first);
}

enum status staging_value(struct staging_words *out, const struct assignment *group,
	const struct chip *chip, struct errbuf *err)
{
	uint8_t bytes[IMPORT_MAX_BYTES];
	size_t length = 0;
	enum status status = OK;
	out->count = 0;
	switch (group->kind) {
	case VALUE_NONE: return OK;
	case VALUE_BITS:
	case VALUE_NUMBER:
		if (group->last - group->first >= STAGING_MAX_WORDS)
			return errbuf_set(err, ERR_USAGE, "more than %d words in one range",
				STAGING_MAX_WORDS);
		for (unsigned word = group->first; word <= group->last; word++)
			out->word[out->count++] = group->number;
		return OK;
	case VALUE_FILE: status = import_file(bytes, &length, group->text, err); break;
	case VALUE_TEXT: status = import_text(bytes, &length, group->text, err); break;
	case VALUE_MAC:
		status = import_mac(bytes, &length, group->text, err);
		if (status == OK)
			status = check_mac_place(group, length, chip, err);
		break;
	case VALUE_HEX: status = import_hex(bytes, &length, group->text, err); break;
	case VALUE_PEM: status = hash_of_keys(bytes, &length, group, chip, err); break;
	case VALUE_KEY_HASH:
		status = check_hash_place(group, chip, err);
		if (status == OK)
			status = import_key_hash(bytes, &length, group->text, err);
		break;
	}
	if (status == OK)
		status = bytes_to_words(out, bytes, length, group, chip, err);
	size_t room = group->last - group->first + 1;
	if (status == OK && group->is_range && room != out->count)
		status = errbuf_set(err, ERR_USAGE,
			"the value fills %zu words, but the range %u-%u has %zu", out->count,
			group->first, group->last, room);
	return status;
}

/* --- merging / --- */

/* What the statement at work adds to. */
struct merge {
	struct edits *edits;
	const unsigned *lines; /* may be NULL */
	const struct statement *statement;
	const struct image *image;
	const struct chip *chip;
};

static enum status conflict(
	const struct merge *merge, unsigned word, const char *what, struct errbuf *err)
{
	unsigned before = merge->lines ? merge->lines[word] : 0;
	if (before && merge->statement->line && before != merge->statement->line)
		return errbuf_set(err, ERR_USAGE, "word %u gets %s, in line %u and in line %u",
			word, what, before, merge->statement->line);
	return errbuf_set(err, ERR_USAGE, "word %u gets %s", word, what);
}

static enum status in_image(const struct merge *merge, unsigned word, struct errbuf *err)
{
	unsigned count = merge->image->word_count;
	if (word < count)
		return OK;
	return errbuf_set(err, ERR_USAGE, "there is no word %u: %s has words 0 to %u", word,
		merge->chip->title, count - 1);
}

static enum status merge_value(
	const struct merge *merge, unsigned word, uint32_t value, bool closes, struct errbuf *err)
{
	struct edit *edit = &merge->edits->word[word];
	if (edit->sets_value && edit->closes != closes)
		return conflict(merge, word, "both 'close' and a value", err);
	if (edit->sets_value && edit->value != value)
		return conflict(merge, word, "two different values", err);
	edit->sets_value = true;
	edit->closes = closes;
	edit->value = value;
	return OK;
}

static enum status with_bits(
	uint32_t *value, const struct merge *merge, unsigned word, struct errbuf *err)
{
	if (!image_value_is_known(merge->image, word))
		return errbuf_set(err, ERR_REFUSED,
			"bits cannot be added to word %u: what it holds is not known; nothing was "
			"burnt",
			word);
	*value |= merge->image->value[word];
	return OK;
}

static enum status merge_group(
	const struct merge *merge, const struct assignment *group, struct errbuf *err)
{
	struct staging_words words;
	enum status status = in_image(merge, group->last, err);
	if (status == OK)
		status = staging_value(&words, group, merge->chip, err);
	if (status == OK && words.count > 0)
		status = in_image(merge, group->first + (unsigned)words.count - 1, err);
	if (status != OK)
		return status;
	for (size_t i = 0; status == OK && i < words.count; i++) {
		unsigned word = group->first + (unsigned)i;
		if (group->kind == VALUE_BITS)
			status = with_bits(&words.word[i], merge, word, err);
		if (status == OK)
			status = merge_value(merge, word, words.word[i], false, err);
	}
	unsigned last = words.count > 0 ? group->first + (unsigned)words.count - 1 : group->last;
	for (unsigned word = group->first; status == OK && word <= last; word++)
		merge->edits->word[word].locks |= group->locks;
	return status;
}

static enum status merge_close(const struct merge *merge, struct errbuf *err)
{
	const struct closing *closing = closing_of(merge->chip);
	if (!closing)
		return errbuf_set(err, ERR_REFUSED,
			"it is not known how %s is closed; nothing was burnt", merge->chip->title);
	enum status status = OK;
	for (size_t i = 0; status == OK && i < closing->count; i++) {
		const struct closing_word *part = &closing->words[i];
		status = in_image(merge, part->word, err);
		if (status == OK)
			status = merge_value(merge, part->word, part->bits, true, err);
	}
	return status;
}

enum status staging_apply(struct edits *edits, unsigned lines[IMAGE_MAX_WORDS],
	const struct statement *statement, const struct image *image, const struct chip *chip,
	struct errbuf *err)
{
	struct edits merged = *edits;
	struct merge merge = {&merged, lines, statement, image, chip};
	enum status status = OK;
	if (statement->verb == VERB_CLOSE)
		status = merge_close(&merge, err);
	for (size_t i = 0; status == OK && i < statement->count; i++)
		status = merge_group(&merge, &statement->assignments[i], err);
	if (status != OK)
		return status;
	for (unsigned word = 0; lines && word < IMAGE_MAX_WORDS; word++)
		if (lines[word] == 0 && merged.word[word].sets_value)
			lines[word] = statement->line;
	*edits = merged;
	return OK;
}
