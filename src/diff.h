/*
 * What differs between two images.
 */
#ifndef OTPEDIT_SRC_DIFF_H
#define OTPEDIT_SRC_DIFF_H

#include "src/image.h"

#include <stddef.h>

struct diff_word {
	unsigned word;
	bool in_a, in_b; /* false: the image has no such word */
	uint32_t value_a, value_b, status_a, status_b;
	bool known_a, known_b;
};

struct diff {
	bool state_differs, version_differs;
	size_t count;
	struct diff_word words[IMAGE_MAX_WORDS];
};

/* Words differ when status, or values that can be trusted, or whether they can, differ. */
void diff_images(struct diff *out, const struct image *a, const struct image *b);
bool diff_is_empty(const struct diff *diff);

#endif
