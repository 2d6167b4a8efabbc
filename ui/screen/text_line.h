/*
 * One line of text as it is typed: a cursor, inserting, erasing. Characters are whole UTF-8 ones;
 * what is not clean (src/clean_text.h) is never taken.
 */
#ifndef OTPEDIT_UI_SCREEN_TEXT_LINE_H
#define OTPEDIT_UI_SCREEN_TEXT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_LINE_MAX 1000 /* bytes; what comes beyond is dropped */

struct text_line {
	char text[TEXT_LINE_MAX + 1];
	size_t length, cursor; /* bytes; the cursor stands before that byte */
	bool overflowed;       /* something was dropped since the line was set last */
};

/* The cursor goes to the end. A longer text is cut. */
void text_line_set(struct text_line *line, const char *text);

/* A character at the cursor; false when it was not taken. */
bool text_line_type(struct text_line *line, uint32_t character);

/* Puts `text` in the place of the bytes from `start` to the cursor; false when it does not fit. */
bool text_line_replace(struct text_line *line, size_t start, const char *text);

enum text_line_step {
	TEXT_LINE_LEFT,
	TEXT_LINE_RIGHT,
	TEXT_LINE_HOME,
	TEXT_LINE_END,
	TEXT_LINE_ERASE_BEFORE, /* a character */
	TEXT_LINE_ERASE_AFTER,
	TEXT_LINE_ERASE_WORD,  /* before the cursor, with the blanks behind it */
	TEXT_LINE_ERASE_START, /* all before the cursor */
	TEXT_LINE_ERASE_REST   /* all behind it */
};
void text_line_do(struct text_line *line, enum text_line_step step);

#endif
