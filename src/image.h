/*
 * One board's OTP at one moment: a value, copied with '='.
 */
#ifndef OTPEDIT_SRC_IMAGE_H
#define OTPEDIT_SRC_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#define IMAGE_MAX_WORDS 384
#define IMAGE_V1_WORDS  256

/* What the SHA-256 that may follow a version 3 structure says of its words. */
enum image_digest {
	IMAGE_DIGEST_NONE, /* there is none */
	IMAGE_DIGEST_VERIFIED,
	IMAGE_DIGEST_WRONG /* only where such an image was asked for: partition_parse_any() */
};

struct image {
	uint32_t version;    /* of the structure it was read in: 1, 2 or 3 */
	uint32_t state;      /* global state, see word_status.h */
	unsigned word_count; /* 96 for STM32MP13 and MP15, 368 or 384 for MP2 */
	uint32_t value[IMAGE_MAX_WORDS];
	uint32_t status[IMAGE_MAX_WORDS]; /* see word_status.h */
	enum image_digest digest;
	uint8_t sha256[32];          /* as it came, unless there is none */
	uint32_t v1[IMAGE_V1_WORDS]; /* version 1: the whole structure as it came; else zeros */
};

/* Whether the word's value is what the fuses hold: no error and no shadow copy (word_status.h). */
bool image_value_is_known(const struct image *image, unsigned word);

/* Equal in version, state, word count, every value and every status; a digest does not count. */
bool image_equal(const struct image *a, const struct image *b);

/*
 * As image_equal(), but values that cannot be trusted count as 0, so that a shadow copy or rubbish
 * behind an error bit makes no difference. Statuses still count.
 */
bool image_same_fuses(const struct image *a, const struct image *b);

/* The number of the first word that differs in the sense of image_same_fuses(), or -1. */
int image_first_difference(const struct image *a, const struct image *b);

#define IMAGE_DIGEST_LENGTH 64

/*
 * SHA-256, as 64 lower-case hex digits, over version, state, word count and each word's value
 * (0 where it cannot be trusted) and status, all as little-endian words.
 * What plan files call "snapshot".
 */
void image_digest(char out[IMAGE_DIGEST_LENGTH + 1], const struct image *image);

/*
 * The 96-bit unique id as "00410032-33385116-34383330" from three words starting at `first`.
 * False, and "" in `out`, when a word is missing or cannot be trusted, or when all are 0 or
 * all are FFFFFFFF.
 */
#define IMAGE_UID_LENGTH 26
bool image_unique_id(char out[IMAGE_UID_LENGTH + 1], const struct image *image, unsigned first);

#endif
