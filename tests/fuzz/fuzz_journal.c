/* Any bytes as the journal: all ways to read it agree, and nothing in it leads to other files. */
#include "src/journal.h"
#include "src/journal_brief.h"
#include "src/report_journal.h"
#include "tests/fuzz/folder.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void look_at(const struct journal_entry *entry)
{
	const struct journal_intent *intent = &entry->intent;
	require(intent->id[0] && !strpbrk(intent->id, "/.\\"));
	require(intent->word_count <= IMAGE_MAX_WORDS && entry->result_count <= IMAGE_MAX_WORDS);
	require(intent->pass <= PASS_LIFECYCLE && intent->pass_index < PLAN_MAX_PASSES);
	for (size_t i = 0; i < intent->word_count; i++)
		require(intent->words[i].word < IMAGE_MAX_WORDS);
	for (size_t i = 0; i < entry->result_count; i++)
		require(entry->results[i].word < IMAGE_MAX_WORDS &&
			word_verdict_text(entry->results[i].verdict) != NULL);
}

/* The entries that are open are those of all that have no end. */
static void look_at_open(const struct journal *journal, const struct journal_entry *all,
	size_t count, size_t damaged)
{
	struct journal_entry *open = NULL;
	size_t open_count, open_damaged, next = 0;
	struct errbuf err = {0};
	require(journal_read(&open, &open_count, &open_damaged, JOURNAL_OPEN_ONLY, journal, &err) ==
		OK);
	(void)damaged;
	for (size_t i = 0; i < count; i++) {
		if (all[i].end == JOURNAL_CLOSED)
			continue;
		require(next < open_count && open[next].end == all[i].end);
		require(strcmp(open[next].intent.id, all[i].intent.id) == 0);
		next++;
	}
	require(next == open_count);
	free(open);
}

static void look_at_briefs(const struct journal *journal, const struct journal_entry *all,
	size_t count, size_t damaged)
{
	struct journal_brief *briefs = NULL;
	size_t brief_count, brief_damaged;
	struct errbuf err = {0};
	require(journal_read_briefs(&briefs, &brief_count, &brief_damaged, journal, &err) == OK);
	require(brief_count == count && brief_damaged == damaged);
	for (size_t i = 0; i < count; i++) {
		require(strcmp(briefs[i].id, all[i].intent.id) == 0 && briefs[i].end == all[i].end);
		require(briefs[i].word_count == all[i].intent.word_count);
	}
	free(briefs);
}

static void report(const struct journal_entry *all, size_t count, size_t damaged)
{
	static const enum report_format formats[] = {REPORT_TEXT, REPORT_CSV, REPORT_MARKDOWN};
	const struct report_journal journal = {
		.source_class = SOURCE_REAL, .entries = all, .count = count, .damaged = damaged};
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		struct errbuf err = {0};
		char *text;
		require(report_journal(&text, formats[i], &journal, 1, NULL, false, &err) == OK);
		free(text);
		if (count > 0) {
			require(report_journal(&text, formats[i], &journal, 1, "1", true, &err) ==
				OK);
			free(text);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct journal journal;
	struct errbuf err = {0};
	struct journal_entry *all = NULL;
	size_t count, damaged;
	char *text;
	if (!journal.folder[0])
		require(journal_open(&journal, folder_path(), SOURCE_REAL, &err) == OK);
	folder_put("journal.jsonl", data, size);
	require(journal_read(&all, &count, &damaged, JOURNAL_ALL, &journal, &err) == OK);
	for (size_t i = 0; i < count; i++)
		look_at(&all[i]);
	look_at_open(&journal, all, count, damaged);
	look_at_briefs(&journal, all, count, damaged);
	report(all, count, damaged);
	free(all);
	require(journal_records_json(&text, &damaged, &journal, &err) == OK);
	free(text);
	return 0;
}
