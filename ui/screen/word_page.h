/*
 * All there is to say about one word, as a text.
 */
#ifndef OTPEDIT_UI_SCREEN_WORD_PAGE_H
#define OTPEDIT_UI_SCREEN_WORD_PAGE_H

#include "ui/screen/app.h"

/* Appends to `page`, laid out for its width: value, bits with the named fields, locks spelled out,
 * what is staged, what the rules say, how the word can be programmed, danger, source. */
void word_page(struct page *page, const struct app *app, unsigned word);

/* The 32 bits from 31 down, in groups of four, over as many lines as the width asks for: before,
 * then after, with '^' under bits that change. `cursor`: a bit to mark, or -1. */
void word_page_bits(struct page *page, uint32_t before, uint32_t after, int cursor);

#endif
