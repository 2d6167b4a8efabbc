/*
 * From parsed words to edits: statements applied to a draft over an image; values from files,
 * texts, addresses and keys.
 */
#ifndef OTPEDIT_SRC_STAGING_H
#define OTPEDIT_SRC_STAGING_H

#include "src/chip.h"
#include "src/draft.h"
#include "src/errbuf.h"
#include "src/grammar.h"
#include "src/image.h"

#define STAGING_MAX_WORDS 64

/* The words a value fills, in order. */
struct staging_words {
	size_t count;
	uint32_t word[STAGING_MAX_WORDS];
};

/*
 * The words of one assignment's value for words starting at assignment->first. File and text bytes
 * 01 02 03 04 are the word 0x04030201, except where the chip map says a word is big-endian. Bytes
 * that do not fill whole words are ERR_USAGE (13 bytes are refused, not padded), except texts
 * and addresses, whose last word is filled with zero bytes. A range must be filled exactly. "pem:"
 * and "keyhash:" go to the whole big-endian hash of a key in the chip map and nowhere else; "pem:"
 * is ERR_REFUSED for families whose hash is not published. Reads files; paths are relative to the
 * current folder.
 */
enum status staging_value(struct staging_words *out, const struct assignment *assignment,
	const struct chip *chip, struct errbuf *err);

/*
 * Merges a statement into `edits` (chip, board and snapshot lines change nothing). Two values, or a
 * value and another, for one word conflict: ERR_USAGE, naming both lines where `lines` (one per
 * word, 0: none yet) is given; so do "close" and a value for the same word. "close" asks for what
 * closes this family of chips. Words past the image are ERR_USAGE; bits besides a value that is not
 * known are ERR_REFUSED. On failure *edits and lines are untouched.
 */
enum status staging_apply(struct edits *edits, unsigned lines[IMAGE_MAX_WORDS],
	const struct statement *statement, const struct image *image, const struct chip *chip,
	struct errbuf *err);

#endif
