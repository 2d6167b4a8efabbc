/*
 * The whole screen, drawn without a terminal and without a worker: what a person would read after
 * these keys. The board is fixture_plain()'s at first; its session may be changed as needed.
 */
#ifndef OTPEDIT_TESTS_DRAWN_H
#define OTPEDIT_TESTS_DRAWN_H

#include "tests/support/fixtures.h"
#include "ui/screen/draw.h"
#include "ui/screen/views.h"

#define DRAWN_BOARD "00410032-33385116-34383330"

struct drawn {
	FILE *null;
	SCREEN *screen;
	struct environment environment;
	struct chip *chip; /* the app frees its session, and never the chip */
	struct app app;
	struct theme theme;
	long long now;
};

/* Up, with 80 by 24 cells and the mono theme, in the grid. *state is the struct drawn. */
int drawn_set_up(void **state);
int drawn_tear_down(void **state);

/* As after drawn_set_up(), whatever was done since; the screen keeps its size. */
void drawn_begin_anew(struct drawn *f);

void drawn_draw(struct drawn *f);
void drawn_resize(struct drawn *f, int rows, int columns);
void drawn_press(struct drawn *f, int code, uint32_t character);
void drawn_type(struct drawn *f, const char *text);
void drawn_go(struct drawn *f, unsigned word);

/* The first row that shows the text, or -1; and the column. */
int drawn_row(const char *text);
int drawn_column(const char *text);

/* The test fails with the screen printed where the text is not shown, or is. */
void drawn_expect(const char *text);
void drawn_expect_not(const char *text);

#endif
