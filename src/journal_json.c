#include "src/journal_json.h"

#include "src/clean_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const end_names[] = {"open", "pending-locks", "more-passes", "closed"};

static json_t *hex(uint32_t number)
{
	char text[16];
	snprintf(text, sizeof text, "0x%08X", (unsigned)number);
	return json_string(text);
}

/* A path may be no UTF-8, and any text may have been cut within a character: kept all the same, as
 * an entry that cannot be written is worse than a '?'. */
static json_t *text_json(const char *text)
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

static json_t *pair(uint32_t value, uint32_t status, bool known)
{
	json_t *object = json_object();
	json_object_set_new(object, "value", hex(value));
	json_object_set_new(object, "status", hex(status));
	json_object_set_new(object, "known", json_boolean(known));
	return object;
}

static bool hex_from(uint32_t *out, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	char *end;
	if (!text || strlen(text) != 10 || strncmp(text, "0x", 2) != 0)
		return false;
	unsigned long number = strtoul(text + 2, &end, 16);
	*out = (uint32_t)number;
	return *end == '\0';
}

static bool pair_from(
	uint32_t *value, uint32_t *status, bool *known, const json_t *object, const char *key)
{
	const json_t *found = json_object_get(object, key);
	if (!hex_from(value, found, "value") || !hex_from(status, found, "status"))
		return false;
	if (known)
		*known = json_is_true(json_object_get(found, "known"));
	return true;
}

static bool text_from(char *out, size_t cap, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	if (!text || strlen(text) >= cap)
		return false;
	strcpy(out, text);
	return true;
}

static bool number_from(unsigned *out, const json_t *object, const char *key, unsigned limit)
{
	const json_t *number = json_object_get(object, key);
	json_int_t value = json_integer_value(number);
	if (!json_is_integer(number) || value < 0 || value >= (json_int_t)limit)
		return false;
	*out = (unsigned)value;
	return true;
}

static bool name_from(unsigned *out, const json_t *object, const char *key,
	const char *(*name)(unsigned), unsigned count)
{
	const char *text = json_string_value(json_object_get(object, key));
	for (unsigned i = 0; text && i < count; i++)
		if (strcmp(text, name(i)) == 0) {
			*out = i;
			return true;
		}
	return false;
}

static const char *pass_name(unsigned i)
{
	return pass_kind_name((enum pass_kind)i);
}

static const char *verdict_name(unsigned i)
{
	return commit_verdict_text((enum commit_verdict)i);
}

static const char *word_name(unsigned i)
{
	return word_verdict_text((enum word_verdict)i);
}

static const char *end_name(unsigned i)
{
	return end_names[i];
}

static json_t *plan_json(const struct edits *plan)
{
	json_t *list = json_array();
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		const struct edit *edit = &plan->word[word];
		if (edit_is_empty(edit))
			continue;
		json_t *object = json_object();
		json_object_set_new(object, "id", json_integer((json_int_t)word));
		json_object_set_new(
			object, "value", edit->sets_value ? hex(edit->value) : json_null());
		json_object_set_new(object, "locks", hex(edit->locks));
		json_object_set_new(object, "closes", json_boolean(edit->closes));
		json_array_append_new(list, object);
	}
	return list;
}

/* False where it is not there or makes no sense: nothing can then be made of it. */
static bool plan_from(struct edits *out, const json_t *list)
{
	*out = (struct edits){0};
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *object = json_array_get(list, i);
		struct edit edit = {.sets_value = !json_is_null(json_object_get(object, "value")),
			.closes = json_is_true(json_object_get(object, "closes"))};
		unsigned word;
		if (!number_from(&word, object, "id", IMAGE_MAX_WORDS) ||
			(edit.sets_value && !hex_from(&edit.value, object, "value")) ||
			!hex_from(&edit.locks, object, "locks") || edit_is_empty(&edit) ||
			!edit_is_empty(&out->word[word]))
			return false;
		out->word[word] = edit;
	}
	return json_array_size(list) > 0;
}

/* "" where it is not there, cut where it is long: an entry says what was burnt without it, too. */
static void optional_text(char *out, size_t cap, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	snprintf(out, cap, "%s", text ? text : "");
}

json_t *journal_intent_to_json(const struct journal_intent *intent, enum source_class source_class)
{
	json_t *words = json_array();
	for (size_t i = 0; i < intent->word_count; i++) {
		const struct journal_word *word = &intent->words[i];
		json_t *object = json_object();
		json_object_set_new(object, "id", json_integer((json_int_t)word->word));
		json_object_set_new(object, "before",
			pair(word->before_value, word->before_status, word->before_known));
		json_object_set_new(
			object, "request", pair(word->request_value, word->request_status, true));
		json_object_set_new(object, "after",
			pair(word->after_value, word->after_status, word->after_known));
		json_array_append_new(words, object);
	}
	return json_pack(
		"{ss ss ss ss ss so ss ss ss ss ss ss si si ss so ss ss so so so ss so so}", "type",
		"intent", "id", intent->id, "time", intent->time, "class",
		source_class == SOURCE_SIMULATED ? "simulated" : "real", "board", intent->board,
		"source", text_json(intent->source), "port", intent->port, "serial", intent->serial,
		"chip", intent->chip, "peer", intent->peer, "fingerprint", intent->fingerprint,
		"pass", pass_kind_name(intent->pass), "pass_index", (int)intent->pass_index,
		"pass_count", (int)intent->pass_count, "before_file", intent->before_file, "words",
		words, "commit", intent->commit, "tool", intent->tool, "user",
		text_json(intent->user), "host", text_json(intent->host), "link",
		text_json(intent->link), "danger", intent->danger, "confirmed",
		text_json(intent->confirmed), "plan", plan_json(&intent->plan));
}

/* It becomes part of file names. */
static bool id_is_sound(const char *id)
{
	return id[0] != '\0' && strspn(id, "0123456789abcdefTZ-") == strlen(id);
}

bool journal_intent_from_json(struct journal_intent *out, const json_t *record)
{
	unsigned pass = 0;
	*out = (struct journal_intent){0};
	bool good = text_from(out->id, sizeof out->id, record, "id") && id_is_sound(out->id) &&
		    text_from(out->time, sizeof out->time, record, "time") &&
		    text_from(out->board, sizeof out->board, record, "board") &&
		    text_from(out->source, sizeof out->source, record, "source") &&
		    text_from(out->port, sizeof out->port, record, "port") &&
		    text_from(out->serial, sizeof out->serial, record, "serial") &&
		    text_from(out->chip, sizeof out->chip, record, "chip") &&
		    text_from(out->peer, sizeof out->peer, record, "peer") &&
		    text_from(out->fingerprint, sizeof out->fingerprint, record, "fingerprint") &&
		    text_from(out->before_file, sizeof out->before_file, record, "before_file") &&
		    name_from(&pass, record, "pass", pass_name, PASS_LIFECYCLE + 1) &&
		    number_from(&out->pass_index, record, "pass_index", PLAN_MAX_PASSES) &&
		    number_from(&out->pass_count, record, "pass_count", PLAN_MAX_PASSES + 1);
	const json_t *words = json_object_get(record, "words");
	if (!good || json_array_size(words) == 0 || json_array_size(words) > IMAGE_MAX_WORDS)
		return false;
	out->pass = (enum pass_kind)pass;
	optional_text(out->commit, sizeof out->commit, record, "commit");
	optional_text(out->tool, sizeof out->tool, record, "tool");
	optional_text(out->user, sizeof out->user, record, "user");
	optional_text(out->host, sizeof out->host, record, "host");
	optional_text(out->link, sizeof out->link, record, "link");
	optional_text(out->danger, sizeof out->danger, record, "danger");
	optional_text(out->confirmed, sizeof out->confirmed, record, "confirmed");
	out->has_plan = plan_from(&out->plan, json_object_get(record, "plan"));
	for (size_t i = 0; i < json_array_size(words); i++) {
		const json_t *object = json_array_get(words, i);
		struct journal_word *word = &out->words[out->word_count++];
		if (!number_from(&word->word, object, "id", IMAGE_MAX_WORDS) ||
			!pair_from(&word->before_value, &word->before_status, &word->before_known,
				object, "before") ||
			!pair_from(&word->request_value, &word->request_status, NULL, object,
				"request") ||
			!pair_from(&word->after_value, &word->after_status, &word->after_known,
				object, "after"))
			return false;
	}
	return true;
}

json_t *journal_outcome_to_json(const char *intent, const char *time, enum commit_verdict verdict,
	enum journal_end end, const struct word_result *results, size_t result_count,
	const char *after_file, const char *how, const char *note)
{
	json_t *words = json_array();
	for (size_t i = 0; i < result_count; i++) {
		const struct word_result *result = &results[i];
		json_t *object = json_object();
		json_object_set_new(object, "id", json_integer((json_int_t)result->word));
		json_object_set_new(
			object, "verdict", json_string(word_verdict_text(result->verdict)));
		json_object_set_new(
			object, "before", pair(result->before_value, result->before_status, true));
		json_object_set_new(object, "planned",
			pair(result->planned_value, result->planned_status, true));
		json_object_set_new(object, "found",
			result->found ? pair(result->found_value, result->found_status, true)
				      : json_null());
		json_object_set_new(object, "pass", json_string(pass_kind_name(result->pass)));
		json_object_set_new(object, "text", text_json(result->text));
		json_array_append_new(words, object);
	}
	return json_pack("{ss ss ss ss ss ss so ss so}", "type", "outcome", "intent", intent,
		"time", time, "how", how, "verdict", commit_verdict_text(verdict), "end",
		end_names[end], "note", text_json(note), "after_file", after_file, "words", words);
}

static bool result_from_json(struct word_result *out, const json_t *object)
{
	unsigned verdict = 0, pass = 0;
	*out = (struct word_result){0};
	if (!number_from(&out->word, object, "id", IMAGE_MAX_WORDS) ||
		!name_from(&verdict, object, "verdict", word_name, VERDICT_UNKNOWN + 1) ||
		!name_from(&pass, object, "pass", pass_name, PASS_LIFECYCLE + 1) ||
		!pair_from(&out->before_value, &out->before_status, NULL, object, "before") ||
		!pair_from(&out->planned_value, &out->planned_status, NULL, object, "planned"))
		return false;
	out->verdict = (enum word_verdict)verdict;
	out->pass = (enum pass_kind)pass;
	out->found = !json_is_null(json_object_get(object, "found"));
	const char *text = json_string_value(json_object_get(object, "text"));
	snprintf(out->text, sizeof out->text, "%s", text ? text : "");
	return !out->found ||
	       pair_from(&out->found_value, &out->found_status, NULL, object, "found");
}

bool journal_outcome_from_json(struct journal_entry *entry, const json_t *record)
{
	unsigned verdict = 0, end = 0;
	const json_t *words = json_object_get(record, "words");
	if (!name_from(&verdict, record, "verdict", verdict_name, COMMIT_UNKNOWN + 1) ||
		!name_from(&end, record, "end", end_name, JOURNAL_CLOSED + 1) ||
		json_array_size(words) > IMAGE_MAX_WORDS)
		return false;
	struct word_result results[IMAGE_MAX_WORDS];
	size_t count = json_array_size(words);
	for (size_t i = 0; i < count; i++)
		if (!result_from_json(&results[i], json_array_get(words, i)))
			return false;
	entry->has_verdict = true;
	entry->verdict = (enum commit_verdict)verdict;
	entry->end = (enum journal_end)end;
	optional_text(entry->ended, sizeof entry->ended, record, "time");
	optional_text(entry->how, sizeof entry->how, record, "how");
	optional_text(entry->note, sizeof entry->note, record, "note");
	optional_text(entry->after_file, sizeof entry->after_file, record, "after_file");
	entry->result_count = count;
	memcpy(entry->results, results, count * sizeof results[0]);
	return true;
}
