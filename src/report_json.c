#include "src/report_parts.h"

#include "src/clean_text.h"
#include "src/field.h"
#include "src/value_text.h"
#include "src/word_status.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jansson passes a NULL on until it is put into something: that fails, and is noted here. */
struct builder {
	bool failed;
};

static void put(struct builder *builder, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		builder->failed = true;
}

static void append(struct builder *builder, json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) != 0)
		builder->failed = true;
}

static json_t *hex(uint32_t value)
{
	char text[16];
	snprintf(text, sizeof text, "0x%08X", (unsigned)value);
	return json_string(text);
}

/* Names of files and labels of a user's map are bytes, JSON wants UTF-8: what is none becomes '?'.
 */
static json_t *text_of(const char *text)
{
	json_t *value = json_string(text);
	char *copy = value ? NULL : strdup(text);
	if (!copy)
		return value;
	clean_text_in_place(copy);
	value = json_string(copy);
	free(copy);
	return value;
}

static json_t *locks_of(struct builder *builder, uint32_t status)
{
	json_t *list = json_array();
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->letter && status >> bit->bit & 1)
			append(builder, list, json_string(bit->word));
	return list;
}

/* Takes the reference; *out is the text with a line break. */
static enum status finish(char **out, struct builder *builder, json_t *root, struct errbuf *err)
{
	char *text = builder->failed ? NULL : json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	size_t length = text ? strlen(text) : 0;
	char *whole = text ? realloc(text, length + 2) : NULL;
	if (!whole) {
		free(text);
		return errbuf_set(err, ERR_MEMORY, "out of memory for JSON");
	}
	memcpy(whole + length, "\n", 2);
	*out = whole;
	return OK;
}

/* --- show ---------------------------------------------------------------------------------------
 */

static json_t *value_of(const struct report_image *subject, unsigned word)
{
	if (!image_value_is_known(subject->image, word))
		return json_null();
	return report_is_masked(subject, word) ? json_string("masked")
					       : hex(subject->image->value[word]);
}

static json_t *fields_of(struct builder *builder, const struct report_image *subject, unsigned word)
{
	json_t *list = json_array();
	size_t count = chip_word_field_count(subject->chip, word);
	if (!image_value_is_known(subject->image, word) || report_is_masked(subject, word))
		return list;
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(subject->chip, word, i);
		uint32_t value = subject->image->value[word];
		char text[128], bits[16];
		field_text(text, sizeof text, field, value);
		snprintf(bits, sizeof bits, "%u:%u", field->high, field->low);
		json_t *row = json_object();
		put(builder, row, "name", json_string(field->name));
		put(builder, row, "bits", json_string(bits));
		put(builder, row, "value", json_integer(field_value(field, value)));
		put(builder, row, "text", text_of(text));
		put(builder, row, "confirmed", json_boolean(field->confirmed));
		append(builder, list, row);
	}
	return list;
}

/* A value of several words: null where it cannot be told, "" where nothing is programmed. */
static json_t *whole_value_of(
	struct builder *builder, const struct report_image *subject, const struct chip_entry *entry)
{
	char text[VALUE_TEXT_MAX];
	enum value_state state = value_text(
		text, sizeof text, subject->chip, subject->image, entry, subject->reveal);
	bool known = state != VALUE_UNKNOWN && state != VALUE_PARTLY && state != VALUE_HIDDEN;
	json_t *row = json_object();
	put(builder, row, "first", json_integer(entry->first));
	put(builder, row, "last", json_integer(entry->last));
	put(builder, row, "name", json_string(entry->name));
	put(builder, row, "kind", json_string(word_kind_name(entry->kind)));
	put(builder, row, "text", known ? text_of(state == VALUE_EMPTY ? "" : text) : json_null());
	put(builder, row, "confirmed", json_boolean(entry->confirmed));
	return row;
}

static json_t *word_of(struct builder *builder, const struct report_image *subject, unsigned word)
{
	char name[64];
	const struct chip_entry *entry = chip_word(subject->chip, word);
	chip_word_name(name, sizeof name, subject->chip, word);
	uint32_t status = subject->image->status[word];
	json_t *row = json_object();
	put(builder, row, "id", json_integer(word));
	put(builder, row, "value", value_of(subject, word));
	put(builder, row, "status", hex(status));
	put(builder, row, "locks", locks_of(builder, status));
	put(builder, row, "name", json_string(name));
	put(builder, row, "kind", json_string(word_kind_name(entry ? entry->kind : KIND_UNKNOWN)));
	put(builder, row, "confirmed", json_boolean(entry && entry->confirmed));
	put(builder, row, "fields", fields_of(builder, subject, word));
	return row;
}

enum status report_show_json(char **out, const struct report_image *subject, struct errbuf *err)
{
	static const char *const digests[] = {[IMAGE_DIGEST_NONE] = "none",
		[IMAGE_DIGEST_VERIFIED] = "verified",
		[IMAGE_DIGEST_WRONG] = "wrong"};
	struct builder builder = {0};
	json_t *root = json_object(), *state = json_object(), *words = json_array();
	json_t *values = json_array();
	put(&builder, root, "source", text_of(subject->source));
	put(&builder, root, "chip", json_string(subject->chip->name));
	put(&builder, root, "version", json_integer(subject->image->version));
	put(&builder, root, "digest", json_string(digests[subject->image->digest]));
	put(&builder, state, "raw", hex(subject->image->state));
	put(&builder, state, "name", json_string(global_state_name(subject->image->state)));
	put(&builder, root, "state", state);
	for (unsigned word = 0; word < subject->image->word_count; word++) {
		if (!report_is_shown(subject, word))
			continue;
		append(&builder, words, word_of(&builder, subject, word));
		const struct chip_entry *value = report_value_at(subject, word);
		if (value)
			append(&builder, values, whole_value_of(&builder, subject, value));
	}
	put(&builder, root, "words", words);
	put(&builder, root, "values", values);
	return finish(out, &builder, root, err);
}

/* --- diff ---------------------------------------------------------------------------------------
 */

static json_t *side_of(
	struct builder *builder, const struct report_image *subject, unsigned word, bool there)
{
	if (!there)
		return json_null();
	json_t *row = json_object();
	put(builder, row, "value", value_of(subject, word));
	put(builder, row, "status", hex(subject->image->status[word]));
	put(builder, row, "locks", locks_of(builder, subject->image->status[word]));
	return row;
}

enum status report_diff_json(char **out, const struct diff *diff, const struct report_image *a,
	const struct report_image *b, struct errbuf *err)
{
	struct builder builder = {0};
	json_t *root = json_object(), *words = json_array();
	put(&builder, root, "equal", json_boolean(diff_is_empty(diff)));
	if (diff->state_differs) {
		json_t *state = json_object();
		put(&builder, state, "a", hex(a->image->state));
		put(&builder, state, "b", hex(b->image->state));
		put(&builder, root, "state", state);
	}
	if (diff->version_differs) {
		json_t *version = json_object();
		put(&builder, version, "a", json_integer(a->image->version));
		put(&builder, version, "b", json_integer(b->image->version));
		put(&builder, root, "version", version);
	}
	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_word *word = &diff->words[i];
		json_t *row = json_object();
		put(&builder, row, "id", json_integer(word->word));
		put(&builder, row, "a", side_of(&builder, a, word->word, word->in_a));
		put(&builder, row, "b", side_of(&builder, b, word->word, word->in_b));
		append(&builder, words, row);
	}
	put(&builder, root, "words", words);
	return finish(out, &builder, root, err);
}

/* --- status -------------------------------------------------------------------------------------
 */

static json_t *status_line_of(struct builder *builder, const struct status_line *line)
{
	bool has_words = line->first_word >= 0;
	json_t *row = json_object();
	put(builder, row, "title", json_string(line->title));
	put(builder, row, "name", line->name[0] ? json_string(line->name) : json_null());
	put(builder, row, "confidence", json_string(confidence_name(line->confidence)));
	put(builder, row, "first", has_words ? json_integer(line->first_word) : json_null());
	put(builder, row, "last", has_words ? json_integer(line->last_word) : json_null());
	put(builder, row, "text", text_of(line->text));
	return row;
}

enum status report_status_json(char **out, const struct session *session,
	const struct board_status *board, struct errbuf *err)
{
	struct builder builder = {0};
	json_t *root = json_object(), *lines = json_array(), *remarks = json_array();
	put(&builder, root, "source", text_of(session->source_text));
	put(&builder, root, "chip", json_string(session->chip->name));
	put(&builder, root, "board", session->board[0] ? json_string(session->board) : json_null());
	for (size_t i = 0; i < board->count; i++) {
		const struct status_line *line = &board->lines[i];
		if (strcmp(line->title, STATUS_STANDS_OUT) == 0)
			append(&builder, remarks, text_of(line->text));
		else
			append(&builder, lines, status_line_of(&builder, line));
	}
	put(&builder, root, "lines", lines);
	put(&builder, root, "stands-out", remarks);
	return finish(out, &builder, root, err);
}

/* --- plans and checks ---------------------------------------------------------------------------
 */

static json_t *remarks_of(struct builder *builder, const struct remarks *remarks)
{
	json_t *list = json_array();
	for (size_t i = 0; i < remarks->count; i++) {
		const struct remark *remark = &remarks->items[i];
		json_t *row = json_object();
		put(builder, row, "rule", json_string(remark->rule));
		put(builder, row, "severity", json_string(severity_name(remark->severity)));
		put(builder, row, "word",
			remark->word < 0 ? json_null() : json_integer(remark->word));
		put(builder, row, "text", text_of(remark->text));
		if (remark->instead && remark->instead[0])
			put(builder, row, "instead", json_string(remark->instead));
		append(builder, list, row);
	}
	return list;
}

static json_t *moment_of(struct builder *builder, bool known, uint32_t value, uint32_t status)
{
	json_t *row = json_object();
	put(builder, row, "value", known ? hex(value) : json_null());
	put(builder, row, "locks", locks_of(builder, status));
	return row;
}

static json_t *change_of(struct builder *builder, const struct plan_change *change)
{
	json_t *row = json_object();
	put(builder, row, "id", json_integer(change->word));
	put(builder, row, "before",
		moment_of(builder, change->before_known, change->before_value,
			change->before_status));
	put(builder, row, "after",
		moment_of(builder, change->after_known, change->after_value, change->after_status));
	put(builder, row, "irreversible", json_boolean(change->irreversible));
	return row;
}

enum status report_plan_json(char **out, const struct plan *plan, struct errbuf *err)
{
	struct builder builder = {0};
	json_t *root = json_object(), *passes = json_array();
	put(&builder, root, "chip", json_string(plan->chip->name));
	put(&builder, root, "board", plan->board[0] ? json_string(plan->board) : json_null());
	put(&builder, root, "fingerprint", json_string(plan->fingerprint));
	put(&builder, root, "danger", json_string(danger_class_name(plan->danger)));
	for (size_t p = 0; p < plan->pass_count; p++) {
		const struct plan_pass *pass = &plan->passes[p];
		json_t *row = json_object(), *changes = json_array();
		put(&builder, row, "name", json_string(pass_kind_name(pass->kind)));
		for (size_t i = 0; i < pass->change_count; i++)
			append(&builder, changes, change_of(&builder, &pass->changes[i]));
		put(&builder, row, "changes", changes);
		append(&builder, passes, row);
	}
	put(&builder, root, "passes", passes);
	put(&builder, root, "remarks", remarks_of(&builder, &plan->remarks));
	return finish(out, &builder, root, err);
}

enum status report_check_json(char **out, const struct check *check, struct errbuf *err)
{
	struct builder builder = {0};
	json_t *root = json_object();
	put(&builder, root, "kind", json_string(check_kind_name(check->kind)));
	put(&builder, root, "ok", json_boolean(check->ok));
	put(&builder, root, "remarks", remarks_of(&builder, &check->remarks));
	return finish(out, &builder, root, err);
}
