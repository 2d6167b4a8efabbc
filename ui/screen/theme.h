/*
 * Looks: what each role on the screen looks like, from a theme file.
 *
 *   [theme]
 *   name = mono
 *   [styles]
 *   danger = bold red        ; attributes, foreground, "on" background
 *
 * Colours: default, black, red, green, yellow, blue, magenta, cyan, white, bright-red …, or
 * #rrggbb, reduced to what the terminal has. Attributes: bold, dim, underline, reverse.
 */
#ifndef OTPEDIT_UI_SCREEN_THEME_H
#define OTPEDIT_UI_SCREEN_THEME_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>

#define THEME_ROLES(X)                                                                             \
	X(TEXT, "text")                                                                            \
	X(FAINT, "faint")                                                                          \
	X(HEADING, "heading")                                                                      \
	X(FRAME, "frame")                                                                          \
	X(HEADER, "header")                                                                        \
	X(SELECTED, "selected")                                                                    \
	X(STAGED, "staged")                                                                        \
	X(CHANGED, "changed")                                                                      \
	X(LOCKED, "locked")                                                                        \
	X(UNKNOWN, "unknown")                                                                      \
	X(FOREVER, "forever")                                                                      \
	X(WARNING, "warning")                                                                      \
	X(DANGER, "danger")                                                                        \
	X(GOOD, "good")                                                                            \
	X(ARMED, "armed")                                                                          \
	X(KEY, "key")

enum role {
#define X(identifier, name) ROLE_##identifier,
	THEME_ROLES(X)
#undef X
		ROLE_COUNT
};

#define THEME_DEFAULT_COLOR (-1)

struct style {
	bool bold, dim, underline, reverse;
	int foreground, background; /* 0xRRGGBB | THEME_RGB, 0..15, or THEME_DEFAULT_COLOR */
};
#define THEME_RGB 0x1000000

struct theme {
	char name[32];
	struct style styles[ROLE_COUNT];
	unsigned attributes[ROLE_COUNT]; /* of curses, once theme_apply() was called */
};

/* Parses a theme file's text. Every role must be there; unknown roles, colours and attributes are
 * ERR_FORMAT with file and line. */
enum status theme_parse(
	struct theme *out, const char *text, size_t length, const char *name, struct errbuf *err);

/* By name: the user's own in `config_folder`/themes ("" : none), then the built-in ones. */
enum status theme_load(
	struct theme *out, const char *name, const char *config_folder, struct errbuf *err);

/* The nearest colour that a terminal of `count` colours (8, 16, 256) has; THEME_DEFAULT_COLOR
 * below 8. */
int theme_reduce(int color, int count);

/* Turns styles into curses attributes; `colors` is how many the terminal has and may use (0: none).
 * Curses must be up. */
void theme_apply(struct theme *theme, int colors);

const char *role_name(enum role role);

#endif
