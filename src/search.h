/*
 * Finding words by what is known of them. A question is a few terms with blanks between; a word is
 * found when all of them hold. A '!' in front of a term turns it round; double quotes hold blanks
 * together.
 *
 *   70  0x46  70-75     these words
 *   =deadbeef           the value, in hex; also =12??0000, where '?' stands for any digit
 *   lock=permanent      a lock: permanent, sticky-program, sticky-write, sticky-read, also
 *                       lock-error and read-error; "any" or "none" of the four
 *   kind=mac bank=upper what the chip's map says
 *   staged changed selected
 *   anything else       is part of the word's name, its kind, its fields' names, of what the word
 *                       says at a glance, or of the value of several words that it is part of;
 *                       capitals make no difference
 *
 * A value that is masked is not found, by whatever term: searching must not tell what is hidden.
 */
#ifndef OTPEDIT_SRC_SEARCH_H
#define OTPEDIT_SRC_SEARCH_H

#include "src/chip.h"
#include "src/draft.h"
#include "src/errbuf.h"
#include "src/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEARCH_MAX_TERMS 16
#define SEARCH_TEXT_MAX  160 /* a key hash in hexadecimal, and more */

enum search_by {
	SEARCH_ID,
	SEARCH_VALUE,
	SEARCH_STATUS,
	SEARCH_KIND,
	SEARCH_BANK,
	SEARCH_STAGED,
	SEARCH_CHANGED,
	SEARCH_SELECTED,
	SEARCH_TEXT
};

struct search_term {
	enum search_by by;
	bool inverted;
	unsigned first, last;       /* SEARCH_ID */
	uint32_t value, mask;       /* SEARCH_VALUE; SEARCH_STATUS: one of the mask's bits */
	char text[SEARCH_TEXT_MAX]; /* SEARCH_BANK; SEARCH_TEXT, in small letters */
	enum word_kind kind;        /* SEARCH_KIND */
};

/* Zeroed: finds nothing. */
struct search {
	size_t count;
	struct search_term terms[SEARCH_MAX_TERMS];
};

/* What is searched. All borrowed; `edits`, `before` and `selected` may be NULL. */
struct search_place {
	const struct chip *chip;
	const struct image *image;
	const struct image *before; /* as it was one read earlier */
	const struct edits *edits;
	const bool *selected; /* IMAGE_MAX_WORDS of them */
	bool reveal;
};

/* ERR_USAGE: an empty question, too many terms, a value, lock, kind or number that is none. */
enum status search_parse(struct search *out, const char *text, struct errbuf *err);

bool search_matches(const struct search *search, const struct search_place *place, unsigned word);

/* How many words it finds, and how many of them are below `word`. */
unsigned search_count(const struct search *search, const struct search_place *place, unsigned word,
	unsigned *below);

/*
 * The next word found behind `word`, or before it, going round at the ends; `word` itself last.
 * -1: none is found. *wrapped (may be NULL): it went round.
 */
int search_next(const struct search *search, const struct search_place *place, unsigned word,
	bool backwards, bool *wrapped);

/*
 * What the last term of `prefix` may become: fills `out` with at most `cap` borrowed words, returns
 * how many.
 */
size_t search_complete(const char *out[], size_t cap, const char *prefix);

#endif
