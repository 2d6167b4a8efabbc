#include "ui/screen/journal_list.h"

#include "src/clean_text.h"
#include "src/report_journal.h"
#include "ui/screen/result_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void journal_list_free(struct journal_list *list)
{
	free(list->briefs);
	list->briefs = NULL;
	list->count = list->damaged = 0;
}

static enum status read_all(
	struct journal_list *list, const struct journal_wanted *wanted, struct errbuf *err)
{
	enum source_class class =
		wanted->source_class == SOURCE_SIMULATED ? SOURCE_SIMULATED : SOURCE_REAL;
	list->journal.source_class = class;
	if (!wanted->state_folder)
		return errbuf_set(err, ERR_FILE, "there is no state folder, so no journal");
	enum status status = journal_open(&list->journal, wanted->state_folder, class, err);
	list->journal.source_class = class;
	if (status != OK)
		return status;
	return journal_read_briefs(
		&list->briefs, &list->count, &list->damaged, &list->journal, err);
}

void journal_list_read(struct journal_list *out, const struct journal_wanted *wanted)
{
	struct errbuf err = {0};
	snprintf(out->board, sizeof out->board, "%s", wanted->board);
	bool failed = read_all(out, wanted, &err) != OK;
	snprintf(out->trouble, sizeof out->trouble, "%s", failed ? err.text : "");
}

void journal_list_take(struct journal_list *list, struct journal_list *read)
{
	struct journal_list before = *list;
	*list = *read;
	list->all_boards = before.all_boards;
	memcpy(list->chosen, before.chosen, sizeof list->chosen);
	list->is_reading = false;
	read->briefs = NULL;
	free(before.briefs);
}

/* --- the entries that are shown, the newest first --- */

static bool is_shown(const struct journal_list *list, const struct journal_brief *brief)
{
	return list->all_boards || list->board[0] == '\0' || strcmp(brief->board, list->board) == 0;
}

static const struct journal_brief *entry_at(const struct journal_list *list, size_t index)
{
	for (size_t i = list->count; i > 0; i--)
		if (is_shown(list, &list->briefs[i - 1]) && index-- == 0)
			return &list->briefs[i - 1];
	return NULL;
}

static size_t shown_count(const struct journal_list *list)
{
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++)
		count += is_shown(list, &list->briefs[i]) ? 1 : 0;
	return count;
}

static size_t chosen_index(const struct journal_list *list)
{
	size_t index = 0;
	for (size_t i = list->count; i > 0; i--) {
		const struct journal_brief *brief = &list->briefs[i - 1];
		if (!is_shown(list, brief))
			continue;
		if (strcmp(brief->id, list->chosen) == 0)
			return index;
		index++;
	}
	return 0;
}

const struct journal_brief *journal_list_chosen(const struct journal_list *list)
{
	return entry_at(list, chosen_index(list));
}

void journal_list_move(struct journal_list *list, long by)
{
	long count = (long)shown_count(list), to = (long)chosen_index(list) + by;
	if (count == 0)
		return;
	const struct journal_brief *brief = entry_at(list, to < 0       ? 0
							   : to < count ? (size_t)to
									: (size_t)count - 1);
	memcpy(list->chosen, brief->id, sizeof list->chosen);
}

/* --- as text --- */

static const char *end_text(const struct journal_brief *brief)
{
	switch (brief->end) {
	case JOURNAL_NO_OUTCOME: return "NO KNOWN END";
	case JOURNAL_PENDING_LOCKS: return ", waits for reset";
	case JOURNAL_MORE_PASSES: return ", not gone on";
	case JOURNAL_CLOSED: break;
	}
	return "";
}

static enum tone tone_of(const struct journal_brief *brief)
{
	if (!brief->has_verdict || brief->end == JOURNAL_NO_OUTCOME)
		return TONE_ERROR;
	if (brief->end != JOURNAL_CLOSED)
		return TONE_WARNING;
	return result_text_verdict_tone(brief->verdict);
}

/* "57-58, 70" */
static void words_text(char *out, size_t cap, const struct journal_brief *brief)
{
	size_t known =
		brief->word_count < JOURNAL_BRIEF_WORDS ? brief->word_count : JOURNAL_BRIEF_WORDS;
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < known && used + 24 < cap;) {
		size_t last = i;
		while (last + 1 < known && brief->words[last + 1] == brief->words[last] + 1)
			last++;
		used += (size_t)snprintf(
			out + used, cap - used, "%s%u", i > 0 ? ", " : "", brief->words[i]);
		if (last > i)
			used += (size_t)snprintf(out + used, cap - used, "-%u", brief->words[last]);
		i = last + 1;
	}
	if (brief->word_count > known)
		snprintf(out + used, cap - used, " and %zu more", brief->word_count - known);
}

/* "2026-11-21 13:54:12" of "2026-11-21T13:54:12Z". */
static void time_text(char out[24], const char *time)
{
	snprintf(out, 24, "%.10s %.8s", time, strlen(time) > 11 ? time + 11 : "");
	clean_text_in_place(out);
}

static void entry_line(struct page *page, const struct journal_list *list,
	const struct journal_brief *brief, bool chosen)
{
	char name[REPORT_JOURNAL_NAME], time[24], board[12] = "", words[120];
	size_t length = strlen(brief->board);
	report_journal_name(name, list->journal.source_class, (size_t)(brief - list->briefs));
	time_text(time, brief->time);
	words_text(words, sizeof words, brief);
	if (list->all_boards) {
		snprintf(board, sizeof board, "..%.8s ",
			length > 8 ? brief->board + length - 8 : brief->board);
		clean_text_in_place(board);
	}
	page_add(page, chosen ? TONE_HEADING : TONE_PLAIN, "%s%-4s %s  %s", chosen ? ">" : " ",
		name, time, board);
	page_add(page, TONE_PLAIN, "%s %s: ", pass_kind_name(brief->pass), words);
	page_wrap(page, tone_of(brief), 8, "%s%s",
		brief->has_verdict ? commit_verdict_text(brief->verdict) : "", end_text(brief));
}

static void head_lines(struct page *page, const struct journal_list *list, size_t count)
{
	bool one = !list->all_boards && list->board[0];
	bool simulated = list->journal.source_class == SOURCE_SIMULATED;
	const char *where = one         ? simulated ? "this simulated board" : "this board"
			    : simulated ? "simulated boards"
					: "real boards";
	page_wrap(page, TONE_PLAIN, 0, "%zu burn%s on %s; times are UTC.", count,
		count == 1 ? "" : "s", where);
	if (list->damaged > 0)
		page_wrap(page, TONE_WARNING, 0,
			"%zu line%s of the journal in '%s' could not be understood.", list->damaged,
			list->damaged == 1 ? "" : "s", list->journal.folder);
	page_end(page);
	if (count == 0)
		page_wrap(page, TONE_PLAIN, 0, "Nothing was burnt from here.");
}

void journal_list_text(struct page *page, size_t *line, size_t *below,
	const struct journal_list *list, size_t around)
{
	size_t count = shown_count(list), chosen = chosen_index(list), index = 0;
	*line = *below = 0;
	if (list->is_reading && list->count == 0) {
		page_wrap(page, TONE_PLAIN, 0, "Reading the journal ...");
		return;
	}
	if (list->trouble[0]) {
		page_wrap(page, TONE_ERROR, 0, "%s", list->trouble);
		return;
	}
	if (chosen <= around)
		head_lines(page, list, count);
	for (size_t i = list->count; i > 0; i--) {
		const struct journal_brief *brief = &list->briefs[i - 1];
		if (!is_shown(list, brief))
			continue;
		if (index == chosen)
			*line = page->line_count;
		if (index + around >= chosen && index <= chosen + around)
			entry_line(page, list, brief, index == chosen);
		*below += index > chosen + around ? 1 : 0;
		index++;
	}
}

/* A text of the commands, its lines broken where they are too long. */
static void add_lines(struct page *page, char *text)
{
	for (char *line = text, *end; *line; line = end + 1) {
		end = line + strcspn(line, "\n");
		bool is_last = *end == '\0';
		*end = '\0';
		size_t indent = strspn(line, " ");
		if (page_columns(line, strlen(line)) <= page->width) {
			page_add(page, line == text ? TONE_HEADING : TONE_PLAIN, "%s", line);
			page_end(page);
		} else {
			page_add(page, TONE_PLAIN, "%*s", (int)(indent < 16 ? indent : 16), "");
			page_wrap(page, line == text ? TONE_HEADING : TONE_PLAIN, 9, "%s",
				line + indent);
		}
		if (is_last)
			break;
	}
}

void journal_list_entry_text(struct page *page, const struct journal_list *list, bool reveal)
{
	const struct journal_brief *brief = journal_list_chosen(list);
	struct journal_entry *entry = NULL;
	struct errbuf err = {0};
	char name[REPORT_JOURNAL_NAME], *text = NULL;
	if (!brief) {
		page_wrap(page, TONE_PLAIN, 0, "There is no such entry.");
		return;
	}
	size_t index = (size_t)(brief - list->briefs);
	report_journal_name(name, list->journal.source_class, index);
	enum status status = journal_read_entry(&entry, &list->journal, brief, &err);
	if (status == OK) {
		struct report_journal report = {.source_class = list->journal.source_class,
			.entries = entry,
			.count = 1,
			.first = index};
		status = report_journal(&text, REPORT_TEXT, &report, 1, name, reveal, &err);
	}
	if (status == OK)
		add_lines(page, text);
	else
		page_wrap(page, TONE_ERROR, 0, "%s", err.text);
	free(text);
	free(entry);
}
