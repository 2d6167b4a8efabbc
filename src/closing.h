/*
 * How each family of chips is closed: which bits of which words, the key hash it then checks
 * firmware against, and what its mode word may hold.
 */
#ifndef OTPEDIT_SRC_CLOSING_H
#define OTPEDIT_SRC_CLOSING_H

#include "src/chip.h"
#include "src/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOSING_MAX_WORDS 3

struct closing_word {
	unsigned word;
	uint32_t bits; /* to set; what else the word holds stays */
};

struct closing {
	const char *chip;
	size_t count;
	struct closing_word words[CLOSING_MAX_WORDS]; /* ascending */
	unsigned hash_first, hash_last;               /* of the key the ROM goes by once closed */
	/* What says that a board is closed: these bits, all or any of them. */
	struct closing_word closed_by;
	bool any;
	const char *half_done; /* what a board is that took some of the words only; "": one word */
	const char *source;
};

/* NULL: not known how this chip is closed. */
const struct closing *closing_of(const struct chip *chip);

/* Whether the word's bits count to those that close. */
bool closing_has_word(const struct closing *closing, unsigned word);

/* Whether the board's own words say that it is closed; false also where they cannot be told. */
bool closing_is_done(const struct closing *closing, const struct image *image);

/*
 * Whether a value of this word is one that the boot firmware takes. Only STM32MP13 is known to stop
 * at others: bits 9:0 of word 0 are 17 (open), 3F (closed), 17F (no boundary scan either) or 3FF
 * (no JTAG either), and TF-A panics at all else (plat/st/stm32mp1/stm32mp1_private.c,
 * stm32mp_check_closed_device()). True for every other word.
 */
bool closing_is_legal_mode(const struct chip *chip, unsigned word, uint32_t value);

#endif
