/*
 * One commit as a page for a lab notebook: when, by whom and where, on which board, over what link,
 * what was asked and how it was confirmed; then pass by pass each word before, as asked, as
 * predicted and as found; and how it ended. In Markdown, or the records behind it as JSON.
 */
#ifndef OTPEDIT_SRC_REPORT_COMMIT_H
#define OTPEDIT_SRC_REPORT_COMMIT_H

#include "src/errbuf.h"
#include "src/journal.h"
#include "src/report_journal.h"

#include <stdbool.h>
#include <stddef.h>

struct report_commit_pass {
	char name[REPORT_JOURNAL_NAME]; /* of its entry in the journal */
	struct journal_entry *entry;
};

/* The passes of one commit, in the order they were begun; at least one. */
struct report_commit {
	enum source_class source_class;
	size_t count;
	const struct report_commit_pass *passes;
	bool reveal; /* values of secret words, too */
};

/* Markdown; malloc'd, the caller's. */
enum status report_commit(char **out, const struct report_commit *commit, struct errbuf *err);

/* How the commit as a whole ended, in one line: "VERIFIED", "no known end". */
const char *report_commit_end(const struct report_commit *commit);

#endif
