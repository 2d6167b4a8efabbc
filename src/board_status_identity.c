/* Who the board is, and what it was read as. */
#include "src/board_status_parts.h"

#include "src/field.h"
#include "src/value_text.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

static enum confidence confidence_of(bool known, bool confirmed)
{
	return !known ? CONFIDENCE_NONE : confirmed ? CONFIDENCE_CONFIRMED : CONFIDENCE_UNCONFIRMED;
}

static void say_part(struct board_status *out, const struct board_facts *facts)
{
	const struct chip_field *field = status_field(facts->chip, "RPN");
	char part[64];
	int word = field ? (int)field->first_word : STATUS_NO_WORD;
	switch (field_part_number(part, sizeof part, facts->chip, facts->image)) {
	case PART_NAMED:
		status_say(out, "Part", confidence_of(true, field->confirmed), word, word,
			"%s, family %s", part, facts->chip->title);
		break;
	case PART_UNNAMED:
		status_say(out, "Part", CONFIDENCE_NONE, word, word,
			"family %s, but the map does not know this part number (0x%X)",
			facts->chip->title,
			(unsigned)field_value(field, facts->image->value[field->first_word]));
		break;
	case PART_UNKNOWN:
		status_say(out, "Part", CONFIDENCE_NONE, word, word, "family %s, %s",
			facts->chip->title,
			field ? "but its part number cannot be read" : "whose map names no part");
		break;
	}
}

static bool is_unnamed(const struct chip_field *field, const struct image *image)
{
	uint32_t value = field_value(field, image->value[field->first_word]);
	for (size_t i = 0; i < field->value_count; i++)
		if (field->values[i].value == value)
			return false;
	return true;
}

/* A field's value by its names; what a value without one means cannot be told. */
static void say_field(struct board_status *out, const struct board_facts *facts, const char *title,
	const char *name)
{
	const struct chip_field *field = status_field(facts->chip, name);
	char text[128];
	if (!field) {
		status_say(out, title, CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
			"the map of this family has no field for it");
		return;
	}
	int word = (int)field->first_word;
	bool known = status_is_known(facts->image, field->first_word);
	if (known)
		field_text(text, sizeof text, field, facts->image->value[field->first_word]);
	else
		snprintf(text, sizeof text, "word %d cannot be read", word);
	bool named = known && (field->value_count == 0 || !is_unnamed(field, facts->image));
	status_say(out, title, confidence_of(named, field->confirmed), word, word, "%s", text);
}

static void say_unique_id(struct board_status *out, const struct board_facts *facts)
{
	const struct chip *chip = facts->chip;
	char id[IMAGE_UID_LENGTH + 1];
	if (!chip->has_unique_id) {
		status_say(out, "Unique id", CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
			"the map of this family has none");
		return;
	}
	const struct chip_entry *entry = chip_word(chip, chip->unique_id);
	int first = (int)chip->unique_id;
	bool known = image_unique_id(id, facts->image, chip->unique_id);
	if (known)
		status_say(out, "Unique id", confidence_of(true, entry && entry->confirmed), first,
			first + 2, "serial %.8s%.8s%.8s", id, id + 9, id + 18);
	else
		status_say(out, "Unique id", CONFIDENCE_NONE, first, first + 2,
			"empty or not readable: nothing can be burnt on this board");
}

static void say_board_id(
	struct board_status *out, const struct board_facts *facts, const struct chip_entry *entry)
{
	char text[200];
	unsigned word = entry->first;
	bool known = status_is_known(facts->image, word);
	word_text(text, sizeof text, facts->chip, facts->image, word);
	if (!known)
		snprintf(text, sizeof text, "cannot be read");
	else if (facts->image->value[word] == 0)
		snprintf(text, sizeof text, "not programmed");
	else if (text[0] == '\0')
		snprintf(text, sizeof text, "%08X, not coded as ST does",
			(unsigned)facts->image->value[word]);
	status_say(out, "Board id", confidence_of(known, entry->confirmed), (int)word, (int)word,
		"%s", text);
}

static void say_macs(
	struct board_status *out, const struct board_facts *facts, const struct chip_entry *entry)
{
	char text[VALUE_TEXT_MAX];
	if (value_entry(facts->chip, entry->first) != entry)
		return;
	enum value_state state =
		value_text(text, sizeof text, facts->chip, facts->image, entry, true);
	bool known = state == VALUE_SHOWN || state == VALUE_EMPTY;
	status_say(out, "MAC", confidence_of(known, entry->confirmed), (int)entry->first,
		(int)entry->last, "%s", text);
}

static void say_state(struct board_status *out, const struct board_facts *facts)
{
	const struct image *image = facts->image;
	char remark[200];
	if (image->version == 1) {
		status_say(out, "State", CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
			"version 1 of the structure does not tell it; %u words", image->word_count);
		return;
	}
	global_state_remark(remark, sizeof remark, image->state);
	status_say(out, "State", CONFIDENCE_CONFIRMED, STATUS_NO_WORD, STATUS_NO_WORD,
		"%s (%08X), version %u, %u words%s%s%s", global_state_name(image->state),
		(unsigned)image->state, (unsigned)image->version, image->word_count,
		image->digest == IMAGE_DIGEST_VERIFIED ? ", digest verified"
		: image->digest == IMAGE_DIGEST_WRONG  ? ", digest wrong"
						       : "",
		remark[0] ? "; " : "", remark);
}

void status_identity(struct board_status *out, const struct board_facts *facts)
{
	const struct chip *chip = facts->chip;
	say_part(out, facts);
	say_field(out, facts, "Revision", "revision");
	say_field(out, facts, "Package", "package");
	say_unique_id(out, facts);
	for (size_t i = 0; i < chip->entry_count; i++)
		if (chip->entries[i].kind == KIND_BOARD_ID)
			say_board_id(out, facts, &chip->entries[i]);
	for (size_t i = 0; i < chip->entry_count; i++)
		if (chip->entries[i].kind == KIND_MAC)
			say_macs(out, facts, &chip->entries[i]);
	say_state(out, facts);
}
