/*
 * What came of a rehearsal, as a page: what the twin holds beside what is predicted for the board.
 */
#ifndef OTPEDIT_UI_SCREEN_REHEARSAL_TEXT_H
#define OTPEDIT_UI_SCREEN_REHEARSAL_TEXT_H

#include "src/chip.h"
#include "src/rehearsal.h"
#include "ui/screen/page.h"

#include <stdbool.h>
#include <stddef.h>

/* Values of secret words are masked unless `reveal`. */
void rehearsal_text(
	struct page *page, const struct rehearsal *rehearsal, const struct chip *chip, bool reveal);

/* What goes wrong, in words: "only half of word 70 burns". `fault` as rehearsal_run() takes it. */
void rehearsal_text_fault(char *out, size_t cap, const char *fault);

/* The same of one row of the table, for a word. */
void rehearsal_text_about(
	char *out, size_t cap, const struct rehearsal_fault *fault, unsigned word);

#endif
