#include "src/journal.h"

#include "src/journal_json.h"
#include "src/journal_parts.h"
#include "src/partition.h"
#include "src/store.h"
#include "src/wipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define JOURNAL_LIMIT   (64u * 1024 * 1024)
#define OUTCOME_RESERVE (256u * 1024) /* more than the longest outcome and the image after it */

const char *word_verdict_text(enum word_verdict verdict)
{
	static const char *const texts[] = {"as planned", "already so", "not burnt", "partly set",
		"invalid (ECC)", "unreadable by design", "locked, not attempted", "not reached",
		"lock unproved until reset", "cannot be proved over this link", "unknown"};
	return texts[verdict];
}

bool word_verdict_is_good(enum word_verdict verdict)
{
	return verdict == VERDICT_AS_PLANNED || verdict == VERDICT_ALREADY_SO ||
	       verdict == VERDICT_LOCK_UNPROVED;
}

const char *commit_verdict_text(enum commit_verdict verdict)
{
	static const char *const texts[] = {
		"VERIFIED", "LOCKS UNPROVED", "PARTIAL", "REFUSED", "UNKNOWN"};
	return texts[verdict];
}

enum status journal_open(struct journal *out, const char *state_folder,
	enum source_class source_class, struct errbuf *err)
{
	*out = (struct journal){.source_class = source_class};
	enum status status =
		source_class == SOURCE_SIMULATED
			? store_join(out->folder, state_folder, "simulated", err)
			: (snprintf(out->folder, sizeof out->folder, "%s", state_folder), OK);
	if (status != OK)
		return status;
	return store_make_state_folder(out->folder, err);
}

static enum status journal_path(
	char out[STORE_PATH_MAX], const struct journal *journal, struct errbuf *err)
{
	return store_join(out, journal->folder, "journal.jsonl", err);
}

/* Identities come from outside and never become file names. */
void journal_board_folder(char *out, size_t cap, const struct journal *journal, const char *board)
{
	char digest[65], who[256];
	int length = snprintf(who, sizeof who, "%.100s%s%.128s", board,
		journal->twin[0] ? "\n" : "", journal->twin);
	store_sha256_hex(digest, who, (size_t)length);
	snprintf(out, cap, "boards/%.32s", digest);
}

bool journal_is_for(
	const struct journal *journal, const struct journal_intent *intent, const char *board)
{
	return strcmp(intent->board, board) == 0 &&
	       (journal->twin[0] == '\0' || strcmp(intent->port, journal->twin) == 0);
}

bool journal_is_same_commit(const struct journal_intent *a, const struct journal_intent *b)
{
	/* Early versions did not say; of theirs the same plan on the same board is the same commit,
	 * as what it was made on is in its fingerprint. */
	if (a->commit[0] || b->commit[0])
		return strcmp(a->commit, b->commit) == 0;
	return strcmp(a->fingerprint, b->fingerprint) == 0 && strcmp(a->board, b->board) == 0 &&
	       strcmp(a->port, b->port) == 0;
}

/* `save` is store_save() or store_keep(). */
static enum status save_image(struct journal *journal, const char *relative,
	const struct image *image,
	enum status (*save)(const char *, const void *, size_t, struct errbuf *),
	struct errbuf *err)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	char path[STORE_PATH_MAX];
	enum status status = partition_format(bytes, sizeof bytes, &length, image, err);
	if (status == OK)
		status = store_join(path, journal->folder, relative, err);
	if (status != OK)
		return status;
	char folder[STORE_PATH_MAX];
	snprintf(folder, sizeof folder, "%s", path);
	*strrchr(folder, '/') = '\0';
	status = store_make_state_folder(folder, err);
	return status == OK ? save(path, bytes, length, err) : status;
}

static struct tm now_utc(void)
{
	time_t now = time(NULL);
	struct tm parts;
	gmtime_r(&now, &parts);
	return parts;
}

static enum status make_id(char out[JOURNAL_ID_MAX], struct errbuf *err)
{
	unsigned char random[4];
	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return errbuf_set(err, ERR_FILE, "no random numbers for a journal entry");
	char stamp[24];
	struct tm now = now_utc();
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &now);
	snprintf(out, JOURNAL_ID_MAX, "%s-%02x%02x%02x%02x", stamp, random[0], random[1], random[2],
		random[3]);
	return OK;
}

static enum status append(struct journal *journal, json_t *record, struct errbuf *err)
{
	char path[STORE_PATH_MAX];
	enum status status = journal_path(path, journal, err);
	char *line = json_dumps(record, JSON_COMPACT);
	json_decref(record);
	if (!line)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a journal entry");
	if (status == OK)
		status = store_append_line(path, line, err);
	wipe_free_text(line);
	return status;
}

/* Each intent has its own: commits on several boards share the journal. */
static enum status reserve_path(char out[STORE_PATH_MAX], const struct journal *journal,
	const struct journal_intent *intent, struct errbuf *err)
{
	char folder[64], relative[128];
	journal_board_folder(folder, sizeof folder, journal, intent->board);
	snprintf(relative, sizeof relative, "%s/%s", folder, intent->id);
	return store_join(out, journal->folder, relative, err);
}

void journal_sweep(const struct journal *journal, const char *board)
{
	char relative[64], folder[STORE_PATH_MAX];
	struct errbuf ignored = {0};
	journal_board_folder(relative, sizeof relative, journal, board);
	if (store_join(folder, journal->folder, relative, &ignored) == OK)
		store_sweep(folder);
}

enum status journal_write_intent(struct journal *journal, struct journal_intent *intent,
	const struct image *before, struct errbuf *err)
{
	enum status status = make_id(intent->id, err);
	if (status != OK)
		return status;
	if (intent->commit[0] == '\0')
		memcpy(intent->commit, intent->id, sizeof intent->commit);
	struct tm now = now_utc();
	strftime(intent->time, sizeof intent->time, "%Y-%m-%dT%H:%M:%SZ", &now);
	char folder[64];
	journal_board_folder(folder, sizeof folder, journal, intent->board);
	snprintf(intent->before_file, sizeof intent->before_file, "%s/%s-before.bin", folder,
		intent->id);
	char reserve[STORE_PATH_MAX];
	status = save_image(journal, intent->before_file, before, store_save, err);
	if (status == OK)
		status = reserve_path(reserve, journal, intent, err);
	if (status != OK)
		return errbuf_prefix(err, status, "journal");
	status = store_reserve_space(reserve, OUTCOME_RESERVE, err);
	if (status == OK)
		status =
			append(journal, journal_intent_to_json(intent, journal->source_class), err);
	if (status == OK)
		return OK;
	store_release_space(reserve);
	return errbuf_prefix(err, status, "journal");
}

enum status journal_write_outcome(struct journal *journal, const struct journal_intent *intent,
	enum commit_verdict verdict, enum journal_end end, const struct word_result *results,
	size_t result_count, const struct image *after, const char *how, const char *note,
	struct errbuf *err)
{
	char reserve[STORE_PATH_MAX], time_text[32], after_file[256] = "";
	enum status status = reserve_path(reserve, journal, intent, err);
	if (status != OK)
		return status;
	store_release_space(reserve);
	struct tm now = now_utc();
	strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%SZ", &now);
	struct errbuf image_err = {0};
	if (after) {
		char folder[64];
		journal_board_folder(folder, sizeof folder, journal, intent->board);
		snprintf(after_file, sizeof after_file, "%s/%s-after.bin", folder, intent->id);
		/* The outcome itself matters more than the picture: without the latter it is
		 * written all the same, and then says so by naming no file. */
		if (save_image(journal, after_file, after, store_save, &image_err) != OK)
			after_file[0] = '\0';
	}
	json_t *record = journal_outcome_to_json(
		intent->id, time_text, verdict, end, results, result_count, after_file, how, note);
	status = append(journal, record, err);
	return status == OK ? OK : errbuf_prefix(err, status, "journal");
}

/* What is closed stays closed, whatever a damaged journal says of it further down. */
static struct journal_entry *entry_of(struct journal_entry *entries, size_t count, const char *id)
{
	for (size_t i = count; i > 0; i--)
		if (id && entries[i - 1].end != JOURNAL_CLOSED &&
			strcmp(entries[i - 1].intent.id, id) == 0)
			return &entries[i - 1];
	return NULL;
}

struct reading {
	enum journal_selection selection;
	struct journal_entry *entries;
	size_t count, capacity, damaged;
	size_t unfinished; /* how many of them end in JOURNAL_MORE_PASSES */
};

static void drop_closed(struct reading *reading, struct journal_entry *entry)
{
	if (reading->selection != JOURNAL_OPEN_ONLY || entry->end != JOURNAL_CLOSED)
		return;
	size_t index = (size_t)(entry - reading->entries);
	memmove(entry, entry + 1, (reading->count - index - 1) * sizeof *entry);
	reading->count--;
}

/* The next pass of a plan, which was read last, takes over from the one before. */
static void close_earlier_pass(struct reading *reading)
{
	for (size_t i = reading->count - 1; i > 0 && reading->unfinished > 0; i--) {
		struct journal_entry *entry = &reading->entries[i - 1];
		const struct journal_intent *next = &reading->entries[reading->count - 1].intent;
		if (entry->end != JOURNAL_MORE_PASSES ||
			strcmp(entry->intent.fingerprint, next->fingerprint) != 0 ||
			strcmp(entry->intent.board, next->board) != 0 ||
			strcmp(entry->intent.port, next->port) != 0)
			continue;
		entry->end = JOURNAL_CLOSED;
		reading->unfinished--;
		drop_closed(reading, entry);
	}
}

static void take_outcome(struct reading *reading, const json_t *record)
{
	const char *id = json_string_value(json_object_get(record, "intent"));
	struct journal_entry *entry = entry_of(reading->entries, reading->count, id);
	bool was_unfinished = entry && entry->end == JOURNAL_MORE_PASSES;
	bool is_good = entry && journal_outcome_from_json(entry, record);
	if (entry) {
		reading->unfinished += entry->end == JOURNAL_MORE_PASSES;
		reading->unfinished -= was_unfinished;
	}
	if (is_good)
		drop_closed(reading, entry);
	else
		reading->damaged++;
}

static enum status take_intent(struct reading *reading, const json_t *record, struct errbuf *err)
{
	if (reading->count == reading->capacity) {
		size_t capacity = reading->capacity ? reading->capacity * 2 : 8;
		struct journal_entry *grown = realloc(reading->entries, capacity * sizeof *grown);
		if (!grown)
			return errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
		reading->entries = grown;
		reading->capacity = capacity;
	}
	struct journal_entry *entry = &reading->entries[reading->count];
	*entry = (struct journal_entry){.end = JOURNAL_NO_OUTCOME};
	if (!journal_intent_from_json(&entry->intent, record)) {
		reading->damaged++;
		return OK;
	}
	reading->count++;
	close_earlier_pass(reading);
	return OK;
}

static enum status take_line(
	struct reading *reading, const char *line, size_t length, struct errbuf *err)
{
	json_t *record = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	const char *type = json_string_value(json_object_get(record, "type"));
	enum status status = OK;
	if (type && strcmp(type, "intent") == 0) {
		status = take_intent(reading, record, err);
	} else if (type && strcmp(type, "outcome") == 0) {
		take_outcome(reading, record);
	} else if (!type) {
		reading->damaged++;
	}
	json_decref(record);
	return status;
}

enum status journal_read_text(
	uint8_t **text, size_t *length, const struct journal *journal, struct errbuf *err)
{
	char path[STORE_PATH_MAX];
	*text = NULL;
	*length = 0;
	enum status status = journal_path(path, journal, err);
	if (status != OK || !store_exists(path))
		return status;
	return store_read(text, length, path, JOURNAL_LIMIT, err);
}

enum status journal_read(struct journal_entry **out, size_t *count, size_t *damaged,
	enum journal_selection selection, const struct journal *journal, struct errbuf *err)
{
	uint8_t *text;
	size_t length;
	struct reading reading = {.selection = selection};
	enum status status = journal_read_text(&text, &length, journal, err);
	for (size_t at = 0; status == OK && at < length;) {
		const char *line = (const char *)text + at;
		const char *end = memchr(line, '\n', length - at);
		size_t size = end ? (size_t)(end - line) : length - at;
		if (size > 0)
			status = take_line(&reading, line, size, err);
		at += size + 1;
	}
	free(text);
	if (status != OK) {
		free(reading.entries);
		return status;
	}
	*out = reading.entries;
	*count = reading.count;
	*damaged = reading.damaged;
	return OK;
}

enum status journal_save_image(
	struct journal *journal, const char *board, const struct image *image, struct errbuf *err)
{
	char folder[64], relative[96];
	journal_board_folder(folder, sizeof folder, journal, board);
	snprintf(relative, sizeof relative, "%s/last.bin", folder);
	return save_image(journal, relative, image, store_keep, err);
}

enum status journal_last_image(struct image *out, bool *found, const struct journal *journal,
	const char *board, struct errbuf *err)
{
	char folder[64], relative[96], path[STORE_PATH_MAX];
	journal_board_folder(folder, sizeof folder, journal, board);
	snprintf(relative, sizeof relative, "%s/last.bin", folder);
	*found = false;
	enum status status = store_join(path, journal->folder, relative, err);
	if (status != OK || !store_exists(path))
		return status;
	uint8_t *bytes;
	size_t length;
	status = store_read(&bytes, &length, path, PARTITION_MAX_BYTES, err);
	if (status != OK)
		return status;
	status = partition_parse(out, bytes, length, err);
	wipe_free(bytes, length);
	*found = status == OK;
	return status == OK ? OK : errbuf_prefix(err, status, "'%s'", path);
}

enum status journal_records_json(
	char **out, size_t *damaged, const struct journal *journal, struct errbuf *err)
{
	uint8_t *text;
	size_t length;
	enum status status = journal_read_text(&text, &length, journal, err);
	if (status != OK)
		return status;
	json_t *list = json_array();
	*damaged = 0;
	for (size_t at = 0; at < length;) {
		const char *line = (const char *)text + at;
		const char *end = memchr(line, '\n', length - at);
		size_t size = end ? (size_t)(end - line) : length - at;
		json_t *record = json_loadb(line, size, JSON_REJECT_DUPLICATES, NULL);
		if (record)
			json_array_append_new(list, record);
		else if (size > 0)
			(*damaged)++;
		at += size + 1;
	}
	free(text);
	*out = json_dumps(list, JSON_INDENT(1));
	json_decref(list);
	return *out ? OK : errbuf_set(err, ERR_MEMORY, "out of memory for the journal");
}
