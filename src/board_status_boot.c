/* Where the ROM starts from, and hardware options. */
#include "src/board_status_parts.h"

#include "src/field.h"

#include <stdio.h>
#include <string.h>

static enum confidence sure(bool confirmed)
{
	return confirmed ? CONFIDENCE_CONFIRMED : CONFIDENCE_UNCONFIRMED;
}

/* Sources taken away by fields "disable_usb_boot" and their like, as "usb, uart". */
static void list_disabled(char *list, size_t cap, const struct board_facts *facts,
	const struct chip_field *all, uint32_t value)
{
	static const char begin[] = "disable_", end[] = "_boot";
	list[0] = '\0';
	uint32_t rest = field_value(all, value);
	for (size_t i = 0; i < facts->chip->field_count; i++) {
		const struct chip_field *field = &facts->chip->fields[i];
		size_t length = strlen(field->name), used = strlen(list);
		bool named = length > sizeof begin + sizeof end - 2 &&
			     strncmp(field->name, begin, sizeof begin - 1) == 0 &&
			     strcmp(field->name + length - (sizeof end - 1), end) == 0;
		if (!named || field->first_word != all->first_word ||
			field_value(field, value) == 0)
			continue;
		rest &= ~(field_value(field, value) << (field->low - all->low));
		snprintf(list + used, cap - used, "%s%.*s", used ? ", " : "",
			(int)(length - (sizeof begin - 1) - (sizeof end - 1)),
			field->name + sizeof begin - 1);
	}
	for (unsigned bit = 0; rest; bit++, rest >>= 1)
		if (rest & 1) {
			size_t used = strlen(list);
			snprintf(list + used, cap - used, "%sbit %u", used ? ", " : "",
				all->low + bit);
		}
}

static void say_sources(
	struct board_status *out, const struct board_facts *facts, const struct chip_field *primary)
{
	const struct chip_field *secondary = status_field(facts->chip, "secondary_boot_source");
	const struct chip_field *disable = status_field(facts->chip, "boot_source_disable");
	char first[64], second[64] = "none", disabled[300] = "";
	unsigned word = primary->first_word;
	if (!status_is_known(facts->image, word)) {
		status_say(out, "Boot", CONFIDENCE_NONE, (int)word, (int)word, "cannot be read");
		return;
	}
	uint32_t value = facts->image->value[word];
	field_text(first, sizeof first, primary, value);
	if (secondary && secondary->first_word == word)
		field_text(second, sizeof second, secondary, value);
	if (disable && disable->first_word == word)
		list_disabled(disabled, sizeof disabled, facts, disable, value);
	status_say(out, "Boot", sure(primary->confirmed), (int)word, (int)word,
		"first %s, then %s; disabled for ever: %s", first, second,
		disabled[0] ? disabled : "none");
}

/* A family whose coding of boot sources nobody published: which of its words of unknown fields
 * hold something. */
static void say_uncoded(struct board_status *out, const struct board_facts *facts)
{
	const struct chip *chip = facts->chip;
	char set[120] = "", unknown[120] = "";
	for (unsigned word = 0; word < chip->word_count; word++) {
		const struct chip_entry *entry = chip_word(chip, word);
		if (!entry || entry->kind != KIND_CONFIG || !status_name_has(entry->name, "boot") ||
			chip_word_field_count(chip, word) > 0)
			continue;
		if (!status_is_known(facts->image, word))
			status_add_range(unknown, sizeof unknown, word, word);
		else if (facts->image->value[word] != 0)
			status_add_range(set, sizeof set, word, word);
	}
	status_say(out, "Boot", CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
		"how sources are coded is not public; words set: %s%s%s", set[0] ? set : "none",
		unknown[0] ? "; not readable: " : "", unknown);
}

/* What else is configured: words that are not empty, but for the one of the boot sources. */
static void say_options(
	struct board_status *out, const struct board_facts *facts, const struct chip_field *primary)
{
	const struct chip *chip = facts->chip;
	for (unsigned word = 0; word < facts->image->word_count; word++) {
		const struct chip_entry *entry = chip_word(chip, word);
		char text[300], name[64];
		if (!entry || entry->kind != KIND_CONFIG || facts->image->value[word] == 0)
			continue;
		chip_word_name(name, sizeof name, chip, word);
		bool known = status_is_known(facts->image, word);
		word_text(text, sizeof text, chip, facts->image, word);
		if (!known)
			snprintf(text, sizeof text, "cannot be read");
		else if (primary && primary->first_word == word)
			continue;
		else if (text[0] == '\0')
			snprintf(text, sizeof text, "%08X", (unsigned)facts->image->value[word]);
		status_say_of(out, "Options", name,
			known ? sure(entry->confirmed) : CONFIDENCE_NONE, (int)word, (int)word,
			"%s", text);
	}
}

void status_boot(struct board_status *out, const struct board_facts *facts)
{
	const struct chip_field *primary = status_field(facts->chip, "primary_boot_source");
	if (primary)
		say_sources(out, facts, primary);
	else
		say_uncoded(out, facts);
	say_options(out, facts, primary);
}
