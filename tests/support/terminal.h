/*
 * A program in a terminal, for tests: a pseudo-terminal with an emulator (libvterm) at its other
 * end. Keys go in as a terminal would send them in the mode the program asked for; what is tested
 * is the screen a person would see.
 *
 * Nothing here waits for a time to pass and hopes: every wait is for a condition with a deadline,
 * and prints the screen when the deadline is missed. Checks fail the running cmocka test; the
 * child is ended by terminal_free(), so call that in the test's teardown.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_TERMINAL_H
#define OTPEDIT_TESTS_SUPPORT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TERMINAL_MAX_COLUMNS 500
#define TERMINAL_DEADLINE_MS 30000

struct terminal;

struct terminal_options {
	unsigned columns, rows; /* 0: 80 and 24 */
	const char *term;       /* NULL: "xterm-256color" */
	const char *folder; /* HOME, XDG_STATE_HOME, XDG_CONFIG_HOME lie below it, and the program
			       runs in it; required */
	const char *const *extra; /* "NAME=value", NULL-terminated; may be NULL */
	unsigned deadline_ms;     /* of every wait; 0: TERMINAL_DEADLINE_MS */
};

/* Starts argv[0] (a path) in a new session on the terminal; its environment is PATH, HOME, TERM,
 * LC_ALL=C.UTF-8, the XDG folders, sanitizer options, and `extra`, nothing else. */
struct terminal *terminal_start(const struct terminal_options *options, const char *const argv[]);

/* Kills the child if it still runs and frees everything. NULL is fine. */
void terminal_free(struct terminal *terminal);

/* Waits for a text, in one row, anywhere on the screen or in the given row (from 0 down). */
#define terminal_expect(terminal, text)                                                            \
	terminal_expect_at((terminal), -1, (text), true, __FILE__, __LINE__)
#define terminal_expect_row(terminal, row, text)                                                   \
	terminal_expect_at((terminal), (int)(row), (text), true, __FILE__, __LINE__)
/* Waits until the text is nowhere on the screen. */
#define terminal_expect_gone(terminal, text)                                                       \
	terminal_expect_at((terminal), -1, (text), false, __FILE__, __LINE__)
void terminal_expect_at(struct terminal *terminal, int row, const char *text, bool present,
	const char *file, int line);

/* Whether the screen shows the text now, without waiting; lets what has already come in through. */
bool terminal_shows(struct terminal *terminal, const char *text);
/* The row that shows it, or -1. */
int terminal_find(struct terminal *terminal, const char *text);

enum terminal_key {
	TERMINAL_ENTER,
	TERMINAL_ESCAPE,
	TERMINAL_TAB,
	TERMINAL_BACKSPACE,
	TERMINAL_UP,
	TERMINAL_DOWN,
	TERMINAL_LEFT,
	TERMINAL_RIGHT,
	TERMINAL_HOME,
	TERMINAL_END,
	TERMINAL_PAGE_UP,
	TERMINAL_PAGE_DOWN,
	TERMINAL_F1
};

/*
 * Presses keys like a person: one at a time, each after the program has taken the one before, with
 * a short pause between, since a program may tell typing from pasting by its pace.
 */
void terminal_key(struct terminal *terminal, enum terminal_key key);
void terminal_control(struct terminal *terminal, char letter); /* 'c' is ^C */
void terminal_type(struct terminal *terminal, const char *text);

/* Pastes as a terminal does: between markers where the program asked for them, else as one burst.
 */
void terminal_paste(struct terminal *terminal, const char *text);
/* Sends bytes in one write, whatever mode the program is in. */
void terminal_send(struct terminal *terminal, const char *bytes);

/* Sends any number of bytes as fast as the program takes them, what it writes meanwhile taken in.
 */
void terminal_flood(struct terminal *terminal, const char *bytes, size_t length);

/* Left button, pressed and released on a cell; nothing unless the program asked for the mouse. */
void terminal_click(struct terminal *terminal, unsigned row, unsigned column);

void terminal_resize(struct terminal *terminal, unsigned columns, unsigned rows);

/* One row as UTF-8, without blanks at its end; borrowed until the next call. */
const char *terminal_row(struct terminal *terminal, unsigned row);

#define TERMINAL_RGB 0x1000000

struct terminal_cell {
	uint32_t character; /* ' ' for an empty cell */
	bool bold, underlined, reverse;
	int foreground,
		background; /* palette index; -1: the terminal's own; TERMINAL_RGB | 0xRRGGBB */
};
struct terminal_cell terminal_cell(struct terminal *terminal, unsigned row, unsigned column);

struct terminal_state {
	bool alternate_screen, cursor_visible, bracketed_paste, mouse;
	bool canonical, echo; /* the line discipline: both true in a terminal left in order */
	unsigned cursor_row, cursor_column;
};
struct terminal_state terminal_state(struct terminal *terminal);

/* The child, for who looks at it by other ways. */
pid_t terminal_process(const struct terminal *terminal);

/* Sends a signal to the child. */
void terminal_signal(struct terminal *terminal, int signal_number);

/* Whether the child has ended by itself. */
bool terminal_has_ended(struct terminal *terminal);

/* The same, given so long for it. */
bool terminal_ends_within(struct terminal *terminal, unsigned milliseconds);

/* The terminal goes, as with a connection that is cut: nothing can be shown or sent any more. */
void terminal_hang_up(struct terminal *terminal);

/* Waits for the child's end; its exit status, or 128 + the signal that ended it. */
int terminal_wait_exit(struct terminal *terminal);

/* Everything on the screen to standard error, for a failing test. */
void terminal_dump(struct terminal *terminal);

#endif
