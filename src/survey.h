/*
 * Many images at once: what is the same on all boards of a family, what differs, which boards stand
 * out, what two boards have that only one may have.
 *
 * Images are added one by one and none is kept: of each there stays its row in the list of boards,
 * its id and its addresses, and its part in the counts of each word. What is counted for a word is
 * bounded, however many images there are.
 */
#ifndef OTPEDIT_SRC_SURVEY_H
#define OTPEDIT_SRC_SURVEY_H

#include "src/chip.h"
#include "src/errbuf.h"
#include "src/image.h"
#include "src/value_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SURVEY_MAX_DISTINCT 1024u /* values told apart in one word; more are only counted */
#define SURVEY_MAX_NAMED    8u    /* boards that are named for one value of a word */

/* What one word of a board holds, as far as fuses go: sticky locks are none. */
struct survey_value {
	uint32_t value; /* 0 when it is not known */
	bool known;
	bool locked;                      /* for ever */
	uint32_t images;                  /* how many have it so */
	uint32_t image[SURVEY_MAX_NAMED]; /* the first of them: indices of survey->images */
};

struct survey_word {
	uint32_t images;   /* that have the word */
	uint32_t unlocked; /* whose key or hash word is programmed, and not locked for ever */
	uint32_t others;   /* images whose value is past SURVEY_MAX_DISTINCT */
	uint32_t count;    /* of values */
	uint32_t capacity; /* of values */
	struct survey_value *values;
	uint16_t *slots; /* by hash: index of values plus 1 */
	uint32_t slot_count;
	uint32_t last; /* index of the value that was seen last */
};

/* By the fuses; where they cannot be told, by what the board's global state says of itself. */
enum survey_life {
	SURVEY_OPEN,
	SURVEY_CLOSED,
	SURVEY_ILLEGAL,
	SURVEY_SAYS_OPEN,
	SURVEY_SAYS_CLOSED,
	SURVEY_UNTOLD
};
#define SURVEY_LIVES (SURVEY_UNTOLD + 1)
/* "open", "closed", "no legal mode", "says open", "says closed", "cannot be told". */
const char *survey_life_name(enum survey_life life);

/* The images of one family of chips, or, where it is not known, of one count of words. */
struct survey_family {
	struct chip *chip;
	unsigned word_count; /* the most that any image shows */
	size_t images;
	size_t boards;   /* different unique ids, and each image without one */
	size_t unlocked; /* images with words of keys or hashes that are not locked */
	size_t lives[SURVEY_LIVES];
	char remark[400]; /* what a person must know of the choice of the chip; "": nothing */
	struct survey_word *words;     /* IMAGE_MAX_WORDS */
	const struct chip_field *life; /* what tells the life cycle; NULL: nothing does */
	bool is_key[IMAGE_MAX_WORDS];  /* words of keys and hashes */
};

/* One image. */
struct survey_image {
	char *path;
	size_t family;
	bool has_id;
	uint32_t id[3];
	uint32_t state; /* global state */
	enum survey_life life;
	unsigned unlocked; /* words of keys and hashes that are programmed and not locked */
};

/* A file that is no image. */
struct survey_unreadable {
	char *path, *reason;
};

/* An image that differs in a word in which nearly all others agree. */
struct survey_outlier {
	size_t image;
	unsigned word;
	const struct survey_value *value;
};

/* What images have in common that only one board may have. */
enum survey_verdict {
	SURVEY_SAME_BOARD,  /* the same board, the same fuses */
	SURVEY_LATER,       /* the same board, later states of it */
	SURVEY_CONTRADICTS, /* fuses that cannot be of one board: an id was copied, or misread */
	SURVEY_CANNOT_TELL, /* a file could not be read a second time */
	SURVEY_SAME_MAC     /* two boards with one address */
};
struct survey_twins {
	enum survey_verdict verdict;
	bool is_mac;
	uint32_t id[3];
	uint8_t mac[VALUE_MAC_BYTES];
	size_t count;
	size_t *image; /* owned */
};

struct survey_mac {
	uint8_t mac[VALUE_MAC_BYTES];
	uint32_t image;
};

struct survey_finder; /* which family an image is of */

struct survey {
	const char *chip;     /* borrowed; NULL: find out */
	const char *overlays; /* borrowed; NULL: none */
	struct survey_finder *finder;
	size_t family_count, family_capacity;
	struct survey_family *families;
	size_t image_count, image_capacity;
	struct survey_image *images;
	size_t unreadable_count, unreadable_capacity;
	struct survey_unreadable *unreadable;
	size_t mac_count, mac_capacity;
	struct survey_mac *macs;
	/* From here on: by survey_finish(). */
	size_t outlier_count, outlier_capacity;
	struct survey_outlier *outliers; /* by image, then by word */
	size_t twins_count, twins_capacity;
	struct survey_twins *twins;
};

/* `chip` as --chip has it, or NULL; `overlays` as session_options. ERR_USAGE: no such chip. */
enum status survey_new(
	struct survey **out, const char *chip, const char *overlays, struct errbuf *err);
void survey_free(struct survey *survey);

/*
 * Adds the image in a file. One that is no image, or cannot be read, joins survey->unreadable and
 * is no failure: *reason (or NULL, when it was good) is borrowed. ERR_MEMORY and, for a chip that
 * has not so many words, ERR_USAGE end the survey.
 */
enum status survey_add(
	struct survey *survey, const char *path, const char **reason, struct errbuf *err);

/*
 * Once all are added: who stands out, and what two boards share. Images with the same unique id
 * are read once more to tell whether they can be of one board.
 */
enum status survey_finish(struct survey *survey, struct errbuf *err);

/* The value that most images have; never NULL where word->images is not 0. */
const struct survey_value *survey_most_common(const struct survey_word *word);

/* Whether all images have the same value and the same lock. */
bool survey_is_same(const struct survey_word *word);

/*
 * Whether nearly all agree on the most common value: at least two, and no more than one image or
 * a tenth of them does not.
 */
bool survey_nearly_agrees(const struct survey_word *word);

#endif
