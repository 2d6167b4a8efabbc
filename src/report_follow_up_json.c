#include "src/report_follow_up.h"

#include "src/clean_text.h"
#include "src/word_status.h"

#include <jansson.h>

#include <stdio.h>

static json_t *hex(uint32_t value)
{
	char text[16];
	snprintf(text, sizeof text, "0x%08X", (unsigned)value);
	return json_string(text);
}

/* A serial number and a board's own words may be any bytes. */
static json_t *text_of(const char *text)
{
	char clean[512];
	snprintf(clean, sizeof clean, "%s", text);
	clean_text_in_place(clean);
	return json_string(clean);
}

static json_t *locks(uint32_t status)
{
	json_t *list = json_array();
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (status & (UINT32_C(1) << bit->bit))
			json_array_append_new(list, json_string(bit->word));
	return list;
}

static json_t *value_of(const struct session *session, bool reveal, unsigned word, uint32_t value)
{
	bool masked = value != 0 && !reveal && chip_word_is_secret(session->chip, word);
	return masked ? json_string("masked") : hex(value);
}

/* null where nothing is known of that moment; a value that is not valid is null, too. */
static json_t *moment(const struct session *session, bool reveal, unsigned word, bool known,
	uint32_t value, uint32_t status)
{
	if (!known)
		return json_null();
	bool is_void = (status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR)) != 0;
	json_t *object = json_object();
	json_object_set_new(
		object, "value", is_void ? json_null() : value_of(session, reveal, word, value));
	json_object_set_new(object, "locks", locks(status));
	return object;
}

static json_t *word_json(
	const struct session *session, const struct follow_up_word *line, bool reveal)
{
	static const char *const steps[] = {[FOLLOW_UP_DONE] = "done",
		[FOLLOW_UP_AGAIN] = "again",
		[FOLLOW_UP_WAIT] = "wait",
		[FOLLOW_UP_NEVER] = "never"};
	const struct edit *asked = &line->asked;
	bool has_value = asked->sets_value || asked->closes;
	json_t *object = json_object(), *edit = json_object();
	json_object_set_new(edit, "value",
		has_value ? value_of(session, reveal, line->word, asked->value) : json_null());
	json_object_set_new(edit, "locks", locks(asked->locks));
	json_object_set_new(edit, "closes", json_boolean(asked->closes));
	json_object_set_new(object, "id", json_integer((json_int_t)line->word));
	json_object_set_new(object, "before",
		moment(session, reveal, line->word, line->has_before, line->before_value,
			line->before_status));
	json_object_set_new(object, "asked", edit);
	json_object_set_new(object, "now",
		moment(session, reveal, line->word, line->has_now, line->now_value,
			line->now_status));
	json_object_set_new(object, "verdict", json_string(word_verdict_text(line->verdict)));
	json_object_set_new(object, "next", json_string(steps[line->step]));
	json_object_set_new(object, "text", text_of(line->text));
	return object;
}

enum status report_follow_up_json(
	char **out, const struct session *session, bool reveal, struct errbuf *err)
{
	const struct follow_up *follow_up = &session->follow_up;
	json_t *commits = json_array(), *words = json_array();
	for (size_t i = 0; i < follow_up->commit_count; i++) {
		json_t *commit = json_object();
		json_object_set_new(commit, "id", json_string(follow_up->commits[i].id));
		json_object_set_new(commit, "time", text_of(follow_up->commits[i].time));
		json_object_set_new(commit, "open", json_boolean(follow_up->commits[i].open));
		json_array_append_new(commits, commit);
	}
	for (size_t i = 0; i < follow_up->word_count; i++)
		json_array_append_new(words, word_json(session, &follow_up->words[i], reveal));
	json_t *all = json_object();
	json_object_set_new(all, "board", text_of(session->board));
	json_object_set_new(all, "commits", commits);
	json_object_set_new(all, "words", words);
	*out = json_dumps(all, JSON_INDENT(1));
	json_decref(all);
	return *out ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for what is left");
}
