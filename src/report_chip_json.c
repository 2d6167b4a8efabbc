#include "src/report_chip_parts.h"

#include <jansson.h>

#include <stdlib.h>

/* Maps may be a user's: what is no UTF-8 must not cost the whole report. */
static json_t *text_json(const char *text)
{
	json_t *value = json_string(text);
	return value ? value : json_string("?");
}

static json_t *id_json(uint32_t id)
{
	char text[16];
	snprintf(text, sizeof text, "0x%03X", (unsigned)id);
	return json_string(text);
}

/* Takes both references; NULL stays NULL, so that memory that ran short shows at the end. */
static json_t *append(json_t *list, json_t *item)
{
	if (json_array_append_new(list, item) == 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *ids_json(const struct chip *chip)
{
	json_t *list = json_array();
	for (size_t i = 0; i < chip->device_id_count; i++)
		list = append(list, id_json(chip->device_ids[i]));
	return list;
}

static json_t *parts_json(const struct chip *chip)
{
	size_t count;
	const char **parts = chip_parts(&count, chip);
	json_t *list = parts ? json_array() : NULL;
	for (size_t i = 0; list && i < count; i++)
		list = append(list, text_json(parts[i]));
	free(parts);
	return list;
}

static json_t *chip_json(const struct chip *chip)
{
	return json_pack("{s:o, s:o, s:o, s:i, s:o, s:o, s:b}", "name", text_json(chip->name),
		"title", text_json(chip->title), "device-ids", ids_json(chip), "words",
		(int)chip->word_count, "short-words",
		chip->short_word_count ? json_integer(chip->short_word_count) : json_null(),
		"parts", parts_json(chip), "overlay", (int)chip->has_overlay);
}

static json_t *banks_json(const struct chip *chip)
{
	json_t *list = json_array();
	for (size_t i = 0; i < chip->bank_count; i++) {
		const struct chip_bank *bank = &chip->banks[i];
		list = append(
			list, json_pack("{s:i, s:i, s:o, s:s, s:b}", "first", (int)bank->first,
				      "last", (int)bank->last, "name", text_json(bank->name),
				      "rule", chip_rule_name(bank->rule), "may-be-hidden",
				      (int)bank->may_be_hidden));
	}
	return list;
}

static json_t *values_json(const struct chip_field *field)
{
	json_t *list = json_array();
	for (size_t i = 0; i < field->value_count; i++)
		list = append(
			list, json_pack("{s:I, s:o}", "value", (json_int_t)field->values[i].value,
				      "text", text_json(field->values[i].text)));
	return list;
}

static json_t *field_json(const struct chip_field *field, const struct chip_row *row)
{
	char bits[16];
	const char *source = field->source[0] || !row->entry ? field->source : row->entry->source;
	snprintf(bits, sizeof bits, "%u:%u", field->high, field->low);
	return json_pack("{s:i, s:i, s:s, s:o, s:s, s:s, s:o, s:o, s:b, s:o}", "first",
		(int)field->first_word, "last", (int)field->last_word, "bits", bits, "name",
		text_json(field->name), "kind", word_kind_name(field->kind), "danger",
		chip_danger_name(field->danger), "about", text_json(field->about), "source",
		text_json(source), "confirmed", (int)field->confirmed, "values",
		values_json(field));
}

static json_t *row_json(
	const struct chip *chip, const struct chip_row *rows, size_t count, size_t row)
{
	const struct chip_entry *entry = rows[row].entry;
	json_t *fields = json_array();
	for (size_t i = 0; i < chip->field_count; i++)
		if (chip_row_has(rows, count, row, &chip->fields[i]))
			fields = append(fields, field_json(&chip->fields[i], &rows[row]));
	return json_pack("{s:i, s:i, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:o}", "first",
		(int)rows[row].first, "last", (int)rows[row].last, "name",
		text_json(entry ? entry->name : ""), "kind",
		word_kind_name(entry ? entry->kind : KIND_UNKNOWN), "danger",
		chip_danger_name(chip_row_danger(chip, &rows[row])), "rule",
		chip_row_rule(chip, &rows[row]), "order",
		entry && entry->big_endian ? "big-endian" : "little-endian", "about",
		text_json(entry ? entry->about : ""), "source",
		text_json(entry ? entry->source : "unconfirmed"), "confirmed",
		entry && entry->confirmed, "fields", fields);
}

/* Takes the reference. */
static enum status print(FILE *out, json_t *root, struct errbuf *err)
{
	bool failed = !root || json_dumpf(root, out, JSON_INDENT(1)) != 0;
	json_decref(root);
	fputc('\n', out);
	return failed ? errbuf_set(err, ERR_MEMORY, "out of memory for JSON") : OK;
}

enum status report_chips_json(
	FILE *out, const struct chip *const chips[], size_t count, struct errbuf *err)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		list = append(list, chip_json(chips[i]));
	return print(out, json_pack("{s:o}", "chips", list), err);
}

enum status report_chip_json(FILE *out, const struct chip *chip, struct errbuf *err)
{
	size_t count;
	struct chip_row *rows = chip_rows(&count, chip);
	json_t *root = rows ? chip_json(chip) : NULL, *words = json_array();
	for (size_t i = 0; root && i < count; i++)
		words = append(words, row_json(chip, rows, count, i));
	if (root &&
		(json_object_set_new(root, "unique-id",
			 chip->has_unique_id ? json_integer(chip->unique_id) : json_null()) != 0 ||
			json_object_set_new(root, "banks", banks_json(chip)) != 0 ||
			json_object_set(root, "entries", words) != 0)) {
		json_decref(root);
		root = NULL;
	}
	json_decref(words);
	free(rows);
	return print(out, root, err);
}
