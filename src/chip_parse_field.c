#include "src/chip_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a field has of its own: bits of chip_parse_fields.has. */
enum { HAS_ABOUT = 1, HAS_KIND = 2, HAS_DANGER = 4, HAS_SOURCE = 8 };

#define PART_MAX 120 /* bytes of one "NUMBER text" in a list of value names */

/* Copies text[0..length) without blanks at its ends; false when it does not fit. */
static bool copy_trimmed(char *out, size_t cap, const char *text, size_t length)
{
	while (length > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		length--;
	}
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	if (length >= cap)
		return false;
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

/* Cuts text at `separator` into two; `second` is "" where there is none. False: does not fit. */
static bool split(char *first, char *second, size_t cap, const char *text, const char *separator)
{
	const char *at = strstr(text, separator);
	size_t length = at != NULL ? (size_t)(at - text) : strlen(text);
	const char *rest = at != NULL ? at + strlen(separator) : "";
	return copy_trimmed(first, cap, text, length) &&
	       copy_trimmed(second, cap, rest, strlen(rest));
}

/* "29:27" or "6". */
static enum status parse_bit_range(struct chip_field *field, const char *text, struct errbuf *err)
{
	char first[16], second[16];
	uint32_t high = 0, low = 0;
	if (!split(first, second, sizeof first, text, ":") ||
		!chip_parse_number(&high, first, UINT32_MAX) ||
		!chip_parse_number(&low, strchr(text, ':') != NULL ? second : first, UINT32_MAX))
		return errbuf_set(err, ERR_FORMAT,
			"'bits %.40s' is no bit and no range of bits such as 29:27", text);
	if (high > 31 || low > 31)
		return errbuf_set(err, ERR_FORMAT, "bits %s: a word has the bits 31:0", text);
	if (high < low)
		return errbuf_set(err, ERR_FORMAT, "bits %s: the higher bit comes first", text);
	field->high = high;
	field->low = low;
	return OK;
}

/* "29:27", or "29:27 of 58" where the section holds several words. */
static enum status parse_place(struct chip_field *field, const struct chip_entry *entry,
	const char *text, struct errbuf *err)
{
	char bits[40], word_text[40];
	if (!split(bits, word_text, sizeof bits, text, " of "))
		return errbuf_set(err, ERR_FORMAT,
			"'bits %.40s' is no bit and no range of bits such as 29:27", text);
	field->first_word = entry->first;
	field->last_word = entry->last;
	if (strstr(text, " of ") == NULL)
		return parse_bit_range(field, bits, err);
	uint32_t word = 0;
	if (!chip_parse_number(&word, word_text, entry->last) || word < entry->first)
		return errbuf_set(err, ERR_FORMAT,
			"bits %s: no word of this section, which holds %u-%u", text, entry->first,
			entry->last);
	field->first_word = field->last_word = word;
	return parse_bit_range(field, bits, err);
}

static int compare_values(const void *a, const void *b)
{
	const struct chip_value_name *left = a, *right = b;
	return (left->value > right->value) - (left->value < right->value);
}

/* "3 eMMC" */
static enum status add_value(struct chip_field *field, const char *part, struct errbuf *err)
{
	char number[16];
	size_t length = strcspn(part, " ");
	const char *text = part + length + strspn(part + length, " ");
	uint32_t value = 0;
	if (!copy_trimmed(number, sizeof number, part, length) || *text == '\0' ||
		!chip_parse_number(&value, number, UINT32_MAX))
		return errbuf_set(
			err, ERR_FORMAT, "'%.60s' is no value and its name such as '3 eMMC'", part);
	uint32_t maximum = UINT32_MAX >> (31 - (field->high - field->low));
	if (value > maximum)
		return errbuf_set(err, ERR_FORMAT, "value %s is too big for the %u bits of '%s'",
			number, field->high - field->low + 1, field->name);
	for (size_t i = 0; i < field->value_count; i++) {
		if (field->values[i].value == value)
			return errbuf_set(err, ERR_FORMAT, "value %s of '%s' has two names", number,
				field->name);
	}
	struct chip_value_name *added =
		chip_parse_grow(&field->values, field->value_count, sizeof *added);
	if (added == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	field->value_count++;
	added->value = value;
	return chip_parse_text(&added->text, text, err);
}

static enum status add_values(struct chip_field *field, const char *list, struct errbuf *err)
{
	for (;;) {
		char part[PART_MAX + 1];
		size_t length = strcspn(list, ",");
		if (!copy_trimmed(part, sizeof part, list, length))
			return errbuf_set(err, ERR_FORMAT,
				"a value's name in '%s' is longer than %d bytes", field->name,
				PART_MAX);
		enum status status = add_value(field, part, err);
		if (status != OK)
			return status;
		if (list[length] == '\0')
			break;
		list += length + 1;
	}
	qsort(field->values, field->value_count, sizeof *field->values, compare_values);
	return OK;
}

static bool same_place(const struct chip_field *a, const struct chip_field *b)
{
	return a->high == b->high && a->low == b->low && a->first_word <= b->last_word &&
	       b->first_word <= a->last_word;
}

static enum status check_new(const struct chip *chip, const struct chip_parse_fields *fields,
	const struct chip_field *field, const char *name, struct errbuf *err)
{
	for (size_t i = fields->first; i < chip->field_count; i++) {
		const struct chip_field *other = &chip->fields[i];
		if (same_place(field, other))
			return errbuf_set(err, ERR_FORMAT, "bits %u:%u are those of '%s' already",
				field->high, field->low, other->name);
		if (strcmp(other->name, name) == 0)
			return errbuf_set(err, ERR_FORMAT, "field '%s' is there twice", name);
	}
	if (chip->field_count - fields->first == CHIP_PARSE_FIELDS_MAX)
		return errbuf_set(err, ERR_FORMAT, "more than %d fields in one section",
			CHIP_PARSE_FIELDS_MAX);
	return OK;
}

enum status chip_parse_bits(struct chip *chip, const struct chip_parse_fields *fields,
	const char *place, const char *value, struct errbuf *err)
{
	struct chip_field new_field = {0};
	enum status status =
		parse_place(&new_field, &chip->entries[chip->entry_count - 1], place, err);
	if (status != OK)
		return status;
	char name[64];
	size_t length = strcspn(value, ":");
	if (!copy_trimmed(name, sizeof name, value, length))
		return errbuf_set(err, ERR_FORMAT, "'%.60s' is no name of a field", value);
	status = chip_parse_name(name, 40, "name of a field", err);
	if (status == OK)
		status = check_new(chip, fields, &new_field, name, err);
	if (status != OK)
		return status;
	struct chip_field *field = chip_parse_grow(&chip->fields, chip->field_count, sizeof *field);
	if (field == NULL)
		return errbuf_set(err, ERR_MEMORY, "out of memory");
	chip->field_count++;
	*field = new_field;
	status = chip_parse_text(&field->name, name, err);
	if (status == OK)
		status = chip_parse_text(&field->about, "", err);
	if (status == OK)
		status = chip_parse_text(&field->source, "", err);
	if (status == OK && value[length] == ':')
		status = add_values(field, value + length + 1, err);
	return status;
}

static enum status set_property(struct chip_field *field, unsigned *has, const char *property,
	const char *value, struct errbuf *err)
{
	unsigned choice = 0;
	enum status status;
	if (strcmp(property, "about") == 0) {
		*has = HAS_ABOUT;
		return chip_parse_text(&field->about, value, err);
	}
	if (strcmp(property, "kind") == 0) {
		*has = HAS_KIND;
		status = chip_parse_choice(&choice, chip_parse_kind_name, "kind", value, err);
		field->kind = (enum word_kind)choice;
		return status;
	}
	if (strcmp(property, "danger") == 0) {
		*has = HAS_DANGER;
		status = chip_parse_choice(&choice, chip_parse_danger_name, "danger", value, err);
		field->danger = (enum chip_danger)choice;
		return status;
	}
	*has = HAS_SOURCE;
	field->confirmed = chip_parse_is_confirmed(value);
	return chip_parse_text(&field->source, value, err);
}

enum status chip_parse_property(struct chip *chip, struct chip_parse_fields *fields,
	const char *property, const char *name, const char *value, struct errbuf *err)
{
	size_t index = fields->first;
	while (index < chip->field_count && strcmp(chip->fields[index].name, name) != 0)
		index++;
	if (index == chip->field_count)
		return errbuf_set(err, ERR_FORMAT,
			"no field '%.60s' in this section so far; its 'bits' line must come first",
			name);
	unsigned has = 0;
	enum status status = set_property(&chip->fields[index], &has, property, value, err);
	unsigned char *had = &fields->has[index - fields->first];
	if (status == OK && (*had & has) != 0)
		return errbuf_set(err, ERR_FORMAT, "key '%s %s' is there twice", property, name);
	*had |= (unsigned char)has;
	return status;
}

void chip_parse_inherit(
	struct chip *chip, const struct chip_parse_fields *fields, const struct chip_entry *entry)
{
	for (size_t i = fields->first; i < chip->field_count; i++) {
		struct chip_field *field = &chip->fields[i];
		unsigned has = fields->has[i - fields->first];
		if ((has & HAS_KIND) == 0)
			field->kind = entry->kind;
		if ((has & HAS_DANGER) == 0)
			field->danger = entry->danger;
		if ((has & HAS_SOURCE) == 0)
			field->confirmed = entry->confirmed;
	}
}

static int compare_fields(const void *a, const void *b)
{
	const struct chip_field *left = a, *right = b;
	if (left->high != right->high)
		return left->high > right->high ? -1 : 1;
	if (left->low != right->low)
		return left->low < right->low ? -1 : 1;
	if (left->first_word != right->first_word)
		return left->first_word < right->first_word ? -1 : 1;
	return (left->last_word < right->last_word) - (left->last_word > right->last_word);
}

void chip_parse_sort_fields(struct chip *chip)
{
	if (chip->field_count > 0)
		qsort(chip->fields, chip->field_count, sizeof *chip->fields, compare_fields);
}
