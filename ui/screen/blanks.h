/*
 * Blanks look the same in most styles: what a terminal is sent is a good part shorter when they are
 * in the style of what stands before them, and wide ones are plain.
 */
#ifndef OTPEDIT_UI_SCREEN_BLANKS_H
#define OTPEDIT_UI_SCREEN_BLANKS_H

#include "src/errbuf.h" /* before curses, which has a macro of the name OK */

#include <ncurses.h>

/* Gives every blank of the window a style in which it looks the same; `plain` is that of text. */
void blanks_settle(WINDOW *window, attr_t plain);

#endif
