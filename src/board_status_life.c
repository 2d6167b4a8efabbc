/* Life cycle, debug, failure analysis, anti-rollback. */
#include "src/board_status_parts.h"

#include "src/field.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

/* What has to be set besides, where a family closes with several words (U-Boot cmd_stm32key.c). */
static const char *const closing_set[] = {"prov_done", "bootrom_close", "disable_scan"};
#define CLOSING_SET (sizeof closing_set / sizeof closing_set[0])

static enum confidence sure(const struct chip_field *field)
{
	return field->confirmed ? CONFIDENCE_CONFIRMED : CONFIDENCE_UNCONFIRMED;
}

/* The field that decides, by the first of these names that the map has. */
const struct chip_field *status_life_field(const struct chip *chip)
{
	static const char *const names[] = {"secure_boot", "is_closed", "mode"};
	const struct chip_field *field = NULL;
	for (size_t i = 0; !field && i < sizeof names / sizeof names[0]; i++)
		field = status_field(chip, names[i]);
	return field;
}

static enum life life_of(const struct chip_field *field, uint32_t word_value)
{
	uint32_t value = field_value(field, word_value);
	if (strcmp(field->name, "mode") != 0)
		return value ? LIFE_CLOSED : LIFE_OPEN;
	for (size_t i = 0; i < field->value_count; i++)
		if (field->values[i].value == value)
			return status_name_has(field->values[i].text, "closed") ? LIFE_CLOSED
										: LIFE_OPEN;
	return LIFE_ILLEGAL;
}

enum life status_life_by(const struct board_facts *facts, const struct chip_field *field)
{
	if (!field || !status_is_known(facts->image, field->first_word))
		return LIFE_UNKNOWN;
	return life_of(field, facts->image->value[field->first_word]);
}

enum life status_life(const struct board_facts *facts)
{
	return status_life_by(facts, status_life_field(facts->chip));
}

/* "prov_done, disable_scan" that are set, or that are not; "" when there are none. */
static void list_closing(char *out, size_t cap, const struct board_facts *facts, bool set)
{
	out[0] = '\0';
	for (size_t i = 0; i < CLOSING_SET; i++) {
		const struct chip_field *field = status_field(facts->chip, closing_set[i]);
		size_t used = strlen(out);
		if (!field || !status_is_known(facts->image, field->first_word))
			continue;
		uint32_t value = field_value(field, facts->image->value[field->first_word]);
		if ((value != 0) == set)
			snprintf(out + used, cap - used, "%s%s", used ? ", " : "", field->name);
	}
}

static void say_life(struct board_status *out, const struct board_facts *facts)
{
	static const char *const title = "Life cycle";
	static const char *const names[] = {
		[LIFE_OPEN] = "open", [LIFE_CLOSED] = "closed", [LIFE_ILLEGAL] = "no legal mode"};
	const struct chip_field *field = status_life_field(facts->chip);
	char rest[120], value_name[128];
	if (!field) {
		status_say(out, title, CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
			"the map does not say which word closes the device");
		return;
	}
	unsigned word = field->first_word;
	uint32_t value = word < facts->image->word_count ? facts->image->value[word] : 0;
	if (!status_is_known(facts->image, word)) {
		bool shadow = word < facts->image->word_count &&
			      (facts->image->status[word] &
				      (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR)) == 0;
		status_say(out, title, CONFIDENCE_NONE, (int)word, (int)word,
			shadow ? "word %u is a shadow copy, which reads %s"
			       : "word %u cannot be read",
			word, names[life_of(field, value)]);
		return;
	}
	enum life life = life_of(field, value);
	field_text(value_name, sizeof value_name, field, value);
	list_closing(rest, sizeof rest, facts, life == LIFE_OPEN);
	if (life == LIFE_ILLEGAL)
		status_say(out, title, sure(field), (int)word, (int)word,
			"%s = 0x%X is no legal mode: firmware stops on it", field->name,
			(unsigned)field_value(field, value));
	else if (strcmp(field->name, "mode") == 0)
		status_say(out, title, sure(field), (int)word, (int)word, "%s", value_name);
	else if (rest[0])
		status_say(out, title, sure(field), (int)word, (int)word, "%s, %s: %s", names[life],
			life == LIFE_OPEN ? "but begun to be closed" : "but not set", rest);
	else
		status_say(out, title, sure(field), (int)word, (int)word, "%s", names[life]);
}

/* --- other fields ------------------------------------------------------------------------------
 */

static void say_flag(struct board_status *out, const struct board_facts *facts, const char *title,
	const struct chip_field *field)
{
	char text[128];
	unsigned word = field->first_word;
	if (!status_is_known(facts->image, word)) {
		status_say_of(out, title, field->name, CONFIDENCE_NONE, (int)word, (int)word,
			"cannot be read");
		return;
	}
	field_text(text, sizeof text, field, facts->image->value[word]);
	status_say_of(out, title, field->name, sure(field), (int)word, (int)word, "%s", text);
}

/* A word that is told as a whole: nothing set, or its value. */
static void say_record(struct board_status *out, const struct board_facts *facts, const char *title,
	const struct chip_entry *entry)
{
	unsigned word = entry->first;
	bool known = status_is_known(facts->image, word);
	char text[32] = "nothing set";
	if (!known)
		snprintf(text, sizeof text, "cannot be read");
	else if (facts->image->value[word] != 0)
		snprintf(text, sizeof text, "%08X", (unsigned)facts->image->value[word]);
	status_say_of(out, title, entry->name,
		!known             ? CONFIDENCE_NONE
		: entry->confirmed ? CONFIDENCE_CONFIRMED
				   : CONFIDENCE_UNCONFIRMED,
		(int)word, (int)word, "%s", text);
}

static void say_debug(struct board_status *out, const struct board_facts *facts)
{
	static const char *const names[] = {"debug_lock", "closed_no_bscan_jtag", "disable_scan"};
	const struct chip *chip = facts->chip;
	size_t before = out->count;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct chip_field *field = status_field(chip, names[i]);
		if (field)
			say_flag(out, facts, "Debug", field);
	}
	for (size_t i = 0; i < chip->entry_count; i++)
		if (chip->entries[i].kind == KIND_LIFECYCLE &&
			status_name_has(chip->entries[i].name, "adac"))
			say_record(out, facts, "Debug", &chip->entries[i]);
	if (out->count == before)
		status_say(out, "Debug", CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
			"the map of this family has no word about it");
}

/* Provisioning is worth a line only where it was asked for. */
static void say_provisioning(struct board_status *out, const struct board_facts *facts)
{
	static const char *const names[] = {"ssp_req", "ssp_success"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct chip_field *field = status_field(facts->chip, names[i]);
		if (field && field->first_word < facts->image->word_count &&
			field_value(field, facts->image->value[field->first_word]) != 0)
			say_flag(out, facts, "Provisioning", field);
	}
}

/* A part of the name of its own: "RMA_PASSWORD", "HW_RMA"; not "format". */
static bool is_about_rma(const char *name)
{
	char part[64];
	snprintf(part, sizeof part, "_%s_", name);
	return status_name_has(part, "_rma_");
}

static void say_password(
	struct board_status *out, const struct board_facts *facts, const struct chip_entry *entry)
{
	struct status_key key = status_key_of(facts, entry);
	bool told = key.known == key.words && !key.hidden;
	status_say_of(out, "RMA", entry->name,
		!told              ? CONFIDENCE_NONE
		: entry->confirmed ? CONFIDENCE_CONFIRMED
				   : CONFIDENCE_UNCONFIRMED,
		(int)entry->first, (int)entry->last, "%s%s",
		told      ? key.set ? "set" : "not set"
		: key.set ? "set in part, the rest cannot be read"
			  : "cannot be read",
		key.locked == key.words ? ", locked" : "");
}

/* The password, and what the chip itself records in words whose description says so. */
static void say_rma(struct board_status *out, const struct board_facts *facts)
{
	const struct chip *chip = facts->chip;
	size_t before = out->count;
	for (size_t i = 0; i < chip->entry_count; i++) {
		const struct chip_entry *entry = &chip->entries[i];
		if (chip_word(chip, entry->first) != entry)
			continue;
		if (is_about_rma(entry->name))
			say_password(out, facts, entry);
		else if (entry->kind == KIND_LIFECYCLE && strstr(entry->about, "RMA"))
			say_record(out, facts, "RMA", entry);
	}
	if (out->count == before)
		status_say(out, "RMA", CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
			"the map of this family has no word about it");
}

static void say_counter(struct board_status *out, const struct board_facts *facts, const char *name,
	unsigned word, uint32_t value, bool confirmed)
{
	unsigned highest = 0;
	for (uint32_t rest = value; rest; rest >>= 1)
		highest++;
	if (!status_is_known(facts->image, word))
		status_say_of(out, "Anti-rollback", name, CONFIDENCE_NONE, (int)word, (int)word,
			"cannot be read");
	else
		status_say_of(out, "Anti-rollback", name,
			confirmed ? CONFIDENCE_CONFIRMED : CONFIDENCE_UNCONFIRMED, (int)word,
			(int)word, "%u%s", highest,
			value & (value + 1) ? ", with bits below it not set" : "");
}

static void say_rollback(struct board_status *out, const struct board_facts *facts)
{
	const struct chip *chip = facts->chip;
	size_t before = out->count;
	for (size_t i = 0; i < chip->entry_count; i++) {
		const struct chip_entry *entry = &chip->entries[i];
		for (unsigned word = entry->first;
			status_name_has(entry->name, "monotonic") && word <= entry->last; word++)
			say_counter(out, facts, entry->name, word,
				word < facts->image->word_count ? facts->image->value[word] : 0,
				entry->confirmed);
	}
	for (size_t i = 0; out->count == before && i < chip->field_count; i++) {
		const struct chip_field *field = &chip->fields[i];
		unsigned word = field->first_word;
		if (status_name_has(field->name, "monotonic"))
			say_counter(out, facts, field->name, word,
				word < facts->image->word_count
					? field_value(field, facts->image->value[word])
					: 0,
				field->confirmed);
	}
	if (out->count == before)
		status_say(out, "Anti-rollback", CONFIDENCE_NONE, STATUS_NO_WORD, STATUS_NO_WORD,
			"the map of this family has no counter");
}

void status_life_cycle(struct board_status *out, const struct board_facts *facts)
{
	say_life(out, facts);
	say_debug(out, facts);
	say_rma(out, facts);
	say_rollback(out, facts);
	say_provisioning(out, facts);
}
