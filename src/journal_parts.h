/*
 * Inside the journal: what its files share.
 */
#ifndef OTPEDIT_SRC_JOURNAL_PARTS_H
#define OTPEDIT_SRC_JOURNAL_PARTS_H

#include "src/journal.h"

/* The journal's file as it is: malloc'd, the caller's. OK and NULL when there is none yet. */
enum status journal_read_text(
	uint8_t **text, size_t *length, const struct journal *journal, struct errbuf *err);

#endif
