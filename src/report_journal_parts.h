/* Inside the report of the journal: what its files share. */
#ifndef OTPEDIT_SRC_REPORT_JOURNAL_PARTS_H
#define OTPEDIT_SRC_REPORT_JOURNAL_PARTS_H

#include "src/chip.h"
#include "src/journal.h"

#include <stdbool.h>
#include <stdint.h>

#define REPORT_JOURNAL_VALUE 12
#define REPORT_JOURNAL_STATE 200

/* "12345678" behind the prefix; "masked" where it may be secret: on a chip that is not known
 * (NULL), all but 0 may be. */
void report_journal_value(char out[REPORT_JOURNAL_VALUE], const struct chip *chip, bool reveal,
	unsigned word, uint32_t value, const char *prefix);

/* What became of a word; NULL where nobody knows. */
const struct word_result *report_journal_result(const struct journal_entry *entry, unsigned word);

/* Why an entry is still open; "" where it is closed. */
const char *report_journal_end(const struct journal_entry *entry);

#endif
