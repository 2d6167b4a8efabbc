/* A user's own names over a built-in chip. */
#include "src/chip_parse.h"
#include "src/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status check_entry_name(
	const struct chip *chip, const struct chip_entry *entry, struct errbuf *err)
{
	for (size_t i = 0; i < chip->entry_count; i++)
		if (strcmp(chip->entries[i].name, entry->name) == 0)
			return errbuf_set(err, ERR_FORMAT,
				"'%s' is the name of word %u of the chip already", entry->name,
				chip->entries[i].first);
	return OK;
}

/* Rules go by the kind and by fields' names, so neither may come from a user's file. */
static enum status take_facts(const struct chip *chip, struct chip_entry *entry, struct errbuf *err)
{
	for (unsigned word = entry->first; word <= entry->last; word++) {
		const struct chip_entry *base = chip_word(chip, word);
		if (base == NULL || base->kind != KIND_USER)
			return errbuf_set(err, ERR_FORMAT,
				"word %u ('%s') is no customer word of %s: only those can be given "
				"names",
				word, entry->name, chip->title);
		if (word > entry->first && base->big_endian != entry->big_endian)
			return errbuf_set(err, ERR_FORMAT,
				"the words of '%s' are of different byte orders: split them",
				entry->name);
		entry->big_endian = base->big_endian;
		entry->confirmed = word == entry->first ? base->confirmed
							: entry->confirmed && base->confirmed;
	}
	entry->kind = KIND_USER;
	return chip_parse_text(&entry->source, "overlay", err);
}

static enum status check_field_name(
	const struct chip *chip, const struct chip_field *field, struct errbuf *err)
{
	for (size_t i = 0; i < chip->field_count; i++)
		if (strcmp(chip->fields[i].name, field->name) == 0)
			return errbuf_set(err, ERR_FORMAT,
				"'%s' is the name of a field of word %u of the chip already",
				field->name, chip->fields[i].first_word);
	return OK;
}

static enum status check_overlay(const struct chip *chip, struct chip *overlay, struct errbuf *err)
{
	enum status status = OK;
	if (strcmp(overlay->name, chip->name) != 0)
		return errbuf_set(err, ERR_FORMAT, "it is about chip '%s', not '%s'", overlay->name,
			chip->name);
	for (size_t i = 0; status == OK && i < overlay->entry_count; i++) {
		status = check_entry_name(chip, &overlay->entries[i], err);
		if (status == OK)
			status = take_facts(chip, &overlay->entries[i], err);
	}
	for (size_t i = 0; status == OK && i < overlay->field_count; i++) {
		struct chip_field *field = &overlay->fields[i];
		status = check_field_name(chip, field, err);
		field->kind = KIND_USER;
		field->confirmed = true; /* whoever wrote the overlay knows */
	}
	return status;
}

/* Room for `more` items in front of the array, whose items move up. False: no memory. */
static bool grow_in_front(void *items_pointer, size_t count, size_t more, size_t size)
{
	void *items;
	memcpy(&items, items_pointer, sizeof items);
	char *grown = realloc(items, (count + more) * size + 1);
	if (grown == NULL)
		return false;
	memmove(grown + more * size, grown, count * size);
	memset(grown, 0, more * size);
	memcpy(items_pointer, &grown, sizeof grown);
	return true;
}

/* In front, since among equally narrow entries the first gives the name. */
static enum status merge(struct chip *chip, struct chip *overlay, struct errbuf *err)
{
	if (!grow_in_front(
		    &chip->entries, chip->entry_count, overlay->entry_count, sizeof *chip->entries))
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	memcpy(chip->entries, overlay->entries, overlay->entry_count * sizeof *chip->entries);
	chip->entry_count += overlay->entry_count;
	overlay->entry_count = 0; /* their texts are the chip's now */
	if (overlay->field_count > 0) {
		if (!grow_in_front(&chip->fields, chip->field_count, overlay->field_count,
			    sizeof *chip->fields))
			return errbuf_set(err, ERR_MEMORY, "out of memory");
		memcpy(chip->fields, overlay->fields, overlay->field_count * sizeof *chip->fields);
		chip->field_count += overlay->field_count;
		overlay->field_count = 0;
		chip_parse_sort_fields(chip);
	}
	return OK;
}

enum status chip_overlay(
	struct chip *chip, const char *text, size_t length, const char *name, struct errbuf *err)
{
	struct chip_parser parser = {
		.chip = calloc(1, sizeof *parser.chip), .tables = &chip_parse_overlay};
	if (parser.chip == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	parser.chip->word_count = chip->word_count;
	enum status status = chip_parse_into(&parser, text, length, name, err);
	if (status == OK) {
		status = check_overlay(chip, parser.chip, err);
		if (status != OK)
			errbuf_prefix(err, status, "'%s'", name);
	}
	if (status == OK && parser.chip->entry_count > 0)
		status = merge(chip, parser.chip, err);
	chip_free(parser.chip);
	if (status != OK)
		return status;
	/* What a plan was confirmed on must change when the names do. */
	char both[2 * CHIP_DIGEST_LENGTH + 1];
	memcpy(both, chip->digest, CHIP_DIGEST_LENGTH);
	store_sha256_hex(both + CHIP_DIGEST_LENGTH, text, length);
	store_sha256_hex(chip->digest, both, sizeof both - 1);
	chip->has_overlay = true;
	return OK;
}
