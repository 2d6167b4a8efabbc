/*
 * The terminal: curses up and down, signals as bytes in a pipe, and a terminal that is whole again
 * however the program ends.
 */
#ifndef OTPEDIT_UI_SCREEN_TERM_H
#define OTPEDIT_UI_SCREEN_TERM_H

#include "src/errbuf.h"
#include "ui/environment.h"
#include "ui/screen/keymap.h"

#include <stdbool.h>

struct term {
	int colors;      /* that may be used; 0: none */
	bool ascii;      /* the locale is not UTF-8 */
	int signal_pipe; /* readable when a signal came: its number as a byte */
};

/* ERR_USAGE when standard input or output is no terminal or its kind is not known; nothing was
 * changed then. */
enum status term_open(struct term *out, enum color_choice color, struct errbuf *err);
void term_close(void);

/* Asks the terminal for clicks and the wheel, or leaves the mouse to the terminal, whose own way to
 * choose and copy text it is then. */
void term_take_mouse(bool on);

/* The next key; false when there is none now. Never waits. Sequences that the terminal's
 * description does not know are dropped whole. */
bool term_key(struct key *out);

/* The next signal's number; 0 when there is none. */
int term_signal(const struct term *term);

/* Leaves the terminal to the shell, stops, and comes back. */
void term_suspend(void);

/* Tells the terminal to mark pasted text, or no longer to. */
void term_mark_pastes(bool on);

#endif
