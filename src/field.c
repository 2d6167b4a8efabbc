#include "src/field.h"

#include "src/value_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static uint32_t field_mask(const struct chip_field *field)
{
	return UINT32_MAX >> (31 - (field->high - field->low)) << field->low;
}

uint32_t field_value(const struct chip_field *field, uint32_t word_value)
{
	return (word_value & field_mask(field)) >> field->low;
}

static const char *value_name(const struct chip_field *field, uint32_t value)
{
	for (size_t i = 0; i < field->value_count; i++) {
		if (field->values[i].value == value)
			return field->values[i].text;
	}
	return NULL;
}

void field_text(char *out, size_t cap, const struct chip_field *field, uint32_t word_value)
{
	uint32_t value = field_value(field, word_value);
	const char *name = value_name(field, value);
	if (name != NULL)
		snprintf(out, cap, "%s", name);
	else if (field->value_count > 0)
		snprintf(out, cap, "%u (unnamed)", (unsigned)value);
	else if (field->high == field->low)
		snprintf(out, cap, "%u", (unsigned)value);
	else
		snprintf(out, cap, "0x%X", (unsigned)value);
}

/* Appends to the text in `out`, behind ", " unless it is empty; what does not fit is cut. */
static void append(char *out, size_t cap, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *out, size_t cap, const char *format, ...)
{
	size_t used = strlen(out);
	if (used > 0) {
		snprintf(out + used, cap - used, ", ");
		used = strlen(out);
	}
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(out + used, cap - used, format, arguments);
	va_end(arguments);
}

static void serial_text(
	char *out, size_t cap, const struct chip *chip, const struct image *image, unsigned word)
{
	char text[VALUE_TEXT_MAX];
	const struct chip_entry *entry = value_entry(chip, word);
	if (entry && value_text(text, sizeof text, chip, image, entry, false) == VALUE_SHOWN)
		snprintf(out, cap, "serial %s", text);
}

/* ST's boards that U-Boot's cmd_stboard.c knows by their number in hexadecimal digits. */
static bool is_known_board(unsigned number)
{
	static const unsigned known[] = {
		0x1263, 0x1264, 0x1272, 0x1298, 0x1341, 0x1497, 0x1605, 0x1635, 0x1936, 0x2059};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i] == number)
			return true;
	}
	return false;
}

static bool is_decimal(unsigned number)
{
	for (; number != 0; number >>= 4) {
		if ((number & 0xF) > 9)
			return false;
	}
	return true;
}

/*
 * 31:16 board number, 15:12 variant one can order, 11:8 revision (1 is A), 7:4 variant of the
 * finished good, 3:0 bill of materials: U-Boot board/st/common/cmd_stboard.c.
 */
static void board_id_text(char *out, size_t cap, uint32_t value)
{
	unsigned number = value >> 16, revision = value >> 8 & 0xF;
	if (number == 0 || revision == 0 || !is_decimal(number))
		return;
	snprintf(out, cap, "MB%04X variant %u.%u rev %c BOM %u (%s)", number,
		(unsigned)(value >> 12 & 0xF), (unsigned)(value >> 4 & 0xF),
		(char)('A' + (int)revision - 1), (unsigned)(value & 0xF),
		is_known_board(number) ? "ST's coding"
				       : "if coded as ST does; no board of ST we know");
}

static bool lies_inside(const struct chip_field *inner, const struct chip_field *outer)
{
	return inner != outer && inner->high <= outer->high && inner->low >= outer->low &&
	       inner->high - inner->low < outer->high - outer->low;
}

/* The bits of the field that no narrower field of the word inside it tells more about. */
static uint32_t own_mask(
	const struct chip *chip, unsigned word, const struct chip_field *field, size_t count)
{
	uint32_t mask = field_mask(field);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *other = chip_word_field(chip, word, i);
		if (lies_inside(other, field))
			mask &= ~field_mask(other);
	}
	return mask;
}

static void fields_text(char *out, size_t cap, const struct chip *chip,
	const struct chip_entry *entry, uint32_t value, unsigned word)
{
	size_t count = chip_word_field_count(chip, word);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(chip, word, i);
		bool named_zero = entry->kind == KIND_ID && value_name(field, 0) != NULL &&
				  field_value(field, value) == 0;
		if ((value & own_mask(chip, word, field, count)) == 0 && !named_zero)
			continue;
		if (field->high == field->low && field->value_count == 0) {
			append(out, cap, "%s", field->name);
			continue;
		}
		char text[128];
		field_text(text, sizeof text, field, value);
		append(out, cap, "%s %s", field->name, text);
	}
}

void word_text(
	char *out, size_t cap, const struct chip *chip, const struct image *image, unsigned word)
{
	if (cap == 0)
		return;
	out[0] = '\0';
	const struct chip_entry *entry = chip_word(chip, word);
	if (entry == NULL || chip_word_is_secret(chip, word) || !image_value_is_known(image, word))
		return;
	if (entry->kind == KIND_MAC)
		value_mac_text(out, cap, entry, image, word);
	else if (chip->has_unique_id && chip->unique_id == entry->first)
		serial_text(out, cap, chip, image, word);
	else if (entry->kind == KIND_BOARD_ID)
		board_id_text(out, cap, image->value[word]);
	else
		fields_text(out, cap, chip, entry, image->value[word], word);
}

static const struct chip_field *find_field(const struct chip *chip, const char *name)
{
	for (size_t i = 0; i < chip->field_count; i++)
		if (strcmp(chip->fields[i].name, name) == 0)
			return &chip->fields[i];
	return NULL;
}

/* What the field of this name, of the first word it is in, is called in the map. */
static enum part named_value(char *out, size_t cap, const struct chip *chip,
	const struct image *image, const char *name, uint32_t *value)
{
	const struct chip_field *field = find_field(chip, name);
	out[0] = '\0';
	if (!field || !image_value_is_known(image, field->first_word))
		return PART_UNKNOWN;
	*value = field_value(field, image->value[field->first_word]);
	const char *text = value_name(field, *value);
	if (!text)
		return PART_UNNAMED;
	snprintf(out, cap, "%s", text);
	return PART_NAMED;
}

enum part field_part_number(
	char *out, size_t cap, const struct chip *chip, const struct image *image)
{
	uint32_t value;
	return named_value(out, cap, chip, image, "RPN", &value);
}

bool field_is_known_board(const struct chip *chip, const struct image *image)
{
	for (unsigned word = 0; word < image->word_count; word++) {
		const struct chip_entry *entry = chip_word(chip, word);
		if (entry && entry->kind == KIND_BOARD_ID && image_value_is_known(image, word) &&
			(image->value[word] >> 8 & 0xF) != 0 &&
			is_known_board(image->value[word] >> 16))
			return true;
	}
	return false;
}

bool field_package(char *out, size_t cap, const struct chip *chip, const struct image *image)
{
	uint32_t value = 0;
	if (named_value(out, cap, chip, image, "package", &value) == PART_NAMED && value != 0)
		return true;
	out[0] = '\0';
	return false;
}
