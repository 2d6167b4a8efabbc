#include "src/journal_brief.h"

#include "src/journal_json.h"
#include "src/journal_parts.h"

#include <stdlib.h>
#include <string.h>

static bool contains(const char *line, size_t length, const char *text)
{
	size_t wanted = strlen(text);
	const char *end = line + length;
	for (const char *at = line; (at = memchr(at, text[0], (size_t)(end - at))) != NULL; at++)
		if ((size_t)(end - at) >= wanted && memcmp(at, text, wanted) == 0)
			return true;
	return false;
}

/* Takes a record, whose line begins at `at`, and keeps no reference to it. */
typedef enum status taker(
	const json_t *record, const char *type, size_t at, void *payload, struct errbuf *err);

/* Gives each record of the text to `take`; lines that are no record count as damaged. Lines without
 * `mark` are passed over; NULL: none is. */
static enum status each_record(const uint8_t *text, size_t length, const char *mark,
	size_t *damaged, taker *take, void *payload, struct errbuf *err)
{
	enum status status = OK;
	for (size_t at = 0; status == OK && at < length;) {
		size_t begin = at;
		const char *line = (const char *)text + at;
		const char *end = memchr(line, '\n', length - at);
		size_t size = end ? (size_t)(end - line) : length - at;
		at += size + 1;
		if (mark && !contains(line, size, mark))
			continue;
		json_t *record =
			size > 0 ? json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
		const char *type = json_string_value(json_object_get(record, "type"));
		if (type)
			status = take(record, type, begin, payload, err);
		else if (size > 0)
			(*damaged)++;
		json_decref(record);
	}
	return status;
}

struct reading {
	struct journal_brief *briefs;
	size_t count, capacity, damaged;
	bool may_go_on;              /* some pass may have another one behind it */
	struct journal_entry *entry; /* one at a time */
};

/* The next pass of a plan takes over from the one before. */
static void close_earlier_passes(struct reading *reading)
{
	const struct journal_brief *next = &reading->briefs[reading->count - 1];
	for (size_t i = 0; reading->may_go_on && i + 1 < reading->count; i++) {
		struct journal_brief *brief = &reading->briefs[i];
		if (brief->end == JOURNAL_MORE_PASSES &&
			strcmp(brief->fingerprint, next->fingerprint) == 0 &&
			strcmp(brief->board, next->board) == 0 &&
			strcmp(brief->port, next->port) == 0)
			brief->end = JOURNAL_CLOSED;
	}
}

static struct journal_brief brief_of(const struct journal_intent *intent)
{
	struct journal_brief brief = {.pass = intent->pass,
		.pass_index = intent->pass_index,
		.pass_count = intent->pass_count,
		.end = JOURNAL_NO_OUTCOME,
		.word_count = intent->word_count};
	memcpy(brief.id, intent->id, sizeof brief.id);
	memcpy(brief.time, intent->time, sizeof brief.time);
	memcpy(brief.board, intent->board, sizeof brief.board);
	memcpy(brief.port, intent->port, sizeof brief.port);
	memcpy(brief.fingerprint, intent->fingerprint, sizeof brief.fingerprint);
	memcpy(brief.commit, intent->commit, sizeof brief.commit);
	for (size_t i = 0; i < intent->word_count && i < JOURNAL_BRIEF_WORDS; i++)
		brief.words[i] = intent->words[i].word;
	return brief;
}

static enum status take_intent(
	struct reading *reading, const json_t *record, size_t at, struct errbuf *err)
{
	memset(&reading->entry->intent, 0, sizeof reading->entry->intent);
	if (!journal_intent_from_json(&reading->entry->intent, record)) {
		reading->damaged++;
		return OK;
	}
	if (reading->count == reading->capacity) {
		size_t capacity = reading->capacity ? reading->capacity * 2 : 64;
		struct journal_brief *grown = realloc(reading->briefs, capacity * sizeof *grown);
		if (!grown)
			return errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
		reading->briefs = grown;
		reading->capacity = capacity;
	}
	reading->briefs[reading->count] = brief_of(&reading->entry->intent);
	reading->briefs[reading->count++].intent_at = at;
	close_earlier_passes(reading);
	return OK;
}

/* As in journal.c. */
static struct journal_brief *find(struct reading *reading, const char *id)
{
	for (size_t i = reading->count; i > 0; i--)
		if (id && reading->briefs[i - 1].end != JOURNAL_CLOSED &&
			strcmp(reading->briefs[i - 1].id, id) == 0)
			return &reading->briefs[i - 1];
	return NULL;
}

static enum status take_brief(
	const json_t *record, const char *type, size_t at, void *payload, struct errbuf *err)
{
	struct reading *reading = payload;
	if (strcmp(type, "intent") == 0)
		return take_intent(reading, record, at, err);
	if (strcmp(type, "outcome") != 0)
		return OK;
	struct journal_brief *brief =
		find(reading, json_string_value(json_object_get(record, "intent")));
	if (!brief || !journal_outcome_from_json(reading->entry, record)) {
		reading->damaged++;
		return OK;
	}
	brief->end = reading->entry->end;
	reading->may_go_on |= brief->end == JOURNAL_MORE_PASSES;
	brief->has_verdict = true;
	brief->outcome_at = at;
	brief->verdict = reading->entry->verdict;
	return OK;
}

static enum status read_briefs(struct journal_brief **out, size_t *count, size_t *damaged,
	const uint8_t *text, size_t length, struct errbuf *err)
{
	struct reading reading = {.entry = calloc(1, sizeof *reading.entry)};
	if (!reading.entry)
		return errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
	enum status status =
		each_record(text, length, NULL, &reading.damaged, take_brief, &reading, err);
	free(reading.entry);
	if (status != OK) {
		free(reading.briefs);
		return status;
	}
	*out = reading.briefs;
	*count = reading.count;
	*damaged = reading.damaged;
	return OK;
}

enum status journal_read_briefs(struct journal_brief **out, size_t *count, size_t *damaged,
	const struct journal *journal, struct errbuf *err)
{
	uint8_t *text;
	size_t length;
	enum status status = journal_read_text(&text, &length, journal, err);
	if (status == OK)
		status = read_briefs(out, count, damaged, text, length, err);
	free(text);
	return status;
}

enum status journal_book_read(
	struct journal_book *out, const struct journal *journal, struct errbuf *err)
{
	*out = (struct journal_book){.entry = calloc(1, sizeof *out->entry)};
	enum status status =
		out->entry ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
	if (status == OK)
		status = journal_read_text(&out->text, &out->length, journal, err);
	if (status == OK)
		status = read_briefs(
			&out->briefs, &out->count, &out->damaged, out->text, out->length, err);
	if (status != OK)
		journal_book_free(out);
	return status;
}

void journal_book_free(struct journal_book *book)
{
	free(book->text);
	free(book->briefs);
	free(book->entry);
	*book = (struct journal_book){0};
}

static json_t *record_at(const struct journal_book *book, size_t at)
{
	const char *line = (const char *)book->text + at;
	const char *end = memchr(line, '\n', book->length - at);
	return json_loadb(
		line, end ? (size_t)(end - line) : book->length - at, JSON_REJECT_DUPLICATES, NULL);
}

const struct journal_entry *journal_book_entry(const struct journal_book *book, size_t index)
{
	const struct journal_brief *brief = &book->briefs[index];
	memset(book->entry, 0, sizeof *book->entry);
	json_t *record = record_at(book, brief->intent_at);
	bool good = record && journal_intent_from_json(&book->entry->intent, record);
	json_decref(record);
	record = brief->has_verdict ? record_at(book, brief->outcome_at) : NULL;
	if (good && brief->has_verdict)
		good = record && journal_outcome_from_json(book->entry, record);
	json_decref(record);
	book->entry->end = brief->end;
	return good ? book->entry : NULL;
}

bool journal_brief_is_same_commit(const struct journal_brief *a, const struct journal_brief *b)
{
	if (a->commit[0] || b->commit[0])
		return strcmp(a->commit, b->commit) == 0;
	return strcmp(a->fingerprint, b->fingerprint) == 0 && strcmp(a->board, b->board) == 0 &&
	       strcmp(a->port, b->port) == 0;
}

/* --- one entry --- */

struct search {
	const char *id;
	bool found;
	struct journal_entry *entry;
	struct journal_intent *scratch;
};

static enum status take_entry(
	const json_t *record, const char *type, size_t at, void *payload, struct errbuf *err)
{
	(void)at;
	(void)err;
	struct search *search = payload;
	bool is_intent = strcmp(type, "intent") == 0;
	const char *id = json_string_value(json_object_get(record, is_intent ? "id" : "intent"));
	if (!id || strcmp(id, search->id) != 0)
		return OK;
	/* One that makes no sense is none, whatever id it gives. */
	if (is_intent && journal_intent_from_json(search->scratch, record)) {
		search->entry->intent = *search->scratch;
		search->found = true;
	}
	if (strcmp(type, "outcome") == 0)
		(void)journal_outcome_from_json(search->entry, record);
	return OK;
}

enum status journal_read_entry(struct journal_entry **out, const struct journal *journal,
	const struct journal_brief *brief, struct errbuf *err)
{
	struct search search = {.id = brief->id,
		.entry = calloc(1, sizeof *search.entry),
		.scratch = malloc(sizeof *search.scratch)};
	size_t length, damaged = 0;
	uint8_t *text = NULL;
	enum status status = search.entry && search.scratch
				     ? journal_read_text(&text, &length, journal, err)
				     : errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
	if (status == OK)
		status = each_record(text, length, brief->id, &damaged, take_entry, &search, err);
	free(text);
	free(search.scratch);
	if (status == OK && !search.found)
		status = errbuf_set(
			err, ERR_FILE, "the journal has no entry '%s' any more", brief->id);
	if (status != OK) {
		free(search.entry);
		return status;
	}
	search.entry->end = brief->end;
	*out = search.entry;
	return OK;
}
