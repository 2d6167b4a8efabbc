#include "src/report_commit.h"

#include "src/author.h"
#include "src/chip.h"
#include "src/report_journal_parts.h"
#include "src/report_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct telling {
	FILE *out;
	const struct report_commit *commit;
	const struct chip *chip; /* NULL: not known */
};

/* --- as a whole */

static bool some_pass_ended(const struct report_commit *commit, enum journal_end end)
{
	for (size_t i = 0; i < commit->count; i++)
		if (commit->passes[i].entry->end == end)
			return true;
	return false;
}

static size_t count_verdict(const struct report_commit *commit, enum commit_verdict verdict)
{
	size_t count = 0;
	for (size_t i = 0; i < commit->count; i++)
		count += commit->passes[i].entry->has_verdict &&
					 commit->passes[i].entry->verdict == verdict
				 ? 1
				 : 0;
	return count;
}

const char *report_commit_end(const struct report_commit *commit)
{
	const struct journal_intent *first = &commit->passes[0].entry->intent;
	size_t proved = count_verdict(commit, COMMIT_VERIFIED);
	if (some_pass_ended(commit, JOURNAL_NO_OUTCOME))
		return "NO KNOWN END: power-cycle the board and open it again, which settles it";
	if (count_verdict(commit, COMMIT_UNKNOWN) > 0)
		return "UNKNOWN: what exactly is burnt cannot be told";
	if (proved == first->pass_count)
		return "VERIFIED: read back, every word is as planned";
	if (proved + count_verdict(commit, COMMIT_LOCKS_UNPROVED) == first->pass_count)
		return "LOCKS UNPROVED: read back, every value is as planned; a lock shows only "
		       "after the board's reset";
	if (count_verdict(commit, COMMIT_REFUSED) == commit->count)
		return "REFUSED: read back, nothing of it is burnt";
	return "PARTIAL: some of it is burnt for ever and some is not";
}

/* --- what holds for all of it */

static void put_fact(const struct telling *telling, const char *label, const char *text)
{
	fprintf(telling->out, "- **%s:** ", label);
	report_markdown_cell(telling->out, text[0] ? text : "not recorded");
	fputc('\n', telling->out);
}

/* "2026-11-21 13:54:12 UTC" of "2026-11-21T13:54:12Z". */
static void time_text(char out[40], const char *time)
{
	if (strlen(time) == 20)
		snprintf(out, 40, "%.10s %.8s UTC", time, time + 11);
	else
		snprintf(out, 40, "%.32s", time);
}

static void put_times(const struct telling *telling)
{
	const struct report_commit *commit = telling->commit;
	const struct journal_entry *last = commit->passes[commit->count - 1].entry;
	char begun[40], ended[40], text[96];
	time_text(begun, commit->passes[0].entry->intent.time);
	time_text(ended, last->ended);
	snprintf(text, sizeof text, "%s to %s", begun, ended[0] ? ended : "no known end");
	put_fact(telling, "When", text);
}

static void put_chip(const struct telling *telling, const struct journal_intent *intent)
{
	char text[160];
	snprintf(text, sizeof text, "%s%s%.100s%s", intent->chip, telling->chip ? " (" : "",
		telling->chip ? telling->chip->title : "", telling->chip ? ")" : "");
	put_fact(telling, "Chip", text);
}

static void put_entries(const struct telling *telling)
{
	char text[256] = "";
	for (size_t i = 0; i < telling->commit->count; i++) {
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "%s%s (%s)", used ? ", " : "",
			telling->commit->passes[i].name,
			telling->commit->passes[i].entry->intent.id);
	}
	put_fact(telling, "Journal", text);
}

static void put_head(const struct telling *telling)
{
	const struct report_commit *commit = telling->commit;
	const struct journal_intent *intent = &commit->passes[0].entry->intent;
	bool simulated = commit->source_class == SOURCE_SIMULATED;
	char who[160], link[200];
	fprintf(telling->out, "# %s ",
		simulated ? "Rehearsal of an OTP commit, on a simulated board:" : "OTP commit on");
	report_markdown_cell(telling->out, intent->board);
	fputs("\n\n", telling->out);
	if (simulated)
		fputs("**This board is simulated. No fuse of a real board was burnt by this, and "
		      "nothing here says what a real board holds.**\n\n",
			telling->out);
	snprintf(who, sizeof who, "%s%s%s", intent->user, intent->host[0] ? " on " : "",
		intent->host);
	snprintf(link, sizeof link, "%s%s%s", intent->link, intent->link[0] ? ", port " : "port ",
		intent->port);
	put_fact(telling, "Result", report_commit_end(commit));
	put_times(telling);
	put_fact(telling, "Who and where", who);
	put_fact(telling, "Board", intent->board);
	put_fact(telling, "Serial number", intent->serial);
	put_chip(telling, intent);
	put_fact(telling, "Source", intent->source);
	put_fact(telling, "Link", link);
	put_fact(telling, "Service on the board", intent->peer);
	put_fact(telling, "Danger", intent->danger);
	put_fact(telling, "Confirmed", intent->confirmed);
	put_fact(telling, "Plan's fingerprint", intent->fingerprint);
	put_entries(telling);
	put_fact(telling, "Burnt with", intent->tool);
	put_fact(telling, "This page by", author_tool());
	if (!commit->reveal)
		fputs("\nValues of secret words are masked.\n", telling->out);
}

/* --- words */

static void put_state(char out[REPORT_JOURNAL_STATE], const struct telling *telling, unsigned word,
	uint32_t value, uint32_t status)
{
	char text[REPORT_JOURNAL_VALUE], locks[160];
	report_journal_value(text, telling->chip, telling->commit->reveal, word, value, "0x");
	report_locks(locks, sizeof locks, status);
	snprintf(out, REPORT_JOURNAL_STATE, "%s, %s", text, locks[0] ? locks : "no lock");
}

static void name_of(char out[64], const struct telling *telling, unsigned word)
{
	out[0] = '\0';
	if (telling->chip)
		chip_word_name(out, 64, telling->chip, word);
}

static void put_plan(const struct telling *telling)
{
	static const char *const heads[] = {"word", "name", "value", "locks"};
	const struct journal_intent *intent = &telling->commit->passes[0].entry->intent;
	fputs("\n## Plan\n\n", telling->out);
	if (!intent->has_plan) {
		fputs("Not recorded as a whole: the passes below say what was asked.\n",
			telling->out);
		return;
	}
	report_head(telling->out, REPORT_MARKDOWN, 4, heads);
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		const struct edit *edit = &intent->plan.word[word];
		char id[16], name[64], value[REPORT_JOURNAL_VALUE] = "", locks[160];
		if (edit_is_empty(edit))
			continue;
		snprintf(id, sizeof id, "%u", word);
		name_of(name, telling, word);
		if (edit->sets_value)
			report_journal_value(value, telling->chip, telling->commit->reveal, word,
				edit->value, "0x");
		report_locks(locks, sizeof locks, edit->locks);
		const char *const cells[] = {
			id, name, value, edit->closes ? "closes the device" : locks};
		report_row(telling->out, REPORT_MARKDOWN, 4, cells);
	}
}

static bool is_in_intent(const struct journal_intent *intent, unsigned word)
{
	for (size_t i = 0; i < intent->word_count; i++)
		if (intent->words[i].word == word)
			return true;
	return false;
}

#define WORD_COLUMNS 7
static const char *const word_heads[WORD_COLUMNS] = {
	"word", "name", "before", "asked", "predicted", "found", "result"};

static void put_word(const struct telling *telling, const struct journal_entry *entry,
	const struct journal_word *word)
{
	const struct word_result *result = report_journal_result(entry, word->word);
	char id[16], name[64], before[REPORT_JOURNAL_STATE] = "not known";
	char asked[REPORT_JOURNAL_STATE], predicted[REPORT_JOURNAL_STATE] = "not known";
	char found[REPORT_JOURNAL_STATE] = "not read", verdict[256];
	snprintf(id, sizeof id, "%u", word->word);
	name_of(name, telling, word->word);
	if (word->before_known)
		put_state(before, telling, word->word, word->before_value, word->before_status);
	put_state(asked, telling, word->word, word->request_value, word->request_status);
	if (word->after_known)
		put_state(predicted, telling, word->word, word->after_value, word->after_status);
	if (result && result->found)
		put_state(found, telling, word->word, result->found_value, result->found_status);
	snprintf(verdict, sizeof verdict, "%s%s%s",
		result ? word_verdict_text(result->verdict) : "unknown",
		result && result->text[0] ? ": " : "", result ? result->text : "");
	const char *const cells[WORD_COLUMNS] = {
		id, name, before, asked, predicted, found, verdict};
	report_row(telling->out, REPORT_MARKDOWN, WORD_COLUMNS, cells);
}

/* Words nobody asked for, which changed all the same. */
static void put_bystanders(const struct telling *telling, const struct journal_entry *entry)
{
	for (size_t i = 0; i < entry->result_count; i++) {
		const struct word_result *result = &entry->results[i];
		char before[REPORT_JOURNAL_STATE], found[REPORT_JOURNAL_STATE];
		if (is_in_intent(&entry->intent, result->word))
			continue;
		put_state(
			before, telling, result->word, result->before_value, result->before_status);
		put_state(found, telling, result->word, result->found_value, result->found_status);
		fprintf(telling->out, "\nWord %u was not asked for: before ", result->word);
		report_markdown_cell(telling->out, before);
		fputs("; found ", telling->out);
		report_markdown_cell(telling->out, result->found ? found : "not read");
		fprintf(telling->out, ": %s. ", word_verdict_text(result->verdict));
		report_markdown_cell(telling->out, result->text);
		fputc('\n', telling->out);
	}
}

static void put_pass(const struct telling *telling, const struct journal_entry *entry)
{
	const struct journal_intent *intent = &entry->intent;
	const char *end = report_journal_end(entry);
	char begun[40], ended[40];
	fprintf(telling->out, "\n## Pass %u of %u: %s\n\n", intent->pass_index + 1,
		intent->pass_count, pass_kind_name(intent->pass));
	time_text(begun, intent->time);
	time_text(ended, entry->ended);
	put_fact(telling, "Begun", begun);
	put_fact(telling, "Found out", ended);
	put_fact(telling, "Found out by", entry->how);
	put_fact(telling, "Verdict",
		entry->has_verdict ? commit_verdict_text(entry->verdict) : "UNKNOWN");
	if (end[0])
		put_fact(telling, "Still open", end);
	if (entry->note[0])
		put_fact(telling, "Note", entry->note);
	put_fact(telling, "Image before", intent->before_file);
	put_fact(telling, "Image after", entry->after_file[0] ? entry->after_file : "none");
	fputc('\n', telling->out);
	report_head(telling->out, REPORT_MARKDOWN, WORD_COLUMNS, word_heads);
	for (size_t i = 0; i < intent->word_count; i++)
		put_word(telling, entry, &intent->words[i]);
	put_bystanders(telling, entry);
}

enum status report_commit(char **out, const struct report_commit *commit, struct errbuf *err)
{
	struct report_text text;
	struct chip *chip = NULL;
	struct errbuf ignored = {0};
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	const struct journal_entry *last = commit->passes[commit->count - 1].entry;
	if (chip_load(&chip, last->intent.chip, &ignored) != OK)
		chip = NULL;
	struct telling telling = {.out = text.stream, .commit = commit, .chip = chip};
	put_head(&telling);
	put_plan(&telling);
	for (size_t i = 0; i < commit->count; i++)
		put_pass(&telling, commit->passes[i].entry);
	if (last->intent.pass_index + 1 < last->intent.pass_count)
		fprintf(text.stream, "\nThe remaining %u of %u passes were never begun.\n",
			last->intent.pass_count - last->intent.pass_index - 1,
			last->intent.pass_count);
	chip_free(chip);
	return report_end(out, &text, err);
}
