/*
 * Staged edits over an image, with undo and redo. Staging burns nothing and refuses nothing that
 * could be typed: what the silicon or good sense say against it are remarks (rules.h).
 */
#ifndef OTPEDIT_SRC_DRAFT_H
#define OTPEDIT_SRC_DRAFT_H

#include "src/errbuf.h"
#include "src/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is asked for one word. All zero: nothing. */
struct edit {
	bool sets_value;
	bool closes;    /* asked by "close": may touch a word that cannot be read back */
	uint32_t value; /* the final value of the word, when sets_value; for a close: only the bits
			   it sets */
	uint32_t locks; /* WORD_STATUS_PERMANENT and sticky bits asked for */
};

/* All edits, as a value. */
struct edits {
	struct edit word[IMAGE_MAX_WORDS];
};

bool edit_is_empty(const struct edit *edit);
bool edit_equal(const struct edit *a, const struct edit *b); /* ask for the same */
unsigned edits_count(const struct edits *edits);             /* words with something asked */

struct draft; /* edits with their history; owned by whoever called draft_new() */

/* NULL when out of memory. */
struct draft *draft_new(void);
void draft_free(struct draft *draft);

/* The edits as they stand; borrowed, good until the next change. */
const struct edits *draft_edits(const struct draft *draft);

/*
 * Replaces what is asked for one word; an empty edit takes it back. Words below IMAGE_MAX_WORDS
 * only. Consecutive calls between draft_begin() and draft_end() are one step of undo.
 */
enum status draft_set(
	struct draft *draft, unsigned word, const struct edit *edit, struct errbuf *err);
void draft_begin(struct draft *draft);
void draft_end(struct draft *draft);

/* Replaces all edits, as one step of undo; all of them or, without memory, none. */
enum status draft_replace(struct draft *draft, const struct edits *edits, struct errbuf *err);

/* Takes back, or repeats, one step. False when there is none. Not between begin and end. */
bool draft_undo(struct draft *draft);
bool draft_redo(struct draft *draft);

#endif
