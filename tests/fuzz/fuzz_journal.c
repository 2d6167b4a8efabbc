/* Any bytes as the journal: all ways to read it agree, and nothing in it leads to other files. */
#include "src/journal.h"
#include "src/follow_up.h"
#include "src/journal_brief.h"
#include "src/report_commit.h"
#include "src/report_follow_up.h"
#include "src/report_journal.h"
#include "src/session.h"
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

/* An entry at a time is as all of them at once. */
static void look_at_book(
	const struct journal *journal, const struct journal_entry *all, size_t count)
{
	struct journal_book book;
	struct errbuf err = {0};
	require(journal_book_read(&book, journal, &err) == OK && book.count == count);
	for (size_t i = 0; i < count; i++) {
		const struct journal_entry *entry = journal_book_entry(&book, i);
		require(entry && entry->end == all[i].end);
		require(memcmp(entry->intent.words, all[i].intent.words,
				sizeof entry->intent.words) == 0);
		for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
			require(edit_equal(
				&entry->intent.plan.word[word], &all[i].intent.plan.word[word]));
		require(entry->result_count == all[i].result_count);
	}
	journal_book_free(&book);
}

/* Each commit on a page. Nothing in it begins a line of its own or sends a control character. */
static void report_commits(struct journal_entry *all, size_t count)
{
	for (size_t i = 0; i < count && i < 8; i++) {
		struct report_commit_pass passes[8] = {0};
		struct report_commit commit = {.source_class = SOURCE_REAL, .passes = passes};
		struct errbuf err = {0};
		char *text;
		for (size_t j = i; j < count && commit.count < 8; j++)
			if (journal_is_same_commit(&all[i].intent, &all[j].intent))
				passes[commit.count++].entry = &all[j];
		if (commit.count == 0)
			continue;
		require(report_commit(&text, &commit, &err) == OK);
		for (const char *at = text; *at; at++)
			require(*at == '\n' || (unsigned char)*at >= ' ');
		require(strncmp(text, "# OTP commit on ", 16) == 0 && !strstr(text, "\n# "));
		free(text);
	}
}

/* What is left on a board: never a word whose end nobody knows. */
static void look_at_rest(
	const struct journal *journal, const struct journal_entry *all, size_t count)
{
	static struct session *session;
	static struct device device;
	struct errbuf err = {0};
	char *text;
	if (!session) {
		session = calloc(1, sizeof *session);
		require(session && chip_load(&session->chip, "stm32mp15", &err) == OK);
		session->device = &device;
		session->info.peer = PEER_UBOOT;
		session->has_image = session->journal_usable = true;
		session->image.version = 2;
		session->image.word_count = 96;
	}
	session->journal = *journal;
	memcpy(session->board, all[count - 1].intent.board, sizeof session->board);
	require(follow_up_make(&session->follow_up, session, &err) == OK);
	for (size_t i = 0; i < count; i++) {
		const struct journal_intent *intent = &all[i].intent;
		if (all[i].end != JOURNAL_NO_OUTCOME ||
			!journal_is_same_commit(intent, &all[count - 1].intent))
			continue;
		for (size_t w = 0; w < intent->word_count && intent == &all[count - 1].intent; w++)
			require(edit_is_empty(
				&session->follow_up.edits.word[intent->words[w].word]));
	}
	if (!session->follow_up.found)
		return;
	require(report_follow_up(&text, session, false, &err) == OK);
	free(text);
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
	look_at_book(&journal, all, count);
	report(all, count, damaged);
	report_commits(all, count);
	if (count > 0)
		look_at_rest(&journal, all, count);
	free(all);
	require(journal_records_json(&text, &damaged, &journal, &err) == OK);
	free(text);
	return 0;
}
