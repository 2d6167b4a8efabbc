/*
 * All there is to say about one word, as a text.
 */
#ifndef OTPEDIT_UI_SCREEN_WORD_PAGE_H
#define OTPEDIT_UI_SCREEN_WORD_PAGE_H

#include "ui/screen/app.h"

#define WORD_PAGE_BITS 12

/* Appends to `page`, laid out for its width: value, bits with the named fields, locks spelled out,
 * what is staged, what the rules say, how the word can be programmed, danger, source. */
void word_page(struct page *page, const struct app *app, unsigned word);

/* The 32 bits from 31 down, in groups of four, over as many lines as the width asks for: before,
 * then after in a row of the name `label`; '^' stands under bits from 0 to 1, '!' under those from
 * 1 to 0, which no fuse does. `cursor`: a bit to mark with '#', or -1. */
void word_page_bits(
	struct page *page, uint32_t before, uint32_t after, const char *label, int cursor);

/* Columns from which on all bits stand in one line, and there is room for more views of a value. */
#define WORD_PAGE_ROOMY 48

/* For each bit, from 0 up, the letter of the named field it belongs to, the narrowest of several;
 * ' ': none. Only blanks where the word has no fields. */
#define WORD_PAGE_RULER 32
void word_page_ruler(char out[WORD_PAGE_RULER], const struct chip *chip, unsigned word);

/* The letter of a word's field by its index: a to z, A to Z, then '+'. */
char word_page_letter(size_t index);

/* As word_page_bits(), with a ruler of letters below; NULL: none. */
void word_page_bits_and_ruler(struct page *page, uint32_t before, uint32_t after, const char *label,
	int cursor, const char *ruler);

/* What the rules would say if `edit` were staged for the word. */
void word_page_remarks(
	struct page *page, const struct app *app, unsigned word, const struct edit *edit);

/* Says when no value at all can be staged for the word, before anybody types one. */
void word_page_barred(struct page *page, const struct app *app, unsigned word);

/* A field's place: "31:10", or "6" for a single bit. */
void word_page_field_bits(char out[WORD_PAGE_BITS], const struct chip_field *field);

#endif
