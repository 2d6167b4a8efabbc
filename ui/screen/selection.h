/*
 * The words that are chosen together, for what is staged next.
 */
#ifndef OTPEDIT_UI_SCREEN_SELECTION_H
#define OTPEDIT_UI_SCREEN_SELECTION_H

#include "src/image.h"

#include <stdbool.h>
#include <stddef.h>

/* Zeroed: none. */
struct selection {
	bool word[IMAGE_MAX_WORDS];
	unsigned count;
	unsigned anchor; /* where a range begins: the word that was chosen last */
};

void selection_set(struct selection *selection, unsigned word, bool chosen);

/* Chooses all words between the anchor, or `word` alone while none is chosen, and `word`. */
void selection_range(struct selection *selection, unsigned word);

void selection_clear(struct selection *selection);

/* "70-75, 80"; what does not fit is told as ", and 12 more". `cap` is at least 40. */
void selection_text(char *out, size_t cap, const struct selection *selection);

#endif
