/*
 * The journal's records as JSON: one object for an intent, one for an outcome.
 */
#ifndef OTPEDIT_SRC_JOURNAL_JSON_H
#define OTPEDIT_SRC_JOURNAL_JSON_H

#include "src/journal.h"

#include <jansson.h>

#include <stdbool.h>

/* A new reference; NULL when out of memory (json_dumps(NULL) then fails). */
json_t *journal_intent_to_json(const struct journal_intent *intent, enum source_class source_class);
json_t *journal_outcome_to_json(const char *intent, const char *time, enum commit_verdict verdict,
	enum journal_end end, const struct word_result *results, size_t result_count,
	const char *after_file, const char *how, const char *note);

/* False when the record is not what it should be; *out is then not to be used. */
bool journal_intent_from_json(struct journal_intent *out, const json_t *record);
/* Sets end, verdict and results of the entry whose intent it belongs to; false leaves it as it was.
 */
bool journal_outcome_from_json(struct journal_entry *entry, const json_t *record);

#endif
