/*
 * The journal for people and programs, with the values of secret words masked unless they are to be
 * revealed: what it holds of a chip that is not known is masked, too.
 */
#ifndef OTPEDIT_SRC_REPORT_JOURNAL_H
#define OTPEDIT_SRC_REPORT_JOURNAL_H

#include "src/errbuf.h"
#include "src/journal.h"
#include "src/journal_brief.h"
#include "src/report_cells.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

/* A journal's entries, oldest first. */
struct report_journal {
	enum source_class source_class;
	const struct journal_entry *entries;
	const struct journal_book *book; /* instead of them: an entry at a time */
	size_t count;
	size_t first;   /* how many the journal has before these */
	size_t damaged; /* lines that make no sense, left out */
};

/* How people name an entry: "3", or "s3" for the third of the simulated boards. `index` is from 0.
 */
#define REPORT_JOURNAL_NAME 24
void report_journal_name(
	char out[REPORT_JOURNAL_NAME], enum source_class source_class, size_t index);

/*
 * The entries as text, CSV or Markdown; of the table each word is a row. `only` is the name of the
 * one entry to show, in full; NULL: all. ERR_USAGE when there is no such entry. The text is
 * malloc'd, the caller's.
 */
enum status report_journal(char **out, enum report_format format,
	const struct report_journal *journals, size_t count, const char *only, bool reveal,
	struct errbuf *err);

/* Masks the values of secret words in a list of records as the journal stores them. */
void report_journal_mask(json_t *records);

#endif
