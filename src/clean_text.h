/*
 * Text of others (file names, a board's own words, a user's map) made fit to show.
 *
 * A terminal obeys more than the bytes below 0x20: the characters U+0080 to U+009F are controls,
 * too, some characters turn the writing round so that a name reads as another (Unicode UAX #9), and
 * a byte that is no UTF-8 may be a control in another coding. Each of these becomes one '?'.
 */
#ifndef OTPEDIT_SRC_CLEAN_TEXT_H
#define OTPEDIT_SRC_CLEAN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Whether all of it is shown as it is. Tabs are not. */
bool clean_text_is_clean(const char *text, size_t length);

/* Writes `length` bytes of `text`. */
void clean_text_put(FILE *out, const char *text, size_t length);

/* The same to the text itself, which never gets longer. */
void clean_text_in_place(char *text);

#endif
