/*
 * The journal in short, for lists: memory for a line an entry, not for all its words.
 */
#ifndef OTPEDIT_SRC_JOURNAL_BRIEF_H
#define OTPEDIT_SRC_JOURNAL_BRIEF_H

#include "src/errbuf.h"
#include "src/journal.h"

#include <stdbool.h>
#include <stddef.h>

#define JOURNAL_BRIEF_WORDS 12

struct journal_brief {
	char id[JOURNAL_ID_MAX];
	char time[32];
	char board[64];
	char port[128];
	char fingerprint[PLAN_FINGERPRINT_LENGTH + 1];
	char commit[JOURNAL_ID_MAX]; /* as in the intent */
	enum pass_kind pass;
	unsigned pass_index, pass_count;
	enum journal_end end;
	bool has_verdict;
	enum commit_verdict verdict;
	size_t word_count;
	unsigned words[JOURNAL_BRIEF_WORDS]; /* the first of them */
	size_t intent_at, outcome_at; /* where their lines begin; the latter with a verdict */
};

/* As journal_read() of all entries: the same ones in the same order, with the same ends. *out is
 * malloc'd, the caller's to free(). */
enum status journal_read_briefs(struct journal_brief **out, size_t *count, size_t *damaged,
	const struct journal *journal, struct errbuf *err);

/*
 * A whole journal, an entry at a time: memory for its text, its briefs, and one entry. The entry is
 * the book's and good until the next is asked for; NULL where it cannot be had.
 */
struct journal_book {
	uint8_t *text;
	size_t length;
	struct journal_brief *briefs;
	size_t count, damaged;
	struct journal_entry *entry;
};
enum status journal_book_read(
	struct journal_book *out, const struct journal *journal, struct errbuf *err);
const struct journal_entry *journal_book_entry(const struct journal_book *book, size_t index);
void journal_book_free(struct journal_book *book);

/* journal_is_same_commit() of their intents. */
bool journal_brief_is_same_commit(const struct journal_brief *a, const struct journal_brief *b);

/* One entry in full, with the end that its brief has. *out is malloc'd, the caller's to free().
 * ERR_FILE when it is no longer there. */
enum status journal_read_entry(struct journal_entry **out, const struct journal *journal,
	const struct journal_brief *brief, struct errbuf *err);

#endif
