/*
 * What curses sends to a terminal of some kind, read by the emulator: the cells that a person would
 * see. In the test's own process, so that many screens cost little time.
 */
#ifndef OTPEDIT_TESTS_PAINTED_H
#define OTPEDIT_TESTS_PAINTED_H

#include "tests/support/terminal.h"

#include <stdbool.h>
#include <stdint.h>

struct painted;

/* Brings curses up for this kind of terminal, see terminfo(5), and makes it the one that is drawn
 * on; `colors`: its colours are used. A kind that is not known fails the test. */
struct painted *painted_new(const char *kind, bool colors);
/* Only once nothing more is drawn anywhere: curses forgets the other screens with the first. */
void painted_free(struct painted *painted);

/* Makes it the one that is drawn on. */
void painted_use(struct painted *painted, unsigned columns, unsigned rows);

/* How many colours there are to be used; 0: none. */
int painted_colors(const struct painted *painted);

/* Sends all that is drawn to an empty terminal of that size. */
void painted_send(struct painted *painted);

struct terminal_cell painted_cell(const struct painted *painted, unsigned row, unsigned column);
bool painted_same_look(struct terminal_cell a, struct terminal_cell b);

/* Cells of a row as UTF-8, borrowed until the next call. */
const char *painted_text(struct painted *painted, unsigned row, unsigned column, unsigned columns);

/* The place of a text that stands in one row. False: it is not there. */
bool painted_find(struct painted *painted, const char *text, unsigned *row, unsigned *column);

/* Everything to standard error, for a failing test. */
void painted_dump(struct painted *painted);

#endif
