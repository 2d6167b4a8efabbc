/*
 * Every view that shows words, in a real terminal: at two sizes and in four ways to have colours or
 * none. What is asserted is what a person needs: each thing is there, nothing stands over the
 * frame, the word under the cursor stands out, and what is locked looks locked.
 */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define GREEN 2

/* A terminal and what it can do. */
struct mode {
	const char *term;
	const char *extra[3]; /* of the environment */
	bool has_colors;
};

static const struct mode modes[] = {
	{"vt100", {NULL}, false},
	{"xterm", {NULL}, true},
	{"xterm-256color", {NULL}, true},
	{"xterm-256color", {"NO_COLOR=1", NULL}, false},
	{"xterm-256color", {"COLORTERM=truecolor", NULL}, true},
};

struct fixture {
	struct run_home home;
	struct terminal *terminal;
	unsigned columns, rows;
	const struct mode *mode;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){0};
	run_home_make(&fixture.home);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	terminal_free(fixture->terminal);
	run_home_remove(&fixture->home);
	return 0;
}

static struct terminal *opens(struct fixture *f)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	struct terminal_options options = {.columns = f->columns,
		.rows = f->rows,
		.folder = f->home.folder,
		.term = f->mode->term,
		.extra = f->mode->extra};
	terminal_free(f->terminal);
	f->terminal = terminal_start(&options, argv);
	terminal_expect_row(f->terminal, 0, "READ-ONLY");
	return f->terminal;
}

/* The column of a text in a row, in cells; all before it is one cell a character. */
static unsigned column_of(struct terminal *t, unsigned row, const char *text)
{
	const char *line = terminal_row(t, row), *at = strstr(line, text);
	unsigned column = 0;
	assert_non_null(at);
	for (; line < at; line++)
		column += ((unsigned char)*line & 0xC0) != 0x80 ? 1 : 0;
	return column;
}

/* Whether a cell is where a frame may be, and nothing else. */
static bool is_frame(uint32_t character)
{
	return character == '|' || character == '+' || (character >= 0x2500 && character < 0x2580);
}

/* The first row of the body that has no frame at its right end; 0: there is none. */
static unsigned open_row(const struct fixture *f)
{
	for (unsigned row = 1; row < f->rows - 3; row++)
		if (!is_frame(terminal_cell(f->terminal, row, f->columns - 1).character))
			return row;
	return 0;
}

/* The body is closed to the right in every row once all of it has come, and the way out is in the
 * last row. */
static void is_whole(struct fixture *f, const char *title, const char *way_out)
{
	struct terminal *t = f->terminal;
	terminal_expect_row(t, f->rows - 3, "last read");
	terminal_expect_row(t, 1, title);
	terminal_expect_row(t, f->rows - 1, way_out);
	for (unsigned tries = 0; open_row(f) != 0 && tries < TERMINAL_DEADLINE_MS; tries++) {
		struct timespec pause = {.tv_nsec = 1000000};
		nanosleep(&pause, NULL);
		terminal_shows(t, title);
	}
	if (open_row(f) != 0) {
		terminal_dump(t);
		fail_msg("row %u of '%s' runs over its frame", open_row(f), title);
	}
	if (f->mode->has_colors)
		return;
	for (unsigned row = 0; row < f->rows; row++)
		for (unsigned column = 0; column < f->columns; column++) {
			struct terminal_cell cell = terminal_cell(t, row, column);
			assert_int_equal(cell.foreground, -1);
			assert_int_equal(cell.background, -1);
		}
}

/* The cell where a word's value or sign begins: the one under the cursor, and a locked one. */
static void stands_out(struct fixture *f, unsigned row, unsigned column)
{
	struct terminal_state at = terminal_state(f->terminal);
	/* It is put there last of all. */
	for (unsigned tries = 0; (at.cursor_row != row || at.cursor_column != column) &&
				 tries < TERMINAL_DEADLINE_MS;
		tries++) {
		struct timespec pause = {.tv_nsec = 1000000};
		nanosleep(&pause, NULL);
		at = terminal_state(f->terminal);
	}
	assert_true(terminal_cell(f->terminal, row, column).reverse);
	assert_int_equal(at.cursor_row, row);
	assert_int_equal(at.cursor_column, column);
}

static void looks_locked(struct fixture *f, unsigned row, unsigned column)
{
	struct terminal_cell cell = terminal_cell(f->terminal, row, column);
	assert_false(cell.reverse);
	assert_int_equal(cell.foreground, f->mode->has_colors ? GREEN : -1);
}

/* --- one view after the other ---------------------------------------------------------------- */

/* Word 7 holds DEADBEEF and is locked for ever; word 13 is the first of the unique id. */
static void looks_at_the_words(struct fixture *f)
{
	struct terminal *t = f->terminal;
	is_whole(f, "words", "help");
	looks_locked(f, 4, column_of(t, 4, "DEADBEEF"));
	terminal_type(t, "\t");
	terminal_expect(t, "words, one a line");
	is_whole(f, "words, one a line", "help");
	stands_out(f, 2, column_of(t, 2, "00000017"));
	looks_locked(f, 9, column_of(t, 9, "DEADBEEF"));
	terminal_expect_row(t, 15, "UID[0]");
	terminal_expect_row(t, 15, "serial 004100323338511634383330");
	terminal_type(t, "m");
	terminal_expect(t, "locked for ever");
	is_whole(f, "all words", "help");
	terminal_key(t, TERMINAL_RIGHT);
	terminal_expect_row(t, 1, "001");
	stands_out(f, 2, column_of(t, 2, "P"));
	looks_locked(f, 3, column_of(t, 3, "P"));
	terminal_type(t, "m");
	terminal_expect(t, "+3");
	terminal_key(t, TERMINAL_LEFT);
}

static void looks_at_texts(struct fixture *f)
{
	struct terminal *t = f->terminal;
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "word 0, CFG0");
	terminal_expect(t, "field  aaaa aaaa aaaa aaaa aaaa aaaa abcc cccc");
	is_whole(f, "all about this word", "leave");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "word 0, CFG0 (");
	terminal_type(t, "s");
	terminal_expect(t, "MB1272 variant 2.0");
	is_whole(f, "the board on one page", "leave");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "MB1272 variant 2.0");
	terminal_type(t, "J");
	terminal_expect(t, "0 burns on this simulated board");
	is_whole(f, "what was burnt", "leave");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "0 burns on");
}

/* With the board as it was saved before. */
static void looks_at_a_comparison(struct fixture *f)
{
	struct terminal *t = f->terminal;
	terminal_type(t, "d");
	terminal_expect(t, "/before.bin");
	is_whole(f, "compare with what?", "leave");
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "No word differs");
	is_whole(f, "compared", "leave");
	terminal_key(t, TERMINAL_ESCAPE);
	terminal_expect_gone(t, "No word differs");
}

static void looks_at_all(struct fixture *f, unsigned columns, unsigned rows)
{
	struct run_result result;
	run_words(&result, &f->home, "read", "demo", "-o", "before.bin");
	assert_int_equal(result.exit_status, 0);
	run_free(&result);
	f->columns = columns;
	f->rows = rows;
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		f->mode = &modes[i];
		opens(f);
		looks_at_the_words(f);
		looks_at_texts(f);
		looks_at_a_comparison(f);
	}
}

static void test_80_by_24(void **state)
{
	looks_at_all(*state, 80, 24);
}

static void test_120_by_40(void **state)
{
	looks_at_all(*state, 120, 40);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_80_by_24), TEST(test_120_by_40)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
