/*
 * From a board to a golden image, as far as fuses allow: the edits that take it there, and what
 * cannot be reached.
 *
 * Taken are words for the customer, of the board's id, of configuration and of key hashes; of the
 * life cycle only when asked. MAC addresses are a board's own and taken when named. Never taken are
 * factory identity, calibration, secrets, keys and reserved words: they are of one chip, or their
 * values would stand readable in the plan. A word is taken whole or not at all, and so is a value
 * of several words.
 */
#ifndef OTPEDIT_SRC_GOLDEN_H
#define OTPEDIT_SRC_GOLDEN_H

#include "src/draft.h"
#include "src/errbuf.h"
#include "src/image.h"
#include "src/session.h"

#include <stdbool.h>
#include <stddef.h>

struct golden_question {
	const struct image *golden;
	const struct chip *chip; /* of the golden image */
	const struct session *board;
	const bool *selected; /* IMAGE_MAX_WORDS flags: these words and no others; NULL: all */
	bool life_cycle;      /* words and fields of the life cycle, too */
};

/* A word that cannot be made what it is in the golden image, and why. */
struct golden_gap {
	unsigned word;
	char text[200];
};

struct golden {
	struct edits edits;
	size_t gap_count;
	struct golden_gap gaps[IMAGE_MAX_WORDS]; /* by word; at most one a word */
	bool left_out[IMAGE_MAX_WORDS];          /* differs, and would have to be asked for */
};

/*
 * Every edit in it passes the rules without an error. ERR_REFUSED: another family, or a board for
 * which no plan at all can be made.
 */
enum status golden_make(
	struct golden *out, const struct golden_question *question, struct errbuf *err);

/*
 * The plan file's text, bound to the board and to what was read of it; what cannot be reached and
 * what was left out stand in it as comments. `name` is the golden image's. malloc'd, the caller's.
 */
enum status golden_format(char **out, const struct golden *golden, const struct session *board,
	const char *name, struct errbuf *err);

/* "57-58, 60" of the words that are left out; "" when none is. Cuts at `cap`. */
void golden_left_out_text(char *out, size_t cap, const struct golden *golden);

#endif
