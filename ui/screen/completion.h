/*
 * What the word before the cursor may become: words of the grammar, commands, names of files.
 */
#ifndef OTPEDIT_UI_SCREEN_COMPLETION_H
#define OTPEDIT_UI_SCREEN_COMPLETION_H

#include "ui/screen/text_line.h"

#include <stdbool.h>
#include <stddef.h>

#define COMPLETION_MAX  64
#define COMPLETION_TEXT 280 /* a name of a file, and a '/' */

struct completion {
	size_t start; /* of what is replaced, in the line */
	size_t word;  /* where the word begins that it is part of */
	size_t count;
	bool is_cut; /* there are more */
	char words[COMPLETION_MAX][COMPLETION_TEXT];
};

/* Begins an empty one for the word before the cursor. Blanks in double quotes do not end a word. */
void completion_begin(struct completion *out, const struct text_line *line);

/* Adds a word if it goes on as what was typed does; one that is there already is left out. */
void completion_offer(
	struct completion *completion, const struct text_line *line, const char *word);

/* Names of files for a path that begins in the line at `start`. */
void completion_offer_files(
	struct completion *completion, const struct text_line *line, size_t start);

/*
 * Puts as much into the line as all the words have in common; behind an only word a blank, where it
 * is whole. A word that holds blanks is put in double quotes.
 */
void completion_apply(const struct completion *completion, struct text_line *line);

/* The same for a line that is one word as it stands: no blank, no quotes. */
void completion_fill(const struct completion *completion, struct text_line *line);

/* "write, word="; what does not fit is told as "and more". */
void completion_text(char *out, size_t cap, const struct completion *completion);

#endif
