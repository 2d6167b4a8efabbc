/*
 * What is left of earlier commits on a board: what was asked against a fresh read, word by word,
 * and what can be done next.
 *
 * It looks at the last commit on this board, and at each that was still open when the board was
 * opened. What can safely be asked for again is given as edits, to be staged or saved as a plan:
 * from there on it is like any other edit, and nothing of it is sent by itself. The rules decide
 * what may be asked for, on what was read now; a word whose commit has no known end waits for the
 * board's power cycle.
 */
#ifndef OTPEDIT_SRC_FOLLOW_UP_H
#define OTPEDIT_SRC_FOLLOW_UP_H

#include "src/draft.h"
#include "src/errbuf.h"
#include "src/image.h"
#include "src/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum follow_up_step {
	FOLLOW_UP_DONE,  /* it is as asked for */
	FOLLOW_UP_AGAIN, /* it can be asked for again: it is among the edits */
	FOLLOW_UP_WAIT,  /* only a power cycle tells */
	FOLLOW_UP_NEVER  /* it cannot be, or not from here: the text says why */
};
const char *follow_up_step_text(enum follow_up_step step); /* "done" */

struct follow_up_word {
	unsigned word;
	struct edit asked; /* by the whole commit */
	bool has_before;   /* else no pass with it was begun */
	uint32_t before_value, before_status;
	bool has_now;
	uint32_t now_value, now_status;
	enum word_verdict verdict; /* of its last pass; not reached: of a pass never begun */
	enum follow_up_step step;
	char text[400]; /* what the step means; "" where that is plain */
};

#define FOLLOW_UP_COMMITS 4

struct follow_up {
	bool found; /* something is not as it was asked for, or was open until now */
	size_t commit_count;
	struct {
		char id[JOURNAL_ID_MAX]; /* of its first pass */
		char time[32];
		bool open;            /* its end is not known yet, or locks wait for the reset */
	} commits[FOLLOW_UP_COMMITS]; /* newest first; older ones are left out */
	size_t word_count;
	struct follow_up_word words[IMAGE_MAX_WORDS]; /* ascending */
	struct edits edits;                           /* of FOLLOW_UP_AGAIN alone */
};

struct session;

/* Looks at session->journal, ->recovered and ->image. *out is large. Without a board or a usable
 * journal nothing is found. */
enum status follow_up_make(
	struct follow_up *out, const struct session *session, struct errbuf *err);

/* How many words have this step. */
size_t follow_up_count(const struct follow_up *follow_up, enum follow_up_step step);

#endif
