#include "src/report_journal.h"

#include "src/chip.h"
#include "src/clean_text.h"
#include "src/report_journal_parts.h"
#include "src/report_parts.h"
#include "src/word_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The chip of the entry before is most often this one's, too. */
struct chips {
	struct chip *last;
};

/* NULL when there is no such chip. */
static const struct chip *chip_named(struct chips *chips, const char *name)
{
	struct errbuf ignored = {0};
	if (chips->last && strcmp(chips->last->name, name) == 0)
		return chips->last;
	chip_free(chips->last);
	chips->last = NULL;
	if (chip_load(&chips->last, name, &ignored) != OK)
		chips->last = NULL;
	return chips->last;
}

void report_journal_name(
	char out[REPORT_JOURNAL_NAME], enum source_class source_class, size_t index)
{
	snprintf(out, REPORT_JOURNAL_NAME, "%s%zu", source_class == SOURCE_SIMULATED ? "s" : "",
		index + 1);
}

/* --- one entry -------------------------------------------------------------------------------- */

/* An entry, and what telling it takes. */
struct telling {
	FILE *out;
	const struct journal_entry *entry;
	const struct chip *chip; /* NULL: not known */
	enum source_class source_class;
	char name[REPORT_JOURNAL_NAME];
	bool reveal;
};

const char *report_journal_end(const struct journal_entry *entry)
{
	switch (entry->end) {
	case JOURNAL_NO_OUTCOME: return "no known end";
	case JOURNAL_PENDING_LOCKS: return "waits for the reset";
	case JOURNAL_MORE_PASSES: return "ended before its next pass";
	case JOURNAL_CLOSED: break;
	}
	return "";
}

const struct word_result *report_journal_result(const struct journal_entry *entry, unsigned word)
{
	for (size_t i = 0; i < entry->result_count; i++)
		if (entry->results[i].word == word)
			return &entry->results[i];
	return NULL;
}

#define VALUE_TEXT REPORT_JOURNAL_VALUE

void report_journal_value(char out[REPORT_JOURNAL_VALUE], const struct chip *chip, bool reveal,
	unsigned word, uint32_t value, const char *prefix)
{
	if (reveal || value == 0 || (chip && !chip_word_is_secret(chip, word)))
		snprintf(out, VALUE_TEXT, "%s%08X", prefix, (unsigned)value);
	else
		snprintf(out, VALUE_TEXT, "masked");
}

static void value_of(char out[VALUE_TEXT], const struct telling *telling, unsigned word,
	uint32_t value, const char *prefix)
{
	report_journal_value(out, telling->chip, telling->reveal, word, value, prefix);
}

static void print_head(const struct telling *telling)
{
	const struct journal_entry *entry = telling->entry;
	const struct journal_intent *intent = &entry->intent;
	const char *end = report_journal_end(entry);
	fprintf(telling->out, "%-4s ", telling->name);
	report_name(telling->out, intent->time);
	fputs("  ", telling->out);
	report_name(telling->out, intent->board);
	fprintf(telling->out, "  %s (%u of %u)  %s%s%s\n", pass_kind_name(intent->pass),
		intent->pass_index + 1, intent->pass_count,
		entry->has_verdict ? commit_verdict_text(entry->verdict) : "",
		entry->has_verdict && end[0] ? ", " : "", end);
}

static void print_short(const struct telling *telling)
{
	const struct journal_intent *intent = &telling->entry->intent;
	print_head(telling);
	for (size_t i = 0; i < intent->word_count; i++) {
		const struct journal_word *word = &intent->words[i];
		const struct word_result *result =
			report_journal_result(telling->entry, word->word);
		char asked[VALUE_TEXT];
		value_of(asked, telling, word->word, word->request_value, "");
		fprintf(telling->out, "    word %-3u asked %s, status %08X: %s\n", word->word,
			asked, (unsigned)word->request_status,
			result ? word_verdict_text(result->verdict) : "unknown");
	}
}

/* Texts may be those of a board, and are cleaned. */
static void print_about(const struct telling *telling, const char *label, const char *text)
{
	char clean[JOURNAL_CONFIRMED_MAX];
	snprintf(clean, sizeof clean, "%s", text[0] ? text : "-");
	clean_text_in_place(clean);
	fprintf(telling->out, "     %-12s ", label);
	report_wrap(telling->out, 18, 18, clean);
}

/* "before 00000000, no lock" */
static void print_moment(const struct telling *telling, const char *label, unsigned word,
	bool known, uint32_t value, uint32_t status)
{
	char text[VALUE_TEXT] = "not known", locks[256];
	if (known)
		value_of(text, telling, word, value, "");
	report_locks(locks, sizeof locks, status);
	fprintf(telling->out, "       %-10s %s, ", label, text);
	report_wrap(telling->out, 31, 29, locks[0] ? locks : "no lock");
}

static void print_word(const struct telling *telling, const struct journal_word *word)
{
	const struct word_result *result = report_journal_result(telling->entry, word->word);
	char name[64] = "";
	if (telling->chip)
		chip_word_name(name, sizeof name, telling->chip, word->word);
	fprintf(telling->out, "     word %u  %s\n", word->word, name);
	print_moment(telling, "before", word->word, word->before_known, word->before_value,
		word->before_status);
	print_moment(telling, "asked", word->word, true, word->request_value, word->request_status);
	print_moment(telling, "predicted", word->word, word->after_known, word->after_value,
		word->after_status);
	if (result && result->found)
		print_moment(telling, "found", word->word, true, result->found_value,
			result->found_status);
	fprintf(telling->out, "       %-10s ", "result");
	report_name(telling->out, result ? word_verdict_text(result->verdict) : "unknown");
	fputs(result && result->text[0] ? ": " : "", telling->out);
	report_name(telling->out, result ? result->text : "");
	fputc('\n', telling->out);
}

static void print_full(const struct telling *telling)
{
	const struct journal_intent *intent = &telling->entry->intent;
	char who[160];
	snprintf(who, sizeof who, "%s%s%s", intent->user, intent->host[0] ? " on " : "",
		intent->host);
	const struct {
		const char *label, *text;
	} rows[] = {{"id", intent->id}, {"commit", intent->commit},
		{"ended", telling->entry->ended}, {"found by", telling->entry->how},
		{"note", telling->entry->note}, {"by", who}, {"program", intent->tool},
		{"source", intent->source}, {"link", intent->link}, {"port", intent->port},
		{"serial", intent->serial}, {"chip", intent->chip}, {"service", intent->peer},
		{"danger", intent->danger}, {"confirmed", intent->confirmed},
		{"fingerprint", intent->fingerprint}, {"image before", intent->before_file},
		{"image after", telling->entry->after_file}};
	print_head(telling);
	for (size_t i = 0; i < intent->word_count; i++)
		print_word(telling, &intent->words[i]);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].text[0])
			print_about(telling, rows[i].label, rows[i].text);
}

/* --- the table -------------------------------------------------------------------------------- */

#define COLUMNS 15
static const char *const heads[COLUMNS] = {"entry", "class", "time", "board", "pass", "verdict",
	"end", "word", "name", "before", "asked", "asked status", "found", "found status",
	"word verdict"};

static void print_rows(const struct telling *telling, enum report_format format)
{
	const struct journal_entry *entry = telling->entry;
	const struct journal_intent *intent = &entry->intent;
	for (size_t i = 0; i < intent->word_count; i++) {
		const struct journal_word *word = &intent->words[i];
		const struct word_result *result = report_journal_result(entry, word->word);
		bool found = result && result->found;
		char id[16], name[64] = "", before[VALUE_TEXT] = "", asked[VALUE_TEXT];
		char value[VALUE_TEXT] = "", status[VALUE_TEXT] = "", request[VALUE_TEXT];
		snprintf(id, sizeof id, "%u", word->word);
		if (telling->chip)
			chip_word_name(name, sizeof name, telling->chip, word->word);
		if (word->before_known)
			value_of(before, telling, word->word, word->before_value, "0x");
		value_of(asked, telling, word->word, word->request_value, "0x");
		snprintf(request, sizeof request, "0x%08X", (unsigned)word->request_status);
		if (found) {
			value_of(value, telling, word->word, result->found_value, "0x");
			snprintf(status, sizeof status, "0x%08X", (unsigned)result->found_status);
		}
		const char *const cells[COLUMNS] = {telling->name,
			telling->source_class == SOURCE_SIMULATED ? "simulated" : "real",
			intent->time, intent->board, pass_kind_name(intent->pass),
			entry->has_verdict ? commit_verdict_text(entry->verdict) : "",
			report_journal_end(entry), id, name, before, asked, request, value, status,
			result ? word_verdict_text(result->verdict) : ""};
		report_row(telling->out, format, COLUMNS, cells);
	}
}

static size_t print_journal(FILE *out, enum report_format format,
	const struct report_journal *journal, const char *only, bool reveal)
{
	struct chips chips = {NULL};
	size_t printed = 0;
	for (size_t i = 0; i < journal->count; i++) {
		const struct journal_entry *entry =
			journal->book ? journal_book_entry(journal->book, i) : &journal->entries[i];
		if (!entry)
			continue;
		struct telling telling = {.out = out,
			.entry = entry,
			.source_class = journal->source_class,
			.reveal = reveal};
		report_journal_name(telling.name, journal->source_class, journal->first + i);
		if (only && strcmp(only, telling.name) != 0)
			continue;
		telling.chip = chip_named(&chips, entry->intent.chip);
		printed++;
		if (format != REPORT_TEXT)
			print_rows(&telling, format);
		else if (only)
			print_full(&telling);
		else
			print_short(&telling);
	}
	chip_free(chips.last);
	return printed;
}

enum status report_journal(char **out, enum report_format format,
	const struct report_journal *journals, size_t count, const char *only, bool reveal,
	struct errbuf *err)
{
	static const char *const titles[] = {
		[SOURCE_REAL] = "Real boards", [SOURCE_SIMULATED] = "Simulated boards"};
	struct report_text text;
	size_t printed = 0;
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	if (format != REPORT_TEXT)
		report_head(text.stream, format, COLUMNS, heads);
	for (size_t i = 0; i < count; i++) {
		if (format == REPORT_TEXT && !only)
			fprintf(text.stream, "%s: %s\n", titles[journals[i].source_class],
				journals[i].count     ? ""
				: journals[i].damaged ? "no entry can be read"
						      : "nothing was burnt from here");
		printed += print_journal(text.stream, format, &journals[i], only, reveal);
	}
	status = report_end(out, &text, err);
	if (status != OK || !only || printed > 0)
		return status;
	free(*out);
	*out = NULL;
	return errbuf_set(err, ERR_USAGE,
		"the journal has no entry '%s': 'otpedit journal list' shows their names", only);
}

/* --- masking of records ------------------------------------------------------------------------
 */

static void mask_word(json_t *row, const struct chip *chip)
{
	static const char *const moments[] = {"before", "request", "after", "planned", "found"};
	const json_t *id = json_object_get(row, "id");
	if (chip && json_is_integer(id) && json_integer_value(id) >= 0 &&
		json_integer_value(id) < IMAGE_MAX_WORDS &&
		!chip_word_is_secret(chip, (unsigned)json_integer_value(id)))
		return;
	for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
		json_t *moment = json_object_get(row, moments[i]);
		const char *value = json_string_value(json_object_get(moment, "value"));
		if (!value || strcmp(value, "0x00000000") != 0)
			json_object_set_new(moment, "value", json_string("masked"));
	}
}

/* The plan of an intent has values of its own. */
static void mask_edit(json_t *edit, const struct chip *chip)
{
	const json_t *id = json_object_get(edit, "id");
	const json_t *value = json_object_get(edit, "value");
	const char *text = json_string_value(value);
	bool plain = chip && json_is_integer(id) && json_integer_value(id) >= 0 &&
		     json_integer_value(id) < IMAGE_MAX_WORDS &&
		     !chip_word_is_secret(chip, (unsigned)json_integer_value(id));
	if (!plain && !json_is_null(value) && !(text && strcmp(text, "0x00000000") == 0))
		json_object_set_new(edit, "value", json_string("masked"));
}

void report_journal_mask(json_t *records)
{
	struct chips chips = {NULL};
	json_t *chip_of_id = json_object();
	for (size_t i = 0; i < json_array_size(records); i++) {
		const json_t *record = json_array_get(records, i);
		json_t *name = json_object_get(record, "chip");
		const char *id = json_string_value(json_object_get(record, "id"));
		const char *intent = json_string_value(json_object_get(record, "intent"));
		if (id && name)
			json_object_set(chip_of_id, id, name);
		if (intent)
			name = json_object_get(chip_of_id, intent);
		const char *text = json_string_value(name);
		const struct chip *chip = text ? chip_named(&chips, text) : NULL;
		json_t *words = json_object_get(record, "words");
		for (size_t w = 0; w < json_array_size(words); w++)
			mask_word(json_array_get(words, w), chip);
		json_t *plan = json_object_get(record, "plan");
		for (size_t e = 0; e < json_array_size(plan); e++)
			mask_edit(json_array_get(plan, e), chip);
	}
	json_decref(chip_of_id);
	chip_free(chips.last);
}
